"""What the rules that write ONNX operators as TFLite work with: values and their layouts, weights, folded constants.

Pictures are NCHW in ONNX and NHWC in TFLite, volumes NCDHW and NDHWC, signals NCL in ONNX and, as pictures of height 1,
N1LC here: inputs and outputs of the file keep the shapes of the ONNX file, inside a value stays in the layout that its
operators want. The batch becomes 1, so every shape is known and shape arithmetic is done before anything is written.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from .folding import attributes, constant_node, fold, tensor_array
from .graph import facts
from .tflite_patterns import gather_gelus
from .tflite_rewriting import rewrite
from .tflite_writing import TfliteBuilder

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

NONE, RELU, RELU6 = 0, 1, 3
_ROUNDS = 20
"""A branch that is decided can hold shape arithmetic of its own, that which decides the next; then it is refused."""
_TO_NHWC, _TO_NCHW, _TURNED = (0, 2, 3, 1), (0, 3, 1, 2), (0, 2, 1)
_TO_NDHWC, _TO_NCDHW = (0, 2, 3, 4, 1), (0, 4, 1, 2, 3)
WINDOWED = (3, 4, 5)
"""Ranks of what windows move over: signals, pictures, volumes."""
_ACTIVATED = {"Conv", "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "MaxPool", "AveragePool"}
"""Operators that can carry a ReLU with them."""
_TYPES = {1: "float32", 6: "int32", 7: "int64", 9: "bool"}
_OPTIONS = {
    **{
        kind: f"{kind.title()}Options" for kind in ("ADD", "SUB", "MUL", "DIV", "POW", "CAST", "GELU", "SLICE", "SPLIT")
    },
    **{kind: f"{kind.title()}Options" for kind in ("RESHAPE", "TRANSPOSE", "QUANTIZE", "DEQUANTIZE", "PAD", "GATHER")},
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"), "ReducerOptions"),
    **dict.fromkeys(("MAXIMUM", "MINIMUM"), "MaximumMinimumOptions"),
    **dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D"), "Pool2DOptions"),
    "CONCATENATION": "ConcatenationOptions",
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "CONV_3D": "Conv3DOptions",
    "CONV_3D_TRANSPOSE": "Conv3DOptions",
    "TRANSPOSE_CONV": "TransposeConvOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "BATCH_MATMUL": "BatchMatMulOptions",
    "SOFTMAX": "SoftmaxOptions",
    "LOG_SOFTMAX": "LogSoftmaxOptions",
    "LEAKY_RELU": "LeakyReluOptions",
    "PADV2": "PadV2Options",
    "MIRROR_PAD": "MirrorPadOptions",
    "STRIDED_SLICE": "StridedSliceOptions",
    "SPLIT_V": "SplitVOptions",
    "ARG_MAX": "ArgMaxOptions",
    "ARG_MIN": "ArgMinOptions",
    "BROADCAST_TO": "BroadcastToOptions",
    "RESIZE_BILINEAR": "ResizeBilinearOptions",
    "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighborOptions",
    "DEPTH_TO_SPACE": "DepthToSpaceOptions",
}
"""The table of settings of each kind of operator that has one."""


@dataclass(frozen=True)
class Value:
    """A computed tensor: its number, the shape it has in ONNX, and whether it is stored with its channels last."""

    number: int
    shape: tuple[int, ...]
    nhwc: bool = False

    @property
    def stored(self) -> tuple[int, ...]:
        """The shape in the file."""
        return stored_shape(self.shape, self.nhwc)


@dataclass(frozen=True)
class Weight:
    """A constant: float values, and the int8 codes with their scales where it is stored so."""

    values: np.ndarray
    codes: np.ndarray | None = None
    scale: np.ndarray | None = None

    def transposed(self, order: Sequence[int]) -> Weight:
        """With its axes in another order."""
        return self._with(lambda array: array.transpose(order))

    def picture(self) -> Weight:
        """Kernels over signals as kernels of height 1."""
        return self if self.values.ndim != 3 else self._with(lambda array: np.expand_dims(array, 2))

    def part(self, axis: int, start: int, stop: int) -> Weight:
        """Some indices of an axis."""
        index = [slice(None)] * self.values.ndim
        index[axis] = slice(start, stop)
        scale = self.scale
        if scale is not None and scale.shape[axis] > 1:
            scale = scale[tuple(index)]
        return Weight(self.values[tuple(index)], None if self.codes is None else self.codes[tuple(index)], scale)

    def _with(self, change: Callable[[np.ndarray], np.ndarray]) -> Weight:
        codes = None if self.codes is None else change(self.codes)
        return Weight(change(self.values), codes, None if self.scale is None else change(self.scale))


def stored_shape(shape: tuple[int, ...], nhwc: bool) -> tuple[int, ...]:
    """The shape in the file of a tensor with its channels last (``nhwc``) or as in ONNX."""
    if not nhwc:
        return shape
    batch, channels, *space = shape
    return (batch, *([1] if len(space) == 1 else []), *space, channels)


def stored_axis(axis: int, rank: int) -> int:
    """Where an axis of ONNX lies in a tensor with its channels last."""
    return {3: (0, 3, 2), 4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}[rank][axis]


class Conversion:
    """One graph, operator by operator.

    Args:
        model: the graph.
        rules: kind of operator -> function of the conversion, a node and its attributes.
    """

    def __init__(self, model: ModelProto, rules: Mapping[str, Rule]) -> None:
        graph = _with_known_shapes(model)
        gather_gelus(graph.graph)
        self._rules = rules
        self._graph = graph.graph
        known = [*self._graph.value_info, *self._graph.input, *self._graph.output]
        self._shapes = {item.name: tuple(d.dim_value for d in item.type.tensor_type.shape.dim) for item in known}
        self._kinds = {item.name: _TYPES.get(item.type.tensor_type.elem_type, "") for item in known}
        self.out = TfliteBuilder()
        self.constants = {item.name: Weight(tensor_array(item)) for item in self._graph.initializer}
        self.values: dict[str, Value] = {}
        self._uses = Counter(name for node in self._graph.node for name in node.input)
        self._uses.update(item.name for item in self._graph.output)
        self._fused: dict[str, tuple[int, str]] = {}
        """Output of a node to the activation it carries and the name of the activation's output."""

    def run(self) -> bytes:
        """The file.

        Raises:
            ModelError: an operator or a form of it has no rule.
        """
        inputs, outputs = [], []
        for item in self._graph.input:
            if item.name in self.constants:
                continue
            shape, kind = self._shapes[item.name], self._kinds[item.name]
            if kind not in ("float32", "int32", "int64") or 0 in shape:
                raise refused(f"the input {item.name} is not a tensor of numbers of a fixed shape")
            number = self.out.tensor(item.name, shape, kind)
            self.values[item.name] = Value(number, shape)
            inputs.append((item.name, number))
        self._fuse()
        carried = {name for _, name in self._fused.values()}
        for node in self._graph.node:
            if node.output[0] not in carried:
                self.write(node)
        for item in self._graph.output:
            outputs.append((item.name, self.plain(self.value(item.name)).number))
        return self.out.finish(inputs, outputs)

    def write(self, node: NodeProto) -> None:
        """One operator by its rule; constants and the decoding of stored weights need none.

        Raises:
            ModelError: there is no rule.
        """
        if self._folded(node):
            return
        rule = self._rules.get(node.op_type)
        if rule is None or node.domain not in ("", "ai.onnx"):
            raise refused(f"the operator {node.op_type} has no rule")
        rule(self, node, attributes(node))

    def _fuse(self) -> None:
        makers = {node.output[0]: node for node in self._graph.node}
        for node in self._graph.node:
            maker = makers.get(node.input[0]) if node.input else None
            kind = self.activation(node)
            if kind is None or maker is None or maker.op_type not in _ACTIVATED:
                continue
            if self._uses[node.input[0]] == 1 and maker.output[0] not in self._fused:
                self._fused[maker.output[0]] = (kind, node.output[0])

    def activation(self, node: NodeProto) -> int | None:
        """RELU or RELU6, where a node is one."""
        if node.op_type == "Relu":
            return RELU
        if node.op_type != "Clip":
            return None
        low, high = self.limits(node)
        if low != 0:
            return None
        return RELU if high is None else RELU6 if high == 6 else None

    def limits(self, node: NodeProto) -> tuple[float | None, float | None]:
        """Of a Clip; None where there is none.

        Raises:
            ModelError: a limit is computed.
        """
        values = attributes(node)
        if len(node.input) < 2:
            return values.get("min"), values.get("max")
        low, high = (self.constant(name).values if name else None for name in [*node.input[1:], ""][:2])
        if any(item is not None and item.size != 1 for item in (low, high)):
            raise refused("a Clip with several limits")
        return None if low is None else float(low.item()), None if high is None else float(high.item())

    def _folded(self, node: NodeProto) -> bool:
        """Constants, and the decoding of stored weights."""
        values = attributes(node)
        if node.op_type == "Constant":
            array = constant_node(values)
            if array is None:
                raise refused("a constant that is no array")
            self.constants[node.output[0]] = Weight(array)
            return True
        known = [self.constants.get(name) for name in node.input if name]
        inputs = [item for item in known if item is not None]
        if not inputs or len(inputs) != len(known):
            return False
        found = fold(node.op_type, values, [item.values for item in inputs], most=math.inf)  # weights are decoded here
        if found is None:
            return False
        first = inputs[0]
        codes, scale = None, None
        if node.op_type == "Cast" and first.values.dtype == np.int8:
            codes = first.values
        elif node.op_type == "Mul" and first.codes is not None and first.scale is None:
            codes, scale = first.codes, inputs[1].values
            scale = scale.reshape((1,) * (codes.ndim - scale.ndim) + scale.shape)
        self.constants[node.output[0]] = Weight(found, codes, scale)
        return True

    # Values

    def value(self, name: str) -> Value:
        """A computed tensor, or a constant as one."""
        if name not in self.values:
            if name not in self.constants:
                raise refused(f"{name} is not computed by the graph")
            weight = self.constants[name]
            self.values[name] = Value(self.weight(name, weight), weight.values.shape)
        return self.values[name]

    def shape(self, name: str) -> tuple[int, ...]:
        """Of a tensor, as in ONNX.

        Raises:
            ModelError: it is not known before the model runs.
        """
        shape = self._shapes.get(name)
        if shape is None or 0 in shape:
            raise refused(f"the shape of {name} is not known before the model runs")
        return shape

    def kind(self, name: str) -> str:
        """Type of a tensor's numbers."""
        return self._kinds.get(name) or "float32"

    def nhwc(self, value: Value) -> Value:
        """The same with its channels last: pictures, and signals as pictures of height 1."""
        return value if value.nhwc or len(value.shape) not in WINDOWED else self.moved(value, nhwc=True)

    def plain(self, value: Value) -> Value:
        """The same as in ONNX."""
        return self.moved(value, nhwc=False) if value.nhwc else value

    def moved(self, value: Value, *, nhwc: bool) -> Value:
        """In the other layout; where only one of the axes that move is larger than 1 the bytes stay where they are."""
        result = stored_shape(value.shape, nhwc)
        number = self.like(value.number, f"layout_{value.number}", result)
        _, channels, *space = value.shape
        if channels == 1 or math.prod(space) == 1:
            self.reshape(value.number, number, result)
        elif len(space) == 2:
            self.transpose(value.number, number, _TO_NHWC if nhwc else _TO_NCHW)
        elif len(space) == 3:
            self.transpose(value.number, number, _TO_NDHWC if nhwc else _TO_NCDHW)
        else:
            turned = self.like(value.number, f"turned_{value.number}", (value.shape[0], space[0], channels))
            if nhwc:
                self.transpose(value.number, turned, _TURNED)
                self.reshape(turned, number, result)
            else:
                self.reshape(value.number, turned, (value.shape[0], space[0], channels))
                self.transpose(turned, number, _TURNED)
        return Value(number, value.shape, nhwc)

    def result(self, node: NodeProto, *, nhwc: bool = False, place: int = 0) -> tuple[int, int]:
        """The tensor a node writes and the activation it carries."""
        name = node.output[place]
        kind, known = self._fused.get(name, (NONE, name))
        shape = self.shape(name)
        value = Value(-1, shape, nhwc and len(shape) in WINDOWED)
        self.values[known] = Value(self.out.tensor(known, value.stored, self.kind(known)), shape, value.nhwc)
        return self.values[known].number, kind

    def readers(self, name: str) -> set[str]:
        """Kinds of the operators that read a tensor."""
        found = {node.op_type for node in self._graph.node if name in node.input}
        return found | ({"output"} if any(item.name == name for item in self._graph.output) else set())

    # Weights

    def constant(self, name: str) -> Weight:
        """A weight.

        Raises:
            ModelError: it is computed.
        """
        if name not in self.constants:
            raise refused(f"the weight {name} is computed while the model runs")
        return self.constants[name]

    def weight(self, name: str, weight: Weight) -> int:
        """A weight as a tensor: int8 with a DEQUANTIZE where it is stored so."""
        if weight.codes is not None and weight.scale is not None:
            wide = [axis for axis, size in enumerate(weight.scale.shape) if size > 1]
            if len(wide) <= 1:
                axis = wide[0] if wide else 0
                codes = self.out.constant(f"{name}_int8", weight.codes, scales=weight.scale.reshape(-1), axis=axis)
                number = self.out.tensor(name, weight.codes.shape)
                self.operator("DEQUANTIZE", [codes], [number])
                return number
        values = weight.values
        return self.out.constant(name, values.astype(np.float32) if values.dtype.kind == "f" else values)

    def bias(self, node: NodeProto, count: int) -> int:
        """The third input of a layer, or zeros."""
        values = np.zeros(count, np.float32)
        if len(node.input) > 2 and node.input[2]:
            values = np.broadcast_to(self.constant(node.input[2]).values.astype(np.float32).reshape(-1), (count,))
        return self.out.constant(f"{node.name}_bias", values)

    # Operators

    def operator(self, kind: str, inputs: Sequence[int], outputs: Sequence[int], **values: Any) -> None:
        """An operator of the file; see :meth:`.TfliteBuilder.operator`."""
        self.out.operator(kind, inputs, outputs, _OPTIONS.get(kind, ""), **values)

    def like(self, source: int, name: str, shape: Sequence[int]) -> int:
        """A tensor that holds the same sort of numbers as another one."""
        return self.out.tensor(name, shape, self.out.kind(source))

    def lowest(self, number: int) -> int:
        """The lowest number that a tensor can hold, as a constant of its sort."""
        return self.scalar(float(np.finfo(np.float32).min))

    def step(
        self, kind: str, inputs: Sequence[int], shape: Sequence[int], *, into: int | None = None, **values: Any
    ) -> int:
        """One float operator of a rule that needs several: the tensor it writes, a new one unless ``into`` is given."""
        number = self.out.tensor(f"{kind.lower()}_{inputs[0]}", shape) if into is None else into
        self.operator(kind, inputs, [number], **values)
        return number

    def scalar(self, value: float) -> int:
        """One float number."""
        return self.out.constant("number", np.full(1, value, np.float32))

    def whole(self, *numbers: int) -> int:
        """Whole numbers in a row: axes, shapes."""
        return self.out.constant("numbers", np.array(numbers, np.int32))

    def reshape(self, source: int, target: int, shape: Sequence[int]) -> None:
        """The same values in another shape."""
        self.operator("RESHAPE", [source, self.whole(*shape)], [target], newShape=list(shape))

    def transpose(self, source: int, target: int, order: Sequence[int]) -> None:
        """Axes in another order."""
        self.operator("TRANSPOSE", [source, self.whole(*order)], [target])

    def last(self, kind: str, inputs: Sequence[int], node: NodeProto, *, nhwc: bool = False, **values: Any) -> None:
        """The operator that writes a node's result; an activation that the node carries follows by itself."""
        number, activation = self.result(node, nhwc=nhwc)
        if activation != NONE:
            _, known = self._fused[node.output[0]]
            before = self.step(kind, inputs, self.values[known].stored, **values)
            self.operator("RELU" if activation == RELU else "RELU6", [before], [number])
        else:
            self.step(kind, inputs, (), into=number, **values)


