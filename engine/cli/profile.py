"""``flyweight profile``: what is known of each hardware."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show
from .options import AsJson

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.profiling import Exported, ProfileDocument, ProfileList

app = typer.Typer(
    name="profile", help="Profiles: measured rows per hardware.", no_args_is_help=True, rich_markup_mode=None
)


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the profiles: boards and how many readings each holds.

    Example: flyweight profile list
    """
    from ..verbs import profile_list as verb

    show(lambda emit, cancel: verb(), as_json=as_json, render=_list)


@app.command("show")
def show_(
    board: Annotated[
        str, typer.Argument(metavar="BOARD|DEVICE", help="Board id or device name, as in 'profile list'.")
    ],
    as_json: AsJson = False,
) -> None:
    """The data sheet of one board or device.

    Example: flyweight profile show loopback
    """
    from ..verbs import profile_show as verb

    show(lambda emit, cancel: verb(board), as_json=as_json, render=_show)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="File to write: .json, .csv or .md by its ending.")],
    board: Annotated[str | None, typer.Option("--board", help="Only this board or device.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write readings to a file.

    Example: flyweight profile export readings.csv
    """
    from ..verbs import profile_export as verb

    show(lambda emit, cancel: verb(out, board=board), as_json=as_json, render=_exported)


def _list(result: "ProfileList", console: "Console") -> None:
    from rich.table import Table

    if not result.profiles:
        console.print("no readings yet\nnext  flyweight measure BUNDLE TARGET   or   flyweight demo --quick")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("board", "devices", "models", "runtimes"):
        table.add_column(column, overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("last measured (UTC)")
    for item in result.profiles:
        table.add_row(
            plain(item.board),
            plain(", ".join(item.devices)),
            str(item.models),
            plain(", ".join(item.runtimes)),
            str(item.rows),
            item.last_measured or "",
        )
    console.print(table)


def _show(result: "ProfileDocument", console: "Console") -> None:
    from rich.table import Table

    console.print(plain(result.name), style="bold")
    for line in result.facts:
        console.print(plain(line))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("model", "variant", "runtime"):
        table.add_column(column, overflow="fold")
    for column in ("threads", "p50 ms", "95 % interval", "p99 ms", "memory MB", "runs", "readings", "origin"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in result.rows:
        table.add_row(*(plain(cell) for cell in row.cells()))
    console.print(table)


def _exported(result: "Exported", console: "Console") -> None:
    console.print(f"{result.rows} readings written to {result.path}")
