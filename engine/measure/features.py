"""What a graph asks of a processor, as the amounts the cost model prices: see :mod:`profiles.predict`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.cost import layer_table
from ..model.folding import attributes
from ..model.graph import facts

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

FUSED = {
    "QuantizeLinear",
    "DequantizeLinear",
    "Relu",
    "Clip",
    "BatchNormalization",
    "Identity",
    "Constant",
    "Flatten",
    "Reshape",
}
"""Operators that a runtime folds into their neighbours or that move nothing."""
CONV = {"Conv", "QLinearConv", "ConvInteger", "ConvTranspose"}
DENSE = {"Gemm", "MatMul", "QGemm", "QLinearMatMul", "MatMulInteger", "DynamicQuantizeMatMul"}


def amounts(model: ModelProto) -> dict[str, float]:
    """Multiply-accumulates by kind and number type, bytes of the other operators, operators, and one call."""
    known = facts(model)
    makers = {output: node.op_type for node in model.graph.node for output in node.output}
    macs = {layer.name: layer.macs for layer in layer_table(model)}
    total: dict[str, float] = {"call": 1.0}

    def add(name: str, value: float) -> None:
        total[name] = total.get(name, 0.0) + value

    for node in model.graph.node:
        if node.op_type in FUSED:
            continue
        add("operators", 1.0)
        kind = _kind(node, {name: known.shape(name) for name in node.input})
        if kind is None:
            add("other_bytes", float(sum(_bytes(known.shape(name)) for name in [*node.input[:2], *node.output[:1]])))
            continue
        number = "int8" if _is_int8(node, makers) else "float"
        add(f"{kind}_{number}", float(macs.get(node.name) or _first(macs, node) or 0))
    return total


def _first(macs: dict[str, int | None], node: NodeProto) -> int | None:
    """Layers of nodes without a name carry that of their output."""
    return next((macs[name] for name in node.output if name in macs), None)


def _kind(node: NodeProto, shapes: dict[str, tuple[int | None, ...] | None]) -> str | None:
    if node.op_type in DENSE:
        return "dense"
    if node.op_type not in CONV:
        return None
    group = attributes(node).get("group", 1)
    weight = shapes.get(node.input[3 if node.op_type == "QLinearConv" else 1])
    return "depthwise" if group > 1 and (weight is None or weight[1] == 1) else "conv"


def _is_int8(node: NodeProto, makers: dict[str, str]) -> bool:
    if node.op_type not in ("Conv", "Gemm", "MatMul", "ConvTranspose"):
        return True
    return all(makers.get(name) == "DequantizeLinear" for name in node.input[:2])


def _bytes(shape: tuple[int | None, ...] | None) -> int:
    count = 4
    for size in shape or ():
        count *= size or 1
    return count
