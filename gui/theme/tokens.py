"""Design tokens of both themes, and the contrast between any two of them. No Qt in here."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache


class Theme(StrEnum):
    """The two looks."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Tokens:
    """Colours as #RRGGBB. ``*_soft`` is the tint behind text of the same name."""

    page: str
    nav: str
    surface: str
    border: str
    track: str
    text: str
    muted: str
    faint: str  # graphics and disabled text only
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str

    def colours(self) -> dict[str, str]:
        """Token name -> colour."""
        return asdict(self)


LIGHT = Tokens(
    page="#F6F7F9",
    nav="#EEF0F4",
    surface="#FFFFFF",
    border="#E1E4EA",
    track="#E4E8EF",
    text="#1B2130",
    muted="#5A6375",
    faint="#7F899C",
    accent="#2F5FDE",
    accent_hover="#2550C4",
    accent_soft="#E8EEFD",
    on_accent="#FFFFFF",
    ok="#14703E",
    ok_soft="#E4F4EB",
    warn="#855400",
    warn_soft="#FBF1DC",
    bad="#B93228",
    bad_soft="#FBE7E5",
)
DARK = Tokens(
    page="#14171D",
    nav="#181B22",
    surface="#1C2028",
    border="#2E3440",
    track="#2C323E",
    text="#E7EAF0",
    muted="#9AA4B6",
    faint="#697386",
    accent="#7AA2FF",
    accent_hover="#97B6FF",
    accent_soft="#25314F",
    on_accent="#0E1422",
    ok="#5CCB93",
    ok_soft="#1D3A2C",
    warn="#E8B04A",
    warn_soft="#3D3119",
    bad="#F38B82",
    bad_soft="#42231F",
)
TOKENS = {Theme.LIGHT: LIGHT, Theme.DARK: DARK}

FAMILIES = (
    "Inter",
    "Segoe UI",
    "Noto Sans",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "DejaVu Sans",
)
MONOSPACE = ("JetBrains Mono", "Noto Sans Mono", "Noto Sans Mono CJK SC", "DejaVu Sans Mono", "monospace")


class Space:
    """Distances in pixels, on a grid of four."""

    XS, S, M, L, XL, XXL = 4, 8, 12, 16, 24, 32


class TypeSize:
    """Type sizes in pixels."""

    CAPTION, TABLE, BODY, CARD_TITLE = 11, 12, 13, 15


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two #RRGGBB colours, 1 to 21 (WCAG 2.2, success criterion 1.4.3)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shade(tokens: Tokens, share: float) -> str:
    """The colour of a value in a heat map, ``share`` from 0 to 1: from the track over the accent to the text.

    Only lightness tells values apart, in one direction from end to end, so that everybody can see it.
    """
    first, second, part = (
        (tokens.track, tokens.accent, 2 * share) if share < 0.5 else (tokens.accent, tokens.text, 2 * share - 1)
    )
    mixed = (round(int(first[i : i + 2], 16) * (1 - part) + int(second[i : i + 2], 16) * part) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def ink(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour; at least 4.5 of contrast on any."""
    return max(("#000000", "#FFFFFF"), key=lambda other: contrast(colour, other))


@lru_cache(4096)
def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
