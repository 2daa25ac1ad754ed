"""Attention in a network that came from an ONNX file: no layer says how many heads there are, but its reshapes do.

``softmax(q k') v`` is found by its two products; the heads are an axis of what these are given. Where the heads are in every
value between the projections and the layer that mixes them is found by sending the number of its head in place of each
number through the reshapes, permutations and splits of the graph.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, fx, nn

from ..model.save import example_inputs
from ..records import TensorSpec

if TYPE_CHECKING:
    import numpy as np

_MOVES = {torch.reshape, torch.permute, torch.transpose, torch.squeeze, torch.unsqueeze, torch.select, torch.split}
_MOVES |= {operator.getitem}
_COMPUTES = {torch.matmul, operator.mul, operator.truediv, operator.add, operator.sub}
_METHODS = {"chunk", "contiguous", "expand"}


@dataclass(frozen=True)
class GraphAttention:
    """Attention between the layers of a graph.

    Attributes:
        name: what the names of its layers begin with, else that of the node that makes the weights.
        heads: how many there are.
        size: width of a head.
        inner: the linear layers that make queries, keys and values (one where they are fused).
        out: the linear layer that mixes the heads.
        steps: names of the nodes between these.
        mixed: name of the product with the values.
    """

    name: str
    heads: int
    size: int
    inner: tuple[str, ...]
    out: str
    steps: frozenset[str]
    mixed: str


def graph_attention(module: nn.Module, inputs: Sequence[TensorSpec]) -> Iterator[tuple[str, GraphAttention | str]]:
    """Every attention of an imported graph by name, or the reason why its heads cannot be told apart."""
    if not isinstance(module, fx.GraphModule) or not any(_is(module, node, nn.Softmax) for node in module.graph.nodes):
        return
    recorded = _Shapes(module)
    with torch.no_grad():
        recorded.run(*example_inputs(inputs, batch=2))
    for node in module.graph.nodes:
        reader = next(iter(node.users), None)
        while reader is not None and _is(module, reader, nn.Dropout):
            reader = next(iter(reader.users), None)
        if _is(module, node, nn.Softmax) and reader is not None and reader.target is torch.matmul:
            yield _described(module, node, reader, recorded.shapes.get(reader.name, ()))


def _described(
    module: fx.GraphModule, weights: fx.Node, product: fx.Node, shape: tuple[int, ...]
) -> tuple[str, GraphAttention | str]:
    steps, inner = _upstream(module, product)
    mixer = product
    while len(mixer.users) == 1 and (mixer is product or _moves(module, mixer)):
        steps.add(mixer.name)
        mixer = next(iter(mixer.users))
    shown = _shared([*inner, str(mixer.target)]) or (inner[0] if len(inner) == 1 else weights.name)
    if not inner:
        return shown, "its queries, keys and values do not come from linear layers alone"
    if len(shape) != 4:
        return shown, "its heads have no axis of their own"
    if not _is(module, mixer, nn.Linear):
        return shown, "the layer that mixes its heads was not found"
    return shown, GraphAttention(
        shown, shape[1], shape[3], tuple(inner), str(mixer.target), frozenset(steps), product.name
    )


def _shared(names: Sequence[str]) -> str:
    """The path that all names begin with."""
    parts = []
    for level in zip(*(name.split(".") for name in names), strict=False):
        if len(set(level)) > 1:
            break
        parts.append(level[0])
    return ".".join(parts)


def _upstream(module: fx.GraphModule, product: fx.Node) -> tuple[set[str], list[str]]:
    """Names of the nodes before a product, back to the linear layers that begin them; none of these if others do."""
    waiting, steps, inner = list(product.all_input_nodes), set[str](), set[fx.Node]()
    while waiting:
        node = waiting.pop()
        if node.name in steps or node.op == "get_attr":
            continue
        if _is(module, node, nn.Linear):
            inner.add(node)
        elif _moves(module, node):
            steps.add(node.name)
            waiting.append(node.all_input_nodes[0])
        elif node.target in _COMPUTES or _is(module, node, nn.Softmax):
            steps.add(node.name)
            waiting.extend(node.all_input_nodes)
        else:
            return steps, []
    return steps, [str(node.target) for node in module.graph.nodes if node in inner]


def _is(module: fx.GraphModule, node: fx.Node, kind: type[nn.Module]) -> bool:
    return node.op == "call_module" and isinstance(module.get_submodule(str(node.target)), kind)


def _moves(module: fx.GraphModule, node: fx.Node) -> bool:
    """Whether a node only moves what its first argument holds."""
    if node.op == "call_module":
        return any(_is(module, node, kind) for kind in (nn.Flatten, nn.Identity, nn.Dropout))
    return node.target in _MOVES or (node.op == "call_method" and node.target in _METHODS)


class _Shapes(fx.Interpreter):
    """Runs a graph and keeps the shapes."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.shapes: dict[str, tuple[int, ...]] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if isinstance(result, Tensor):
            self.shapes[n.name] = tuple(result.shape)
        return result


