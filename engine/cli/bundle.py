"""``flyweight bundle``: a variant becomes a signed bundle."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from . import completing
from .console import show, size
from .options import AsJson, Data, Project, Quiet, TaskOption

if TYPE_CHECKING:
    from rich.console import Console

    from ..records import Bundle


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bundle")(bundle)


def bundle(
    variant: Annotated[
        str,
        typer.Argument(
            metavar="VARIANT|FILE",
            help="A variant of the project, or an ONNX/TFLite file.",
            autocompletion=completing.variant,
        ),
    ],
    data: Data = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder to put the bundle in.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the bundle (default: the variant's).")
    ] = None,
    twin: Annotated[
        bool, typer.Option("--twin", help="Also put the TFLite form in, for boards without onnxruntime (32-bit Arm).")
    ] = False,
    attach: Annotated[
        list[str] | None,
        typer.Option("--attach", metavar="FORMAT=FILE", help="A vendor's conversion of it, such as rknn=model.rknn."),
    ] = None,
    attach_tolerance: Annotated[
        float,
        typer.Option(
            "--attach-tolerance",
            metavar="SHARE",
            min=0,
            max=1,
            help="How far its outputs may be off, as a share of their range.",
        ),
    ] = 0.05,
    task: TaskOption = None,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Pack a model with all a board needs, signed.

    One folder: model, I/O contract, golden samples, runner and signature.

    With --data the golden inputs are real samples and the bundle predicts on image files; without it they are random.

    Example: flyweight bundle int8 --data fashion-mnist
    """
    from ..verbs import bundle as verb

    show(
        lambda emit, cancel: verb(
            variant,
            data=data,
            out=out,
            name=name,
            twin=twin,
            attached=dict(_format_and_file(item) for item in attach or []),
            allowed=attach_tolerance,
            task=task,
            project=project,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _format_and_file(text: str) -> tuple[str, Path]:
    format_, equals, file = text.partition("=")
    if not equals or not file:
        raise UsageError("bad-attach", f"'{text[:100]}' is not FORMAT=FILE", "for example: --attach rknn=model.rknn")
    return format_, Path(file)


def _render(result: "Bundle", console: "Console") -> None:
    console.print(f"bundle     {result.id}  ({size(result.size_bytes)})")
    console.print(f"signed by  {result.signed_by}")
    console.print(f"folder     {result.path}", soft_wrap=True)
    console.print(f"next       flyweight deploy {result.id} loopback", soft_wrap=True)
