"""Activations rounded to a grid in float arithmetic, inside the ONNX graph: any number of bits, no integer kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_HEAVY = ("Conv", "ConvTranspose", "Gemm", "MatMul")


def insert_rounding(graph: ModelProto, ranges: Any, bits: int) -> int:
    """Round what flows into convolutions and matrix products; returns how many tensors; changes ``graph``.

    Args:
        graph: float.
        ranges: by tensor, from calibration.
        bits: of the unsigned grid, which holds zero exactly.
    """
    constants = {tensor.name for tensor in graph.graph.initializer}
    made: dict[str, str] = {}
    nodes = []
    for node in graph.graph.node:
        places = () if node.op_type not in _HEAVY else (0, 1) if node.op_type == "MatMul" else (0,)
        for place in places:
            name = node.input[place]
            if name in constants or name not in ranges:
                continue
            if name not in made:
                made[name] = f"{name}_rounded"
                nodes += _rounding(graph, name, ranges[name].range_value, bits, made[name])
            node.input[place] = made[name]
        nodes.append(node)
    kept = list(nodes)
    del graph.graph.node[:]
    graph.graph.node.extend(kept)
    return len(made)


def _rounding(graph: ModelProto, name: str, bounds: Any, bits: int, rounded: str) -> list[NodeProto]:
    """The operators that round one tensor; their constants are put into the graph."""
    from onnx import helper, numpy_helper

    low, high = (float(np.min(value)) for value in bounds)
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.float32((high - low) / (2**bits - 1) or 1.0)
    zero = np.rint(-low / scale)
    for role, value in (("step", scale), ("lowest", -zero), ("highest", 2**bits - 1 - zero)):
        graph.graph.initializer.append(numpy_helper.from_array(np.array(value, np.float32), f"{name}_{role}"))
    steps, whole, clipped = f"{name}_steps", f"{name}_whole", f"{name}_clipped"
    return [
        helper.make_node("Div", [name, f"{name}_step"], [steps], f"{name}_div"),
        helper.make_node("Round", [steps], [whole], f"{name}_round"),
        helper.make_node("Clip", [whole, f"{name}_lowest", f"{name}_highest"], [clipped], f"{name}_clip"),
        helper.make_node("Mul", [clipped, f"{name}_step"], [rounded], f"{name}_mul"),
    ]
