import subprocess
import sys

import typer

from engine.cli.entry import OVERVIEW
from engine.cli.main import app

from .overview import text


def test_that_the_overview_is_what_the_parser_says():
    assert OVERVIEW.read_text(encoding="utf-8") == text(), "run: make docs"


def test_that_every_summary_fits_its_line():
    commands = [typer.main.get_command(app)]
    while commands:
        command = commands.pop()
        commands += getattr(command, "commands", {}).values()
        listing = command.get_help(typer.Context(command, info_name="flyweight")).split("Commands:")[1:]
        assert not [line for line in "".join(listing).splitlines() if line.endswith("...")]


def test_that_the_overview_is_the_same_wide_and_answers_a_narrow_terminal_too(monkeypatch):
    start = [sys.executable, "-c", "from engine.cli.entry import run; run()", "--help"]
    shown = {}
    for columns in ("200", "50"):
        monkeypatch.setenv("COLUMNS", columns)
        shown[columns] = subprocess.run(start, capture_output=True, text=True, check=True).stdout
    assert shown["200"] == OVERVIEW.read_text(encoding="utf-8")
    assert max(map(len, shown["50"].splitlines())) <= 50
    assert "demo" in shown["50"]


def test_that_the_overview_loads_no_parser():
    program = "import sys; from engine.cli.entry import run; run(); sys.exit('typer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program, "-h"], stdout=subprocess.DEVNULL, check=False).returncode == 0
