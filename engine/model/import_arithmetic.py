"""Import rules for activations, element-wise operators and reductions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .import_layers import Consumers, Rule, global_average
from .module_builder import Builder, tensor_of, unsupported

if TYPE_CHECKING:
    from onnx import NodeProto
    from torch import nn

Make = Callable[[dict[str, Any]], "nn.Module"]


def _activation(make: Make) -> Rule:
    def rule(builder: Builder, node: NodeProto, _: Consumers) -> None:
        layer = make(builder.attributes(node))
        builder.set(node, builder.module(node, layer, builder.value(node, 0)))

    return rule


def _torch_nn() -> Any:
    import torch

    return torch.nn


def _clip(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    low, high = builder.option(node, "min", 1), builder.option(node, "max", 2)
    bounds = (float(low[0]) if low else None, float(high[0]) if high else None)
    if bounds == (0.0, 6.0):
        layer: nn.Module = torch.nn.ReLU6()
    elif bounds[0] == 0.0 and (bounds[1] is None or bounds[1] > 1e37):
        layer = torch.nn.ReLU()
    elif bounds[0] is not None and bounds[1] is not None and bounds[0] < bounds[1]:
        layer = torch.nn.Hardtanh(bounds[0], bounds[1])
    else:
        builder.set(node, builder.call(torch.clamp, builder.value(node, 0), min=bounds[0], max=bounds[1]))
        return
    builder.set(node, builder.module(node, layer, builder.value(node, 0)))


def _hard_sigmoid(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    alpha, beta = float(values.get("alpha", 0.2)), float(values.get("beta", 0.5))
    data = builder.value(node, 0)
    if abs(alpha - 1 / 6) < 1e-6 and abs(beta - 0.5) < 1e-6:
        builder.set(node, builder.module(node, torch.nn.Hardsigmoid(), data))
        return
    line = builder.call(operator.add, builder.call(operator.mul, data, alpha), beta)
    builder.set(node, builder.call(torch.clamp, line, min=0.0, max=1.0))


def _prelu(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    slope = builder.need_array(node, 1)
    aligned = [1] * (builder.rank(node, node.input[0]) - slope.ndim) + list(slope.shape)
    if slope.size > 1 and (len(aligned) < 2 or aligned[1] != slope.size):
        raise unsupported(node, "has a slope per position")
    layer = torch.nn.PReLU(slope.size)
    layer.weight = torch.nn.Parameter(tensor_of(slope.reshape(-1)))
    builder.set(node, builder.module(node, layer, builder.value(node, 0)))


def _softmax(builder: Builder, node: NodeProto, _: Consumers) -> None:
    rank = builder.rank(node, node.input[0])
    old = builder.facts.opset < 13
    axis = int(builder.attributes(node).get("axis", 1 if old else -1)) % rank
    if old and axis != rank - 1:
        raise unsupported(node, "normalises over several axes at once (opset below 13)")
    kind = _torch_nn().Softmax if node.op_type == "Softmax" else _torch_nn().LogSoftmax
    builder.set(node, builder.module(node, kind(dim=axis if axis != rank - 1 else -1), builder.value(node, 0)))


def _binary(function: Callable[[Any, Any], Any]) -> Rule:
    def rule(builder: Builder, node: NodeProto, _: Consumers) -> None:
        builder.set(node, builder.call(function, builder.operand(node, 0), builder.operand(node, 1)))

    return rule


def _divide(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    a, b = builder.operand(node, 0), builder.operand(node, 1)
    if "int" in builder.facts.dtypes.get(node.output[0], "float32"):
        builder.set(node, builder.call(torch.div, a, b, rounding_mode="trunc"))
    else:
        builder.set(node, builder.call(operator.truediv, a, b))


def _several(name: str) -> Rule:
    def rule(builder: Builder, node: NodeProto, _: Consumers) -> None:
        import torch

        result = builder.value(node, 0)
        for position in range(1, len(node.input)):
            result = builder.call(getattr(torch, name), result, builder.value(node, position))
        builder.set(node, result)

    return rule


def _function(name: str) -> Rule:
    def rule(builder: Builder, node: NodeProto, _: Consumers) -> None:
        import torch

        builder.set(node, builder.call(getattr(torch, name), builder.value(node, 0)))

    return rule


def _where(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    builder.set(node, builder.call(torch.where, *(builder.value(node, position) for position in range(3))))


def _cast(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    from .graph import dtype_name

    name = dtype_name(int(builder.attributes(node)["to"]))
    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype):
        raise unsupported(node, f"casts to {name}")
    data = builder.value(node, 0)
    if builder.facts.dtypes.get(node.input[0]) == name:
        builder.set(node, data)
    else:
        builder.set(node, builder.method("to", data, dtype))


def _reduce(name: str) -> Rule:
    def rule(builder: Builder, node: NodeProto, _: Consumers) -> None:
        import torch

        values = builder.attributes(node)
        rank = builder.rank(node, node.input[0])
        axes = builder.option(node, "axes", 1)
        if axes is None:
            axes = [] if values.get("noop_with_empty_axes") else list(range(rank))
        keep = bool(values.get("keepdims", 1))
        dims = sorted(int(axis) % rank for axis in axes)
        if not dims:
            builder.set(node, builder.value(node, 0))
        elif name == "mean" and dims == list(range(2, rank)):
            pooled = global_average(builder, node)
            builder.set(node, pooled if keep else builder.call(torch.flatten, pooled, 1))
        else:
            builder.set(node, builder.call(getattr(torch, name), builder.value(node, 0), dim=tuple(dims), keepdim=keep))

    return rule


RULES: dict[str, Rule] = {
    "Relu": _activation(lambda _: _torch_nn().ReLU()),
    "LeakyRelu": _activation(lambda v: _torch_nn().LeakyReLU(float(v.get("alpha", 0.01)))),
    "Sigmoid": _activation(lambda _: _torch_nn().Sigmoid()),
    "HardSwish": _activation(lambda _: _torch_nn().Hardswish()),
    "Tanh": _activation(lambda _: _torch_nn().Tanh()),
    "Elu": _activation(lambda v: _torch_nn().ELU(float(v.get("alpha", 1.0)))),
    "Selu": _activation(lambda _: _torch_nn().SELU()),
    "Celu": _activation(lambda v: _torch_nn().CELU(float(v.get("alpha", 1.0)))),
    "Softplus": _activation(lambda _: _torch_nn().Softplus()),
    "Softsign": _activation(lambda _: _torch_nn().Softsign()),
    "Mish": _activation(lambda _: _torch_nn().Mish()),
    "Gelu": _activation(lambda v: _torch_nn().GELU(approximate=v.get("approximate", "none"))),
    "HardSigmoid": _hard_sigmoid,
    "Clip": _clip,
    "PRelu": _prelu,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "Add": _binary(operator.add),
    "Sub": _binary(operator.sub),
    "Mul": _binary(operator.mul),
    "Pow": _binary(operator.pow),
    "Div": _divide,
    "Min": _several("minimum"),
    "Max": _several("maximum"),
    "Sum": _several("add"),
    "Greater": _binary(operator.gt),
    "Less": _binary(operator.lt),
    "GreaterOrEqual": _binary(operator.ge),
    "LessOrEqual": _binary(operator.le),
    "Equal": _binary(operator.eq),
    "And": _several("logical_and"),
    "Or": _several("logical_or"),
    "Not": _function("logical_not"),
    "Sqrt": _function("sqrt"),
    "Erf": _function("erf"),
    "Exp": _function("exp"),
    "Log": _function("log"),
    "Neg": _function("neg"),
    "Abs": _function("abs"),
    "Floor": _function("floor"),
    "Ceil": _function("ceil"),
    "Round": _function("round"),
    "Sin": _function("sin"),
    "Cos": _function("cos"),
    "Reciprocal": _function("reciprocal"),
    "Where": _where,
    "Cast": _cast,
    "ReduceMean": _reduce("mean"),
    "ReduceSum": _reduce("sum"),
    "ReduceMax": _reduce("amax"),
    "ReduceMin": _reduce("amin"),
}
