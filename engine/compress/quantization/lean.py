"""What a quantizer writes that says nothing: in the file of a small network it weighs as much as a tenth of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import ModelProto

_SHORT = {"_DequantizeLinear_Output": "_dq", "_QuantizeLinear_Output": "_q"}
_KINDS = {"DequantizeLinear": "dq", "QuantizeLinear": "q"}


def lean(model: ModelProto) -> ModelProto:
    """Shorten the names that onnxruntime made, and drop the zero points of int32 biases; changes and returns ``model``.

    The zero point of ``DequantizeLinear`` may be left out where it is zero (ONNX operator specification).
    """
    _without_zero_points_of_biases(model)
    _with_short_names(model)
    return model


def _without_zero_points_of_biases(model: ModelProto) -> None:
    from onnx import TensorProto, numpy_helper

    graph = model.graph
    gone = {
        item.name
        for item in graph.initializer
        if item.data_type == TensorProto.INT32 and not numpy_helper.to_array(item).any()
    }
    gone &= {n.input[2] for n in graph.node if n.op_type == "DequantizeLinear" and len(n.input) == 3}
    gone -= {
        name for n in graph.node for place, name in enumerate(n.input) if (n.op_type, place) != ("DequantizeLinear", 2)
    }
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and len(node.input) == 3 and node.input[2] in gone:
            del node.input[2]
    kept = [item for item in graph.initializer if item.name not in gone]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _with_short_names(model: ModelProto) -> None:
    graph = model.graph
    taken = {item.name for item in (*graph.input, *graph.output, *graph.initializer)}
    taken |= {name for node in graph.node for name in node.output}
    fixed = {item.name for item in graph.output}
    short: dict[str, str] = {}
    for node in graph.node:
        if node.op_type not in _KINDS or node.output[0] in fixed:
            continue
        for long, ending in _SHORT.items():
            if node.output[0].endswith(long) and (name := node.output[0].removesuffix(long) + ending) not in taken:
                short[node.output[0]] = name
                taken.add(name)
    names = {node.name for node in graph.node}
    for number, node in enumerate(graph.node):
        for field in (node.input, node.output):
            field[:] = [short.get(name, name) for name in field]
        if node.op_type in _KINDS and (name := f"{_KINDS[node.op_type]}_{number}") not in names:
            node.name = name
    for value in graph.value_info:
        value.name = short.get(value.name, value.name)


__all__ = ["lean"]
