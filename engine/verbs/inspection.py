"""The verb ``inspect``."""

from ..events import Cancel, Emit, ignore
from ..model.open import inspect as describe
from ..records import ModelInfo


def inspect(model: str, *, arch: str | None = None, emit: Emit = ignore, cancel: Cancel | None = None) -> ModelInfo:
    """What is in a model: format, inputs, outputs, parameters, MACs per sample, bytes, layers, warnings.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        arch: ``module:factory`` that builds the network for a state dict.

    Raises:
        ModelError: the file cannot be read; names the reason and the remedy.
    """
    return describe(model, arch=arch)
