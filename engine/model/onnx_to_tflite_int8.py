"""QDQ graphs to TFLite files that run on integer kernels.

``DequantizeLinear(QuantizeLinear(x))`` says that ``x`` is held in integers. The pairs are taken out of the graph and every
such value becomes an int8 tensor with its scale and zero point (uint8 codes move down by 128); an operator whose inputs,
weights and result are all held so becomes an integer operator, any other computes in float between a DEQUANTIZE and a
QUANTIZE. tflite-runtime up to 2.14 computes linear layers with a scale per channel wrongly and without a word, so those are
written as 1x1 convolutions, which every version computes rightly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .folding import tensor_array
from .onnx_to_tflite import Conversion, Value, Weight, refused

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Steps = tuple[float, int]
"""Scale and int8 zero point."""

_WEIGHTED = {"Conv", "Gemm", "MatMul"}
_SAME_STEPS = {"MaxPool", "AveragePool", "Flatten", "Reshape", "Squeeze", "Unsqueeze"}
_FREE_STEPS = {"Add", "Sub", "Mul", "GlobalAveragePool", "ReduceMean", "HardSwish", "LeakyRelu", "Relu", "Concat"}
_VERSIONS = {
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 3,
    "FULLY_CONNECTED": 4,
    "ADD": 2,
    "SUB": 2,
    "MUL": 2,
    "MEAN": 2,
    "CONCATENATION": 2,
    "MAX_POOL_2D": 2,
    "AVERAGE_POOL_2D": 2,
    "PAD": 2,
    "TRANSPOSE": 2,
    "LEAKY_RELU": 2,
    "RELU": 2,
}
"""Versions of the operators that take int8."""


def integer_layers(model: ModelProto) -> list[str]:
    """Kinds of the operators that run on integers in the TFLite file of a graph, once for each layer."""
    conversion = IntegerConversion(model)
    conversion.run()
    return conversion.integer_kinds


class IntegerConversion(Conversion):
    """A conversion that knows which values are held in integers."""

    def __init__(self, model: ModelProto) -> None:
        found = _Held(model)
        super().__init__(found.graph)
        self._constants |= found.weights
        self._steps = found.steps
        self._wants = False
        self._forms: dict[tuple[str, bool], Value] = {}
        self._of_number: dict[int, Steps] = {}
        self.integer_kinds: list[str] = []
        plain = self._out.operator

        def operator(kind: str, *arguments: Any, **values: Any) -> None:
            version = _VERSIONS.get(kind, 1) if self._wants else 1
            plain(kind, *arguments, **{"version": version, **values})

        self._out.operator = operator  # type: ignore[method-assign]

    def _node(self, node: NodeProto) -> None:
        self._wants = self._in_integers(node)
        if self._wants:
            self.integer_kinds.append(node.op_type)
        super()._node(node)
        self._wants = False

    def _in_integers(self, node: NodeProto) -> bool:
        """Whether everything a node reads and writes is held in integers, in a form the kernels take."""
        _, known = self._fused.get(node.output[0], (0, node.output[0]))
        result = self._steps.get(known)
        values = [name for name in node.input if name in self._values]
        if result is None or not values or any(name not in self._steps for name in values):
            return False
        if node.op_type in _WEIGHTED:
            weight = self._constants.get(node.input[1])
            return len(values) == 1 and weight is not None and weight.codes is not None and _by_output(node, weight)
        if node.op_type in _SAME_STEPS:
            return self._steps[values[0]] == result
        return node.op_type in _FREE_STEPS and (len(values) == len(node.input) or node.op_type == "ReduceMean")

    def _value(self, name: str) -> Value:
        """A computed tensor in the form the present operator wants."""
        value = super()._value(name)
        steps = self._steps.get(name)
        if steps is None or name in self._constants or (value.number in self._of_number) == self._wants:
            return value
        key = (name, self._wants)
        if key not in self._forms:
            stored = tuple(value.shape[i] for i in (0, 2, 3, 1)) if value.nhwc else value.shape
            if self._wants:
                number = self._held(f"{name}_int8", stored, steps)
                self._out.operator("QUANTIZE", [value.number], [number], "QuantizeOptions", version=1)
            else:
                number = self._out.tensor(f"{name}_float", stored)
                self._out.operator("DEQUANTIZE", [value.number], [number], "DequantizeOptions", version=2)
            self._forms[key] = Value(number, value.shape, value.nhwc)
        return self._forms[key]

    def _held(self, name: str, shape: Sequence[int], steps: Steps) -> int:
        number = self._out.tensor(name, shape, "int8", steps)
        self._of_number[number] = steps
        return number

    def _result(self, node: NodeProto, *, nhwc: bool = False) -> tuple[int, int]:
        if not self._wants:
            return super()._result(node, nhwc=nhwc)
        kind, known = self._fused.get(node.output[0], (0, node.output[0]))
        shape = self._shape(node.output[0])
        nhwc = nhwc and len(shape) == 4
        number = self._held(known, tuple(shape[i] for i in (0, 2, 3, 1)) if nhwc else shape, self._steps[known])
        self._values[known] = Value(number, shape, nhwc)
        return number, kind

    def _moved(self, value: Value, order: Sequence[int], nhwc: bool) -> Value:
        return self._keeping(value, lambda: super(IntegerConversion, self)._moved(value, order, nhwc))

    def _padded(
        self, value: Value, kernel: Sequence[int], values: dict[str, Any], *, fill: float = 0.0
    ) -> tuple[Value, int]:
        padding: list[int] = []

        def padded() -> Value:
            made, how = super(IntegerConversion, self)._padded(value, kernel, values, fill=fill)
            padding.append(how)
            return made

        return self._keeping(value, padded), padding[0]

    def _keeping(self, value: Value, make: Any) -> Value:
        """The tensors that ``make`` adds hold integers with the steps of the value they come from."""
        kept = self._of_number.get(value.number)
        if kept is None:
            result: Value = make()
            return result
        plain = self._out.tensor

        def tensor(name: str, shape: Sequence[int], dtype: str = "float32", steps: Steps | None = None) -> int:
            if dtype != "float32":
                return plain(name, shape, dtype, steps)
            number = plain(name, shape, "int8", kept)
            self._of_number[number] = kept
            return number

        self._out.tensor = tensor  # type: ignore[method-assign]
        wanted, self._wants = self._wants, True
        try:
            moved: Value = make()
        finally:
            self._out.tensor = plain  # type: ignore[method-assign]
            self._wants = wanted
        return moved

    def _weight(self, name: str, weight: Weight) -> int:
        if not self._wants:
            return super()._weight(name, weight)
        assert weight.codes is not None
        assert weight.scale is not None
        wide = [axis for axis, size in enumerate(weight.scale.shape) if size > 1]
        axis = wide[0] if wide else 0
        codes = np.maximum(weight.codes, -127)  # kernels for Arm rely on it
        return self._out.constant(f"{name}_int8", codes, scales=weight.scale.reshape(-1), axis=axis)

    def _bias(self, node: NodeProto, count: int) -> int:
        if not self._wants:
            return super()._bias(node, count)
        values = np.zeros(count)
        if len(node.input) > 2 and node.input[2]:
            values = np.broadcast_to(self._constant(node.input[2]).values.astype(np.float64).reshape(-1), (count,))
        scale = self._constant(node.input[1]).scale
        assert scale is not None
        scales = self._steps[node.input[0]][0] * scale.astype(np.float64).reshape(-1)
        codes = np.clip(np.rint(values / scales), -(2**31), 2**31 - 1).astype(np.int32)
        return self._out.constant(f"{node.name}_bias", codes, scales=scales, axis=0)

    def dense(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Linear layers: with a scale per output they become 1x1 convolutions."""
        weight = self._constant(node.input[1])
        if not self._wants or weight.scale is None or weight.scale.size == 1:
            return super().dense(node, values)
        value = self._plain(self._value(node.input[0]))
        if weight.values.ndim != 2 or values.get("transA") or any(values.get(n, 1.0) != 1 for n in ("alpha", "beta")):
            raise refused(f"a {node.op_type} of this form")
        if not values.get("transB"):
            weight = weight.transposed((1, 0))
        outputs, inputs = weight.values.shape
        rows = int(np.prod(value.shape[:-1]))
        assert weight.codes is not None
        assert weight.scale is not None
        filters = Weight(
            weight.values.reshape(outputs, 1, 1, inputs),
            weight.codes.reshape(outputs, 1, 1, inputs),
            weight.scale.reshape(-1, 1, 1, 1),
        )
        number, kind = self._result(node)
        before = self._held(f"{node.name}_rows", (1, rows, 1, inputs), self._steps[node.input[0]])
        after = self._held(f"{node.name}_columns", (1, rows, 1, outputs), self._of_number[number])
        self._reshape(value.number, before, (1, rows, 1, inputs))
        given = [before, self._weight(node.input[1], filters), self._bias(node, outputs)]
        settings = {"padding": 1, "strideH": 1, "strideW": 1, "fusedActivationFunction": kind}
        self._out.operator("CONV_2D", given, [after], "Conv2DOptions", dilationHFactor=1, dilationWFactor=1, **settings)
        self._reshape(after, number, self._shape(node.output[0]))
        return None

    def concat(self, node: NodeProto, values: dict[str, Any]) -> None:
        """Inputs of other steps than the result's are brought to them first, as the kernel asks."""
        if self._wants:
            before = dict(self._values)
            steps = self._steps[node.output[0]]
            for name in set(node.input):
                value = self._value(name)
                if self._of_number[value.number] != steps:
                    stored = tuple(value.shape[i] for i in (0, 2, 3, 1)) if value.nhwc else value.shape
                    number = self._held(f"{name}_as_{node.output[0]}", stored, steps)
                    self._out.operator("QUANTIZE", [value.number], [number], "QuantizeOptions", version=2)
                    self._values[name] = Value(number, value.shape, value.nhwc)
            super().concat(node, values)
            self._values = {**before, node.output[0]: self._values[node.output[0]]}
            return
        super().concat(node, values)


