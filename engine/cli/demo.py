"""``flyweight demo``: the whole loop on the embedded models, data and the loopback device."""

from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show
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

    from profiles.columns import byte_counts, figures

    for model in result.models:
        console.print(f"\n{plain(model.title)}", style="bold")
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("variant", overflow="fold")
        for column in ("accuracy %", "points lost", "size", "packed", "smaller", "p50 ms", "speed-up", ""):
            table.add_column(column, justify="right", no_wrap=True)
        sizes, packed = byte_counts(r.size_bytes for r in model.rows), byte_counts(r.packed_bytes for r in model.rows)
        times = figures((r.p50_ms for r in model.rows), of_least=3)
        for row in model.rows:
            table.add_row(
                plain(row.name) + (" *" if row.recommended else ""),
                row.accuracy,
                row.loss,
                sizes.text(row.size_bytes),
                packed.text(row.packed_bytes),
                f"{row.smaller:.1f}x",
                "n/a" if row.p50_ms is None else times.text(row.p50_ms),
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
