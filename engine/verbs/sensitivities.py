"""The verb ``sensitivity``."""

from collections.abc import Sequence
from pathlib import Path

from ..compress.sensitivity import Sensitivity
from ..compress.sensitivity import sensitivity as analyse
from ..compress.technique import Context
from ..events import Cancel, Emit, Stage, ignore
from ..model.with_data import open_with_data
from ..report.sensitivity_plot import sensitivity_plot
from ..workspace import write_atomic


def sensitivity(
    model: str,
    *,
    data: str,
    sparsities: Sequence[float] = (0.5, 0.8, 0.9),
    bits: Sequence[int] = (8, 4, 2),
    samples: int = 512,
    plot: str | Path | None = None,
    task: str | None = None,
    arch: str | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Sensitivity:
    """What each layer costs when it alone is pruned or rounded; on calibration data, never on test data.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        data: labelled data set.
        sparsities: shares of zeros, each 0..1.
        bits: bit-widths, each 2..16.
        samples: how many samples are looked at.
        plot: SVG file to write as well.
        task: what the labels mean, where the data does not say it.
        arch: ``module:factory`` that builds the network for a state dict.
    """
    from ..errors import UsageError

    if not all(0 <= share <= 1 for share in sparsities) or not all(2 <= width <= 16 for width in bits):
        raise UsageError("bad-sensitivity", "a sparsity is 0 to 1, a bit-width 2 to 16", "for example 0.5 and 4")
    opened, data_set = open_with_data(model, data, arch=arch, task=task)
    module = opened.module
    if module is None:
        import onnx

        from ..errors import ModelError
        from ..model.onnx_to_torch import to_module

        if opened.onnx is None:
            raise ModelError(
                "not-analysable", f"{opened.name} cannot be turned into a module", "give the ONNX file or PyTorch code"
            )
        module = to_module(onnx.load_from_string(opened.onnx))
    emit(Stage("sensitivity", opened.name))
    context = Context(data_set, 0, emit=emit, cancel=cancel or Cancel())
    found = analyse(module, context, sparsities=sparsities, bits=bits, samples=samples)
    if plot is not None:
        write_atomic(Path(plot), sensitivity_plot(found).encode())
    return found
