"""ONNX graphs of convolutional networks to TFLite files, without the converter's 1.2 GB of packages.

Pictures are NCHW in ONNX and NHWC in TFLite: the inputs and outputs of the file keep the shapes of the ONNX file, inside
everything is NHWC. The batch becomes 1. Weights stored as int8 (``Mul(Cast(codes), scale)``, what affine quantization of
8 bits writes) stay int8 in the file with a DEQUANTIZE in front of their layer; the runtime unpacks them once, at load.
Graphs of QuantizeLinear and DequantizeLinear get integer kernels (:mod:`.onnx_to_tflite_int8`).

Operators without a rule are refused by name; what torch.export can trace is converted by the extra ``tflite``
(:mod:`.tflite_convert`) instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from .folding import attributes, tensor_array
from .tflite_writing import TfliteBuilder

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

SAME, VALID = 0, 1
NONE, RELU, RELU6 = 0, 1, 3
_TO_NHWC, _TO_NCHW = (0, 2, 3, 1), (0, 3, 1, 2)
_ACTIVATED = {"Conv", "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "MaxPool", "AveragePool"}
"""Operators that can carry a ReLU with them."""


@dataclass(frozen=True)
class Value:
    """A computed tensor: its number, the shape it has in ONNX, and whether its axes are stored in the order NHWC."""

    number: int
    shape: tuple[int, ...]
    nhwc: bool = False


@dataclass(frozen=True)
class Weight:
    """A constant: float values, and the int8 codes with their scales where it is stored so."""

    values: np.ndarray
    codes: np.ndarray | None = None
    scale: np.ndarray | None = None

    def transposed(self, order: Sequence[int]) -> Weight:
        """With its axes in another order."""
        codes = None if self.codes is None else self.codes.transpose(order)
        scale = None if self.scale is None else self.scale.transpose(order)
        return Weight(self.values.transpose(order), codes, scale)


def to_tflite(model: ModelProto) -> bytes:
    """The TFLite file of an ONNX graph, batch 1, float inputs and outputs.

    Raises:
        ModelError: an operator or a form of it has no rule here.
    """
    if any(node.op_type in ("QuantizeLinear", "DequantizeLinear") for node in model.graph.node):
        from .onnx_to_tflite_int8 import IntegerConversion

        return IntegerConversion(model).run()
    return Conversion(model).run()


class Conversion:
    """One graph, operator by operator; what a rule asks for (values, weights, results) may be overridden."""

    def __init__(self, model: ModelProto) -> None:
        import onnx

        graph = onnx.ModelProto()
        graph.CopyFrom(model)
        for item in graph.graph.input:
            shape = item.type.tensor_type.shape
            if shape.dim:
                shape.dim[0].dim_value = 1
        for item in graph.graph.output:
            item.type.tensor_type.ClearField("shape")
        del graph.graph.value_info[:]
        graph = onnx.shape_inference.infer_shapes(graph, data_prop=True)
        self._graph = graph.graph
        self._shapes = {
            item.name: tuple(size.dim_value for size in item.type.tensor_type.shape.dim)
            for item in [*self._graph.value_info, *self._graph.input, *self._graph.output]
        }
        self._out = TfliteBuilder()
        self._constants = {item.name: Weight(tensor_array(item)) for item in self._graph.initializer}
        self._values: dict[str, Value] = {}
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
            if item.name in self._constants:
                continue
            shape = self._shapes[item.name]
            if item.type.tensor_type.elem_type != 1 or 0 in shape:
                raise refused(f"the input {item.name} is not a float tensor of a fixed shape")
            number = self._out.tensor(item.name, shape)
            self._values[item.name] = Value(number, shape)
            inputs.append((item.name, number))
        self._fuse()
        carried = {name for _, name in self._fused.values()}
        for node in self._graph.node:
            if node.output[0] not in carried:
                self._node(node)
        for item in self._graph.output:
            outputs.append((item.name, self._plain(self._value(item.name)).number))
        return self._out.finish(inputs, outputs)

    def _fuse(self) -> None:
        makers = {node.output[0]: node for node in self._graph.node}
        for node in self._graph.node:
            maker = makers.get(node.input[0]) if node.input else None
            kind = self._activation(node)
            if kind is None or maker is None or maker.op_type not in _ACTIVATED:
                continue
            if self._uses[node.input[0]] == 1 and maker.output[0] not in self._fused:
                self._fused[maker.output[0]] = (kind, node.output[0])

    def _activation(self, node: NodeProto) -> int | None:
        """RELU or RELU6, where a node is one."""
        if node.op_type == "Relu":
            return RELU
        if node.op_type != "Clip":
            return None
        values = attributes(node)
        low, high = values.get("min"), values.get("max")
        if len(node.input) > 1:
            low, high = (
                float(self._constants[name].values) if name in self._constants else None
                for name in [*node.input[1:], ""][:2]
            )
        if low != 0:
            return None
        return RELU if high is None else RELU6 if high == 6 else None

    def _node(self, node: NodeProto) -> None:
        if self._folded(node):
            return
        rule = _RULES.get(node.op_type)
        if rule is None or node.domain not in ("", "ai.onnx"):
            raise refused(f"the operator {node.op_type} has no rule")
        getattr(self, rule.__name__)(node, attributes(node))

    def _folded(self, node: NodeProto) -> bool:
        """Constants, and the decoding of stored weights."""
        from .folding import constant_node, fold

        values = attributes(node)
        if node.op_type == "Constant":
            array = constant_node(values)
            if array is None:
                raise refused("a constant that is no array")
            self._constants[node.output[0]] = Weight(array)
            return True
        known = [self._constants.get(name) for name in node.input if name]
        inputs = [item for item in known if item is not None]
        if not inputs or len(inputs) != len(known):
            return False
        found = fold(node.op_type, values, [item.values for item in inputs])
        if found is None:
            return False
        first = inputs[0]
        codes, scale = None, None
        if node.op_type == "Cast" and first.values.dtype == np.int8:
            codes = first.values
        elif node.op_type == "Mul" and first.codes is not None and first.scale is None:
            codes, scale = first.codes, inputs[1].values
            scale = scale.reshape((1,) * (codes.ndim - scale.ndim) + scale.shape)
        self._constants[node.output[0]] = Weight(found, codes, scale)
        return True

    # What rules work with

    def _value(self, name: str) -> Value:
        """A computed tensor, or a constant as one."""
        if name not in self._values:
            if name not in self._constants:
                raise refused(f"{name} is not computed by the graph")
            array = self._constants[name].values
            self._values[name] = Value(self._out.constant(name, array.astype(np.float32)), array.shape)
        return self._values[name]

    def _shape(self, name: str) -> tuple[int, ...]:
        shape = self._shapes.get(name)
        if shape is None or 0 in shape:
            raise refused(f"the shape of {name} is not known before the model runs")
        return shape

    def _nhwc(self, value: Value) -> Value:
        return value if value.nhwc or len(value.shape) != 4 else self._moved(value, _TO_NHWC, True)

    def _plain(self, value: Value) -> Value:
        return self._moved(value, _TO_NCHW, False) if value.nhwc else value

    def _moved(self, value: Value, order: Sequence[int], nhwc: bool) -> Value:
        """Axes in another order; where only one of those that move is larger than 1 the bytes stay where they are."""
        _, channels, height, width = value.shape
        stored = tuple(value.shape[i] for i in _TO_NHWC) if nhwc else value.shape
        number = self._out.tensor(f"layout_{value.number}", stored)
        if channels == 1 or height * width == 1:
            self._reshape(value.number, number, stored)
        else:
            axes = self._out.constant("axes", np.array(order, np.int32))
            self._out.operator("TRANSPOSE", [value.number, axes], [number], "TransposeOptions")
        return Value(number, value.shape, nhwc)

    def _reshape(self, source: int, target: int, shape: Sequence[int]) -> None:
        wanted = self._out.constant("shape", np.array(shape, np.int32))
        self._out.operator("RESHAPE", [source, wanted], [target], "ReshapeOptions", newShape=list(shape))

    def _result(self, node: NodeProto, *, nhwc: bool = False) -> tuple[int, int]:
        """The tensor a node writes and the activation it carries."""
        name = node.output[0]
        kind, known = self._fused.get(name, (NONE, name))
        shape = self._shape(name)
        nhwc = nhwc and len(shape) == 4
        stored = tuple(shape[i] for i in _TO_NHWC) if nhwc else shape
        value = Value(self._out.tensor(known, stored), shape, nhwc)
        self._values[known] = value
        return value.number, kind

    def _weight(self, name: str, weight: Weight) -> int:
        """A weight as a tensor: int8 with a DEQUANTIZE where it is stored so."""
        if weight.codes is not None and weight.scale is not None:
            wide = [axis for axis, size in enumerate(weight.scale.shape) if size > 1]
            if len(wide) <= 1:
                axis = wide[0] if wide else 0
                codes = self._out.constant(f"{name}_int8", weight.codes, scales=weight.scale.reshape(-1), axis=axis)
                number = self._out.tensor(name, weight.codes.shape)
                self._out.operator("DEQUANTIZE", [codes], [number], "DequantizeOptions")
                return number
        return self._out.constant(name, weight.values.astype(np.float32))

    def _constant(self, name: str) -> Weight:
        if name not in self._constants:
            raise refused(f"the weight {name} is computed while the model runs")
        return self._constants[name]

    def _bias(self, node: NodeProto, count: int) -> int:
        if len(node.input) > 2 and node.input[2]:
            values = self._constant(node.input[2]).values.astype(np.float32).reshape(-1)
            values = np.broadcast_to(values, (count,))
        else:
            values = np.zeros(count, np.float32)
        return self._out.constant(f"{node.name}_bias", values)

    def _padded(
        self, value: Value, kernel: Sequence[int], values: dict[str, Any], *, fill: float = 0.0
    ) -> tuple[Value, int]:
        """The input of a window operator and its padding: SAME where that means the same, else a PAD in front."""
        strides, dilations = values.get("strides", [1, 1]), values.get("dilations", [1, 1])
        pads = list(values.get("pads", [0, 0, 0, 0]))
        automatic = values.get("auto_pad", "NOTSET")
        same = []
        for axis in range(2):
            size, reach = value.shape[2 + axis], dilations[axis] * (kernel[axis] - 1) + 1
            total = max(0, (-(-size // strides[axis]) - 1) * strides[axis] + reach - size)
            same.append((total // 2, total - total // 2))
        if automatic == "SAME_UPPER" or (automatic == "NOTSET" and same == [(pads[0], pads[2]), (pads[1], pads[3])]):
            return value, SAME
        if automatic not in ("NOTSET", "VALID"):
            raise refused(f"auto_pad = {automatic}")
        if automatic == "VALID" or not any(pads):
            return value, VALID
        if fill:
            raise refused(f"pads of {pads} around a maximum or a mean")
        batch, channels, height, width = value.shape
        shape = (batch, channels, height + pads[0] + pads[2], width + pads[1] + pads[3])
        around = np.array([[0, 0], [pads[0], pads[2]], [pads[1], pads[3]], [0, 0]], np.int32)
        number = self._out.tensor(f"padded_{value.number}", [shape[i] for i in _TO_NHWC])
        self._out.operator("PAD", [value.number, self._out.constant("pads", around)], [number], "PadOptions")
        return Value(number, shape, True), VALID

    # Rules

    def conv(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Convolutions, plain and depth-wise."""
        value, weight = self._nhwc(self._value(node.input[0])), self._constant(node.input[1])
        if weight.values.ndim != 4:
            raise refused(f"a convolution over {weight.values.ndim - 2} axes")
        outputs, each, *kernel = weight.values.shape
        groups, channels = values.get("group", 1), value.shape[1]
        strides, dilations = values.get("strides", [1, 1]), values.get("dilations", [1, 1])
        value, padding = self._padded(value, kernel, values)
        number, kind = self._result(node, nhwc=True)
        settings = {
            "padding": padding,
            "strideH": strides[0],
            "strideW": strides[1],
            "dilationHFactor": dilations[0],
            "dilationWFactor": dilations[1],
            "fusedActivationFunction": kind,
        }
        if groups == 1:
            filters = self._weight(node.input[1], weight.transposed((0, 2, 3, 1)))
            inputs = [value.number, filters, self._bias(node, outputs)]
            self._out.operator("CONV_2D", inputs, [number], "Conv2DOptions", **settings)
        elif groups == channels and each == 1:
            filters = self._weight(node.input[1], weight.transposed((1, 2, 3, 0)))
            inputs = [value.number, filters, self._bias(node, outputs)]
            settings["depthMultiplier"] = outputs // channels
            self._out.operator("DEPTHWISE_CONV_2D", inputs, [number], "DepthwiseConv2DOptions", **settings)
        else:
            raise refused(f"a convolution of {groups} groups over {channels} channels")

    def dense(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Gemm, and MatMul with a constant on the right."""
        weight = self._constant(node.input[1])
        value = self._plain(self._value(node.input[0]))
        if weight.values.ndim != 2 or values.get("transA") or any(values.get(n, 1.0) != 1 for n in ("alpha", "beta")):
            raise refused(f"a {node.op_type} of this form")
        if not values.get("transB"):
            weight = weight.transposed((1, 0))
        number, kind = self._result(node)
        inputs = [value.number, self._weight(node.input[1], weight), self._bias(node, weight.values.shape[0])]
        keep = len(self._shape(node.output[0])) > 2
        options = {"fusedActivationFunction": kind, "keepNumDims": keep}
        self._out.operator("FULLY_CONNECTED", inputs, [number], "FullyConnectedOptions", **options)

    def binary(self, node: NodeProto, _: dict[str, Any]) -> None:
        """Add, Sub, Mul, Div with numpy's broadcasting."""
        shape = self._shape(node.output[0])
        computed = [self._values[name] for name in node.input if name in self._values]
        nhwc = len(shape) == 4 and any(value.nhwc for value in computed)
        inputs = []
        for name in node.input:
            if name in self._constants:
                array = self._constants[name].values.astype(np.float32)
                array = array.reshape((1,) * (len(shape) - array.ndim) + array.shape)
                inputs.append(self._out.constant(name, array.transpose(_TO_NHWC) if nhwc else array))
            else:
                value = self._value(name)
                if nhwc and len(value.shape) != 4:
                    raise refused(f"{node.op_type} of tensors of different rank")
                inputs.append((self._nhwc(value) if nhwc else self._plain(value)).number)
        number, kind = self._result(node, nhwc=nhwc)
        name = node.op_type
        self._out.operator(name.upper(), inputs, [number], f"{name}Options", fusedActivationFunction=kind)

    def unary(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Functions of each value alone."""
        kind = {RELU: "RELU", RELU6: "RELU6"}.get(self._activation(node) or NONE) or _UNARY.get(node.op_type)
        if kind is None:
            raise refused(f"a {node.op_type} between other limits than 0 and 6")
        value = self._value(node.input[0])
        number, _ = self._result(node, nhwc=value.nhwc)
        if node.op_type == "LeakyRelu":
            slope = float(values.get("alpha", 0.01))
            self._out.operator(kind, [value.number], [number], "LeakyReluOptions", alpha=slope)
        else:
            self._out.operator(kind, [value.number], [number])

    def softmax(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Over the last axis."""
        value = self._plain(self._value(node.input[0]))
        if values.get("axis", -1) not in (-1, len(value.shape) - 1):
            raise refused("a Softmax over another axis than the last")
        self._out.operator("SOFTMAX", [value.number], [self._result(node)[0]], "SoftmaxOptions", beta=1.0)

    def pool(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Maxima and means of windows."""
        value, kernel = self._nhwc(self._value(node.input[0])), values["kernel_shape"]
        if len(kernel) != 2 or values.get("ceil_mode") or any(item != 1 for item in values.get("dilations", [])):
            raise refused(f"a {node.op_type} of this form")
        if node.op_type == "AveragePool" and values.get("count_include_pad") and any(values.get("pads", [])):
            raise refused("a mean that counts its padding")
        value, padding = self._padded(value, kernel, values, fill=1.0)
        number, kind = self._result(node, nhwc=True)
        strides = values.get("strides", [1, 1])
        options = {
            "padding": padding,
            "strideH": strides[0],
            "strideW": strides[1],
            "filterHeight": kernel[0],
            "filterWidth": kernel[1],
            "fusedActivationFunction": kind,
        }
        name = "MAX_POOL_2D" if node.op_type == "MaxPool" else "AVERAGE_POOL_2D"
        self._out.operator(name, [value.number], [number], "Pool2DOptions", **options)

    def mean(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Means over the picture."""
        value = self._value(node.input[0])
        axes = values.get("axes")
        if len(node.input) > 1 and node.input[1]:
            axes = self._constant(node.input[1]).values.tolist()
        if node.op_type == "GlobalAveragePool":
            axes = [2, 3]
        keep = bool(values.get("keepdims", 1))
        if len(value.shape) != 4 or axes is None or sorted(axis % 4 for axis in axes) != [2, 3]:
            raise refused("a mean over other axes than height and width")
        value = self._nhwc(value)
        number, _ = self._result(node, nhwc=keep)
        inputs = [value.number, self._out.constant("picture", np.array([1, 2], np.int32))]
        self._out.operator("MEAN", inputs, [number], "ReducerOptions", keepDims=keep)

    def reshape(self, node: NodeProto, _: dict[str, Any]) -> None:
        """Flatten, Reshape, Squeeze, Unsqueeze: the order of the values in ONNX stays."""
        value = self._plain(self._value(node.input[0]))
        number, _kind = self._result(node)
        self._reshape(value.number, number, self._shape(node.output[0]))

    def concat(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Along any axis."""
        inputs = [self._value(name) for name in node.input]
        shape, axis = self._shape(node.output[0]), values["axis"]
        axis %= len(shape)
        nhwc = len(shape) == 4
        numbers = [(self._nhwc(value) if nhwc else value).number for value in inputs]
        number, _ = self._result(node, nhwc=nhwc)
        place = _TO_NHWC.index(axis) if nhwc else axis
        self._out.operator("CONCATENATION", numbers, [number], "ConcatenationOptions", axis=place)

    def scale_and_shift(self, node: NodeProto, values: dict[str, Any]) -> None:
        """A BatchNormalization that no convolution took up."""
        value = self._nhwc(self._value(node.input[0]))
        scale, shift, mean, variance = (self._constant(name).values.astype(np.float64) for name in node.input[1:5])
        factor = scale / np.sqrt(variance + values.get("epsilon", 1e-5))
        number, _ = self._result(node, nhwc=True)
        product = self._out.tensor(f"{node.name}_scaled", [value.shape[i] for i in _TO_NHWC])
        by = self._out.constant("factor", factor.astype(np.float32))
        self._out.operator("MUL", [value.number, by], [product], "MulOptions")
        added = self._out.constant("shift", (shift - mean * factor).astype(np.float32))
        self._out.operator("ADD", [product, added], [number], "AddOptions")

    def same(self, node: NodeProto, _: dict[str, Any]) -> None:
        """What does nothing at inference."""
        self._values[node.output[0]] = self._value(node.input[0])


_UNARY = {
    "Relu": "RELU",
    "Sigmoid": "LOGISTIC",
    "Tanh": "TANH",
    "HardSwish": "HARD_SWISH",
    "LeakyRelu": "LEAKY_RELU",
    "Exp": "EXP",
    "Sqrt": "SQRT",
    "Abs": "ABS",
    "Neg": "NEG",
}
_RULES: dict[str, Callable[[Conversion, NodeProto, dict[str, Any]], None]] = {
    "Conv": Conversion.conv,
    "Gemm": Conversion.dense,
    "MatMul": Conversion.dense,
    **dict.fromkeys(("Add", "Sub", "Mul", "Div"), Conversion.binary),
    **dict.fromkeys(("Clip", *_UNARY), Conversion.unary),
    "Softmax": Conversion.softmax,
    **dict.fromkeys(("MaxPool", "AveragePool"), Conversion.pool),
    **dict.fromkeys(("GlobalAveragePool", "ReduceMean"), Conversion.mean),
    **dict.fromkeys(("Flatten", "Reshape", "Squeeze", "Unsqueeze"), Conversion.reshape),
    "Concat": Conversion.concat,
    "BatchNormalization": Conversion.scale_and_shift,
    **dict.fromkeys(("Identity", "Dropout"), Conversion.same),
}


def refused(why: str) -> ModelError:
    """The error that says why a network cannot be written and what to do instead."""
    return ModelError(
        "no-tflite",
        f"this network cannot be written as TFLite: {why}",
        "keep ONNX for it, or convert the PyTorch module with the extra: pip install 'flyweight-studio[tflite]'",
    )
