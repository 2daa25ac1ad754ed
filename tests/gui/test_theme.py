import re

import pytest
from PySide6.QtGui import QPalette

from gui.theme.style import FOLDER, palette, style_sheet
from gui.theme.tokens import TOKENS, Theme, contrast, ink, shade

TEXT = [
    ("text", "page"),
    ("text", "surface"),
    ("text", "nav"),
    ("text", "border"),
    ("text", "accent_soft"),
    ("muted", "page"),
    ("muted", "surface"),
    ("muted", "nav"),
    ("accent", "surface"),
    ("accent", "accent_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("ok", "ok_soft"),
    ("warn", "warn_soft"),
    ("bad", "bad_soft"),
]
GRAPHICS = [("accent", "surface"), ("accent", "track"), ("faint", "page"), ("faint", "surface"), ("accent", "nav")]


def test_that_contrast_is_computed_as_wcag_defines_it():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_that_every_text_can_be_read(theme, front, back):
    colours = TOKENS[theme].colours()
    assert contrast(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("front", "back"), GRAPHICS)
def test_that_every_graphic_can_be_seen(theme, front, back):
    colours = TOKENS[theme].colours()
    assert contrast(colours[front], colours[back]) >= 3


@pytest.mark.parametrize("theme", Theme)
def test_that_the_style_sheet_knows_every_token_it_names(theme):
    assert re.findall(r"@\w+", style_sheet(theme)) == []


def test_that_the_style_sheet_writes_no_colour_of_its_own():
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b", (FOLDER / "style.qss").read_text()) == []


def test_that_the_check_marks_exist_for_every_theme():
    assert all((FOLDER / f"check_{theme}.svg").exists() for theme in Theme)


def test_that_the_two_palettes_differ(qapp):
    light, dark = (palette(TOKENS[theme]).color(QPalette.ColorRole.Window) for theme in Theme)
    assert light.lightness() > 200
    assert dark.lightness() < 60


@pytest.mark.parametrize("theme", Theme)
def test_that_the_colours_of_a_heat_map_go_one_way_in_lightness_and_carry_readable_figures(theme):
    tokens = TOKENS[theme]
    colours = [shade(tokens, step / 40) for step in range(41)]
    assert (colours[0], colours[20], colours[40]) == (tokens.track, tokens.accent, tokens.text)
    away = [contrast(colour, tokens.surface) for colour in colours]
    assert away == sorted(away), "a person who sees no hues can tell less from more"
    assert away[-1] > 10 * away[0]
    assert min(contrast(colour, ink(colour)) for colour in colours) >= 4.5


@pytest.mark.parametrize("theme", list(Theme))
def test_that_the_ring_of_the_primary_button_is_seen_against_what_it_is_on_and_what_it_was(theme):
    """WCAG 2.2, 2.4.13: at least 3 to 1 between the same pixels with and without the focus; its words at least 4.5."""
    colours = TOKENS[theme].colours()
    rules = re.findall(
        r'^QPushButton\[primary="true"\]\[ring="true"\] \{(.*?)\}', (FOLDER / "style.qss").read_text(), re.MULTILINE
    )
    (rule,) = rules
    told = dict(re.findall(r"([a-z-]+):[^;@]*@(\w+)", rule))
    ring, fill, text = (colours[told[name]] for name in ("border", "background", "color"))
    assert contrast(ring, fill) >= 3
    assert contrast(ring, colours["surface"]) >= 3
    assert contrast(fill, colours["accent"]) >= 3, "what the button was filled with before"
    assert contrast(text, fill) >= 4.5
