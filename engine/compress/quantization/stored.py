"""Weights stored as narrow codes inside an ordinary ONNX file, decoded by ordinary operators when the file is loaded.

A float tensor gives way to its codes and a few nodes of opset 13 that make it again; runtimes fold them away once, at
load, so the file is small and the network as fast as before. Codes of 1, 2 and 4 bits share bytes, the first in
the lowest bits::

    bytes u8[m, 1] -> BitShift right by [0, b, 2b, ...] -> Mod 2^b -> Reshape [-1] -> Slice [0:n] -> Reshape
    -> Cast float -> Sub zero -> Mul scale          (an affine grid)
    -> Cast int32 -> Gather of the codebook         (a codebook)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

    from .affine import Grid

PACKED_BITS = (1, 2, 4)


def packed_bits(bits: int) -> int:
    """Bits a code takes in the file.

    >>> [packed_bits(bits) for bits in (1, 2, 3, 4, 5, 8, 9)]
    [1, 2, 4, 4, 8, 8, 16]
    """
    return next(width for width in (1, 2, 4, 8, 16) if bits <= width)


def pack_codes(codes: np.ndarray, bits: int) -> np.ndarray:
    """Codes ``0 .. 2^bits - 1`` of any shape as bytes ``u8[m, 1]``, the first code in the lowest bits.

    >>> pack_codes(np.array([1, 2, 3]), 4).ravel().tolist()
    [33, 3]
    """
    per = 8 // bits
    padding = np.zeros(-codes.size % per, np.uint8)
    flat = np.concatenate([codes.reshape(-1).astype(np.uint8), padding]).reshape(-1, per)
    packed = np.zeros(len(flat), np.uint8)
    for place in range(per):
        packed |= flat[:, place] << (place * bits)
    return packed.reshape(-1, 1)


def unpack_codes(packed: np.ndarray, bits: int, count: int) -> np.ndarray:
    """The ``count`` codes of :func:`pack_codes`."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    codes: np.ndarray = (packed.reshape(-1, 1) >> shifts) & (2**bits - 1)
    return codes.reshape(-1)[:count]


def store_affine(graph: ModelProto, name: str, codes: np.ndarray, grid: Grid) -> None:
    """Store a float tensor as codes of an affine grid; changes ``graph``.

    Args:
        graph: holds the initializer ``name``.
        name: of the tensor.
        codes: integers in its shape, from ``grid.codes``.
        grid: scale and zero point, broadcasting against the shape.
    """
    width = packed_bits(grid.bits)
    shift = -grid.low if width < 8 else 0
    zero = grid.zero + shift
    if width == 8:
        narrow = codes.astype(np.uint8 if grid.low >= 0 else np.int8)
    elif width == 16:
        narrow = codes.astype(np.uint16 if grid.low >= 0 else np.int16)
    else:
        narrow = (codes + shift).astype(np.uint8)
    work = _Decoder(graph, name)
    value = work.codes(narrow, width, codes.shape)
    value = work.node("Cast", [value], to=1)
    if np.any(zero):
        value = work.node("Sub", [value, work.constant("zero", _float(zero))])
    work.node("Mul", [value, work.constant("scale", _float(grid.scale))], output=name)
    work.finish()


def store_codebook(graph: ModelProto, name: str, indices: np.ndarray, table: np.ndarray) -> None:
    """Store a float tensor as indices into a table of at most 65,536 values; changes ``graph``."""
    width = packed_bits(max(1, int(len(table) - 1).bit_length()))
    narrow = indices.astype(np.uint16 if width == 16 else np.uint8)
    work = _Decoder(graph, name)
    value = work.node("Cast", [work.codes(narrow, width, indices.shape)], to=6)
    work.node("Gather", [work.constant("codebook", table.astype(np.float32)), value], output=name, axis=0)
    work.finish()


def store_half(graph: ModelProto, name: str, kind: str) -> None:
    """Store a float tensor as float16 or bfloat16; changes ``graph``."""
    from onnx import TensorProto, helper, numpy_helper

    work = _Decoder(graph, name)
    values = numpy_helper.to_array(work.tensor)
    if kind == "float16":
        stored = numpy_helper.from_array(values.astype(np.float16), f"{name}_half")
    else:
        bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
        rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
        stored = helper.make_tensor(
            f"{name}_half", TensorProto.BFLOAT16, list(values.shape), rounded.tobytes(), raw=True
        )
    work.add(stored)
    work.node("Cast", [stored.name], output=name, to=1)
    work.finish()


def _float(values: np.ndarray) -> np.ndarray:
    array = np.asarray(values, np.float32)
    return array.reshape(()) if array.size == 1 else array


class _Decoder:
    """Collects the nodes that make one tensor, and puts them in front of the graph."""

    def __init__(self, graph: ModelProto, name: str) -> None:
        self._graph, self._name = graph.graph, name
        self._nodes: list[NodeProto] = []
        self.tensor = next(item for item in self._graph.initializer if item.name == name)

    def add(self, tensor: TensorProto) -> None:
        """An initializer more."""
        self._graph.initializer.append(tensor)

    def constant(self, role: str, values: np.ndarray) -> str:
        """An initializer named after the tensor and its role."""
        from onnx import numpy_helper

        self.add(numpy_helper.from_array(np.ascontiguousarray(values), f"{self._name}_{role}"))
        return f"{self._name}_{role}"

    def node(self, kind: str, inputs: list[str], *, output: str | None = None, **attributes: Any) -> str:
        """A node more; its output's name."""
        from onnx import helper

        name = f"{self._name}_{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output or name], name, **attributes))
        return output or name

    def codes(self, narrow: np.ndarray, width: int, shape: tuple[int, ...]) -> str:
        """The codes in their shape: stored as they are, or several in a byte."""
        if width not in PACKED_BITS:
            return self.constant("codes", narrow)
        packed = self.constant("codes", pack_codes(narrow, width))
        shifts = self.constant("shifts", np.arange(0, 8, width, dtype=np.uint8).reshape(1, -1))
        value = self.node("BitShift", [packed, shifts], direction="RIGHT")
        value = self.node("Mod", [value, self.constant("modulus", np.array(2**width, np.uint8))])
        if narrow.size % (8 // width):
            value = self.node("Reshape", [value, self.constant("flat", np.array([-1], np.int64))])
            ends = [
                self.constant("start", np.array([0], np.int64)),
                self.constant("end", np.array([narrow.size], np.int64)),
            ]
            value = self.node("Slice", [value, *ends])
        return self.node("Reshape", [value, self.constant("shape", np.array(shape, np.int64))])

    def finish(self) -> None:
        """Take the float tensor out and put the nodes in front."""
        self._graph.initializer.remove(self.tensor)
        nodes = [*self._nodes, *self._graph.node]
        del self._graph.node[:]
        self._graph.node.extend(nodes)
