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

from .folding import attributes, tensor_array
from .noted_steps import Steps, noted_steps
from .tflite_conversion import Conversion, Rule, Value, Weight, refused, stored_shape
from .tflite_layers import dense
from .tflite_rules import RULES
from .tflite_shapes import concat

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_WEIGHTED = {"Conv", "Gemm", "MatMul"}
_VOLUME = 5
"""Axes of kernels over volumes, for which there are float kernels alone."""
_SAME_STEPS = {"MaxPool", "AveragePool", "GlobalMaxPool", "ReduceMax", "Flatten", "Reshape", "Squeeze", "Unsqueeze"}
_SAME_STEPS |= {"Transpose", "Slice", "Split", "Pad"}
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
    "PADV2": 2,
    "MIRROR_PAD": 2,
    "REDUCE_MAX": 2,
    "SPLIT": 2,
    "SPLIT_V": 2,
    "STRIDED_SLICE": 2,
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
        super().__init__(found.graph, {**RULES, **_RULES})
        self.constants |= found.weights
        self.steps = found.steps
        self.wants = False
        """Whether the operator that is being written computes in integers."""
        self._forms: dict[tuple[str, bool], Value] = {}
        self.of_number: dict[int, Steps] = {}
        self.integer_kinds: list[str] = []

    def operator(self, kind: str, inputs: Sequence[int], outputs: Sequence[int], **values: Any) -> None:
        """An operator, in the version that takes int8 where it writes int8."""
        version = _VERSIONS.get(kind, 1) if any(number in self.of_number for number in outputs) else 1
        super().operator(kind, inputs, outputs, **{"version": version, **values})

    def write(self, node: NodeProto) -> None:
        """One operator, in integers where everything it needs is held so."""
        self.wants = self._in_integers(node)
        if self.wants:
            self.integer_kinds.append(node.op_type)
        super().write(node)
        self.wants = False

    def _in_integers(self, node: NodeProto) -> bool:
        """Whether everything a node reads and writes is held in integers, in a form the kernels take."""
        results = [self.steps.get(self._fused.get(name, (0, name))[1]) for name in node.output]
        values = [name for name in node.input if name in self.values]
        if None in results or not values or any(name not in self.steps for name in values):
            return False
        if node.op_type in _WEIGHTED:
            weight = self.constants.get(node.input[1])
            if len(values) != 1 or weight is None or weight.codes is None or weight.values.ndim == _VOLUME:
                return False
            return _by_output(node, weight)
        if node.op_type in _SAME_STEPS:
            return set(results) == {self.steps[values[0]]} and _exact(node)
        return node.op_type in _FREE_STEPS and (len(values) == len(node.input) or node.op_type == "ReduceMean")

    def value(self, name: str) -> Value:
        """A computed tensor in the form the present operator wants."""
        value = super().value(name)
        steps = self.steps.get(name)
        if steps is None or name in self.constants or (value.number in self.of_number) == self.wants:
            return value
        key = (name, self.wants)
        if key not in self._forms:
            if self.wants:
                number = self.held(f"{name}_int8", value.stored, steps)
                self.operator("QUANTIZE", [value.number], [number], version=1)
            else:
                number = self.out.tensor(f"{name}_float", value.stored)
                self.operator("DEQUANTIZE", [value.number], [number], version=2)
            self._forms[key] = Value(number, value.shape, value.nhwc)
        return self._forms[key]

    def held(self, name: str, shape: Sequence[int], steps: Steps) -> int:
        """A tensor of int8."""
        number = self.out.tensor(name, shape, "int8", steps)
        self.of_number[number] = steps
        return number

    def like(self, source: int, name: str, shape: Sequence[int]) -> int:
        """A tensor with the steps of another one, where that holds integers."""
        steps = self.of_number.get(source)
        return super().like(source, name, shape) if steps is None else self.held(name, shape, steps)

    def lowest(self, number: int) -> int:
        """-128 in the steps of a tensor that holds integers."""
        steps = self.of_number.get(number)
        return (
            super().lowest(number)
            if steps is None
            else self.out.constant("lowest", np.full(1, -128, np.int8), steps=steps)
        )

    def result(self, node: NodeProto, *, nhwc: bool = False, place: int = 0) -> tuple[int, int]:
        """The tensor a node writes, with its steps where it computes in integers."""
        if not self.wants:
            return super().result(node, nhwc=nhwc, place=place)
        kind, known = self._fused.get(node.output[place], (0, node.output[place]))
        shape = self.shape(node.output[place])
        nhwc = nhwc and len(shape) in (3, 4)
        number = self.held(known, stored_shape(shape, nhwc), self.steps[known])
        self.values[known] = Value(number, shape, nhwc)
        return number, kind

    def weight(self, name: str, weight: Weight) -> int:
        """A weight, as it is stored where the layer computes in integers."""
        if not self.wants:
            return super().weight(name, weight)
        assert weight.codes is not None
        assert weight.scale is not None
        wide = [axis for axis, size in enumerate(weight.scale.shape) if size > 1]
        axis = wide[0] if wide else 0
        codes = np.maximum(weight.codes, -127)  # kernels for Arm rely on it
        return self.out.constant(f"{name}_int8", codes, scales=weight.scale.reshape(-1), axis=axis)

    def bias(self, node: NodeProto, count: int) -> int:
        """In steps of input times weight where the layer computes in integers."""
        if not self.wants:
            return super().bias(node, count)
        values = np.zeros(count)
        if len(node.input) > 2 and node.input[2]:
            values = np.broadcast_to(self.constant(node.input[2]).values.astype(np.float64).reshape(-1), (count,))
        scale = self.constant(node.input[1]).scale
        assert scale is not None
        scales = self.steps[node.input[0]][0] * scale.astype(np.float64).reshape(-1)
        codes = np.clip(np.rint(values / scales), -(2**31), 2**31 - 1).astype(np.int32)
        return self.out.constant(f"{node.name}_bias", codes, scales=scales, axis=0)


