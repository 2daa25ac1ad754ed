"""The text of ``flyweight --help``, which the command shows without loading its parser: ``make docs``."""

import typer

from engine.cli.entry import COLUMNS, OVERVIEW
from engine.cli.main import app


def text() -> str:
    """What the parser would print in a terminal that is wide enough."""
    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="flyweight", terminal_width=COLUMNS, **command.context_settings)
    return str(command.get_help(context)) + "\n"


if __name__ == "__main__":
    OVERVIEW.write_text(text(), encoding="utf-8")
