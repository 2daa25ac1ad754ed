"""``flyweight sensitivity``: which layers bear pruning and few bits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show
from .options import Arch, AsJson, AsJsonLines, Model, Quiet, TaskOption
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..compress.sensitivity import Sensitivity


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sensitivity")(sensitivity)


def sensitivity(
    model: Model,
    data: Annotated[str, typer.Option("--data", metavar="DATA", help="Labelled data, as for compress.")],
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", min=1, help="Samples of the calibration split to look at.")
    ] = 512,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.svg", help="Also write the table as a picture.")
    ] = None,
    task: TaskOption = None,
    arch: Arch = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Show which layers bear pruning or rounding.

    Each layer is pruned or rounded alone, and the accuracy lost is shown.

    Example: flyweight sensitivity sample:fashion-resnet --data fashion-mnist
    """
    from ..verbs import sensitivity as verb

    show(
        lambda emit, cancel: verb(
            model, data=data, samples=samples, plot=plot, task=task, arch=arch, emit=emit, cancel=cancel
        ),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_render,
    )


def _render(found: "Sensitivity", console: "Console") -> None:
    from rich.table import Table

    console.print(f"untouched: {found.metric} {found.accuracy:.2%} of {found.n} samples, loss {found.loss:.4f}\n")
    changes = list(dict.fromkeys((row.change, row.amount) for row in found.rows))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(f"layer ({found.metric} when it alone is changed)")
    for change, amount in changes:
        table.add_column(f"{amount:.0%} zeros" if change == "sparsity" else f"{amount:g} bits", justify="right")
    for layer in dict.fromkeys(row.layer for row in found.rows):
        values = {(row.change, row.amount): row.accuracy for row in found.rows if row.layer == layer}
        table.add_row(plain(layer), *[f"{values[change]:.2%}" for change in changes])
    print_table(table, console)