def _dense(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Linear layers: with a scale per output they become 1x1 convolutions."""
    assert isinstance(c, IntegerConversion)
    weight = c.constants.get(node.input[1])
    if not c.wants or weight is None or weight.scale is None or weight.scale.size == 1:
        return dense(c, node, values)
    value = c.plain(c.value(node.input[0]))
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
    number, kind = c.result(node)
    before = c.like(value.number, f"{node.name}_rows", (1, rows, 1, inputs))
    after = c.like(number, f"{node.name}_columns", (1, rows, 1, outputs))
    c.reshape(value.number, before, (1, rows, 1, inputs))
    given = [before, c.weight(node.input[1], filters), c.bias(node, outputs)]
    settings = {"padding": 1, "strideH": 1, "strideW": 1, "fusedActivationFunction": kind}
    c.operator("CONV_2D", given, [after], dilationHFactor=1, dilationWFactor=1, **settings)
    c.reshape(after, number, c.shape(node.output[0]))
    return None


def _concat(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Inputs of other steps than the result's are brought to them first, as the kernel asks."""
    assert isinstance(c, IntegerConversion)
    if not c.wants:
        concat(c, node, values)
        return
    before = dict(c.values)
    steps = c.steps[node.output[0]]
    for name in set(node.input):
        value = c.value(name)
        if c.of_number[value.number] != steps:
            number = c.held(f"{name}_as_{node.output[0]}", value.stored, steps)
            c.operator("QUANTIZE", [value.number], [number], version=2)
            c.values[name] = Value(number, value.shape, value.nhwc)
    concat(c, node, values)
    c.values = {**before, node.output[0]: c.values[node.output[0]]}


def _exact(node: NodeProto) -> bool:
    """Whether a node has a rule that computes nothing but what an integer kernel does."""
    values = attributes(node)
    if node.op_type == "AveragePool":
        return not values.get("ceil_mode") and not any(values.get("pads", [])) and "auto_pad" not in values
    if node.op_type == "Pad":  # around the zero point, or mirrored
        return values.get("mode", "constant") == "reflect" or len(node.input) < 3
    return True


_RULES: dict[str, Rule] = {"Gemm": _dense, "MatMul": _dense, "Concat": _concat}


def _by_output(node: NodeProto, weight: Weight) -> bool:
    """Whether the scales of a weight belong to its outputs, or there is one for all; groups that mix channels do not."""
    if weight.scale is None or (attributes(node).get("group", 1) > 1 and weight.values.shape[1] > 1):
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
        made = {name for node in kept for name in node.output}
        self.steps |= {name: steps for name, steps in noted_steps(model).items() if name in made - self.steps.keys()}
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
