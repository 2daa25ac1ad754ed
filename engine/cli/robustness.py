"""``flyweight robustness``: the same model on training data, corrupted data and under attack."""

from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show
from .options import AsJson, Project, Quiet, TaskOption
from .quality import heading, quality, signed
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.generalisation import Robustness


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("robustness")(robustness)


def robustness(
    model: Annotated[
        str,
        typer.Argument(
            metavar="VARIANT|FILE", help="A variant of the project, or a model file.", autocompletion=completing.variant
        ),
    ],
    data: Annotated[str, typer.Option("--data", metavar="DATA", help="Labelled data, as for evaluate.")],
    against: Annotated[
        str | None, typer.Option("--against", metavar="FILE", help="The original of a plain file.")
    ] = None,
    task: TaskOption = None,
    samples: Annotated[int, typer.Option("--samples", metavar="N", min=1, help="Samples of each condition.")] = 1000,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Corruptions, FGSM and PGD before and after compression.

    Also the gap between training and test data.

    Example: flyweight robustness small --data fashion-mnist
    """
    from ..verbs import robustness as verb

    show(
        lambda emit, cancel: verb(
            model, data=data, against=against, task=task, samples=samples, project=project, emit=emit, cancel=cancel
        ),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(found: "Robustness", console: "Console") -> None:
    from rich.table import Table

    name = heading(item.score for item in found.conditions)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("condition")
    for column in ("original", "model", "loss (points)"):
        table.add_column(column, justify="right", no_wrap=True)
    for item in found.conditions:
        before = "" if item.original is None else quality(item.original)
        carried = " (the original's gradients)" if item.gradients_of == "original" else ""
        table.add_row(item.name + carried, before, quality(item.score), signed(item.loss_points))
    console.print(f"{name}, with 95 % intervals", style="bold")
    print_table(table, console)
    for note in found.notes:
        console.print(plain(note))
