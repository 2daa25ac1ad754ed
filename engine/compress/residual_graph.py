"""Blocks of a flat graph: sections that are added to their own input, ``y = x + f(x)``."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model.save import example_inputs
from ..records import TensorSpec

if TYPE_CHECKING:
    from torch import Tensor, fx


@dataclass(frozen=True)
class Section:
    """What is computed between ``start`` and the sum ``end``, to which ``start`` is added.

    Attributes:
        name: its first layer with weights.
        inner: its nodes without the sum.
        weights: how many.
    """

    name: str
    start: fx.Node
    end: fx.Node
    inner: frozenset[fx.Node]
    weights: int


def sections(module: fx.GraphModule, inputs: Sequence[TensorSpec], most: float) -> dict[str, Section]:
    """Sections by name, in the order of the graph, whose input, branch and sum have one shape.

    Args:
        module: a graph of layers.
        inputs: of it.
        most: a section with a larger share of all weights is left out; of others inside one another the outer one counts.
    """
    found = [section for node in module.graph.nodes for section in _ending_at(module, node)]
    if not found:
        return {}
    whole = sum(parameter.numel() for parameter in module.parameters())
    shapes = _values(module, {n for s in found for n in (s.start, s.end)}, example_inputs(inputs, batch=2))
    found = [s for s in found if s.weights < most * whole and shapes[s.start].shape == shapes[s.end].shape]
    outer = [s for s in found if not any(s.inner < other.inner for other in found)]
    return {section.name: section for section in outer}


def without(module: fx.GraphModule, names: Iterable[str]) -> fx.GraphModule:
    """The same module with these sections taken out of its graph; layers nothing calls any more are deleted."""
    for name in names:
        section = _named(module)[name]
        section.end.replace_all_uses_with(section.start)
        module.graph.eliminate_dead_code()
        module.delete_all_unused_submodules()
    module.recompile()
    return module


def ports(module: fx.GraphModule, names: Sequence[str], batch: Sequence[Tensor]) -> dict[str, tuple[Tensor, Tensor]]:
    """Input and sum of sections for one batch."""
    known = _named(module)
    wanted = {node for name in names for node in (known[name].start, known[name].end)}
    values = _values(module, wanted, batch)
    return {name: (values[known[name].start], values[known[name].end]) for name in names}


def _named(module: fx.GraphModule) -> dict[str, Section]:
    # Of two sections that begin with one layer the outer one comes later and stays.
    return {section.name: section for node in module.graph.nodes for section in _ending_at(module, node)}


def _ending_at(module: fx.GraphModule, end: fx.Node) -> list[Section]:
    """The section a sum ends, if it ends one."""
    import torch
    from torch import fx

    if end.op != "call_function" or end.target not in (operator.add, torch.add) or len(end.args) != 2:
        return []
    for start, branch in (end.args, end.args[::-1]):
        if not (isinstance(start, fx.Node) and isinstance(branch, fx.Node)):
            continue
        inner = _between(start, branch)
        if inner is None or any(user not in inner and user is not end for node in inner for user in node.users):
            continue
        layers = [node for node in module.graph.nodes if node in inner and _weights(module, node)]
        if layers:
            return [Section(str(layers[0].target), start, end, inner, sum(_weights(module, item) for item in layers))]
    return []


def _between(start: fx.Node, branch: fx.Node) -> frozenset[fx.Node] | None:
    """Nodes that compute ``branch`` from ``start`` and constants alone; None where something else flows in."""
    inner: set[fx.Node] = set()
    pending, reached = [branch], False
    while pending:
        node = pending.pop()
        if node is start:
            reached = True
            continue
        if node in inner:
            continue
        if node.op == "placeholder":
            return None
        inner.add(node)
        pending += node.all_input_nodes
    return frozenset(inner) if reached else None


def _weights(module: fx.GraphModule, node: fx.Node) -> int:
    if node.op == "call_module":
        return sum(parameter.numel() for parameter in module.get_submodule(str(node.target)).parameters())
    return 0


def _values(module: fx.GraphModule, wanted: set[fx.Node], batch: Sequence[Tensor]) -> dict[fx.Node, Tensor]:
    """What some nodes give for a batch."""
    import torch
    from torch import fx

    found: dict[fx.Node, Tensor] = {}

    class Watching(fx.Interpreter):
        def run_node(self, n: fx.Node) -> Any:
            value = super().run_node(n)
            if n in wanted:
                found[n] = value
            return value

    with torch.no_grad():
        Watching(module.eval()).run(*batch)
    return found