class _Owners(fx.Interpreter):
    """Runs a graph in which every number between the layers of one attention is the number of its head."""

    def __init__(self, module: fx.GraphModule, attention: GraphAttention, owners: Mapping[str, np.ndarray]) -> None:
        super().__init__(module, garbage_collect_values=False)
        self._attention = attention
        self._owners = {name: torch.from_numpy(owner).float() for name, owner in owners.items()}

    def run_node(self, n: fx.Node) -> Any:
        if n.op == "call_module" and n.target in self._owners:
            owner = self._owners[str(n.target)]
            return owner.expand(super().run_node(n).shape)
        if n.name not in self._attention.steps or _moves(self.module, n):  # type: ignore[arg-type]
            return super().run_node(n)
        values = [self.env[item] for item in n.all_input_nodes if item.op != "get_attr"]
        if n.target is torch.matmul:
            left, right = values
            if n.name == self._attention.mixed:
                return right[..., :1, :].expand(*right.shape[:-2], left.shape[-2], right.shape[-1])
            return left[..., :1].expand(*left.shape[:-1], right.shape[-1])
        return max(values, key=Tensor.numel)


def shrink(
    module: nn.Module,
    attention: GraphAttention,
    owners: Mapping[str, np.ndarray],
    left: int,
    inputs: Sequence[TensorSpec],
) -> None:
    """Write the sizes of ``left`` heads into the nodes between the layers, which are not cut yet, in place.

    Args:
        module: an imported graph.
        attention: where.
        owners: the head of every row of the inner layers, by their names.
        left: heads that stay.
        inputs: of the network.
    """
    assert isinstance(module, fx.GraphModule)
    traced = _Owners(module, attention, owners)
    with torch.no_grad():
        traced.run(*example_inputs(inputs, batch=2))

    def fewer(size: int) -> int:
        return size * left // attention.heads

    for node in module.graph.nodes:
        if node.name not in attention.steps or not node.all_input_nodes:
            continue
        before, after = traced.env[node.all_input_nodes[0]], traced.env[node]
        if node.target is torch.reshape or (node.op == "call_method" and node.target == "expand"):
            sizes = [
                fewer(size) if isinstance(size, int) and size > 0 and _varies(after, axis) else size
                for axis, size in enumerate(node.args[1])
            ]
            node.update_arg(1, tuple(sizes))
        elif node.target is torch.split and _varies(before, int(node.kwargs.get("dim", 0))):
            node.update_arg(1, [fewer(size) for size in node.args[1]])
        elif node.target is operator.getitem and isinstance(before, Tensor):
            node.update_arg(1, tuple(_cut(item, before, axis, fewer) for axis, item in enumerate(node.args[1])))
    module.recompile()


def _varies(numbers: Tensor, axis: int) -> bool:
    """Whether an axis leads from head to head."""
    return bool((numbers != numbers.narrow(axis, 0, 1)).any())


def _cut(item: Any, before: Tensor, axis: int, fewer: Callable[[int], int]) -> Any:
    if not isinstance(item, slice) or not _varies(before, axis):
        return item
    start, stop = (fewer(end) if isinstance(end, int) else end for end in (item.start, item.stop))
    return slice(start, stop, item.step)
