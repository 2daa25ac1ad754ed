"""``flyweight compare``: models side by side."""

from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show, size
from .options import AsJson, Data, Project, Quiet, Split

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.evaluation import Compared


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare)


def compare(
    models: Annotated[
        list[str], typer.Argument(metavar="MODEL...", help="Variants or model files; the first is the original.")
    ],
    data: Data = None,
    split: Annotated[Split | None, typer.Option("--split", help="Part of the data (default: as for evaluate).")] = None,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Parameters, MACs, size, packed size and (with --data) accuracy of models side by side.

    Example: flyweight compare original.onnx small.onnx --data fashion-mnist
    """
    from ..verbs import compare as verb

    show(
        lambda emit, cancel: verb(models, data=data, split=split, project=project, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Compared", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    for column in ("accuracy", "parameters", "not zero", "MACs", "size", "packed"):
        table.add_column(column, justify="right")
    for row in result.rows:
        macs = "unknown" if row.info.macs is None else f"{row.info.macs:,}"
        accuracy = row.accuracy
        table.add_row(
            plain(row.name),
            "" if accuracy is None or accuracy.value is None else f"{100 * accuracy.value:.2f} %",
            f"{row.info.parameters:,}",
            f"{row.info.nonzero_parameters:,}",
            macs,
            size(row.info.size_bytes),
            size(row.packed_bytes),
        )
    console.print(table)
