"""What the window remembers: look, language, place and projects, in ``window.toml`` in the user's configuration folder."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .state_files import write_text
from .theme.tokens import Theme

MAX_RECENT = 8


@dataclass(frozen=True)
class Settings:
    """Choices of the user; None means: as the desktop says."""

    theme: Theme | None = None
    language: str | None = None
    geometry: str | None = None  # base64 of what Qt saves
    page: str | None = None
    project: str | None = None
    recent: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def with_project(self, folder: str) -> tuple[str, ...]:
        """The recent projects with this one in front."""
        return (folder, *(item for item in self.recent if item != folder))[:MAX_RECENT]

    def with_model(self, source: str) -> tuple[str, ...]:
        """The recent models with this one in front."""
        return (source, *(item for item in self.models if item != source))[:MAX_RECENT]


def settings_path() -> Path:
    """``$XDG_CONFIG_HOME/flyweight/window.toml``."""
    from platformdirs import user_config_path

    return user_config_path("flyweight", appauthor=False) / "window.toml"


def state_dir() -> Path:
    """Where unfinished work is kept: ``$XDG_STATE_HOME/flyweight``."""
    from platformdirs import user_state_path

    return user_state_path("flyweight", appauthor=False)


def sample_project(quick: bool) -> Path:
    """The folder of the sample project, where the verb ``demo`` keeps it."""
    from platformdirs import user_data_path

    return user_data_path("flyweight", appauthor=False) / ("demo-quick" if quick else "demo")


def load_settings(path: Path) -> Settings:
    """Read the file; a missing or damaged one gives the defaults."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    theme, language = values.get("theme"), values.get("language")
    return Settings(
        theme=Theme(theme) if theme in list(Theme) else None,
        language=language if isinstance(language, str) and language.replace("_", "").isalpha() else None,
        geometry=_text(values.get("geometry")),
        page=_text(values.get("page")),
        project=_text(values.get("project")),
        recent=_texts(values.get("recent")),
        models=_texts(values.get("models")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str))[:MAX_RECENT] if isinstance(value, list) else ()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def save_settings(path: Path, settings: Settings) -> None:
    """Write the file in one step; a folder that cannot be written is no reason to stop working."""
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in vars(settings).items()}
    # A JSON text or list of texts is a TOML one as well.
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if value not in (None, [])]
    write_text(path, "\n".join(lines) + "\n")
