"""Builds the torch.fx graph of an imported ONNX model: values, sub-modules with readable names, shared constants."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UnsupportedOperatorError
from .folding import attributes
from .graph import Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from onnx import NodeProto
    from torch import fx, nn

REMEDY = "give the network's code and weights instead: --arch module:factory with a state dict or safetensors file"


@dataclass(frozen=True)
class BatchSize:
    """A size that is ``times`` the batch."""

    times: int


Size = int | BatchSize


def unsupported(node: NodeProto, why: str) -> UnsupportedOperatorError:
    """The error for a node the importer cannot express."""
    from .child import printable

    name = printable(node.name or ", ".join(node.output), 120)
    return UnsupportedOperatorError(
        "unsupported-operator", f"operator {printable(node.op_type, 60)} of node '{name}' {printable(why)}", REMEDY
    )


class Builder:
    """State of one import. ``pair`` holds the facts at two batch sizes: what differs between them is the batch."""

    def __init__(self, pair: tuple[Facts, Facts], batches: tuple[int, int]) -> None:
        import torch
        from torch import fx

        self.facts, self._other = pair
        self._batches = batches
        self.graph: fx.Graph = fx.Graph()
        self.root: nn.Module = torch.nn.Module()
        self.root.training = False
        self.values: dict[str, fx.Node] = {}
        self.done: set[str] = set()  # outputs of nodes that were merged into an earlier one
        self._names: set[str] = set()
        self._parameters: dict[str, fx.Node] = {}
        self._layers: dict[tuple[str, ...], list[str]] = {}

    # reading the ONNX side

    def attributes(self, node: NodeProto) -> dict[str, Any]:
        """Attributes of a node as Python values."""
        return attributes(node)

    def array(self, name: str) -> np.ndarray | None:
        """A constant that does not depend on the batch, else None."""
        first = self.facts.constants.get(name)
        second = self._other.constants.get(name)
        if first is None or second is None:
            return None
        if first is second or (first.shape == second.shape and np.array_equal(first, second, equal_nan=_floats(first))):
            return first
        return None

    def is_folded(self, name: str) -> bool:
        """True for constants, zeros, and integers that depend on the batch alone: what reads them looks at shapes."""
        first = self.facts.constants.get(name)
        if first is None:
            return False
        return first.dtype.kind != "f" or self.array(name) is not None or self.is_zero(name)

    def is_zero(self, name: str) -> bool:
        """True for floats that are all zero whatever the batch: the first states of recurrent layers."""
        values = [known.constants.get(name) for known in (self.facts, self._other)]
        return all(array is not None and array.dtype.kind == "f" and not array.any() for array in values)

    def batch(self) -> fx.Node:
        """The size of the first input's first axis."""
        first = next(node for node in self.graph.nodes if node.op == "placeholder")
        return self.graph.call_method("size", (first, 0))

    def need_array(self, node: NodeProto, position: int) -> np.ndarray:
        """The constant at an input of a node.

        Raises:
            UnsupportedOperatorError: it is computed from the model's input.
        """
        array = self.array(node.input[position])
        if array is None:
            raise unsupported(node, f"takes its input {position} from a computation, where a constant is needed")
        return array

    def option(self, node: NodeProto, name: str, position: int) -> list[Any] | None:
        """A list that older operator versions give as attribute and newer ones as constant input; None if absent."""
        values = attributes(node)
        if name in values:
            value = values[name]
            return list(value) if isinstance(value, (list, tuple)) else [value]
        if len(node.input) > position and node.input[position]:
            value = self.need_array(node, position).ravel().tolist()
            return list(value)
        return None

    def shape(self, name: str) -> tuple[Size, ...] | None:
        """Shape with the batch marked; None where a size is unknown."""
        first, second = self.facts.shape(name), self._other.shape(name)
        if first is None or second is None or len(first) != len(second):
            return None
        sizes = [self._size(a, b) for a, b in zip(first, second, strict=True)]
        known = tuple(size for size in sizes if size is not None)
        return known if len(known) == len(sizes) else None

    def _size(self, first: int | None, second: int | None) -> Size | None:
        if first is None or second is None:
            return None
        if first == second:
            return first
        times, rest = divmod(first, self._batches[0])
        return BatchSize(times) if not rest and second == times * self._batches[1] else None

    def need_shape(self, node: NodeProto, name: str) -> tuple[Size, ...]:
        """Like :meth:`shape`, for nodes that cannot do without.

        Raises:
            UnsupportedOperatorError: a size is unknown.
        """
        shape = self.shape(name)
        if shape is None:
            raise unsupported(node, "works on a shape that only the running model knows")
        return shape

    def rank(self, node: NodeProto, name: str) -> int:
        """Number of axes of a value."""
        shape = self.facts.shape(name)
        if shape is None:
            raise unsupported(node, "works on a value whose number of axes is unknown")
        return len(shape)

    def spatial(self, node: NodeProto, name: str) -> tuple[int, ...]:
        """Sizes of the axes after batch and channels."""
        sizes = self.need_shape(node, name)[2:]
        fixed = tuple(size for size in sizes if isinstance(size, int))
        if len(fixed) != len(sizes):
            raise unsupported(node, "has a spatial size that depends on the batch")
        return fixed

    # writing the torch side

    def value(self, node: NodeProto, position: int) -> fx.Node:
        """The fx node of an input; a constant becomes a parameter (weights) or buffer (integers)."""
        return self.named_value(node, node.input[position])

    def named_value(self, node: NodeProto, name: str) -> fx.Node:
        """The fx node of a value by its ONNX name."""
        if name in self.values:
            return self.values[name]
        array = self.array(name)
        if array is None:
            raise unsupported(node, "reads a value that only the running model knows")
        if name not in self._parameters:
            self._parameters[name] = self._constant(name, array)
        return self._parameters[name]

    def operand(self, node: NodeProto, position: int) -> fx.Node | float | int:
        """Like :meth:`value`, but a constant with one element becomes a Python number where that keeps the shape."""
        name = node.input[position]
        array = self.array(name) if name not in self.values else None
        if array is not None and array.size == 1 and array.ndim <= self._rank_of_others(node, position):
            number: float | int = array.item()
            return number
        return self.value(node, position)

    def _rank_of_others(self, node: NodeProto, position: int) -> int:
        ranks = [len(self.facts.shape(n) or ()) for i, n in enumerate(node.input) if i != position and n in self.values]
        return max(ranks, default=-1)

    def module(self, node: NodeProto, module: nn.Module, *inputs: fx.Node, name: str | None = None) -> fx.Node:
        """Add a sub-module named after the node and call it; a layer of the same weights is called again instead."""
        kind = _tied(node, module)
        for target in self._layers.get(kind, ()) if kind is not None else ():
            if _same(self.root.get_submodule(target), module):
                return self.graph.call_module(target, tuple(inputs))
        target = self._unique(name or readable_name(node))
        self._place(target, module)
        if kind is not None:
            self._layers.setdefault(kind, []).append(target)
        return self.graph.call_module(target, tuple(inputs))

    def call(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> fx.Node:
        """Call a function."""
        return self.graph.call_function(function, tuple(arguments), options)

    def method(self, name: str, *arguments: Any) -> fx.Node:
        """Call a tensor's method."""
        return self.graph.call_method(name, tuple(arguments))

    def set(self, node: NodeProto, *outputs: fx.Node) -> None:
        """Bind the results of a node."""
        for name, value in zip(node.output, outputs, strict=False):
            if name:
                self.values[name] = value

    def _constant(self, name: str, array: np.ndarray) -> fx.Node:
        import torch

        tensor = tensor_of(array)
        target = self._unique(_clean(name) or "constant").replace(".", "_")
        self._names.add(target)
        if tensor.is_floating_point():
            self.root.register_parameter(target, torch.nn.Parameter(tensor))
        else:
            self.root.register_buffer(target, tensor)
        return self.graph.get_attr(target)

    def _place(self, target: str, module: nn.Module) -> None:
        import torch

        *path, last = target.split(".")
        holder = self.root
        for part in path:
            if part not in holder._modules:
                holder.add_module(part, torch.nn.Module())
            child = holder._modules[part]
            assert child is not None  # add_module above or an earlier call put it there
            holder = child
        holder.add_module(last, module)

    def _unique(self, name: str) -> str:
        parts = name.split(".")
        prefixes = {".".join(parts[:length]) for length in range(1, len(parts))}
        if prefixes & self._names or any(other.startswith(name + ".") for other in self._names):
            name = name.replace(".", "_")
        candidate, number = name, 1
        while candidate in self._names or any(other.startswith(candidate + ".") for other in self._names):
            number += 1
            candidate = f"{name}_{number}"
        self._names.add(candidate)
        return candidate


def _tied(node: NodeProto, module: nn.Module) -> tuple[str, ...] | None:
    """What layers have in common that may be one (kind, settings, name of the weight); None for layers that never are.

    Exporters store equal tensors once: of vectors, as untrained normalisations have, and of layers that begin with nothing
    but zeros, that does not mean that they are tied.
    """
    weight = getattr(module, "weight", None)
    if weight is None or weight.ndim < 2 or bool((weight == weight.reshape(-1)[:1]).all()):
        return None
    return (node.op_type, repr(module), node.input[0 if node.op_type == "Gather" else 1])


def _same(one: nn.Module, other: nn.Module) -> bool:
    """Whether two layers hold the same numbers: a bias may have come from a node of its own."""
    theirs = other.state_dict()
    return all(tensor.equal(theirs[name]) for name, tensor in one.state_dict().items())


def _floats(array: np.ndarray) -> bool:
    return array.dtype.kind == "f"


def tensor_of(array: np.ndarray) -> torch.Tensor:
    """A torch tensor with its own memory."""
    import torch

    return torch.from_numpy(np.array(array, copy=True, order="C"))


def readable_name(node: NodeProto) -> str:
    """A module path from a node's name: ``/stages/stages.0/conv1/Conv`` becomes ``stages.0.conv1``."""
    parts = [part for part in re.split(r"[/:]+", node.name) if part]
    if len(parts) > 1 and re.fullmatch(rf"{re.escape(node.op_type)}(_\d+)?", parts[-1]):
        suffix = parts[-1][len(node.op_type) :]
        parts = [*parts[:-2], parts[-2] + suffix]
    kept = [part for part, after in zip(parts, [*parts[1:], ""], strict=False) if not after.startswith(part + ".")]
    return _clean(".".join(kept)) or _clean(node.output[0]) or node.op_type.lower()


_RESERVED = frozenset({"forward", "training", "graph", "code", "train", "eval", "parameters", "modules", "children"})


def _clean(name: str) -> str:
    parts = [re.sub(r"\W+", "_", part, flags=re.ASCII).strip("_") for part in name.split(".")]
    parts = [part[:80] + "_" if part in _RESERVED else part[:80] for part in parts if part]
    return ".".join(parts[:12]) if not parts or not parts[0][0].isdigit() or len(parts) == 1 else "n" + ".".join(parts)


def layer_name(node: NodeProto) -> str:
    """The path of the layer a weight was stored under (``stem.0.weight``), else the node's own name."""
    path, dot, role = node.input[1].rpartition(".")
    if dot and role == "weight" and re.fullmatch(r"[A-Za-z_][\w.]*", path, flags=re.ASCII):
        return _clean(path) or readable_name(node)
    return readable_name(node)


def symmetric(pads: Sequence[int]) -> list[int] | None:
    """ONNX pads (begins, then ends) as one number per axis; None where begin and end differ."""
    half = len(pads) // 2
    begins, ends = list(pads[:half]), list(pads[half:])
    return begins if begins == ends else None


def torch_pads(pads: Sequence[int]) -> list[int]:
    """ONNX pads in the order of ``torch.nn.functional.pad``: last axis first, begin and end of each."""
    half = len(pads) // 2
    return [value for axis in reversed(range(half)) for value in (pads[axis], pads[half + axis])]
