"""Weights of float layers stored as int8: four times smaller in the file, float again before the first inference.

``Mul(Cast(int8), scale)`` consists of constants alone, so every runtime folds it into float weights when it loads the file
(a DequantizeLinear would be kept for integer kernels and cost time in every run). Speed is that of the float layer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

SMALLEST = 256
"""Tensors of fewer elements stay as they are: two more nodes would cost more than they save."""

_OUTPUT_AXIS = {"Conv": 0, "ConvTranspose": 1, "LSTM": 1, "GRU": 1, "RNN": 1}
_PLACES = {"LSTM": (1, 2), "GRU": (1, 2), "RNN": (1, 2)}
"""Inputs that are weights, where they are others than the second."""


def rounded(
    weights: np.ndarray, axis: int | None, bits: int = 8, *, short_scales: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 levels and their scales.

    Args:
        weights: float array of any shape.
        axis: output channels, one scale each (kept dimensions); None gives one scale for all.
        bits: of the levels; fewer than 8 are stored in a byte all the same, but pack smaller.
        short_scales: scales of 8 significant bits, at most 1 % larger: half of their bytes are zero and pack to nothing.

    >>> levels, scale = rounded(np.array([[1.0, -2.0], [0.5, 0.25]], np.float32), 0)
    >>> levels.tolist()
    [[64, -127], [127, 64]]
    """
    axes = None if axis is None else tuple(i for i in range(weights.ndim) if i != axis % weights.ndim)
    top = 2 ** (bits - 1) - 1
    limit = np.abs(weights).max(axis=axes, keepdims=True)
    scale = np.where(limit > 0, limit / top, 1.0).astype(weights.dtype)
    if short_scales:
        mantissa, exponent = np.frexp(scale)
        scale = np.ldexp(np.ceil(mantissa * 256) / 256, exponent).astype(weights.dtype)
    levels = np.clip(np.rint(weights / scale), -top, top).astype(np.int8)
    return levels, scale


def store_as_int8(
    graph: ModelProto,
    layers: Collection[str],
    *,
    per_channel: bool = True,
    bits: int = 8,
    short_scales: bool = False,
) -> int:
    """Store the weights of the named Conv, Gemm, MatMul and recurrent nodes as int8; the graph is changed in place.

    Args:
        graph: weights must be float32 initializers; others are left alone.
        layers: names of nodes.
        per_channel: one scale per output channel, else one per tensor.
        bits, short_scales: as in :func:`rounded`.

    Returns:
        Number of weights stored so.
    """
    from onnx import TensorProto, helper, numpy_helper

    tensors = {item.name: item for item in graph.graph.initializer}
    outputs = {item.name for item in graph.graph.output}
    stored = 0
    added: list[NodeProto] = []
    done: dict[str, str] = {}
    for node in graph.graph.node:
        if node.name not in layers or len(node.input) < 2:
            continue
        for place in _PLACES.get(node.op_type, (1,)):
            name = node.input[place]
            if name in done:
                node.input[place] = done[name]
                continue
            tensor = tensors.get(name)
            if tensor is None or name in outputs or not _worth_it(tensor, TensorProto.FLOAT):
                continue
            levels, scale = rounded(
                numpy_helper.to_array(tensor), _axis(node) if per_channel else None, bits, short_scales=short_scales
            )
            parts = (f"{name}_int8", f"{name}_scale")
            graph.graph.initializer.extend(
                [numpy_helper.from_array(levels, parts[0]), numpy_helper.from_array(scale, parts[1])]
            )
            added += [
                helper.make_node("Cast", [parts[0]], [f"{name}_cast"], f"{name}_cast", to=TensorProto.FLOAT),
                helper.make_node("Mul", [f"{name}_cast", parts[1]], [f"{name}_float"], f"{name}_float"),
            ]
            node.input[place] = done[name] = f"{name}_float"
            stored += levels.size
    used = {item for node in graph.graph.node for item in node.input}
    for name in done:
        if name not in used:
            graph.graph.initializer.remove(tensors[name])
    for node in reversed(added):
        graph.graph.node.insert(0, node)
    return stored


def _worth_it(tensor: TensorProto, float32: int) -> bool:
    return tensor.data_type == float32 and int(np.prod(tensor.dims)) >= SMALLEST


def _axis(node: NodeProto) -> int:
    """The axis of the output channels in a layer's weight."""
    if node.op_type == "Gemm":
        transposed = any(item.name == "transB" and item.i for item in node.attribute)
        return 0 if transposed else -1
    return _OUTPUT_AXIS.get(node.op_type, -1)
