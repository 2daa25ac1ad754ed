"""Weights that a graph computes from constants, as exporters write recurrent layers: stored as they come out.

Techniques look for weights among the stored tensors; what a chain of Slice, Concat and Unsqueeze makes of one is hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .folding import attributes, constant_node, fold, tensor_array

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

_WEIGHTS = {
    "Conv": (1,),
    "ConvTranspose": (1,),
    "Gemm": (1,),
    "MatMul": (0, 1),
    "LSTM": (1, 2, 3),
    "GRU": (1, 2, 3),
    "RNN": (1, 2, 3),
}


def with_stored_weights(model: ModelProto) -> ModelProto | None:
    """A copy whose computed weights are stored; None where there are none, or where they follow from more than constants."""
    import onnx

    wanted = _computed(model.graph)
    values = _folded(model.graph, wanted)
    found = {name: values[name] for name in wanted if name in values}
    if not found:
        return None
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    for name, array in found.items():
        changed.graph.initializer.append(onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
    kept = [node for node in changed.graph.node if not set(node.output) & set(found)]
    _without_dead(changed, kept)
    return changed


def _computed(graph: GraphProto) -> list[str]:
    """Names of weights that are the output of a node."""
    made = {name for node in graph.node for name in node.output}
    names = [
        node.input[place]
        for node in graph.node
        for place in _WEIGHTS.get(node.op_type, ())
        if place < len(node.input) and node.input[place] in made
    ]
    return list(dict.fromkeys(names))


def _folded(graph: GraphProto, wanted: list[str]) -> dict[str, np.ndarray]:
    """What can be computed of the wanted values without running the model."""
    needed, sources = set(wanted), []
    for node in reversed(graph.node):
        if needed & set(node.output):
            needed |= set(node.input)
            sources.append(node)
    fed = {item.name for item in graph.input}
    stored = {t.name: t for t in graph.initializer if t.name in needed and t.name not in fed}
    values = {name: tensor_array(tensor) for name, tensor in stored.items()}
    most = 2 * sum(
        int(np.prod(tensor.dims)) for tensor in graph.initializer
    )  # no chain may make more of them than twice
    for node in reversed(sources):
        made = _value(node, values, most)
        if made is not None and made.size <= most:
            values[node.output[0]] = made
    return values


def _value(node: NodeProto, values: dict[str, np.ndarray], most: int) -> np.ndarray | None:
    if node.op_type == "Constant":
        return constant_node(attributes(node))
    if len(node.output) != 1 or not all(name in values for name in node.input):
        return None
    try:
        return fold(node.op_type, attributes(node), [values[name] for name in node.input], most)
    except (ValueError, IndexError, KeyError, TypeError):
        return None  # the node does not fit its inputs; whoever runs the graph says so


def _without_dead(model: ModelProto, nodes: list[NodeProto]) -> None:
    """Keep these nodes, but for those that nothing reads any more, and the tensors that are still read."""
    from .graph import all_graphs

    graph = model.graph
    inner = {name for other in list(all_graphs(model))[1:] for node in other.node for name in node.input}
    inner |= {item.name for other in list(all_graphs(model))[1:] for item in other.output}
    used = {item.name for item in graph.output} | inner
    kept = []
    for node in reversed(nodes):
        if used & set(node.output):
            used |= set(node.input)
            kept.append(node)
    left = [tensor for tensor in graph.initializer if tensor.name in used]
    kept.reverse()
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(left)
