"""``flyweight demo``: the whole loop on the embedded models, data and the loopback device."""

from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show, size
from .options import AsJson, AsJsonLines, Quiet, Seed
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.demonstration import Demonstrated


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    short: Annotated[bool, typer.Option("--quick", help="One network, three variants, about a minute.")] = False,
    target: Annotated[
        str,
        typer.Option(
            "--target", metavar="DEVICE", help="Measure on this device instead.", autocompletion=completing.device
        ),
    ] = "loopback",
    seed: Seed = 0,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Compress, deploy, verify and measure two real networks.

    They go to this computer's own board over SSH; the readings go into its profile and into a report.

    Example: flyweight demo --quick
    """
    from ..verbs import demo as verb

    show(
        lambda emit, cancel: verb(quick=short, target=target, seed=seed, emit=emit, cancel=cancel),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Demonstrated", console: "Console") -> None:
    from rich.table import Table

    for model in result.models:
        console.print(f"\n{plain(model.title)}", style="bold")
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("variant", overflow="fold")
        for column in ("accuracy %", "points lost", "size", "packed", "p50 ms", "speed-up", ""):
            table.add_column(column, justify="right", no_wrap=True)
        for row in model.rows:
            table.add_row(
                plain(row.name) + (" *" if row.recommended else ""),
                row.accuracy,
                row.loss,
                size(row.size_bytes),
                f"{size(row.packed_bytes)} ({row.smaller:.1f}x)",
                "n/a" if row.p50_ms is None else f"{row.p50_ms:.3f}",
                row.speedup,
                row.verdict,
            )
        print_table(table, console)
        console.print(plain(model.sentence))
    for note in result.notes:
        console.print(plain(note), style="yellow")
    device = result.device
    console.print(
        f"\nmeasured on {plain(device['board_name'])} over SSH ({plain(device['name'])}), profile {plain(device['board'])}"
    )
    console.print(f"report  {result.report}")
