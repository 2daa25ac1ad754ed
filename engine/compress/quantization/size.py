"""Where the bytes of a quantized file are, for those that did not get smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...records import Skip

if TYPE_CHECKING:
    from onnx import ModelProto

_WEIGHTED = ("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "Gather")


def unsaved(graph: ModelProto, result: ModelProto) -> list[Skip]:
    """Layers that keep a quantized file from being smaller than the float file; none where it is smaller.

    Args:
        graph: float.
        result: quantized.
    """
    import onnx

    if _about(result) < 0.99 * _about(graph):
        return []
    before, after = graph.ByteSize(), result.ByteSize()
    if after < before:
        return []
    real = onnx.TensorProto.FLOAT
    sizes = {t.name: 4 * int(np.prod(t.dims)) for t in graph.graph.initializer if t.data_type == real}
    kept = {t.name for t in result.graph.initializer if t.data_type == real and len(t.dims) > 0}
    found = []
    for node in graph.graph.node:
        own = [name for name in node.input if name in sizes and node.op_type in _WEIGHTED]
        total = sum(sizes[name] for name in own)
        if not total:
            continue
        left = sum(sizes[name] for name in own if name in kept)
        if left >= total / 2:
            why = f"its weights stay float ({left:,} bytes)"
        else:
            why = (
                f"its weights are only {total:,} bytes as float: scales and conversion nodes take more than int8 saves"
            )
        found.append(Skip(node.name, f"{why}; the file has {after:,} bytes, {before:,} as float"))
    return found


def _about(model: ModelProto) -> int:
    """Bytes of the file, part by part: ``ByteSize`` of a whole model makes the whole file in memory to count it."""
    graph = model.graph
    parts = (
        graph.node,
        graph.initializer,
        graph.value_info,
        graph.input,
        graph.output,
        model.functions,
        model.metadata_props,
    )
    return sum(item.ByteSize() + 4 for part in parts for item in part)