Rule = Callable[[Conversion, "NodeProto", dict[str, Any]], None]


def _with_known_shapes(model: ModelProto) -> ModelProto:
    """A copy with batch 1 whose shape arithmetic is done, and what that decides: branches, sums, choices."""
    for _ in range(_ROUNDS):
        model = _counted(model)
        if not rewrite(model, _known_shapes(model.graph)):
            break
    return model


def _counted(model: ModelProto) -> ModelProto:
    """A copy with batch 1 in which constants take the place of Shape and of what follows from it."""
    from onnx import ModelProto, helper, numpy_helper

    known = facts(model, batch=1)
    copy = ModelProto()
    copy.CopyFrom(model)
    graph, kept = copy.graph, []
    whole = {name for name, array in known.constants.items() if array.dtype.name in ("int32", "int64", "bool")}
    for node in model.graph.node:
        name = node.output[0]
        sizes_alone = node.op_type in ("Constant", "Shape", "Size") or all(item in whole for item in node.input if item)
        if name in known.constants and sizes_alone:
            graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(known.constants[name]), name))
        else:
            kept.append(node)
    for field, items in (("node", kept), ("value_info", [])):
        graph.ClearField(field)
        getattr(graph, field).extend(items)
    for item in graph.input:
        if item.type.tensor_type.shape.dim:
            item.type.tensor_type.shape.dim[0].dim_value = 1
    for value in graph.output:
        if None not in known.shapes.get(value.name, (None,)):
            value.CopyFrom(
                helper.make_tensor_value_info(value.name, value.type.tensor_type.elem_type, known.shapes[value.name])
            )
    for name, shape in known.shapes.items():
        kind = known.dtypes.get(name, "undefined")
        if kind not in ("undefined", "string"):
            graph.value_info.append(
                helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), shape)
            )
    return copy


def _known_shapes(graph: GraphProto) -> dict[str, list[int]]:
    """Shapes without an unknown size."""
    shapes = {
        item.name: [size.dim_value for size in item.type.tensor_type.shape.dim]
        for item in [*graph.value_info, *graph.input, *graph.output]
        if item.type.tensor_type.HasField("shape")
    }
    shapes |= {item.name: list(item.dims) for item in graph.initializer}
    return {name: shape for name, shape in shapes.items() if 0 not in shape}


def refused(why: str) -> ModelError:
    """The error that says why a network cannot be written and what to do instead."""
    return ModelError(
        "no-tflite",
        f"this network cannot be written as TFLite: {why}",
        "keep ONNX for it, or convert the PyTorch module with the extra: "
        "in the clone, pip install -c constraints.txt '.[tflite]'",
    )
