"""TFLite rules for functions of values: arithmetic, activations, softmax."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .tflite_conversion import RELU, RELU6, Conversion, Rule, Value

if TYPE_CHECKING:
    from onnx import NodeProto

Compose = Callable[["Function", int, dict[str, Any]], int]

_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_ERF_P = 0.3275911
"""erf to 1.5e-7 (Abramowitz and Stegun, 1964, 7.1.26): TFLite has no operator for it."""


class Function:
    """Writes a function of one tensor step by step; every step keeps the shape."""

    def __init__(self, conversion: Conversion, shape: tuple[int, ...]) -> None:
        self._c, self._shape = conversion, shape

    def of(self, kind: str, first: int, second: int | float | None = None, **values: Any) -> int:
        """One operator; a float as the second operand is a constant."""
        inputs = [first]
        if second is not None:
            inputs.append(self._c.scalar(second) if isinstance(second, float) else second)
        return self._c.step(kind, inputs, self._shape, **values)

    def inverse(self, x: int) -> int:
        """``1 / x``."""
        return self.of("DIV", self._c.scalar(1.0), x)

    def bounded_exp(self, x: int, alpha: float) -> int:
        """``alpha (exp(min(x, 0)) - 1)``: the left branch of exponential units."""
        bell = self.of("EXP", self.of("MINIMUM", x, 0.0))
        return self.of("MUL", self.of("SUB", bell, 1.0), float(alpha))


def _elu(f: Function, x: int, values: dict[str, Any]) -> int:
    alpha = float(values.get("alpha", 1.0))
    return f.of("ELU", x) if alpha == 1 else f.of("ADD", f.of("RELU", x), f.bounded_exp(x, alpha))


def _selu(f: Function, x: int, values: dict[str, Any]) -> int:
    alpha, gamma = values.get("alpha", 1.67326319217681884765625), values.get("gamma", 1.05070102214813232421875)
    return f.of("MUL", f.of("ADD", f.of("RELU", x), f.bounded_exp(x, alpha)), float(gamma))


def _celu(f: Function, x: int, values: dict[str, Any]) -> int:
    alpha = float(values.get("alpha", 1.0))
    return f.of("ADD", f.of("RELU", x), f.bounded_exp(f.of("MUL", x, 1 / alpha), alpha))


def _softplus(f: Function, x: int, _: dict[str, Any]) -> int:
    """``max(x, 0) + log(1 + exp(-abs(x)))``, which overflows nowhere."""
    bell = f.of("EXP", f.of("NEG", f.of("ABS", x)))
    return f.of("ADD", f.of("RELU", x), f.of("LOG", f.of("ADD", bell, 1.0)))


def _softsign(f: Function, x: int, _: dict[str, Any]) -> int:
    return f.of("DIV", x, f.of("ADD", f.of("ABS", x), 1.0))


def _mish(f: Function, x: int, values: dict[str, Any]) -> int:
    return f.of("MUL", x, f.of("TANH", _softplus(f, x, values)))


def _hard_sigmoid(f: Function, x: int, values: dict[str, Any]) -> int:
    """``min(max(alpha x + beta, 0), 1)`` as a sixth of a ReLU6."""
    alpha, beta = float(values.get("alpha", 0.2)), float(values.get("beta", 0.5))
    scaled = x if math.isclose(6 * alpha, 1, rel_tol=1e-6) else f.of("MUL", x, 6 * alpha)
    return f.of("MUL", f.of("ADD", scaled, 6 * beta, fusedActivationFunction=RELU6), 1 / 6)


def _erf(f: Function, x: int, _: dict[str, Any]) -> int:
    t = f.inverse(f.of("ADD", f.of("MUL", f.of("ABS", x), _ERF_P), 1.0))
    total = f.of("MUL", t, _ERF[-1])
    for factor in _ERF[-2::-1]:
        total = f.of("MUL", f.of("ADD", total, factor), t)
    bell = f.of("EXP", f.of("NEG", f.of("MUL", x, x)))
    right = f.of("ADD", f.of("NEG", f.of("MUL", total, bell)), 1.0)
    sign = f.of("RELU_N1_TO_1", f.of("MUL", x, 1e20))
    return f.of("MUL", sign, right)


def _gelu(f: Function, x: int, values: dict[str, Any]) -> int:
    return f.of("GELU", x, approximate=values.get("approximate", "none") == "tanh")


def _reciprocal(f: Function, x: int, _: dict[str, Any]) -> int:
    return f.inverse(x)


def composed(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Functions of each value alone that take several operators."""
    value = c.value(node.input[0])
    made = _COMPOSED[node.op_type](Function(c, value.stored), value.number, values)
    c.values[node.output[0]] = Value(made, value.shape, value.nhwc)


