"""What a graph costs on paper: parameters, non-zeros, multiply-accumulates, a per-layer table; quantized or not.

Parameters are weights wherever they live (initializers, Constant and ConstantOfShape nodes, sub-graphs), not scales,
zero points, shapes, bounds, nor BatchNorm's running statistics (as torch counts). Integer weights are non-zero where
they differ from their zero point. MACs are for one sample. Nothing here runs the model or builds a ConstantOfShape.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..records import Layer
from .folding import attributes, elements, tensor_array
from .graph import Facts, all_graphs, dtype_name, facts
from .stored_weights import Weight, stored_codes

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_MOST_INPUTS = 3 * 100  # of a concatenation
# Inputs that are settings of the operator and not weights: operator -> positions.
_SETTINGS: dict[str, set[int]] = {
    "Clip": {1, 2},
    "Pad": {1, 2, 3},
    "Resize": {1, 2, 3},
    "Upsample": {1},
    "Dropout": {1, 2},
    "Pow": {1},
    "OneHot": {1, 2},
    "BatchNormalization": {3, 4},
    "QuantizeLinear": {1, 2},
    "DequantizeLinear": {1, 2},
    "QLinearConv": {1, 2, 4, 5, 6, 7},
    "QLinearMatMul": {1, 2, 4, 5, 6, 7},
    "ConvInteger": {2, 3},
    "MatMulInteger": {2, 3},
    "QGemm": {1, 2, 4, 5, 7, 8},
    "QLinearAdd": {1, 2, 4, 5, 6, 7},
    "QLinearMul": {1, 2, 4, 5, 6, 7},
    "QLinearSigmoid": {1, 2, 3, 4},
    "QLinearLeakyRelu": {1, 2, 3, 4},
    "QLinearGlobalAveragePool": {1, 2, 3, 4},
    "QLinearAveragePool": {1, 2, 3, 4},
    "QLinearSoftmax": {1, 2, 3, 4},
    "QLinearReduceMean": {1, 2, 3, 4},
    "QLinearWhere": {2, 3, 5, 6, 7, 8},
    "QLinearConcat": {position for position in range(_MOST_INPUTS) if position % 3 != 2},
    "MatMulNBits": {2, 3, 4},
    "DynamicQuantizeMatMul": {2, 3},
    "MatMulIntegerToFloat": {2, 3, 4, 5},
    "DynamicQuantizeLSTM": {8, 9, 10, 11},
}
# Integer weights: operator -> (position of the weight, position of its zero point, axis of per-channel zero points), ...
_ZERO_POINTS: dict[str, tuple[tuple[int, int, int | None], ...]] = {
    "DequantizeLinear": ((0, 2, None),),
    "QLinearConv": ((3, 5, 0),),
    "QLinearMatMul": ((3, 5, -1),),
    "ConvInteger": ((1, 3, 0),),
    "MatMulInteger": ((1, 3, -1),),
    "QGemm": ((3, 5, None),),
    "DynamicQuantizeMatMul": ((1, 3, -1),),
    "MatMulIntegerToFloat": ((1, 5, -1),),
    "DynamicQuantizeLSTM": ((1, 9, -1), (2, 11, -1)),
}
_BLOCKS = {"MatMulNBits", "MatMulBnb4", "GatherBlockQuantized", "QAttention", "QEmbedLayerNormalization", "QMoE"}
_INTEGER_OPERATORS = (set(_ZERO_POINTS) | _BLOCKS | {"QuantizeLinear", "DynamicQuantizeLinear"}) | {
    name for name in _SETTINGS if name.startswith("QLinear")
}
_NARROW = {"int8", "uint8", "int4", "uint4", "int2", "uint2", "int16", "uint16"}
_CARRIERS = {
    "DequantizeLinear",
    "Identity",
    "Transpose",
    "Reshape",
    "Cast",
    "Mul",
    "Sub",
    "Unsqueeze",
    "Squeeze",
    "Add",
    "BitShift",
    "Mod",
    "Slice",
    "Gather",
}


def weights(model: ModelProto) -> tuple[Weight, ...]:
    """Every weight with its counts."""
    return tuple(_weights(model, _Uses(model)))


def count_parameters(model: ModelProto) -> int:
    """Number of weights, as the module's docstring defines them."""
    return sum(weight.size for weight in weights(model))


def count_nonzero(model: ModelProto) -> int:
    """Number of weights that are not zero (integer weights: not at their zero point)."""
    return sum(weight.nonzero for weight in weights(model))


