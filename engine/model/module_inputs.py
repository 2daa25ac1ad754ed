"""What a module wants as input when no file says so: its own statement, else the first likely shape that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from ..records import TensorSpec

if TYPE_CHECKING:
    from torch import Tensor, nn

GUESSED = "was guessed and works"
_SIZES = (224, 32, 28, 64, 96, 128, 16, 8, 256, 299)
_GRAY_SIZES = (28, 32, 64, 224, 8)
_LENGTHS = (128, 256, 1024, 16_000)


def specs_of(examples: Iterable[Tensor]) -> tuple[TensorSpec, ...]:
    """Specs of example tensors; the first axis is the batch."""
    tensors = list(examples)
    names = ["input"] if len(tensors) == 1 else [f"input_{index}" for index in range(len(tensors))]
    return tuple(
        TensorSpec(name, (None, *(int(size) for size in tensor.shape[1:])), str(tensor.dtype).removeprefix("torch."))
        for name, tensor in zip(names, tensors, strict=True)
    )


def stated_inputs(module: Any) -> tuple[TensorSpec, ...]:
    """Inputs a module states as ``example_inputs`` (tensors) or ``input_shape`` (without batch); else empty."""
    import torch

    examples = getattr(module, "example_inputs", None)
    if isinstance(examples, torch.Tensor):
        examples = (examples,)
    if isinstance(examples, (tuple, list)) and all(isinstance(tensor, torch.Tensor) for tensor in examples):
        return specs_of(examples)
    shape = getattr(module, "input_shape", None)
    if isinstance(shape, (tuple, list)) and all(isinstance(size, int) for size in shape):
        return (TensorSpec("input", (None, *shape), "float32"),)
    return ()


def guess_inputs(module: nn.Module) -> tuple[tuple[TensorSpec, ...], list[str]]:
    """Try shapes that fit the first weight until one runs; tells what was guessed.

    Raises:
        ModelError: none runs.
    """
    import torch

    stated = stated_inputs(module)
    if stated:
        return stated, []
    for shape in _candidates(module):
        try:
            with torch.inference_mode():
                module(torch.zeros(2, *shape))
        except Exception:  # any error means: not this shape
            continue
        text = " x ".join(str(size) for size in shape)
        note = f"the file does not say its input shape; {text} was guessed and works"
        return (TensorSpec("input", (None, *shape), "float32"),), [note]
    raise ModelError(
        "unknown-input-shape",
        "the model does not say the shape of its input, and no likely one works",
        "give --data that fits it, or a factory that returns (module, (example input,))",
    )


def _candidates(module: nn.Module) -> Iterator[tuple[int, ...]]:
    weight = next((tensor for _, tensor in module.named_parameters() if tensor.ndim > 1), None)
    if weight is None:
        return
    channels = _first_channels(module, weight)
    if weight.ndim == 4:
        sizes = _GRAY_SIZES if 1 in channels else _SIZES
        yield from ((count, size, size) for size in sizes for count in channels)
    elif weight.ndim == 3:
        yield from ((count, length) for length in _LENGTHS for count in channels)
    elif weight.ndim == 2:
        inner = int(weight.shape[1])
        yield (inner,)
        for count in (1, 3):
            side = round((inner / count) ** 0.5)
            if count * side * side == inner:
                yield (count, side, side)


def _first_channels(module: nn.Module, weight: Tensor) -> tuple[int, ...]:
    """Channels of the first convolution; a grouped one shows them only as a multiple."""
    stated = (getattr(part, "groups", None) for part in module.modules())
    groups = next((count for count in stated if isinstance(count, int)), 1)
    return tuple(dict.fromkeys((int(weight.shape[1]) * groups, int(weight.shape[1]), int(weight.shape[0]))))