def _by_output(node: NodeProto, weight: Weight) -> bool:
    """Whether the scales of a weight belong to its outputs, or there is one for all."""
    if weight.scale is None:
        return False
    wide = [axis for axis, size in enumerate(weight.scale.shape) if size > 1]
    outputs = 0
    if node.op_type == "MatMul" or (
        node.op_type == "Gemm" and not any(item.name == "transB" and item.i for item in node.attribute)
    ):
        outputs = 1
    return wide in ([], [outputs])


class _Held:
    """A QDQ graph without its pairs, and what they said.

    Attributes:
        graph: the same network in float.
        steps: value -> how it is held in integers.
        weights: constants that are stored as int8.
    """

    def __init__(self, model: ModelProto) -> None:
        import onnx

        self.graph: ModelProto = onnx.ModelProto()
        self.graph.CopyFrom(model)
        graph = self.graph.graph
        self.steps: dict[str, Steps] = {}
        self.weights: dict[str, Weight] = {}
        self._stored = {item.name: tensor_array(item) for item in graph.initializer}
        renamed: dict[str, str] = {}
        quantized: dict[str, str] = {}
        kept = []
        for node in graph.node:
            if node.op_type == "QuantizeLinear":
                source = renamed.get(node.input[0], node.input[0])
                if self.steps.setdefault(source, self._of(node)) != self._of(node):
                    raise refused(f"{source} is quantized in two ways")
                quantized[node.output[0]] = source
            elif node.op_type == "DequantizeLinear" and node.input[0] in quantized:
                renamed[node.output[0]] = quantized[node.input[0]]
            elif node.op_type == "DequantizeLinear":
                self._constant(node)
            else:
                for place, name in enumerate(node.input):
                    node.input[place] = renamed.get(name, name)
                kept.append(node)
        self._keep_output_names(kept, renamed)
        used = {name for node in kept for name in node.input}
        tensors = [item for item in graph.initializer if item.name in used]
        tensors += [onnx.numpy_helper.from_array(item.values, name) for name, item in self.weights.items()]
        kept = [_copied(node) for node in kept]
        tensors = [_copied(item) for item in tensors]
        del graph.node[:], graph.initializer[:]
        graph.node.extend(kept)
        graph.initializer.extend(tensors)

    def _of(self, node: NodeProto) -> Steps:
        scale, zero = self._stored[node.input[1]], np.zeros(1, np.uint8)
        if len(node.input) > 2 and node.input[2]:
            zero = self._stored[node.input[2]]
        if scale.size != 1 or zero.dtype not in (np.uint8, np.int8):
            raise refused(f"activations of {zero.dtype} with {scale.size} scales")
        return float(scale.reshape(-1)[0]), int(zero.reshape(-1)[0]) - (128 if zero.dtype == np.uint8 else 0)

    def _constant(self, node: NodeProto) -> None:
        """A weight or bias: its float values, and its codes where they are int8 around zero."""
        if node.input[0] not in self._stored:
            raise refused(f"{node.input[0]} is dequantized and never quantized")
        codes, scale = self._stored[node.input[0]], self._stored[node.input[1]].astype(np.float32)
        zero = self._stored[node.input[2]] if len(node.input) > 2 and node.input[2] else np.zeros(1, codes.dtype)
        axis = next((item.i for item in node.attribute if item.name == "axis"), 1)
        shape = [1] * codes.ndim
        if scale.size > 1:
            shape[axis] = scale.size
        elif codes.ndim == 0:
            shape = []
        scale = scale.reshape(shape)
        zeros = zero.astype(np.int64).reshape(shape if zero.size == scale.size else [1] * codes.ndim)
        values = ((codes.astype(np.int64) - zeros) * scale.astype(np.float64)).astype(np.float32)
        plain = codes.dtype == np.int8 and not zero.any()
        self.weights[node.output[0]] = Weight(values, codes if plain else None, scale if plain else None)

    def _keep_output_names(self, nodes: Sequence[NodeProto], renamed: dict[str, str]) -> None:
        """Results that came out of a pair are computed under their own names now."""
        for item in self.graph.graph.output:
            source = renamed.get(item.name)
            if source is None:
                continue
            if source in {other.name for other in self.graph.graph.input} or (
                source in renamed.values()
                and any(
                    other.name != item.name and renamed.get(other.name) == source for other in self.graph.graph.output
                )
            ):
                raise refused(f"the output {item.name} is an input or another output")
            for node in nodes:
                for names in (node.input, node.output):
                    for place, name in enumerate(names):
                        if name == source:
                            names[place] = item.name
            self.steps[item.name] = self.steps.pop(source)


def _copied(item: Any) -> Any:
    made = type(item)()
    made.CopyFrom(item)
    return made
