"""Channels that hang together: which layers must lose a channel at once, how important it is, and its removal.

Built on torch-pruning's dependency graph (Fang et al., "DepGraph", 2023); which channels go is decided here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.save import example_inputs
from ..records import TensorSpec

if TYPE_CHECKING:
    from torch import Tensor, nn

_VISITS = 4
"""How often one place may be met on the way through a group; DenseNet-121 and GoogLeNet meet none more than twice."""
_WEIGHT_GRADIENTS = ("Convolution", "Addmm", "Mm", "Linear", "MkldnnConvolution", "ThnnConv")


@dataclass(frozen=True)
class ChannelSet:
    """Channels that are removed together.

    Attributes:
        root: name of the layer whose output channels they are.
        layers: names of all layers whose output channels go with them.
        scores: importance of each removable unit, low goes first.
        blocks: a unit is one channel of each of so many equal blocks (grouped convolutions, heads).
    """

    root: str
    layers: tuple[str, ...]
    scores: np.ndarray
    blocks: int

    @property
    def width(self) -> int:
        """Number of channels."""
        return len(self.scores) * self.blocks


@dataclass(frozen=True)
class Member:
    """What one layer has to do with a channel set.

    Attributes:
        layer: the layer itself.
        name: of the layer.
        role: ``out`` makes the channels, ``in`` reads them, ``with`` has a value for each (normalisation).
        indices: positions in the layer, int64 ``[k]``.
        units: the channel of the set that each position belongs to, int64 ``[k]``.
    """

    layer: nn.Module
    name: str
    role: str
    indices: np.ndarray
    units: np.ndarray


Measure = Callable[[Sequence[Member], int], "np.ndarray | None"]
"""Members and width of a set to one score per channel (low goes first); None where it has none."""


class _Tangle(list[Any]):
    """The operations that were found before the search for more was given up."""

    @property
    def reason(self) -> str:
        """Why the layers stay."""
        if self:
            return "its channels are shuffled among those of other layers"
        return "its channels are laid out in a way that cannot be followed"


class _Tangled(Exception):
    """A group that grows without end: channels shuffled again and again come by in ever new orders."""

    def __init__(self, items: Sequence[Any]) -> None:
        super().__init__(f"more than {len(items)} operations")
        self.items = items


@contextmanager
def _bounded() -> Iterator[None]:
    """Groups of the library end with :class:`_Tangled` where they come by the same place too often."""
    from torch_pruning.dependency import graph

    class Bounded(graph.Group):  # type: ignore[misc]
        def add_dep(self, dep: Any, idxs: Any) -> None:
            if sum(item.dep is dep for item in self) >= _VISITS:
                raise _Tangled(list(self))
            super().add_dep(dep, idxs)

    whole, graph.Group = graph.Group, Bounded
    try:
        yield
    finally:
        graph.Group = whole


class Channels:
    """The channel sets of a module.

    Args:
        module: is changed by :meth:`remove`.
        inputs: specs of the arguments.
    """

    def __init__(self, module: nn.Module, inputs: Sequence[TensorSpec]) -> None:
        import torch_pruning as tp

        self.module = module.eval()
        self.examples = example_inputs(inputs, batch=2)
        for parameter in module.parameters():
            if parameter.is_floating_point():
                parameter.requires_grad_(True)  # the graph is found through gradients
        self._names: dict[nn.Module, str] = {layer: name for name, layer in module.named_modules()}
        self._graph = tp.DependencyGraph()
        with _quiet():
            try:
                self._graph.build_dependency(module, example_inputs=self.examples)
            except (ArithmeticError, LookupError):
                if not hasattr(self._graph, "module2node"):
                    raise
                # A view the library cannot map: every group is a tangle then, and every layer stays.
        self.outputs = output_layers(module, self.examples)
        self._before = self._output_shapes()

    def sets(self, importance: str | Measure, seed: int) -> Iterator[tuple[ChannelSet, str | None]]:
        """Every channel set with the reason why it must stay, or None; gradients must be there for ``taylor``."""
        import torch

        measure, fallback = self._measures(importance)
        with torch.random.fork_rng(devices=[]), torch.no_grad(), _quiet():
            torch.manual_seed(seed)
            for root, group in self._groups():
                layers = tuple(dict.fromkeys(self._widths(group)))
                if isinstance(group, _Tangle):
                    yield (
                        ChannelSet(root, layers or (root,), np.ones(1), 1),
                        group.reason,
                    )
                    continue
                try:
                    scores = measure(group)
                    scores = fallback(group) if scores is None else scores
                except (IndexError, RuntimeError, ValueError):  # channels that were shuffled on their way
                    scores = None
                blocks = self._blocks(group)
                reason = self._reason(group, layers, scores, blocks)
                values = np.ones(1) if scores is None else np.asarray(scores.double().numpy())
                if reason is None:
                    values = values.reshape(blocks, -1).mean(axis=0)
                yield ChannelSet(root, layers, values, blocks if reason is None else 1), reason

    def _groups(self) -> list[tuple[str, Any]]:
        """Every group of operations that belong together, by the first layer; no layer is in two of them."""
        found: list[tuple[str, Any]] = []
        seen: set[str] = set()
        for layer, name in self._names.items():
            if name in seen or not isinstance(layer, _roots()) or layer not in self._graph.module2node:
                continue
            pruner = self._graph.get_pruner_of_module(layer)
            width = None if pruner is None else pruner.get_out_channels(layer)
            if width is None:
                continue
            group = self._group(layer, list(range(width)))
            found.append((name, group))
            seen.update(self._widths(group))
        return found

    def _group(self, layer: nn.Module, channels: list[int]) -> Any:
        """The operations that take output channels out of a layer; a :class:`_Tangle` where they never come to an end."""
        handler = self._graph.get_pruner_of_module(layer).prune_out_channels
        with _quiet(), _bounded():
            try:
                return self._graph.get_pruning_group(layer, handler, channels)
            except _Tangled as tangled:
                return _Tangle(tangled.items)
            except (ArithmeticError, LookupError, AttributeError, TypeError, ValueError, RuntimeError):
                return _Tangle()  # an operation the library does not foresee; the whole network stays as it is

    def remove(self, root: str, units: np.ndarray, blocks: int, width: int) -> bool:
        """Remove units of a set; False where the graph refuses because a layer would lose all its channels."""
        layer = self.module.get_submodule(root)
        each = width // blocks
        channels = sorted(int(block * each + unit) for block in range(blocks) for unit in units)
        with _quiet():
            group = self._group(layer, channels)
            if isinstance(group, _Tangle) or not self._graph.check_pruning_group(group):
                return False
            group.prune()
        return True

    def runs(self) -> str | None:
        """None where the module still computes outputs of the same shape, else what went wrong."""
        import torch

        try:
            with torch.no_grad():
                shapes = self._output_shapes()
        except Exception as error:  # whatever the network's own code raises on the new sizes
            return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        return None if shapes == self._before else f"the outputs change their shape to {shapes}"

    def _output_shapes(self) -> list[list[int]]:
        outputs = self.module(*self.examples)
        items = outputs if isinstance(outputs, (tuple, list)) else [outputs]
        return [list(item.shape) for item in items if hasattr(item, "shape")]

    def _measures(self, importance: str | Measure) -> tuple[Any, Any]:
        if isinstance(importance, str):
            return _importances(importance)
        import torch

        def measured(group: Any) -> Tensor | None:
            width = self._graph.get_out_channels(group[0].dep.target.module)
            scores = importance(list(self._members(group)), width)
            return None if scores is None else torch.from_numpy(np.asarray(scores, np.float64))

        return measured, lambda group: None

    def _members(self, group: Any) -> Iterator[Member]:
        for item in group:
            layer = item.dep.target.module
            if layer not in self._names or any(unit is None for unit in item.root_idxs):
                continue
            role = "with"
            if isinstance(layer, _roots()):
                role = "out" if self._graph.is_out_channel_pruning_fn(item.dep.handler) else "in"
            indices, units = np.asarray(list(item.idxs), np.int64), np.asarray(list(item.root_idxs), np.int64)
            yield Member(layer, self._names[layer], role, indices, units)

    def _widths(self, group: Any) -> Iterator[str]:
        for dep, _ in group:
            if self._graph.is_out_channel_pruning_fn(dep.handler) and isinstance(dep.target.module, _roots()):
                yield self._names[dep.target.module]

    def _blocks(self, group: Any) -> int:
        from torch import nn

        blocks = 1
        for dep, _ in group:
            layer = dep.target.module
            if isinstance(layer, nn.modules.conv._ConvNd) and 1 < layer.groups < layer.out_channels:
                blocks = max(blocks, layer.groups)
            elif isinstance(layer, nn.GroupNorm) and 1 < layer.num_groups < layer.num_channels:
                blocks = max(blocks, layer.num_groups)
            elif isinstance(layer, nn.MultiheadAttention):
                blocks = max(blocks, layer.num_heads)  # every head loses the same places, so heads stay apart
        return blocks

    def _reason(self, group: Any, layers: tuple[str, ...], scores: Tensor | None, blocks: int) -> str | None:
        shared = sorted(set(layers) & self.outputs)
        if shared:
            return "its channels are the model's output"
        if scores is None or len(scores) % blocks or not bool(scores.isfinite().all()):
            return "its channels cannot be ranked"
        width = self._graph.get_out_channels(group[0].dep.target.module)
        if width is None or width != len(scores):
            return "its channels are laid out in a way that cannot be followed"
        return None


def output_layers(module: nn.Module, examples: Sequence[Tensor]) -> frozenset[str]:
    """Names of the layers whose channels reach an output without passing another layer with weights."""
    outputs = module(*examples)
    tensors = outputs if isinstance(outputs, (tuple, list)) else [outputs]
    owner = {}
    for name, layer in module.named_modules():
        for parameter in layer.parameters(recurse=False):
            owner[id(parameter)] = name
    found: set[str] = set()
    pending = [tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None]
    seen: set[Any] = set()
    while pending:
        node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.name().startswith(_WEIGHT_GRADIENTS):
            found |= _owners(node, owner)
            if _owners(node, owner):
                continue
        pending += [inner for inner, _ in node.next_functions if inner is not None]
    return frozenset(found)


def _owners(node: Any, owner: dict[int, str]) -> set[str]:
    """Layers whose parameters enter a node directly or through one transposition."""
    names = set()
    for inner, _ in node.next_functions:
        candidates = [inner] if inner is not None else []
        if inner is not None and inner.name().startswith(("TBackward", "Transpose", "Permute")):
            candidates += [deeper for deeper, _ in inner.next_functions if deeper is not None]
        for candidate in candidates:
            variable = getattr(candidate, "variable", None)
            if variable is not None and id(variable) in owner:
                names.add(owner[id(variable)])
    return names


def _roots() -> tuple[type[nn.Module], ...]:
    from torch import nn

    return (nn.modules.conv._ConvNd, nn.Linear)


def _importances(kind: str) -> tuple[Any, Any]:
    """The measure, and what takes its place where a set has none of what it looks at."""
    import torch_pruning as tp

    plain = tp.importance.GroupMagnitudeImportance(p=2)
    measures = {
        "l1": tp.importance.GroupMagnitudeImportance(p=1),
        "l2": plain,
        "taylor": tp.importance.GroupTaylorImportance(),
        "bn-scale": tp.importance.BNScaleImportance(),
        "random": tp.importance.RandomImportance(),
    }
    return measures[kind], plain


@contextmanager
def _quiet() -> Iterator[None]:
    """torch-pruning warns of parameters outside layers and of its own plans; both are reported here by reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
