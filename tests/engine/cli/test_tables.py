"""Tables on terminals that are wide, and on those that are not."""

import io

import pytest
from rich.console import Console
from rich.table import Table

from engine.cli.device_live import _figure
from engine.cli.tables import print_table


def printed(width: int, *, no_wrap: bool = False) -> str:
    table = Table(box=None, pad_edge=False, title="boards")
    table.add_column("technique", overflow="fold")
    for title in ("device", "speed", ""):
        table.add_column(title, no_wrap=no_wrap)
    table.add_row(
        "channel-pruning + soft-label-distillation", "loopback (pc-intel-xeon-2c)", "1.90x [1.87, 1.93]", "both"
    )
    table.add_row("static-quantization", "", "1.69x [1.67, 1.72]", "both")
    out = io.StringIO()
    print_table(table, Console(file=out, width=width, color_system=None))
    return out.getvalue()


def test_that_a_wide_terminal_gets_columns():
    lines = printed(120).splitlines()
    assert lines[1].split() == ["technique", "device", "speed"]
    assert "channel-pruning + soft-label-distillation  loopback (pc-intel-xeon-2c)  1.90x [1.87, 1.93]" in lines[2]


def test_that_columns_break_between_words_while_that_is_enough():
    assert printed(70).splitlines()[1].split() == ["technique", "device", "speed"]


@pytest.mark.parametrize("width", [30, 50])
def test_that_a_narrow_terminal_gets_rows_with_whole_names_and_figures(width):
    lines = printed(width).splitlines()
    assert lines[:3] == ["boards", "channel-pruning + soft-label-distillation", "  device loopback (pc-intel-xeon-2c)"]
    assert "static-quantization" in lines
    text = "\n".join(lines)
    assert "speed 1.90x [1.87, 1.93]" in text
    assert "…" not in text
    assert text.count("device") == 1, "what is empty is left out"


def test_that_figures_that_must_not_break_are_not_ended_in_dots():
    assert "…" not in printed(60, no_wrap=True)
    assert "speed 1.69x [1.67, 1.72]" in printed(60, no_wrap=True)


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (22236.5, "22,236"), (-1500.0, "-1,500"), (790.25, "790.2"), (0.5, "0.5")]
)
def test_that_what_a_sensor_told_is_never_in_powers_of_ten(value, shown):
    assert _figure(value) == shown
