"""``flyweight inspect``: what is in a model file."""

from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show, size
from .options import Arch, AsJson, Model
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..records import ModelInfo, TensorSpec


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("inspect")(inspect)


def inspect(
    model: Model,
    data: Annotated[
        str | None,
        typer.Option(
            "--data", metavar="DATA", help="What it reads, where the model does not state the shape of its input."
        ),
    ] = None,
    arch: Arch = None,
    as_json: AsJson = False,
) -> None:
    """Format, shapes, parameters, MACs and layers of a model.

    Also its inputs and outputs, whether it is quantized already, and what is odd about it.

    Example: flyweight inspect sample:fashion-resnet
    """
    from ..verbs import inspect as verb

    show(
        lambda emit, cancel: verb(model, data=data, arch=arch, emit=emit, cancel=cancel),
        as_json=as_json,
        render=_render,
    )


def _render(info: "ModelInfo", console: "Console") -> None:
    from rich.table import Table

    console.print(f"format      {info.format}{', already quantized' if info.quantized else ''}")
    for label, specs in (("inputs", info.inputs), ("outputs", info.outputs)):
        console.print(f"{label:<11} " + ", ".join(_spec(s) for s in specs))
    zeros = "" if info.nonzero_parameters == info.parameters else f", {info.nonzero_parameters:,} of them not zero"
    console.print(f"parameters  {info.parameters:,}{zeros}")
    console.print(f"MACs        {'unknown' if info.macs is None else f'{info.macs:,}'} per sample")
    if info.peak_activation_bytes is not None:
        console.print(f"activations {size(info.peak_activation_bytes)} at once, at most, for one sample")
    console.print(f"size        {size(info.size_bytes)}")
    for warning in info.warnings:
        console.print(f"warning     {plain(warning)}", style="yellow")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("layer")
    table.add_column("operator")
    table.add_column("parameters", justify="right")
    table.add_column("MACs", justify="right")
    table.add_column("output")
    for layer in info.layers:
        shape = "" if layer.output_shape is None else "x".join("N" if d is None else str(d) for d in layer.output_shape)
        macs = "" if not layer.macs else f"{layer.macs:,}"
        table.add_row(
            plain(layer.name), plain(layer.op), f"{layer.parameters:,}" if layer.parameters else "", macs, shape
        )
    console.print()
    print_table(table, console)


def _spec(spec: "TensorSpec") -> str:
    shape = ", ".join("N" if d is None else str(d) for d in spec.shape)
    return f"{plain(spec.name)} {spec.dtype}[{shape}]"