def unary(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Functions of each value alone that are one operator."""
    value = c.value(node.input[0])
    number, _ = c.result(node, nhwc=value.nhwc)
    settings: dict[str, Any] = {"alpha": float(values.get("alpha", 0.01))} if node.op_type == "LeakyRelu" else {}
    c.operator(_UNARY[node.op_type], [value.number], [number], **settings)


def clip(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """RELU and RELU6 where the limits are theirs, else the larger and the smaller of two."""
    value, kind = c.value(node.input[0]), c.activation(node)
    if kind is not None:
        number, _none = c.result(node, nhwc=value.nhwc)
        c.operator("RELU" if kind == RELU else "RELU6", [value.number], [number])
        return
    number = value.number
    for operator, limit in zip(("MAXIMUM", "MINIMUM"), c.limits(node), strict=True):
        if limit is not None:
            number = c.step(operator, [number, c.scalar(limit)], value.stored)
    c.values[node.output[0]] = Value(number, value.shape, value.nhwc)


def binary(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """Add, Sub, Mul, Div and their like with numpy's broadcasting."""
    nhwc, inputs = together(c, node, list(node.input))
    number, kind = c.result(node, nhwc=nhwc)
    settings: dict[str, Any] = {"fusedActivationFunction": kind} if node.op_type in ("Add", "Sub", "Mul", "Div") else {}
    c.operator(_BINARY[node.op_type], inputs, [number], **settings)


def several(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """Sum, Min, Max of any number of tensors, one after the other."""
    nhwc, inputs = together(c, node, list(node.input))
    shape = Value(-1, c.shape(node.output[0]), nhwc).stored
    number = inputs[0]
    for other in inputs[1:]:
        number = c.step({"Sum": "ADD", "Min": "MINIMUM", "Max": "MAXIMUM"}[node.op_type], [number, other], shape)
    c.values[node.output[0]] = Value(number, c.shape(node.output[0]), nhwc)


def power(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Squares, cubes and roots by themselves, else POW."""
    exponent = c.constants.get(node.input[1])
    value = c.value(node.input[0])
    f = Function(c, value.stored)
    if exponent is None or exponent.values.size != 1 or float(exponent.values.reshape(-1)[0]) not in (0.5, 2, 3):
        binary(c, node, values)
        return
    wanted = float(exponent.values.reshape(-1)[0])
    made = f.of("SQRT", value.number) if wanted == 0.5 else f.of("MUL", value.number, value.number)
    made = f.of("MUL", made, value.number) if wanted == 3 else made
    c.values[node.output[0]] = Value(made, value.shape, value.nhwc)


def together(c: Conversion, node: NodeProto, names: list[str]) -> tuple[bool, list[int]]:
    """Operands in one layout, of the rank of the result where they are constants; whether their channels are last."""
    shape = c.shape(node.output[0])
    computed = [c.value(name) for name in names if name not in c.constants]
    nhwc = any(value.nhwc for value in computed)
    inputs = []
    for name in names:
        if name in c.constants:
            inputs.append(c.out.constant(name, _fitting(c.constants[name].values, len(shape), nhwc=nhwc)))
            continue
        value = c.value(name)
        if nhwc and len(value.shape) != len(shape):
            value = _raised(c, c.plain(value), len(shape))
        inputs.append((c.nhwc(value) if nhwc else c.plain(value)).number)
    return nhwc, inputs


def _fitting(array: np.ndarray, rank: int, *, nhwc: bool) -> np.ndarray:
    if array.dtype.kind == "f":
        array = array.astype(np.float32)
    array = array.reshape((1,) * (rank - array.ndim) + array.shape)
    if not nhwc:
        return array
    return np.moveaxis(array[:, :, None] if rank == 3 else array, 1, -1)


def compared(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """Comparisons and what joins truths."""
    nhwc, inputs = together(c, node, list(node.input))
    number, _none = c.result(node, nhwc=nhwc)
    c.operator(_TRUTHS[node.op_type], inputs, [number])


def where(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """One of two values at each place."""
    nhwc, inputs = together(c, node, list(node.input))
    number, _none = c.result(node, nhwc=nhwc)
    c.operator("SELECT_V2", inputs, [number])


def _raised(c: Conversion, value: Value, rank: int) -> Value:
    """With axes of 1 in front."""
    shape = (1,) * (rank - len(value.shape)) + value.shape
    number = c.like(value.number, f"raised_{value.number}", shape)
    c.reshape(value.number, number, shape)
    return Value(number, shape)


def softmax(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Softmax and LogSoftmax; TFLite's are over the last axis."""
    value = c.value(node.input[0])
    rank = len(value.shape)
    axis = values.get("axis", -1) % rank
    kind = "SOFTMAX" if node.op_type == "Softmax" else "LOG_SOFTMAX"
    settings: dict[str, Any] = {"beta": 1.0} if kind == "SOFTMAX" else {}
    if value.nhwc and axis == 1:
        c.last(kind, [value.number], node, nhwc=True, **settings)
        return
    value = c.plain(value)
    if axis == rank - 1:
        c.last(kind, [value.number], node, **settings)
        return
    order = [*(item for item in range(rank) if item != axis), axis]
    turned = c.step("TRANSPOSE", [value.number, c.whole(*order)], [value.shape[item] for item in order])
    made = c.step(kind, [turned], [value.shape[item] for item in order], **settings)
    c.last("TRANSPOSE", [made, c.whole(*np.argsort(order).tolist())], node)


def scale_by_slope(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """PRelu: a slope for each channel."""
    value, slope = c.value(node.input[0]), c.constant(node.input[1]).values.astype(np.float32)
    slope = slope.reshape((1,) * (len(value.shape) - slope.ndim) + slope.shape)
    f = Function(c, value.stored)
    factor = c.out.constant("slope", _fitting(slope, len(value.shape), nhwc=value.nhwc))
    below = f.of("MUL", f.of("MINIMUM", value.number, 0.0), factor)
    made = f.of("ADD", f.of("RELU", value.number), below)
    c.values[node.output[0]] = Value(made, value.shape, value.nhwc)


def cast(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """Numbers of another type."""
    value = c.value(node.input[0])
    if c.kind(node.input[0]) == c.kind(node.output[0]):
        c.values[node.output[0]] = value
        return
    number, _none = c.result(node, nhwc=value.nhwc)
    c.operator("CAST", [value.number], [number])


def same(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """What does nothing at inference."""
    c.values[node.output[0]] = c.value(node.input[0])


_COMPOSED: dict[str, Compose] = {
    "Elu": _elu,
    "Selu": _selu,
    "Celu": _celu,
    "Softplus": _softplus,
    "Softsign": _softsign,
    "Mish": _mish,
    "HardSigmoid": _hard_sigmoid,
    "Erf": _erf,
    "Gelu": _gelu,
    "Reciprocal": _reciprocal,
}
_UNARY = {
    "Relu": "RELU",
    "Sigmoid": "LOGISTIC",
    "Tanh": "TANH",
    "HardSwish": "HARD_SWISH",
    "LeakyRelu": "LEAKY_RELU",
    "Exp": "EXP",
    "Log": "LOG",
    "Sqrt": "SQRT",
    "Abs": "ABS",
    "Neg": "NEG",
    "Floor": "FLOOR",
    "Ceil": "CEIL",
    "Round": "ROUND",
    "Sin": "SIN",
    "Cos": "COS",
    "Sign": "SIGN",
}
_BINARY = {"Add": "ADD", "Sub": "SUB", "Mul": "MUL", "Div": "DIV", "Pow": "POW"}
_TRUTHS = {
    "Equal": "EQUAL",
    "Greater": "GREATER",
    "GreaterOrEqual": "GREATER_EQUAL",
    "Less": "LESS",
    "LessOrEqual": "LESS_EQUAL",
    "And": "LOGICAL_AND",
    "Or": "LOGICAL_OR",
    "Not": "LOGICAL_NOT",
    "Xor": "NOT_EQUAL",
}
RULES: dict[str, Rule] = {
    **dict.fromkeys(_COMPOSED, composed),
    **dict.fromkeys(_UNARY, unary),
    **dict.fromkeys(("Add", "Sub", "Mul", "Div"), binary),
    **dict.fromkeys(("Sum", "Min", "Max"), several),
    "Pow": power,
    "Clip": clip,
    **dict.fromkeys(("Softmax", "LogSoftmax"), softmax),
    "PRelu": scale_by_slope,
    "Cast": cast,
    **dict.fromkeys(_TRUTHS, compared),
    "Where": where,
    **dict.fromkeys(("Identity", "Dropout"), same),
}
