"""Bias correction: rounding shifts the mean of a layer's outputs; its bias takes the shift back.

Source: Nagel et al. 2019 (arXiv:1906.04721), section 4.2, with measured means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...events import Cancel
from .biases import plain_biases
from .piecewise import layer_outputs

if TYPE_CHECKING:
    from onnx import ModelProto

SAMPLES = 64


def correct_biases(
    graph: ModelProto,
    build: Callable[[], ModelProto],
    arrays: Sequence[np.ndarray],
    floating: Collection[str],
    cancel: Cancel,
) -> tuple[int, str]:
    """Correct the biases of convolutions and Gemms layer by layer, in graph order; changes ``graph``.

    The mean over some samples may be that of few with large errors, such as clipped ones, and what brings it back harms the
    others: if the outputs of most other samples are further off than before, all biases stay as they were.

    Args:
        graph: float; its biases change.
        build: makes the quantized graph from ``graph`` as it is now.
        arrays: calibration samples, one array per input.
        floating: nodes that are not quantized.
        cancel: asked between layers; ``graph`` is half corrected then.

    Returns:
        How many layers were corrected, and what is said about it.
    """
    from onnx import numpy_helper

    from .saturation import outputs

    plain_biases(graph)
    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    few = [array[:SAMPLES] for array in arrays]
    others = [array[SAMPLES : 2 * SAMPLES] if len(array) >= 2 * SAMPLES else array[:SAMPLES] for array in arrays]
    layers = {
        node.name: node
        for node in graph.graph.node
        if node.op_type in ("Conv", "Gemm") and len(node.input) > 2 and node.input[2] in tensors
    }
    layers = {name: node for name, node in layers.items() if name not in floating}
    wanted = channel_means(graph, layers, few, cancel)
    before = build()
    kept = {}
    for name, output in layer_outputs(before, layers, few):
        cancel.check()
        bias = numpy_helper.to_array(tensors[layers[name].input[2]])
        shift = wanted[name] - _mean(output)
        if shift.shape == bias.shape:
            for item in output:  # what follows sees the corrected layer
                item += shift.astype(np.float32).reshape([1, -1] + [1] * (item.ndim - 2))
            kept[layers[name].input[2]] = bias
            made = numpy_helper.from_array(bias + shift.astype(np.float32), layers[name].input[2])
            tensors[layers[name].input[2]].CopyFrom(made)
    exact, *found = (
        outputs(item, others, exact=False, cancel=cancel) for item in (_with_values(graph, kept), before, build())
    )
    errors = [_errors(exact, item, len(others[0])) for item in found]
    worse, better = int(np.sum(errors[1] > errors[0])), int(np.sum(errors[1] < errors[0]))
    if worse > better:
        for name, bias in kept.items():
            tensors[name].CopyFrom(numpy_helper.from_array(bias, name))
        return 0, _why_not(len(errors[0]), worse, better)
    return len(kept), _noted(len(kept))


def _noted(layers: int) -> str:
    return f"the biases of {layers} layers take back the mean error of rounding"


def _why_not(samples: int, worse: int, better: int) -> str:
    return (
        f"bias_correction: of {samples} other samples {worse} were further off with it, {better} less, so the biases stay "
        "as they were"
    )


def _errors(exact: Sequence[np.ndarray], found: Sequence[np.ndarray], samples: int) -> np.ndarray:
    """Sum of squared differences over all outputs, one for each sample; an output may have several rows for each."""
    squares = [np.square(a.astype(np.float64) - b) for a, b in zip(exact, found, strict=True)]
    total: np.ndarray = sum(item.reshape(samples, -1).sum(axis=1) for item in squares)
    return total


def _with_values(graph: ModelProto, values: dict[str, np.ndarray]) -> ModelProto:
    """A copy with other values of some initializers."""
    import onnx
    from onnx import numpy_helper

    copied = onnx.ModelProto()
    copied.CopyFrom(graph)
    for tensor in copied.graph.initializer:
        if tensor.name in values:
            tensor.CopyFrom(numpy_helper.from_array(values[tensor.name], tensor.name))
    return copied


def channel_means(
    graph: ModelProto, nodes: Collection[str], arrays: Sequence[np.ndarray], cancel: Cancel
) -> dict[str, np.ndarray]:
    """Mean output of each channel of the named nodes."""
    found = {}
    for name, output in layer_outputs(graph, nodes, arrays):
        cancel.check()
        found[name] = _mean(output)
    return found


def _mean(output: Sequence[np.ndarray]) -> np.ndarray:
    """Of each channel, over what was made of each sample."""
    each = [item.mean(axis=tuple(i for i in range(item.ndim) if i != 1), dtype=np.float64) for item in output]
    mean: np.ndarray = np.mean(each, axis=0)
    return mean
