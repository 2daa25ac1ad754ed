"""``flyweight export``: a variant as a file for elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import show, size
from .options import AsJson, Project, Quiet

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.exporting import Exported


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    model: Annotated[
        str,
        typer.Argument(
            metavar="VARIANT|FILE",
            help="A variant of the project, a model file, or a packed file.",
            autocompletion=completing.variant,
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File ending in .onnx, .tflite, .pt2 or .flwp (packed).")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a variant as ONNX, TFLite, .pt2 or packed.

    The suffix of OUT says in which form. ONNX and TFLite run elsewhere; .pt2 is a PyTorch program with a free batch axis,
    to train or serve a pruned network with your own code; .flwp is the entropy-coded file whose size reports call
    "packed", and is restored by giving it as VARIANT. Every form is compared with its origin before it is written.

    Example: flyweight export half half.pt2
    """
    from ..verbs import export as verb

    show(
        lambda emit, cancel: verb(model, out, force=force, project=project, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Exported", console: "Console") -> None:
    console.print(f"written    {result.path}  ({result.format}, {size(result.size_bytes)})", soft_wrap=True)
    if result.off_by is not None:
        console.print(f"compared   outputs off by {result.off_by:.1e} of the largest, on random inputs")
