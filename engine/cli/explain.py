"""``flyweight explain``: where a variant lost, and what was removed."""

from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show
from .options import AsJson, Project, Quiet, Split, TaskOption
from .quality import quality, signed
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.explanation import Explained


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    model: Annotated[
        str,
        typer.Argument(
            metavar="VARIANT|FILE", help="A variant of the project, or an ONNX file.", autocompletion=completing.variant
        ),
    ],
    data: Annotated[str, typer.Option("--data", metavar="DATA", help="Labelled data, as for evaluate.")],
    against: Annotated[
        str | None, typer.Option("--against", metavar="FILE", help="The original of a plain file.")
    ] = None,
    split: Annotated[Split | None, typer.Option("--split", help="Part of the data (default: as for evaluate).")] = None,
    task: TaskOption = None,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say what was removed and why, and where accuracy went.

    Names the layers and classes that lost most, and shows the roofline of both models.

    SQNR and cosine compare each layer's output with the original's. The roofline is the least time one core of this
    computer needs for float arithmetic and memory traffic; beside it stands what was measured on devices.

    Example: flyweight explain small --data fashion-mnist
    """
    from ..verbs import explain as verb

    show(
        lambda emit, cancel: verb(
            model, data=data, against=against, split=split, task=task, project=project, emit=emit, cancel=cancel
        ),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(found: "Explained", console: "Console") -> None:
    from rich.table import Table

    console.print(f"original {quality(found.original)}   variant {quality(found.score)}")
    console.print(f"loss in points {signed(found.loss_points)}\n")
    reasons = [plain(item.removed) for item in found.layers]
    same = len(reasons) > 1 and len(set(reasons)) == 1
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("layer", overflow="fold")
    for column in ("SQNR dB", "cosine"):
        table.add_column(column, justify="right")
    if not same:
        table.add_column("what was removed and why", overflow="fold")
    for item, reason in zip(found.layers, reasons, strict=True):
        close = item.loss.fidelity
        sqnr = "" if close is None or close.sqnr_db is None else f"{close.sqnr_db:.1f}"
        cosine = "" if close is None or close.cosine is None else f"{close.cosine:.4f}"
        table.add_row(plain(item.loss.before.layer.name), sqnr, cosine, *([] if same else [reason]))
    print_table(table, console)
    if same:
        console.print(f"every layer: {reasons[0]}")
    if found.classes:
        console.print("\nclass: before -> after, loss in points")
    for row in found.classes:
        change = signed(row.loss_points) if row.loss_points.ci95 else f"{row.loss_points.value:+.2f}"
        console.print(f"  {plain(row.name):<20} {100 * row.before:6.2f} % -> {100 * row.after:6.2f} %   {change}")
    for name, rows, measured in zip(("original", "variant"), found.theory, found.measured, strict=True):
        slowest = max(rows, key=lambda row: row.bound_ms, default=None)
        if slowest is not None:
            console.print(
                f"\n{name}: roofline {sum(row.bound_ms for row in rows):.3f} ms, {sum(row.macs for row in rows):,} MACs, "
                f"{sum(row.bytes_moved for row in rows):,} bytes moved; most in {plain(slowest.layer)} ({slowest.limit})"
            )
        for target, p50_ms in measured.items():
            console.print(f"  measured on {plain(target)}: p50 {p50_ms:.3f} ms")
