"""``flyweight gui``: the window, in a process of its own (the engine never imports it)."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("gui")(gui)


def gui(
    screenshot: Annotated[
        Path | None, typer.Option("--screenshot", metavar="DIR", help="Write a picture of every page to DIR and exit.")
    ] = None,
) -> None:
    """Open the window.

    Example: flyweight gui
    """
    import os
    import sys

    arguments = [] if screenshot is None else ["--screenshot", str(screenshot)]
    os.execv(sys.executable, [sys.executable, "-m", "gui.app", *arguments])
