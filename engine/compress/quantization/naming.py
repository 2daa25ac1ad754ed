"""Names of nodes: every one its own, so that single nodes can be excluded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import ModelProto


def named(graph: ModelProto) -> ModelProto:
    """A copy in which every node has a name of its own."""
    import onnx

    copied = onnx.ModelProto()
    copied.CopyFrom(graph)
    seen: set[str] = set()
    for number, node in enumerate(copied.graph.node):
        if not node.name or node.name in seen:
            node.name = f"{node.op_type.lower()}_{number}"
        seen.add(node.name)
    return copied


def all_named(graph: ModelProto) -> bool:
    """Whether every node has a name of its own already."""
    names = {node.name for node in graph.graph.node}
    return len(names) == len(graph.graph.node) and "" not in names
