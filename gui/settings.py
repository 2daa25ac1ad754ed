"""What the window remembers: look and language, in ``window.toml`` in the user's configuration folder."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .theme.tokens import Theme


@dataclass(frozen=True)
class Settings:
    """Choices of the user; None means: as the desktop says."""

    theme: Theme | None = None
    language: str | None = None


def settings_path() -> Path:
    """``$XDG_CONFIG_HOME/flyweight/window.toml``."""
    from platformdirs import user_config_path

    return user_config_path("flyweight", appauthor=False) / "window.toml"


def load_settings(path: Path) -> Settings:
    """Read the file; a missing or damaged one gives the defaults."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    theme, language = values.get("theme"), values.get("language")
    return Settings(
        Theme(theme) if theme in list(Theme) else None,
        language if isinstance(language, str) and language.replace("_", "").isalpha() else None,
    )


def save_settings(path: Path, settings: Settings) -> None:
    """Write the file in one step; a folder that cannot be written is no reason to stop working."""
    lines = [f'{key} = "{value}"' for key, value in vars(settings).items() if value is not None]
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError:
        return
