"""Weights that a graph stores as narrow codes and decodes itself: bit-packed, on an affine grid, or by a codebook.

The decoding nodes are recognised by what they are, whoever wrote them: integers from a constant go through BitShift, Mod,
Reshape, Slice and Cast to Sub and Mul (a grid) or to the indices of a Gather (a codebook).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .folding import attributes, tensor_array
from .graph import all_graphs, dtype_name

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

_CODES = {"int8", "uint8", "int16", "uint16"}
_MOVES = {"Reshape", "Slice", "Mod", "BitShift"}


@dataclass(frozen=True)
class Weight:
    """One stored or computed constant that counts as parameters."""

    name: str
    size: int
    nonzero: int
    dtype: str


@dataclass
class Stored:
    """How the codes of one tensor become real numbers; ``settings`` are the constants that only serve this."""

    shifts: np.ndarray | None = None
    modulus: int = 0
    shape: tuple[int, ...] | None = None
    zero: np.ndarray | None = None
    codebook: np.ndarray | None = None
    ends: bool = False
    settings: list[str] = field(default_factory=list)

    def weight(self, codes: TensorProto) -> Weight:
        """The weights behind a tensor of codes, counted."""
        values = tensor_array(codes)
        dtype = dtype_name(codes.data_type)
        if self.shifts is not None:
            unpacked = np.mod(values.reshape(-1, 1) >> self.shifts.reshape(1, -1), max(self.modulus, 1)).reshape(-1)
            size = int(np.prod(self.shape)) if self.shape else unpacked.size
            values = unpacked[:size].reshape(self.shape or -1)
            dtype = f"uint{8 // self.shifts.size}"
        if self.codebook is not None:
            zeros = np.isin(values, np.flatnonzero(self.codebook == 0))
            return Weight(codes.name, values.size, int(values.size - zeros.sum()), dtype)
        zero = 0 if self.zero is None else self.zero
        return Weight(codes.name, values.size, int(np.count_nonzero(values != zero)), dtype)


def stored_codes(model: ModelProto) -> dict[str, Stored]:
    """Constants that hold codes, with the way they are decoded."""
    found: dict[str, Stored] = {}
    for graph in all_graphs(model):
        constants = {tensor.name: tensor for tensor in graph.initializer}
        begun = {
            name: name
            for name, tensor in constants.items()
            if dtype_name(tensor.data_type) in _CODES and len(tensor.dims)
        }
        states: dict[str, Stored] = {}
        for node in graph.node:
            if not node.input or not node.output:
                continue
            if node.op_type == "Gather" and len(node.input) > 1 and node.input[1] in begun:
                _end(node, begun, states, constants, found)
            elif node.input[0] in begun:
                _step(node, begun, states, constants, found)
    return {name: item for name, item in found.items() if item.ends}


def _step(
    node: Any,
    begun: dict[str, str],
    states: dict[str, Stored],
    constants: dict[str, TensorProto],
    found: dict[str, Stored],
) -> None:
    """Follow one decoding node, or give the tensor up where the node is another."""
    source = begun[node.input[0]]
    state = states.setdefault(source, Stored())
    others = [name for name in node.input[1:] if name]
    if not all(name in constants for name in others):
        return
    if node.op_type in _MOVES:
        if node.op_type == "BitShift":
            state.shifts = tensor_array(constants[others[0]])
        elif node.op_type == "Mod":
            state.modulus = int(tensor_array(constants[others[0]]).reshape(-1)[0])
        elif node.op_type == "Reshape":
            sizes = tuple(int(size) for size in tensor_array(constants[others[0]]).reshape(-1))
            state.shape = sizes if all(size > 0 for size in sizes) else state.shape
        begun[node.output[0]] = source
        state.settings += others
    elif node.op_type == "Cast":
        begun[node.output[0]] = source
        if "float" in dtype_name(int(attributes(node)["to"])):
            found[source] = state
    elif node.op_type == "Sub" and source in found:
        state.zero = tensor_array(constants[others[0]])
        state.settings += others
        begun[node.output[0]] = source
    elif node.op_type == "Mul" and source in found:
        state.ends = True
        state.settings += others


def _end(
    node: Any,
    begun: dict[str, str],
    states: dict[str, Stored],
    constants: dict[str, TensorProto],
    found: dict[str, Stored],
) -> None:
    """A Gather whose indices are codes reads a codebook."""
    source = begun[node.input[1]]
    tensor = constants.get(node.input[0])
    if tensor is None or "float" not in dtype_name(tensor.data_type) or len(tensor.dims) != 1:
        return
    state = states.setdefault(source, Stored())
    state.codebook, state.ends = tensor_array(tensor), True
    state.settings.append(node.input[0])
    found[source] = state