def count_macs(model: ModelProto) -> int | None:
    """Multiply-accumulates of one sample; None where a shape they depend on is unknown."""
    macs = [layer.macs for layer in layer_table(model) if layer.op in _MACS or layer.macs is None]
    known = [value for value in macs if value is not None]
    return sum(known) if len(known) == len(macs) else None


def is_quantized(model: ModelProto) -> bool:
    """True for QDQ pairs, integer operators, and integer weights that are cast and scaled back to float."""
    narrow: set[str] = set()
    if stored_codes(model):
        return True
    for graph in all_graphs(model):
        narrow |= {t.name for t in graph.initializer if dtype_name(t.data_type) in _NARROW and elements(t.dims) > 16}
        for node in graph.node:
            if node.op_type in _INTEGER_OPERATORS:
                return True
            if node.op_type == "Constant":
                tensor = attributes(node).get("value")
                if tensor is not None and dtype_name(tensor.data_type) in _NARROW and elements(tensor.dims) > 16:
                    narrow.add(node.output[0])
    return any(
        node.op_type == "Cast" and node.input[0] in narrow and "float" in dtype_name(int(attributes(node)["to"]))
        for graph in all_graphs(model)
        for node in graph.node
    )


def layer_table(model: ModelProto) -> tuple[Layer, ...]:
    """One row per node that has weights or does multiply-accumulates, in graph order, sub-graphs in brackets."""
    known = facts(model, batch=1)
    sizes = {weight.name: weight.size for weight in weights(model)}
    return tuple(_rows(model.graph, known, sizes, ""))


class _Uses:
    """Who reads each value, over all graphs of a model."""

    def __init__(self, model: ModelProto) -> None:
        self.readers: dict[str, list[tuple[NodeProto, int]]] = defaultdict(list)
        self.constants: dict[str, Any] = {}
        self._restored: set[str] = set()
        """Integer weights on their way back to float (cast, and shifted by their zero point), and scales of dynamic inputs."""
        for graph in all_graphs(model):
            self.constants.update({tensor.name: tensor for tensor in graph.initializer})
            for node in graph.node:
                shifted = node.op_type == "Sub" and node.input[0] in self._restored
                if shifted or (node.op_type == "Cast" and self._narrow(node.input[0])):
                    self._restored.add(node.output[0])
                if node.op_type == "DynamicQuantizeLinear":
                    self._restored.add(node.output[1])
                for position, name in enumerate(node.input):
                    self.readers[name].append((node, position))
                if node.op_type == "Constant":
                    tensor = attributes(node).get("value")
                    if tensor is not None:
                        self.constants[node.output[0]] = tensor
        self.stored = stored_codes(model)
        self.decoding = {name for item in self.stored.values() for name in item.settings}

    def is_weight(self, name: str, dtype: str, rank: int) -> bool:
        """Whether a constant of this kind counts as parameters."""
        readers = self.readers.get(name, [])
        if name in self.decoding:
            return False
        if readers and all(position in _SETTINGS.get(node.op_type, ()) for node, position in readers):
            return False
        if readers and all(self._is_scale(node, position) for node, position in readers):
            return False
        if rank and (dtype in _NARROW or dtype == "int32"):
            return any(node.op_type in _ZERO_POINTS or node.op_type in ("Cast", "MatMulNBits") for node, _ in readers)
        return rank > 0 and ("float" in dtype or "complex" in dtype)

    def _narrow(self, name: str) -> bool:
        tensor = self.constants.get(name)
        return tensor is not None and dtype_name(tensor.data_type) in _NARROW

    def _is_scale(self, node: NodeProto, position: int) -> bool:
        """The other factor or term of integer weights that are cast back to float, or of a scale: their scale or zero point."""
        return node.op_type in ("Mul", "Sub") and len(node.input) == 2 and node.input[1 - position] in self._restored

    def zero_point(self, name: str, shape: tuple[int, ...]) -> np.ndarray | int:
        """The zero point of an integer weight in a form that broadcasts against it; 0 where there is none."""
        for node, position in self.readers.get(name, []):
            place = next((item for item in _ZERO_POINTS.get(node.op_type, ()) if item[0] == position), None)
            if place is None or len(node.input) <= place[1]:
                continue
            tensor = self.constants.get(node.input[place[1]])
            if tensor is None:
                continue
            points = tensor_array(tensor)
            if points.size == 1 or not points.any():
                return int(points.reshape(-1)[0])
            axis = attributes(node).get("axis", 1) if place[2] is None else place[2]
            return _aligned(points, shape, int(axis))
        return 0


