"""The verb ``inspect``."""

from ..errors import ModelError
from ..events import Cancel, Emit, ignore
from ..model.open import inspect as describe
from ..model.with_data import open_with_data
from ..records import ModelInfo


def inspect(
    model: str,
    *,
    data: str | None = None,
    arch: str | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> ModelInfo:
    """What is in a model: format, inputs, outputs, parameters, MACs per sample, bytes, layers, warnings.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        data: what it reads, where the model does not state the shape of its input.
        arch: ``module:factory`` that builds the network for a state dict.

    Raises:
        ModelError: the file cannot be read; names the reason and the remedy.
        DataError: the data cannot be read, or does not fit the model.
    """
    if data is not None:
        try:
            return open_with_data(model, data, arch=arch, cancel=cancel)[0].info
        except ModelError as error:
            if error.code != "tflite-is-final":  # those state their inputs
                raise
    return describe(model, arch=arch, cancel=cancel)
