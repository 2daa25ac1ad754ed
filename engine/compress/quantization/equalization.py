"""Cross-layer equalization: channels of one size, so that one scale fits them all. The function stays as it is.

Where ReLU or nothing stands between two layers, channel i of the first may be divided by any s > 0 and the second
multiplied by it. Source: Nagel et al.: Data-Free Quantization Through Weight Equalization and Bias Correction, 2019
(arXiv:1906.04721).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

ROUNDS = 20
CONVERGED = 1e-3


@dataclass(frozen=True)
class Pair:
    """Two layers with nothing but ReLU between them."""

    first: NodeProto
    second: NodeProto


def pairs(graph: ModelProto) -> list[Pair]:
    """All pairs whose channels can be rescaled, in graph order."""
    readers = Counter(name for node in graph.graph.node for name in node.input)
    readers.update(item.name for item in graph.graph.output)
    reader = {name: node for node in graph.graph.node for name in node.input}
    constants = {tensor.name for tensor in graph.graph.initializer}
    shared = Counter(name for node in graph.graph.node for name in node.input if name in constants)
    found = []
    for node in graph.graph.node:
        if not _layer(node, constants, shared):
            continue
        name = node.output[0]
        while readers[name] == 1 and name in reader and reader[name].op_type == "Relu":
            name = reader[name].output[0]
        following = reader.get(name)
        if following is None or readers[name] != 1 or following.input[0] != name:
            continue
        if following.op_type == node.op_type and _layer(following, constants, shared):
            found.append(Pair(node, following))
    return found


def _layer(node: NodeProto, constants: set[str], shared: Counter[str]) -> bool:
    """A convolution (plain or depth-wise) or a Gemm with weights of its own."""
    if node.op_type not in ("Conv", "Gemm") or node.input[1] not in constants:
        return False
    if any(shared[name] > 1 for name in node.input[1:]):
        return False
    values = {item.name: item for item in node.attribute}
    scaled = any(name in values and values[name].f != 1.0 for name in ("alpha", "beta"))
    return node.op_type == "Conv" or not (scaled or ("transA" in values and values["transA"].i))


def equalize(graph: ModelProto) -> int:
    """Rescale all pairs until their channels have the same range; returns how many pairs; changes ``graph``."""
    from onnx import numpy_helper

    found = pairs(graph)
    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    arrays = {}
    for pair in found:
        for name in (*pair.first.input[1:], *pair.second.input[1:]):
            arrays[name] = numpy_helper.to_array(tensors[name]).astype(np.float64)
    for _ in range(ROUNDS):
        largest = 0.0
        for pair in found:
            largest = max(largest, _rescale(pair, arrays))
        if largest < CONVERGED:
            break
    for name, array in arrays.items():
        tensors[name].CopyFrom(numpy_helper.from_array(array.astype(np.float32), name))
    return len(found)


def _rescale(pair: Pair, arrays: dict[str, np.ndarray]) -> float:
    """One step for one pair: s = sqrt(r1 r2) / r2; returns the largest change, |log s|."""
    first, second = arrays[pair.first.input[1]], arrays[pair.second.input[1]]
    out_axis = _axes(pair.first)[0]
    depthwise = pair.second.op_type == "Conv" and second.shape[1] == 1
    in_axis = 0 if depthwise else _axes(pair.second)[1]
    channels = first.shape[out_axis]
    if second.shape[in_axis] != channels:
        return 0.0  # grouped: channels do not belong one to one
    r1, r2 = _range(first, out_axis), _range(second, in_axis)
    used = (r1 > 0) & (r2 > 0)
    s = np.where(used, np.sqrt(r1 * r2) / np.where(r2 > 0, r2, 1), 1.0)
    arrays[pair.first.input[1]] = first / _along(s, out_axis, first.ndim)
    if len(pair.first.input) > 2:
        arrays[pair.first.input[2]] = arrays[pair.first.input[2]] / s
    arrays[pair.second.input[1]] = second * _along(s, in_axis, second.ndim)
    return float(np.abs(np.log(s)).max(initial=0.0))


def _axes(node: NodeProto) -> tuple[int, int]:
    """Axes of the output and input channels of a weight."""
    if node.op_type == "Conv":
        return 0, 1
    transposed = any(item.name == "transB" and item.i for item in node.attribute)
    return (0, 1) if transposed else (1, 0)


def _range(weight: np.ndarray, axis: int) -> np.ndarray:
    ranges: np.ndarray = np.abs(weight).max(axis=tuple(i for i in range(weight.ndim) if i != axis))
    return ranges


def _along(values: np.ndarray, axis: int, rank: int) -> np.ndarray:
    return values.reshape([-1 if i == axis else 1 for i in range(rank)])
