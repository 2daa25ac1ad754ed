"""Branches that shapes have decided: the ``If`` nodes that exporters write for a squeeze, in whose place one branch is put.

An ``If`` hides the shapes behind it, so that nothing there can be counted, and few runtimes of boards know the operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .folding import attributes
from .graph import facts, sub_graphs

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

_BATCHES = (1, 2, 3)
"""One is among them: what exporters ask of a squeezed axis is whether it has length one, and boards run single samples."""


def decide_branches(model: ModelProto) -> ModelProto:
    """Put branches in the place of their ``If`` where the condition is the same at any batch; changes and returns ``model``.

    One branch may decide the next one, whose shapes were hidden by it.
    """
    while any(node.op_type == "If" for node in model.graph.node):
        told = [facts(model, batch).constants for batch in _BATCHES]
        decided: dict[str, bool] = {}
        for node in model.graph.node:
            if node.op_type == "If" and all(node.input[0] in known for known in told):
                conditions = {bool(known[node.input[0]].reshape(-1)[0]) for known in told}
                if len(conditions) == 1:
                    decided[node.output[0]] = conditions.pop()
        if not decided:
            break
        nodes: list[NodeProto] = []
        for node in model.graph.node:
            taken = decided.get(node.output[0]) if node.op_type == "If" else None
            nodes += [_copied(node)] if taken is None else branch_taken(model.graph, node, taken)
        del model.graph.node[:]
        model.graph.node.extend(nodes)
    return model


def branch_taken(graph: GraphProto, node: NodeProto, condition: bool) -> list[NodeProto]:
    """The nodes of a branch of ``node`` under names of their own; its weights are added to ``graph``."""
    from onnx import helper

    branch = attributes(node)["then_branch" if condition else "else_branch"]
    made = [name for inner in branch.node for name in inner.output if name]
    prefix = node.name or node.output[0]
    names = {name: f"{prefix}/{name}" for name in (*made, *(tensor.name for tensor in branch.initializer))}
    results = dict(zip((item.name for item in branch.output), node.output, strict=True))
    names.update({inner: outer for inner, outer in results.items() if inner in made and outer})
    for tensor in branch.initializer:
        added = graph.initializer.add()
        added.CopyFrom(tensor)
        added.name = names[tensor.name]
    nodes = [_copied(inner) for inner in branch.node]
    _rename(nodes, names)
    ends = [
        helper.make_node("Identity", [names.get(item.name, item.name)], [outer])
        for item, outer in zip(branch.output, node.output, strict=True)
        if outer and names.get(item.name) != outer
    ]
    return [*nodes, *ends]


def _rename(nodes: list[NodeProto], names: dict[str, str]) -> None:
    for node in nodes:
        for values in (node.input, node.output):
            values[:] = [names.get(name, name) for name in values]
        for graph in sub_graphs(node):
            _rename(list(graph.node), names)
            for item in graph.output:
                item.name = names.get(item.name, item.name)


def _copied(node: NodeProto) -> NodeProto:
    made = type(node)()
    made.CopyFrom(node)
    return made
