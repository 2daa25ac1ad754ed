"""``flyweight profile fleet``: all devices at a glance."""

from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show
from .options import AsJson
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.fleet_profile import FleetProfile


def register(app: typer.Typer) -> None:
    """Add the command to the group ``profile``."""
    app.command()(fleet)


def fleet(
    group: Annotated[
        str | None,
        typer.Argument(metavar="[@GROUP]", help="Only the devices of this group.", autocompletion=completing.at_group),
    ] = None,
    alpha: Annotated[
        float,
        typer.Option("--alpha", metavar="P", min=0.0001, max=0.5, help="Probability of any false alarm in the list."),
    ] = 0.05,
    as_json: AsJson = False,
) -> None:
    """All devices at a glance, and what needs a look.

    How much is known of each and how old it is; those that became slower, are
    unlike their sisters or have no fresh reading come first.

    Example: flyweight profile fleet @cameras
    """
    from ..verbs import profile_fleet as verb

    show(lambda emit, cancel: verb(group, alpha=alpha), as_json=as_json, render=_fleet)


def _fleet(result: "FleetProfile", console: "Console") -> None:
    from rich.table import Table

    from ..verbs.profiling import age

    if not result.devices:
        console.print("no device was added or measured yet\nnext  flyweight device add NAME USER@HOST")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("device", "board", "readings", "bundles", "measured", "needs a look"):
        table.add_column(
            title, overflow="fold", justify="right" if title in ("readings", "bundles", "measured") else "left"
        )
    for item in result.devices:
        when = "never" if item.last_measured is None else age(item.last_measured)
        counts = (str(item.readings), str(item.bundles), when)
        table.add_row(plain(item.target), plain(item.board or "unknown"), *counts, plain(", ".join(item.needs) or "-"))
    print_table(table, console)
    console.print(f"false-alarm rate of the whole list: {result.alpha:g}; bundles: with a fresh reading", style="dim")
