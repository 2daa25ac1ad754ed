"""What a graph asks of a processor, as the amounts the cost model prices: see :mod:`profiles.predict`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from profiles.memory import Footprint
from profiles.predict import LANES, SETS, WORK, Known, Operator, Source, filled

from ..model.cost import layer_table
from ..model.folding import attributes
from ..model.graph import Facts, facts
from ..model.live_memory import most_alive
from .operators import by_layer

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
LEAST_US, LEAST_SHARE = 2.0, 0.05
"""A runtime traces whole microseconds: of an operator below two a good part is rounding. What takes less than a twentieth of its
model tells little of it, and each row costs time whenever costs are fitted."""
BYTES = {"int8": 1, "uint8": 1, "bool": 1, "float16": 2, "int16": 2, "int64": 8, "float64": 8}
"""Per number, of types that do not take four."""
BLOCKWISE, FEW = {"conv", "pointwise"}, LANES / 2
"""Layers whose kernels read channels in blocks, too, and of how many on: an image's few are read one by one."""
DENSE = {"Gemm", "MatMul", "QGemm", "QLinearMatMul", "MatMulInteger", "DynamicQuantizeMatMul"}
LAYERS = CONV | DENSE | {"FusedConv", "FusedGemm", "FusedMatMul"}


def operators(model: ModelProto) -> tuple[Operator, ...]:
    """What each operator of a graph asks for, and last what one call does: numbers that come in, and itself."""
    return (*(part.operator for part in parts(model)), Operator({**_floats_in(model), "call": 1.0}))


@dataclass(frozen=True)
class Part:
    """One operator that a runtime executes by itself, whatever it folds into it.

    Attributes:
        names: of its node and its values, and of what is folded into it: a runtime's trace calls it by one of them.
    """

    names: tuple[str, ...]
    operator: Operator


def parts(model: ModelProto) -> tuple[Part, ...]:
    """What each operator of a graph asks for, in the graph's order."""
    known = facts(model)
    makers = {output: node for node in model.graph.node for output in node.output}
    macs = {layer.name: layer.macs for layer in layer_table(model)}
    entering = _first_readers(model)
    found: list[tuple[list[str], Operator]] = []
    home: dict[str, list[str]] = {}
    for node in model.graph.node:
        if node.op_type == "QuantizeLinear" and (
            id(node) in entering or _is_float_layer(makers.get(node.input[0]), makers)
        ):
            count = _count(known.shape(node.input[0]))
            found.append((_names(node), Operator({"quantized": count}, _moved(count))))
        if node.op_type in FUSED:
            _fold(node, home)
            continue
        kind = _kind(node, {name: known.shape(name) for name in node.input})
        if kind is None:
            moved = [*node.input[:2], *node.output[:1]]
            count = float(sum(_count(known.shape(name)) for name in moved))
            asked = Operator({"operators": 1.0, "other_bytes": 4 * count}, _moved(count))
        else:
            number = "int8" if _is_int8(node, makers) else "float"
            done = float(macs.get(node.name) or _first(macs, node) or 0)
            asked = _layer(node, kind, number, known, done)
        names = _names(node)
        home.update(dict.fromkeys(node.output, names))
        found.append((names, asked))
    return tuple(Part(tuple(names), asked) for names, asked in found)


def operator_rows(
    model: ModelProto, operators: Sequence[Mapping[str, Any]], p50_ms: float, name: str = ""
) -> list[Known]:
    """What a traced run tells of a device: each operator with the share of the median that its share of the trace is.

    Args:
        model: that was traced.
        operators: of the reading; what the runtime added itself and what took hardly any time tell nothing.
        p50_ms: of the reading, from runs without a trace.
        name: of the model, as its reading has it.
    """
    told = parts(model)
    folded = {alias: part.names[0] for part in told for alias in part.names[1:]}
    home = {part.names[0]: part.operator for part in told if part.names}
    empty_us = _empty_us(operators)
    own = [{**item, "median_us": max(float(item["median_us"]) - empty_us, 0.0)} for item in operators]
    layers = by_layer(own, [node.name for node in model.graph.node], folded)
    return [
        Known((home[item.layer],), item.share * p50_ms, Source.TRACE, name)
        for item in layers
        if item.layer in home and item.microseconds >= LEAST_US and item.share >= LEAST_SHARE
    ]


def _empty_us(operators: Sequence[Mapping[str, Any]]) -> float:
    """What calling and tracing an operator takes, whatever it computes: the least that one takes that multiplies nothing.

    0 where none is so small that calling it is most of it.
    """
    times = [float(item["median_us"]) for item in operators]
    rest = [taken for taken, item in zip(times, operators, strict=True) if item["op"] not in LAYERS]
    least = min(rest, default=0.0)
    return least if times and least < sum(times) / len(times) / 2 else 0.0


def _names(node: NodeProto) -> list[str]:
    return [name for name in (node.name, *node.output) if name]


