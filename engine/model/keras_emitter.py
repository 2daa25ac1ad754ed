"""The ONNX graph of a Keras model under construction: nodes, weights, and which layout a value has at the moment.

Keras has channels last (NHWC), ONNX first. A value is turned only where a layer needs the other layout: once behind the
input and nowhere else in a usual network. The order that flattening such a value gives is undone in the rows of the dense
layer behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UnsupportedOperatorError
from .child import printable
from .keras_gate import EXPORT

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

Size = int | None


@dataclass(frozen=True)
class Value:
    """A value of the graph under construction.

    ``shape`` is the one Keras sees, the batch included (None = free). ``first``: the stored value has its channels on
    axis 1. ``planes``: its features are those of a value ``[n, c, *spatial]`` in that order, where Keras has ``c`` last.
    """

    name: str
    shape: tuple[Size, ...]
    first: bool = False
    planes: tuple[int, ...] | None = None

    @property
    def rank(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def channels(self) -> int:
        """Size of the last axis, which Keras always knows.

        Raises:
            UnsupportedOperatorError: it is free after all.
        """
        size = self.shape[-1]
        if size is None:
            raise refused("a value", "has no fixed number of channels")
        return size


def refused(what: str, why: str) -> UnsupportedOperatorError:
    """The error for a layer that has no equivalent."""
    return UnsupportedOperatorError("unsupported-operator", f"{printable(what, 120)} {printable(why, 200)}", EXPORT)


class Emitter:
    """The graph so far: nodes in order, weights by name."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: dict[str, TensorProto] = {}
        self._names: set[str] = set()

    def unique(self, name: str) -> str:
        """A name that is not taken, of letters, digits, dots and underscores."""
        clean = ".".join(re.sub(r"\W+", "_", part, flags=re.ASCII) or "_" for part in name.split("."))
        clean = clean[:200] if not clean[0].isdigit() else f"n{clean[:199]}"
        candidate, number = clean, 1
        while candidate in self._names:
            number += 1
            candidate = f"{clean}_{number}"
        self._names.add(candidate)
        return candidate

    def weight(self, name: str, array: Any, dtype: Any = np.float32) -> str:
        """Store a constant; gives its name."""
        from onnx import numpy_helper

        name = self.unique(name)
        self.weights[name] = numpy_helper.from_array(np.ascontiguousarray(array, dtype), name)
        return name

    def node(self, kind: str, inputs: Sequence[str], layer: str, outputs: int = 1, **attributes: Any) -> list[str]:
        """Append a node, named after its layer where that name is free; gives the names of its outputs."""
        from onnx import helper

        name = self.unique(layer if layer not in self._names else f"{layer}.{kind.lower()}")
        results = [name if index == 0 else f"{name}.{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), results, name=name, **attributes))
        return results

    def one(self, kind: str, inputs: Sequence[str], layer: str, **attributes: Any) -> str:
        """A node with one output."""
        return self.node(kind, inputs, layer, **attributes)[0]

    # layouts

    def logical(self, value: Value, layer: str) -> Value:
        """The value as Keras stores it."""
        layer = f"{layer}.channels_last"
        if value.planes is not None:
            size = len(value.planes)
            shape = self.weight(f"{layer}.planes", [0, *value.planes], np.int64)
            name = self.one("Reshape", [value.name, shape], layer)
            name = self.one("Transpose", [name], layer, perm=[0, *range(2, size + 1), 1])
            flat = self.weight(f"{layer}.flat", [0, -1], np.int64)
            return Value(self.one("Reshape", [name, flat], layer), value.shape)
        if not value.first:
            return value
        order = [0, *range(2, value.rank), 1]
        return Value(self.one("Transpose", [value.name], layer, perm=order), value.shape)

    def channels_first(self, value: Value, layer: str) -> Value:
        """The value with its channels on axis 1."""
        if value.first or value.rank < 3:
            return value
        layer = f"{layer}.channels_first"
        order = [0, value.rank - 1, *range(1, value.rank - 1)]
        return Value(self.one("Transpose", [value.name], layer, perm=order), value.shape, first=True)

    def alike(self, values: Sequence[Value], layer: str) -> list[Value]:
        """Several values in one layout: channels first where one of them is so already and all have its rank."""
        if len({value.rank for value in values}) == 1:
            if any(value.first for value in values):
                return [self.channels_first(value, layer) for value in values]
            if len({value.planes for value in values}) == 1:
                return list(values)
        return [self.logical(value, layer) for value in values]

    def along_channels(self, value: Value, array: Any, name: str) -> str:
        """A constant that Keras broadcasts over the last axis, shaped for the layout of ``value``."""
        array = np.asarray(array, np.float32).reshape(-1)
        if value.planes is not None and array.size > 1:
            array = reordered(array[:, None], value.planes).reshape(-1)
        return self.weight(
            name, array.reshape(-1, *[1] * (value.rank - 2)) if value.first and array.size > 1 else array
        )


def reordered(rows: np.ndarray, planes: tuple[int, ...]) -> np.ndarray:
    """Rows ``[spatial * c, ...]`` of a dense kernel in the order of a value stored ``[c, *spatial]``."""
    channels, *spatial = planes
    shaped = np.asarray(rows).reshape(*spatial, channels, rows.shape[-1])
    return np.moveaxis(shaped, len(spatial), 0).reshape(rows.shape)
