"""Import rules for operators with weights, and for pooling and normalisation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .module_builder import Builder, layer_name, readable_name, symmetric, tensor_of, torch_pads, unsupported

if TYPE_CHECKING:
    from onnx import NodeProto
    from torch import fx, nn

Consumers = dict[str, list["NodeProto"]]
Rule = Callable[[Builder, "NodeProto", Consumers], None]


def _conv(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    weight = builder.need_array(node, 1)
    bias = builder.need_array(node, 2) if len(node.input) > 2 and node.input[2] else None
    values = builder.attributes(node)
    axes = weight.ndim - 2
    if not 1 <= axes <= 3:
        raise unsupported(node, f"has {axes} spatial axes")
    strides, dilations = _per_axis(values, "strides", axes), _per_axis(values, "dilations", axes)
    kernel = list(weight.shape[2:])
    pads = _pads(builder, node, values, kernel, strides, dilations)
    groups = int(values.get("group", 1))
    data, padding = _padded(builder, node, builder.value(node, 0), pads, 0.0)
    kind: Any = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)[axes - 1]
    layer = kind(
        weight.shape[1] * groups,
        weight.shape[0],
        kernel,
        stride=strides,
        padding=padding,
        dilation=dilations,
        groups=groups,
        bias=bias is not None,
    )
    _fill(layer, weight, bias)
    builder.set(node, builder.module(node, layer, data, name=layer_name(node)))


def _conv_transpose(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    weight = builder.need_array(node, 1)
    bias = builder.need_array(node, 2) if len(node.input) > 2 and node.input[2] else None
    values = builder.attributes(node)
    axes = weight.ndim - 2
    if not 1 <= axes <= 3:
        raise unsupported(node, f"has {axes} spatial axes")
    if "output_shape" in values or values.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise unsupported(node, "pads by output shape")
    padding = symmetric(values.get("pads", [0] * 2 * axes))
    if padding is None:
        raise unsupported(node, "pads begin and end differently")
    groups = int(values.get("group", 1))
    kind: Any = (torch.nn.ConvTranspose1d, torch.nn.ConvTranspose2d, torch.nn.ConvTranspose3d)[axes - 1]
    layer = kind(
        weight.shape[0],
        weight.shape[1] * groups,
        list(weight.shape[2:]),
        stride=_per_axis(values, "strides", axes),
        padding=padding,
        output_padding=_per_axis(values, "output_padding", axes, 0),
        groups=groups,
        bias=bias is not None,
        dilation=_per_axis(values, "dilations", axes),
    )
    _fill(layer, weight, bias)
    builder.set(node, builder.module(node, layer, builder.value(node, 0), name=layer_name(node)))


def _gemm(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    alpha, beta = float(values.get("alpha", 1.0)), float(values.get("beta", 1.0))
    weight = builder.array(node.input[1])
    bias = builder.array(node.input[2]) if len(node.input) > 2 and node.input[2] else None
    has_bias = len(node.input) > 2 and bool(node.input[2])
    if weight is None or values.get("transA") or (has_bias and (bias is None or bias.ndim > 1)):
        a = builder.method("t", builder.value(node, 0)) if values.get("transA") else builder.value(node, 0)
        b = builder.method("t", builder.value(node, 1)) if values.get("transB") else builder.value(node, 1)
        result = builder.call(torch.matmul, a, b)
        result = result if alpha == 1 else builder.call(torch.mul, result, alpha)
        if has_bias:
            result = builder.call(torch.add, result, builder.value(node, 2), alpha=beta)
        builder.set(node, result)
        return
    weight = alpha * (weight if values.get("transB") else weight.T)
    if bias is not None:
        bias = beta * np.broadcast_to(bias.reshape(-1), (weight.shape[0],))
    builder.set(node, _linear(builder, node, weight, bias, builder.value(node, 0)))


def _matmul(builder: Builder, node: NodeProto, consumers: Consumers) -> None:
    import torch

    weight = builder.array(node.input[1])
    if weight is None or weight.ndim != 2 or node.input[1] in builder.values:
        builder.set(node, builder.call(torch.matmul, builder.value(node, 0), builder.value(node, 1)))
        return
    bias, after = _following_bias(builder, node, consumers, weight.shape[1])
    result = _linear(builder, node, weight.T, bias, builder.value(node, 0))
    builder.set(node, result)
    if after is not None:
        builder.set(after, result)
        builder.done.add(after.output[0])


def _following_bias(
    builder: Builder, node: NodeProto, consumers: Consumers, size: int
) -> tuple[np.ndarray | None, NodeProto | None]:
    """The bias of an Add that is the only reader of a MatMul."""
    readers = consumers.get(node.output[0], [])
    if len(readers) != 1 or readers[0].op_type != "Add" or builder.facts.consumers[node.output[0]] != 1:
        return None, None
    other = [name for name in readers[0].input if name != node.output[0]]
    bias = builder.array(other[0]) if len(other) == 1 else None
    if bias is None or bias.size != size or bias.shape[-1:] != (size,) or bias.ndim > 1:
        return None, None
    return bias, readers[0]


def _linear(builder: Builder, node: NodeProto, weight: np.ndarray, bias: np.ndarray | None, data: fx.Node) -> fx.Node:
    import torch

    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    _fill(layer, weight, bias)
    return builder.module(node, layer, data, name=layer_name(node))


def _fill(layer: nn.Module, weight: np.ndarray, bias: np.ndarray | None) -> None:
    import torch

    layer.weight = torch.nn.Parameter(tensor_of(weight))
    if bias is not None:
        layer.bias = torch.nn.Parameter(tensor_of(bias))
    layer.eval()


def _batch_norm(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    if values.get("training_mode"):
        raise unsupported(node, "was exported in training mode")
    rank = builder.rank(node, node.input[0])
    kinds: dict[int, Any] = {
        2: torch.nn.BatchNorm1d,
        3: torch.nn.BatchNorm1d,
        4: torch.nn.BatchNorm2d,
        5: torch.nn.BatchNorm3d,
    }
    if rank not in kinds:
        raise unsupported(node, f"normalises a value with {rank} axes")
    scale, shift, mean, variance = (builder.need_array(node, position) for position in range(1, 5))
    layer = kinds[rank](
        scale.size, eps=float(values.get("epsilon", 1e-5)), momentum=1 - float(values.get("momentum", 0.9))
    )
    _fill(layer, scale, shift)
    layer.running_mean, layer.running_var = tensor_of(mean), tensor_of(variance)
    builder.set(node, builder.module(node, layer, builder.value(node, 0), name=layer_name(node)))


def _instance_norm(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    axes = builder.rank(node, node.input[0]) - 2
    if not 1 <= axes <= 3:
        raise unsupported(node, f"has {axes} spatial axes")
    scale, shift = builder.need_array(node, 1), builder.need_array(node, 2)
    kind: Any = (torch.nn.InstanceNorm1d, torch.nn.InstanceNorm2d, torch.nn.InstanceNorm3d)[axes - 1]
    layer = kind(scale.size, eps=float(builder.attributes(node).get("epsilon", 1e-5)), affine=True)
    _fill(layer, scale, shift)
    builder.set(node, builder.module(node, layer, builder.value(node, 0)))


def _layer_norm(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    scale = builder.need_array(node, 1)
    shift = builder.need_array(node, 2) if len(node.input) > 2 and node.input[2] else None
    rank = builder.rank(node, node.input[0])
    if rank - int(values.get("axis", -1)) % rank != scale.ndim or len(node.output) > 1:
        raise unsupported(node, "scales other axes than it normalises")
    layer = torch.nn.LayerNorm(list(scale.shape), eps=float(values.get("epsilon", 1e-5)), bias=shift is not None)
    _fill(layer, scale, shift)
    builder.set(node, builder.module(node, layer, builder.value(node, 0)))


def _max_pool(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    if len(node.output) > 1 and node.output[1]:
        raise unsupported(node, "returns indices")
    values = builder.attributes(node)
    kernel = list(values["kernel_shape"])
    strides, dilations = _per_axis(values, "strides", len(kernel)), _per_axis(values, "dilations", len(kernel))
    pads = _pads(builder, node, values, kernel, strides, dilations)
    data, padding = _padded(builder, node, builder.value(node, 0), pads, -math.inf, kernel)
    kind: Any = (torch.nn.MaxPool1d, torch.nn.MaxPool2d, torch.nn.MaxPool3d)[len(kernel) - 1]
    layer = kind(
        _flat(kernel),
        stride=_flat(strides),
        padding=_flat(padding),
        dilation=_flat(dilations),
        ceil_mode=bool(values.get("ceil_mode")),
    )
    builder.set(node, builder.module(node, layer, data))


def _average_pool(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    kernel = list(values["kernel_shape"])
    strides = _per_axis(values, "strides", len(kernel))
    pads = _pads(builder, node, values, kernel, strides, [1] * len(kernel))
    include = bool(values.get("count_include_pad"))
    if any(size != 1 for size in values.get("dilations", [])):
        raise unsupported(node, "averages with dilation")
    if symmetric(pads) is None and not include:
        raise unsupported(node, "pads begin and end differently without counting the padding")
    data, padding = _padded(builder, node, builder.value(node, 0), pads, 0.0, kernel)
    kind: Any = (torch.nn.AvgPool1d, torch.nn.AvgPool2d, torch.nn.AvgPool3d)[len(kernel) - 1]
    layer = kind(
        _flat(kernel),
        stride=_flat(strides),
        padding=_flat(padding),
        ceil_mode=bool(values.get("ceil_mode")),
        count_include_pad=include,
    )
    builder.set(node, builder.module(node, layer, data))


def _global_average(builder: Builder, node: NodeProto, _: Consumers) -> None:
    builder.set(node, global_average(builder, node))


def global_average(builder: Builder, node: NodeProto) -> fx.Node:
    """An adaptive average pool to one value per channel, named after the node."""
    import torch

    axes = builder.rank(node, node.input[0]) - 2
    if not 1 <= axes <= 3:
        raise unsupported(node, f"has {axes} spatial axes")
    kind: Any = (torch.nn.AdaptiveAvgPool1d, torch.nn.AdaptiveAvgPool2d, torch.nn.AdaptiveAvgPool3d)[axes - 1]
    return builder.module(node, kind(1), builder.value(node, 0))


def _global_max(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    axes = builder.rank(node, node.input[0]) - 2
    if not 1 <= axes <= 3:
        raise unsupported(node, f"has {axes} spatial axes")
    kind: Any = (torch.nn.AdaptiveMaxPool1d, torch.nn.AdaptiveMaxPool2d, torch.nn.AdaptiveMaxPool3d)[axes - 1]
    builder.set(node, builder.module(node, kind(1), builder.value(node, 0)))


def _local_response_norm(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    layer = torch.nn.LocalResponseNorm(
        int(values["size"]),
        alpha=float(values.get("alpha", 1e-4)),
        beta=float(values.get("beta", 0.75)),
        k=float(values.get("bias", 1.0)),
    )
    builder.set(node, builder.module(node, layer, builder.value(node, 0)))


def _per_axis(values: dict[str, Any], name: str, axes: int, default: int = 1) -> list[int]:
    return [int(value) for value in values.get(name, [default] * axes)]


def _flat(values: list[int]) -> Any:
    """One number for one axis, as the 1-D pooling layers want it."""
    return values[0] if len(values) == 1 else tuple(values)


def _pads(
    builder: Builder,
    node: NodeProto,
    values: dict[str, Any],
    kernel: list[int],
    strides: list[int],
    dilations: list[int],
) -> list[int]:
    """Explicit pads, computed from the input's size where the node says SAME."""
    mode = values.get("auto_pad", "NOTSET")
    if mode == "NOTSET":
        return [int(value) for value in values.get("pads", [0] * 2 * len(kernel))]
    if mode == "VALID":
        return [0] * 2 * len(kernel)
    begins, ends = [], []
    for size, width, stride, dilation in zip(
        builder.spatial(node, node.input[0]), kernel, strides, dilations, strict=True
    ):
        total = max(0, (math.ceil(size / stride) - 1) * stride + (width - 1) * dilation + 1 - size)
        small, large = total // 2, total - total // 2
        begins.append(small if mode == "SAME_UPPER" else large)
        ends.append(large if mode == "SAME_UPPER" else small)
    return begins + ends


def _padded(
    builder: Builder, node: NodeProto, data: fx.Node, pads: list[int], value: float, kernel: list[int] | None = None
) -> tuple[fx.Node, list[int]]:
    """The input and the padding left to the layer: what a layer cannot do itself becomes a padding layer before it."""
    import torch

    same = symmetric(pads)
    if same is not None and (kernel is None or all(2 * p <= k for p, k in zip(same, kernel, strict=True))):
        return data, same
    axes = len(pads) // 2
    kind: Any = (torch.nn.ConstantPad1d, torch.nn.ConstantPad2d, torch.nn.ConstantPad3d)[axes - 1]
    layer = kind(tuple(torch_pads(pads)), value)
    return builder.module(node, layer, data, name=f"{readable_name(node)}_pad"), [0] * axes


RULES: dict[str, Rule] = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm,
    "LRN": _local_response_norm,
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "GlobalAveragePool": _global_average,
    "GlobalMaxPool": _global_max,
}
