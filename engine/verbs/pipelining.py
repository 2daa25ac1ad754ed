"""The verb ``pipeline``."""

from pathlib import Path

import onnx

from ..errors import UsageError
from ..events import Cancel, Emit, Stage, ignore
from ..measure.pipeline import Pipelined, pipelined
from ..model.open import open_model
from ..model.save import example_inputs, to_onnx


def pipeline(
    model: str,
    *,
    stages: int = 2,
    seconds: float = 3.0,
    out: str | Path | None = None,
    arch: str | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Pipelined:
    """Cut a model into sub-networks, run them as a pipeline over cores of this computer, and compare with the whole.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        stages: number of sub-networks, 2 to 16.
        seconds: how long to measure, all ways together.
        out: folder to leave the stages in, as ``stage-1.onnx`` and so on.

    Raises:
        UsageError: a number of stages or seconds that makes no sense.
        ModelError: the model cannot be opened, cut or run.
    """
    if not 2 <= stages <= 16 or not 0 < seconds <= 600:
        raise UsageError(
            "bad-pipeline",
            f"{stages} stages in {seconds} seconds are outside the limits",
            "use 2 to 16 stages, up to 600 seconds",
        )
    opened = open_model(model, arch=arch)
    if opened.onnx is not None:
        graph = onnx.load_from_string(opened.onnx)
    else:
        assert opened.module is not None
        graph = to_onnx(opened.module, opened.inputs)
    emit(Stage("pipeline", f"{opened.name} in {stages} stages"))
    samples = example_inputs(opened.inputs, batch=1)
    feed = {spec.name: value.numpy() for spec, value in zip(opened.inputs, samples, strict=True)}
    return pipelined(graph, feed, stages, seconds=seconds, out=None if out is None else Path(out), cancel=cancel)
