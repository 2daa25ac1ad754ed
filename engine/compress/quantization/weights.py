"""The weights of an ONNX graph that quantization is about: of convolutions, matrix products, recurrent layers, embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...records import Skip
from ..layer_choice import check_patterns, matches

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_PLACES = {
    "Conv": (1,),
    "ConvTranspose": (1,),
    "Gemm": (1,),
    "MatMul": (0, 1),
    "LSTM": (1, 2),
    "GRU": (1, 2),
    "Gather": (0,),
}


@dataclass(frozen=True)
class Weight:
    """One float tensor: name, owning layer, its operator, values, and the axis of its output channels."""

    name: str
    layer: str
    op: str
    values: np.ndarray
    axis: int


def copied(graph: ModelProto) -> ModelProto:
    """A copy to change."""
    import onnx

    result = onnx.ModelProto()
    result.CopyFrom(graph)
    return result


def float_weights(
    graph: ModelProto, technique: str, *, exclude: Sequence[str] = (), min_weights: int = 1
) -> tuple[list[Weight], list[Skip]]:
    """Weights to quantize, and the layers left alone with the reason.

    Args:
        graph: float.
        technique: for the message about a pattern that fits nothing.
        exclude: names or patterns of layers.
        min_weights: tensors with fewer values are left alone.

    Raises:
        RecipeError: a pattern fits no layer.
    """
    from onnx import TensorProto, numpy_helper

    from ...model.module_builder import readable_name

    tensors = {t.name: t for t in graph.graph.initializer if t.data_type == TensorProto.FLOAT and len(t.dims) > 1}
    found: dict[str, Weight] = {}
    for node in graph.graph.node:
        for place in _PLACES.get(node.op_type, ()):
            name = node.input[place] if place < len(node.input) else ""
            if name in tensors and name not in found:
                array = numpy_helper.to_array(tensors[name])
                found[name] = Weight(name, readable_name(node), node.op_type, array, _axis(node, array.ndim))
    check_patterns(exclude, [item.layer for item in found.values()], technique)
    kept, skipped = [], []
    for item in found.values():
        if matches(item.layer, exclude):
            skipped.append(Skip(item.layer, "excluded by the recipe"))
        elif item.values.size < min_weights:
            skipped.append(Skip(item.layer, f"only {item.values.size} weights"))
        else:
            kept.append(item)
    return kept, skipped


def _axis(node: NodeProto, rank: int) -> int:
    if node.op_type == "ConvTranspose":
        return 1
    if node.op_type == "Gemm":
        return 0 if any(item.name == "transB" and item.i for item in node.attribute) else 1
    if node.op_type == "MatMul":
        return rank - 1
    return 1 if node.op_type in ("LSTM", "GRU") else 0


def replace_values(graph: ModelProto, name: str, values: np.ndarray) -> None:
    """Other values of the same float tensor; changes ``graph``."""
    from onnx import numpy_helper

    for tensor in graph.graph.initializer:
        if tensor.name == name:
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
