"""``flyweight pipeline``: a model cut into stages over cores, throughput against latency."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show
from .options import Arch, AsJson, Model, Quiet

if TYPE_CHECKING:
    from rich.console import Console

    from ..measure.pipeline import Pipelined
    from ..records import Estimate


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("pipeline")(pipeline)


def pipeline(
    model: Model,
    stages: Annotated[int, typer.Option("--stages", metavar="K", min=2, max=16, help="Sub-networks to cut into.")] = 2,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=0.1, max=600, help="How long to measure.")
    ] = 3.0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Leave the stages there as ONNX files.")
    ] = None,
    arch: Arch = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Cut a model into stages over cores and time them.

    The pipeline, the whole model on one core and the whole model on as many cores run in turns, so that they compare.

    Example: flyweight pipeline sample:fashion-resnet --stages 2
    """
    from ..verbs import pipeline as verb

    show(
        lambda emit, cancel: verb(model, stages=stages, seconds=seconds, out=out, arch=arch, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(found: "Pipelined", console: "Console") -> None:
    for number, stage in enumerate(found.stages, 1):
        handed = f", hands on {stage.handed_bytes:,} bytes" if stage.handed_bytes else ""
        console.print(f"stage {number}: {stage.macs:,} multiply-accumulates{handed}")
    names = {"one": "whole, one core", "threads": f"whole, {len(found.stages)} threads", "pipeline": "pipeline"}
    for name, way in found.ways.items():
        console.print(f"{names[name]:<18} {_shown(way.throughput)} samples/s, {_shown(way.latency_ms)} ms alone")
    console.print(f"throughput {_shown(found.speedup)}x of one core, {_shown(found.against_threads)}x of the threads")
    console.print(found.words)
    for path in found.paths:
        console.print(plain(path))


def _shown(estimate: "Estimate") -> str:
    low, high = estimate.ci95 or (0.0, 0.0)
    return f"{estimate.value:,.2f} [{low:,.2f}, {high:,.2f}]"