def _fold(node: NodeProto, home: dict[str, list[str]]) -> None:
    """Give the names of a node that a runtime folds to the operator whose value it takes."""
    names = next((home[name] for name in node.input if name in home), None)
    if names is not None:
        names += _names(node)
        home.update(dict.fromkeys(node.output, names))


def _first_readers(model: ModelProto) -> set[int]:
    """Of each input of the graph, the node that reads it first."""
    weights = {item.name for item in model.graph.initializer}
    inputs = [item.name for item in model.graph.input if item.name not in weights]
    readers = (next((node for node in model.graph.node if name in node.input), None) for name in inputs)
    return {id(node) for node in readers if node is not None}


def _floats_in(model: ModelProto) -> dict[str, float]:
    """Numbers that come in and are not made into integers first."""
    known, weights = facts(model), {item.name for item in model.graph.initializer}
    total = 0.0
    for item in model.graph.input:
        first = next((node.op_type for node in model.graph.node if item.name in node.input), "")
        if item.name not in weights and first != "QuantizeLinear":
            total += _count(known.shape(item.name))
    return {"input": total} if total else {}


def _moved(count: float) -> tuple[float, ...]:
    """The shape of an operator that moves so many numbers."""
    return (1.0, 1.0, max(count, 1.0), 1.0, 1.0)


def _layer(node: NodeProto, kind: str, number: str, known: Facts, macs: float) -> Operator:
    """What one layer does, by the suffixes of :data:`profiles.predict.WORK`, and its shape."""
    first, second = (0, 3) if node.op_type.startswith("QLinear") else (0, 1)
    come, weight, out = known.shape(node.input[first]), known.shape(node.input[second]), known.shape(node.output[0])
    dense = kind == "dense"
    wide = float((out or (1,))[-1 if dense else 1] or 1) if len(out or ()) > 1 else 1.0
    made, taken = _count(out), _count(come)
    pixels = made / wide
    kernel = 1.0 if dense else _count((weight or ())[2:])
    channels = float((come or (1, 1))[-1 if dense else 1] or 1) if len(come or ()) > 1 else 1.0
    work = {
        "": macs,
        "_out": made,
        "_in": taken,
        "_columns": channels * kernel * pixels,
        "_pixels": pixels,
        "_weights": _count(weight),
        "_padded": macs * filled(wide) * (filled(channels) if kind in BLOCKWISE and channels >= FEW else 1.0),
        "_sets": macs * filled(wide, SETS),
        "_count": 1.0,
    }
    amounts = {f"{kind}_{number}{what}": work[what] for what in WORK[kind]}
    return Operator({"operators": 1.0, **amounts}, (channels, wide, pixels, kernel, taken / (channels * pixels)))


def footprint(model: ModelProto) -> Footprint:
    """Bytes of weights, and the most bytes of activations that live at once when operators run in the file's order.

    A tensor lives from the operator that makes it to the last one that reads it; inputs of the graph live all the while, and
    what a runtime folds into its neighbours counts as if it were kept: both are the same for every model of a kind.
    """
    known, nodes = facts(model), list(model.graph.node)
    weights = {item.name: float(len(item.raw_data) or _bytes(tuple(item.dims))) for item in model.graph.initializer}
    most = most_alive(
        [(node.input, filter(None, node.output)) for node in nodes],
        lambda name: _size(known, name),
        {item.name for item in model.graph.input if item.name not in weights},
        {item.name for item in model.graph.output},
    )
    return Footprint(sum(weights.values()), most)


def _size(known: Facts, name: str) -> float:
    """Bytes of a value; four per number where the type is not known."""
    return _bytes(known.shape(name)) / 4 * BYTES.get(known.dtypes.get(name, ""), 4)


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
    if group > 1 and (weight is None or weight[1] == 1):
        return "depthwise"
    return "pointwise" if weight is not None and all(size == 1 for size in weight[2:]) else "conv"


def _is_int8(node: NodeProto, makers: dict[str, NodeProto]) -> bool:
    if node.op_type not in ("Conv", "Gemm", "MatMul", "ConvTranspose"):
        return True
    return all(name in makers and makers[name].op_type == "DequantizeLinear" for name in node.input[:2])


def _is_float_layer(node: NodeProto | None, makers: dict[str, NodeProto]) -> bool:
    """Whether a value comes, perhaps through an activation, from a layer that computes in floats."""
    while node is not None and node.op_type in ("Relu", "Clip") and node.input:
        node = makers.get(node.input[0])
    return node is not None and node.op_type in CONV | DENSE and not _is_int8(node, makers)


def _count(shape: tuple[int | None, ...] | None) -> float:
    return float(math.prod(size or 1 for size in shape)) if shape else 1.0


def _bytes(shape: tuple[int | None, ...] | None) -> int:
    return 4 * math.prod(size or 1 for size in shape or ())
