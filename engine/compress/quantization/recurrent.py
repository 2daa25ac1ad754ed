"""Recurrent layers in integers: LSTM on onnxruntime's int8 kernel (``DynamicQuantizeLSTM``), GRU and RNN stored as int8.

The kernel quantizes inputs and states at every step, multiplies int8 weights and computes the gates in float. There is none
for GRU and plain recurrent layers, nor for every form of an LSTM: their weights are stored as int8 and unpacked at load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

RECURRENT = ("LSTM", "GRU", "RNN")
KERNEL = "DynamicQuantizeLSTM"
STORED = "it runs in float and its weights are stored as int8"


def left_to_float(graph: GraphProto) -> dict[str, str]:
    """Recurrent nodes of a graph that the int8 kernel cannot take, with the reason."""
    stored = {tensor.name for tensor in graph.initializer if tensor.data_type == 1 and len(tensor.dims) == 3}
    uses = Counter(name for node in graph.node for name in node.input)
    found = {}
    for node in graph.node:
        if node.op_type not in RECURRENT:
            continue
        if node.op_type != "LSTM":
            found[node.name] = f"onnxruntime has no integer kernel for {node.op_type}"
        elif any(item.name == "layout" and item.i for item in node.attribute):
            found[node.name] = "the integer kernel for LSTM wants the time before the batch (layout 0)"
        elif not all(name in stored and uses[name] == 1 for name in node.input[1:3]):
            found[node.name] = "its weights are computed, or belong to another layer, too"
    return found


def store_recurrent(model: ModelProto, names: Collection[str]) -> frozenset[str]:
    """Store the weights of recurrent nodes as int8, float again when the file is loaded; the graph is changed.

    Returns:
        Names of the nodes that have such weights now; small ones and those with computed weights do not.
    """
    from .stored_weights import store_as_int8

    before = _weights(model, names)
    store_as_int8(model, names)
    return frozenset(name for name, inputs in _weights(model, names).items() if inputs != before[name])


def _weights(model: ModelProto, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    nodes: list[NodeProto] = [node for node in model.graph.node if node.op_type in RECURRENT and node.name in names]
    return {node.name: tuple(node.input[1:3]) for node in nodes}
