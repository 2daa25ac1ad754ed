"""Activations rounded to a grid in float arithmetic, inside the ONNX graph: any number of bits, no integer kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto

_HEAVY = ("Conv", "ConvTranspose", "Gemm", "MatMul")


def insert_rounding(graph: ModelProto, ranges: Any, bits: int) -> int:
    """Round what flows into convolutions and matrix products; returns how many tensors; changes ``graph``.

    Args:
        graph: float.
        ranges: by tensor, from calibration.
        bits: of the unsigned grid, which holds zero exactly.
    """
    from onnx import helper, numpy_helper

    constants = {tensor.name for tensor in graph.graph.initializer}
    made: dict[str, str] = {}
    nodes = []
    for node in graph.graph.node:
        if node.op_type in _HEAVY:
            for place in (0, 1) if node.op_type == "MatMul" else (0,):
                name = node.input[place]
                if name in constants or name not in ranges:
                    continue
                if name not in made:
                    made[name] = f"{name}_rounded"
                    low, high = (float(np.min(value)) for value in ranges[name].range_value)
                    low, high = min(low, 0.0), max(high, 0.0)
                    scale = np.float32((high - low) / (2**bits - 1) or 1.0)
                    zero = np.rint(-low / scale)
                    roles = {"step": scale, "lowest": np.float32(-zero), "highest": np.float32(2**bits - 1 - zero)}
                    for role, value in roles.items():
                        graph.graph.initializer.append(
                            numpy_helper.from_array(np.array(value, np.float32), f"{name}_{role}")
                        )
                    inner = [f"{name}_steps", f"{name}_whole", f"{name}_clipped"]
                    nodes += [
                        helper.make_node("Div", [name, f"{name}_step"], [inner[0]], f"{name}_div"),
                        helper.make_node("Round", [inner[0]], [inner[1]], f"{name}_round"),
                        helper.make_node(
                            "Clip", [inner[1], f"{name}_lowest", f"{name}_highest"], [inner[2]], f"{name}_clip"
                        ),
                        helper.make_node("Mul", [inner[2], f"{name}_step"], [made[name]], f"{name}_mul"),
                    ]
                node.input[place] = made[name]
        nodes.append(node)
    kept = list(nodes)
    del graph.graph.node[:]
    graph.graph.node.extend(kept)
    return len(made)