def _aligned(points: np.ndarray, shape: tuple[int, ...], axis: int) -> np.ndarray | int:
    if points.ndim == len(shape):  # one zero point per block of weights
        for dimension, (have, want) in enumerate(zip(points.shape, shape, strict=True)):
            if have != want and have and want % have == 0:
                points = np.repeat(points, want // have, dimension)
        return points
    axis %= len(shape)
    if points.size != shape[axis]:
        return 0
    return points.reshape([-1 if index == axis else 1 for index in range(len(shape))])


def _weights(model: ModelProto, uses: _Uses) -> Iterator[Weight]:
    for graph in all_graphs(model):
        for tensor in graph.initializer:
            yield from _stored(tensor.name, tensor, uses)
        for sparse in graph.sparse_initializer:
            size = elements(sparse.dims)
            yield Weight(sparse.values.name, size, elements(sparse.values.dims), dtype_name(sparse.values.data_type))
        for node in graph.node:
            if node.op_type == "Constant":
                tensor = attributes(node).get("value")
                if tensor is not None:
                    yield from _stored(node.output[0], tensor, uses)
                floats = attributes(node).get("value_floats")
                if floats is not None and uses.is_weight(node.output[0], "float32", 1):
                    yield Weight(node.output[0], len(floats), int(np.count_nonzero(floats)), "float32")
            elif node.op_type == "ConstantOfShape":
                yield from _filled(node, uses)


def _stored(name: str, tensor: Any, uses: _Uses) -> Iterator[Weight]:
    dtype, shape = dtype_name(tensor.data_type), tuple(tensor.dims)
    if name in uses.stored:
        yield uses.stored[name].weight(tensor)
        return
    if not uses.is_weight(name, dtype, len(shape)):
        return
    blocks = [node for node, position in uses.readers.get(name, []) if node.op_type == "MatMulNBits" and position == 1]
    if blocks:
        values = attributes(blocks[0])
        size = int(values["N"]) * int(values["K"])
        yield Weight(name, size, _blocked_nonzero(blocks[0], tensor_array(tensor), uses), f"int{values.get('bits', 4)}")
        return
    array = tensor_array(tensor)
    zero = uses.zero_point(name, shape) if dtype in _NARROW else 0
    yield Weight(name, array.size, int(np.count_nonzero(array != zero)), dtype)


def _blocked_nonzero(node: NodeProto, packed: np.ndarray, uses: _Uses) -> int:
    """Weights of a MatMulNBits off their zero point: rows of blocks of nibbles, the low one first."""
    values = attributes(node)
    rows, columns, bits = int(values["N"]), int(values["K"]), int(values.get("bits", 4))
    size = rows * columns
    if bits not in (2, 4, 8) or packed.dtype != np.uint8:
        return size
    integers = _unpacked(packed.reshape(rows, -1), bits)
    blocks = packed.shape[1]
    points: Any = 1 << (bits - 1)
    if len(node.input) > 3 and node.input[3]:
        tensor = uses.constants.get(node.input[3])
        array = None if tensor is None else tensor_array(tensor)
        if array is None or array.dtype != np.uint8:  # floating zero points lie between the integers
            return size
        points = _unpacked(array.reshape(rows, -1), bits)[:, :blocks].repeat(integers.shape[1] // blocks, axis=1)
    return int(np.count_nonzero((integers != points)[:, :columns]))


def _unpacked(packed: np.ndarray, bits: int) -> np.ndarray:
    parts = [(packed >> shift) & ((1 << bits) - 1) for shift in range(0, 8, bits)]
    return np.stack(parts, axis=-1).reshape(len(packed), -1)


def _filled(node: NodeProto, uses: _Uses) -> Iterator[Weight]:
    """A ConstantOfShape with a constant shape counts by arithmetic; it is never built."""
    tensor = uses.constants.get(node.input[0])
    fill = attributes(node).get("value")
    dtype = "float32" if fill is None else dtype_name(fill.data_type)
    if tensor is None:
        return
    shape = [int(size) for size in tensor_array(tensor).reshape(-1)]
    if uses.is_weight(node.output[0], dtype, len(shape)):
        size = elements(shape)
        value = 0 if fill is None else tensor_array(fill).reshape(-1)[0]
        yield Weight(node.output[0], size, size if value != 0 else 0, dtype)


def _rows(
    graph: Any, known: Facts, sizes: dict[str, int], prefix: str, outer: dict[str, frozenset[str]] | None = None
) -> Iterator[Layer]:
    carried = _carried(graph, sizes, outer or {})
    claimed: set[str] = set()
    for node in graph.node:
        if node.output and node.output[0] in carried:
            continue
        found = [name for source in node.input for name in sorted(carried.get(source, ())) if name not in claimed]
        claimed.update(found)
        parameters = sum(sizes[name] for name in dict.fromkeys(found))
        if node.op_type in _MACS or parameters:
            shape = known.shape(node.output[0]) if node.output else None
            macs = _MACS[node.op_type](node, known) if node.op_type in _MACS else 0
            shown = None if shape is None else (None, *shape[1:])
            name = prefix + (node.name or (node.output[0] if node.output else node.op_type))
            yield Layer(name, node.op_type, parameters, macs, shown)
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                place = f"{prefix}{node.name or node.op_type}[{attribute.name}]/"
                yield from _rows(inner, known, sizes, place, carried)


def _carried(graph: Any, sizes: dict[str, int], outer: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Values made of constants alone -> the weights in them: stored, or de-quantized and re-arranged from these."""
    carried = dict(outer)
    for tensor in graph.initializer:
        carried[tensor.name] = frozenset({tensor.name} & sizes.keys())
    for node in graph.node:
        if node.op_type in ("Constant", "ConstantOfShape"):
            carried[node.output[0]] = frozenset({node.output[0]} & sizes.keys())
        elif node.op_type in _CARRIERS and all(name in carried for name in node.input if name):
            together = frozenset().union(*(carried[name] for name in node.input if name))
            carried.update(dict.fromkeys(node.output, together))
    return carried


def _product(*sizes: int | None) -> int | None:
    known = [size for size in sizes if size is not None]
    return elements(known) if len(known) == len(sizes) else None


def _conv_macs(weight_at: int) -> Any:
    def macs(node: NodeProto, known: Facts) -> int | None:
        output, weight = known.shape(node.output[0]), known.shape(node.input[weight_at])
        return None if output is None or weight is None else _product(*output, *weight[1:])

    return macs


def _conv_transpose_macs(node: NodeProto, known: Facts) -> int | None:
    data, weight = known.shape(node.input[0]), known.shape(node.input[1])
    return None if data is None or weight is None else _product(*data, *weight[1:])


def _matmul_macs(b_at: int) -> Any:
    def macs(node: NodeProto, known: Facts) -> int | None:
        output, weight = known.shape(node.output[0]), known.shape(node.input[b_at])
        if output is None or not weight:
            return None
        inner = weight[-2] if len(weight) > 1 else weight[0]
        values = attributes(node)
        if values.get("transBatchB"):
            return None
        if node.op_type in ("Gemm", "QGemm", "FusedGemm", "FusedMatMul") and values.get("transB"):
            inner = weight[-1]
        return _product(*output, inner)

    return macs


def _blocked_macs(node: NodeProto, known: Facts) -> int | None:
    output = known.shape(node.output[0])
    return None if output is None else _product(*output, int(attributes(node)["K"]))


def _recurrent_macs(node: NodeProto, known: Facts) -> int | None:
    data, inner, recurrent = (known.shape(name) for name in list(node.input)[:3])
    if data is None or inner is None or recurrent is None or len(data) != 3:
        return None
    batch_first = attributes(node).get("layout", 0)
    once = (_product(*inner), _product(*recurrent))
    if once[0] is None or once[1] is None:
        return None
    return _product(data[1] if batch_first else data[0], once[0] + once[1])


_MACS: dict[str, Any] = {
    "Conv": _conv_macs(1),
    "FusedConv": _conv_macs(1),
    "ConvInteger": _conv_macs(1),
    "QLinearConv": _conv_macs(3),
    "ConvTranspose": _conv_transpose_macs,
    "Gemm": _matmul_macs(1),
    "QGemm": _matmul_macs(3),
    "FusedGemm": _matmul_macs(1),
    "MatMul": _matmul_macs(1),
    "FusedMatMul": _matmul_macs(1),
    "MatMulInteger": _matmul_macs(1),
    "MatMulIntegerToFloat": _matmul_macs(1),
    "DynamicQuantizeMatMul": _matmul_macs(1),
    "QLinearMatMul": _matmul_macs(3),
    "MatMulNBits": _blocked_macs,
    "LSTM": _recurrent_macs,
    "DynamicQuantizeLSTM": _recurrent_macs,
    "GRU": _recurrent_macs,
    "RNN": _recurrent_macs,
}
