"""Rules that turn Keras layers into ONNX nodes: convolutions, dense layers, pooling, normalisation, layout, merging.

A rule is ``(emitter, layer, [input values], path of the layer) -> values``. Recurrent layers and attention are in
:mod:`engine.model.keras_sequences`, activations in :mod:`engine.model.keras_activations`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .keras_activations import activate, softmax
from .keras_emitter import Emitter, Size, Value, refused, reordered

Rule = Callable[[Emitter, Any, list[Value], str], list[Value]]


def array(variable: Any) -> np.ndarray:
    """The numbers of a Keras variable, or of a tensor, as float32; Keras runs on torch here."""
    tensor = getattr(variable, "value", variable)
    numbers: np.ndarray = tensor.detach().float().cpu().numpy()
    return numbers


# convolutions and dense layers


def _conv(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    kernel = np.moveaxis(array(layer.kernel), (-1, -2), (0, 1))
    bias = array(layer.bias) if layer.use_bias else None
    return _convolved(emitter, layer, values[0], path, kernel, bias, layer.groups, layer.activation)


def _depthwise_kernel(variable: Any) -> np.ndarray:
    """``[*k, c, m]`` to ``[c * m, 1, *k]``."""
    kernel = array(variable)
    shaped = np.moveaxis(kernel, (-2, -1), (0, 1))
    return shaped.reshape(-1, 1, *kernel.shape[:-2])


def _depthwise(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    bias = array(layer.bias) if layer.use_bias else None
    kernel = _depthwise_kernel(layer.kernel)
    return _convolved(emitter, layer, values[0], path, kernel, bias, values[0].channels, layer.activation)


def _separable(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    kernel = _depthwise_kernel(layer.depthwise_kernel)
    [middle] = _convolved(emitter, layer, values[0], f"{path}.depthwise", kernel, None, values[0].channels, None)
    pointwise = np.moveaxis(array(layer.pointwise_kernel), (-1, -2), (0, 1))
    bias = array(layer.bias) if layer.use_bias else None
    name = _conv_node(emitter, middle, f"{path}.pointwise", pointwise, bias, {"kernel_shape": pointwise.shape[2:]})
    return [activate(emitter, layer.activation, Value(name, (*middle.shape[:-1], len(pointwise)), first=True), path)]


def _convolved(
    emitter: Emitter,
    layer: Any,
    value: Value,
    path: str,
    kernel: np.ndarray,
    bias: np.ndarray | None,
    groups: int,
    function: Any,
) -> list[Value]:
    value = emitter.channels_first(value, path)
    width, spatial = list(kernel.shape[2:]), value.shape[1:-1]
    strides, dilations = list(layer.strides), list(layer.dilation_rate)
    if layer.padding == "causal":
        name = _padded(emitter, value, [((width[0] - 1) * dilations[0], 0)], path)
        value, padding = Value(name, value.shape, first=True), {}
    else:
        padding = _padding(layer.padding, spatial, width, strides, dilations)
    attributes = {"kernel_shape": width, "strides": strides, "dilations": dilations, "group": groups, **padding}
    name = _conv_node(emitter, value, path, kernel, bias, attributes)
    sizes = [
        _size(size, k, s, d, layer.padding) for size, k, s, d in zip(spatial, width, strides, dilations, strict=True)
    ]
    result = Value(name, (value.shape[0], *sizes, len(kernel)), first=True)
    return [activate(emitter, function, result, path)]


def _conv_node(
    emitter: Emitter, value: Value, path: str, kernel: np.ndarray, bias: np.ndarray | None, attributes: dict[str, Any]
) -> str:
    inputs = [value.name, emitter.weight(f"{path}.weight", kernel)]
    if bias is not None:
        inputs.append(emitter.weight(f"{path}.bias", bias))
    return emitter.one("Conv", inputs, path, **attributes)


def _padding(
    padding: str, spatial: Sequence[Size], width: list[int], strides: list[int], dilations: list[int]
) -> dict[str, Any]:
    """Attributes for ``same`` and ``valid``: numbers where the size is known, which every runtime reads alike."""
    if padding == "valid":
        return {}
    if any(size is None for size in spatial):
        return {"auto_pad": "SAME_UPPER"}
    begins, ends = [], []
    for size, k, stride, dilation in zip(spatial, width, strides, dilations, strict=True):
        total = max(0, (math.ceil((size or 0) / stride) - 1) * stride + (k - 1) * dilation + 1 - (size or 0))
        begins.append(total // 2)
        ends.append(total - total // 2)
    return {"pads": begins + ends}


def _size(size: Size, width: int, stride: int, dilation: int, padding: str) -> Size:
    if size is None:
        return None
    if padding != "valid":
        return math.ceil(size / stride)
    return (size - (width - 1) * dilation - 1) // stride + 1


def _conv_transpose(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.channels_first(values[0], path)
    kernel = np.moveaxis(array(layer.kernel), (-1, -2), (0, 1))  # [*k, out, in] to [in, out, *k]
    pads, extra = [], []
    for k, stride, dilation in zip(kernel.shape[2:], layer.strides, layer.dilation_rate, strict=True):
        reach = (k - 1) * dilation + 1
        total = reach - stride if layer.padding == "same" else min(reach - stride, 0)
        if layer.output_padding is not None or (total > 0 and total % 2):
            raise refused(
                f"layer '{path}' (Conv{kernel.ndim - 2}DTranspose)",
                f"with kernel {k}, stride {stride}, padding {layer.padding} computes differently on each backend of Keras: "
                "take an even kernel for an even stride",
            )
        pads.append(max(total, 0) // 2)
        extra.append(max(-total, 0))
    inputs = [value.name, emitter.weight(f"{path}.weight", kernel)]
    if layer.use_bias:
        inputs.append(emitter.weight(f"{path}.bias", array(layer.bias)))
    name = emitter.one(
        "ConvTranspose",
        inputs,
        path,
        kernel_shape=kernel.shape[2:],
        strides=list(layer.strides),
        dilations=list(layer.dilation_rate),
        pads=pads * 2,
        output_padding=extra,
    )
    shape = tuple(layer.compute_output_shape(value.shape))
    return [activate(emitter, layer.activation, Value(name, shape, first=True), path)]


def _dense(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    bias = array(layer.bias) if layer.use_bias else None
    result = dense(emitter, array(layer.kernel), bias, values[0], path)
    return [activate(emitter, layer.activation, result, path)]


def dense(emitter: Emitter, kernel: np.ndarray, bias: np.ndarray | None, value: Value, path: str) -> Value:
    """``x @ kernel + bias`` over the last axis; ``kernel``: ``[in, out]``."""
    shape = (*value.shape[:-1], kernel.shape[1])
    if value.rank == 2:
        if value.planes is not None:
            kernel = reordered(kernel, value.planes)
        inputs = [value.name, emitter.weight(f"{path}.weight", kernel.T)]
        if bias is not None:
            inputs.append(emitter.weight(f"{path}.bias", bias))
        return Value(emitter.one("Gemm", inputs, path, transB=1), shape)
    value = emitter.logical(value, path)
    name = emitter.one("MatMul", [value.name, emitter.weight(f"{path}.weight", kernel)], path)
    if bias is not None:
        name = emitter.one("Add", [name, emitter.weight(f"{path}.bias", bias)], path)
    return Value(name, shape)


def _time_distributed(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    if type(layer.layer).__name__ != "Dense":
        raise refused(f"layer '{path}' (TimeDistributed)", f"repeats a {type(layer.layer).__name__}")
    return _dense(emitter, layer.layer, values, path)


# pooling and normalisation


def _pool(kind: str) -> Rule:
    def rule(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
        value = emitter.channels_first(values[0], path)
        spatial, width, strides = value.shape[1:-1], list(layer.pool_size), list(layer.strides)
        ones = [1] * len(width)
        padding = _padding(layer.padding, spatial, width, strides, ones)
        name = emitter.one(kind, [value.name], path, kernel_shape=width, strides=strides, **padding)
        sizes = [_size(size, k, s, 1, layer.padding) for size, k, s in zip(spatial, width, strides, strict=True)]
        return [Value(name, (value.shape[0], *sizes, value.shape[-1]), first=True)]

    return rule


def _global_pool(kind: str) -> Rule:
    def rule(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
        value = emitter.channels_first(values[0], path)
        name = emitter.one(kind, [value.name], path)
        if layer.keepdims:
            return [Value(name, (value.shape[0], *[1] * (value.rank - 2), value.shape[-1]), first=True)]
        return [Value(emitter.one("Flatten", [name], path, axis=1), (value.shape[0], value.shape[-1]))]

    return rule


def _batch_norm(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.channels_first(values[0], path)
    axes = layer.axis if isinstance(layer.axis, (list, tuple)) else [layer.axis]
    if list(axes) not in ([-1], [value.rank - 1]):
        raise refused(f"layer '{path}' (BatchNormalization)", f"normalises axis {axes}, not the channels")
    count = value.channels
    numbers = {
        "weight": array(layer.gamma) if layer.scale else np.ones(count, np.float32),
        "bias": array(layer.beta) if layer.center else np.zeros(count, np.float32),
        "running_mean": array(layer.moving_mean),
        "running_var": array(layer.moving_variance),
    }
    if value.planes is not None:
        numbers = {role: reordered(row[:, None], value.planes).reshape(-1) for role, row in numbers.items()}
    weights = [emitter.weight(f"{path}.{role}", row) for role, row in numbers.items()]
    name = emitter.one("BatchNormalization", [value.name, *weights], path, epsilon=float(layer.epsilon))
    return [Value(name, value.shape, value.first, value.planes)]


def _layer_norm(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.logical(values[0], path)
    axes = layer.axis if isinstance(layer.axis, (list, tuple)) else [layer.axis]
    if list(axes) not in ([-1], [value.rank - 1]) or getattr(layer, "rms_scaling", False):
        raise refused(
            f"layer '{path}' (LayerNormalization)", "normalises other axes than the last, or by root mean square"
        )
    scale = array(layer.gamma) if layer.scale else np.ones(value.channels, np.float32)
    shift = array(layer.beta) if layer.center else np.zeros(value.channels, np.float32)
    weights = [emitter.weight(f"{path}.weight", scale), emitter.weight(f"{path}.bias", shift)]
    name = emitter.one("LayerNormalization", [value.name, *weights], path, axis=-1, epsilon=float(layer.epsilon))
    return [Value(name, value.shape)]


def _rescaling(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    return [_affine(emitter, values[0], np.asarray(layer.scale), np.asarray(layer.offset), path)]


def _normalization(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    if layer.invert or layer.axis not in (None, (), (-1,), (values[0].rank - 1,)):
        raise refused(f"layer '{path}' (Normalization)", "normalises other axes than the last, or backwards")
    spread = np.maximum(np.sqrt(array(layer.variance)), 1e-7)
    return [_affine(emitter, values[0], 1 / spread, -array(layer.mean) / spread, path)]


def _affine(emitter: Emitter, value: Value, factor: np.ndarray, shift: np.ndarray, path: str) -> Value:
    if max(factor.size, shift.size) > 1 and value.planes is None and not value.first:
        value = emitter.logical(value, path)
    name = emitter.one("Mul", [value.name, emitter.along_channels(value, factor, f"{path}.scale")], path)
    if np.any(shift):
        name = emitter.one("Add", [name, emitter.along_channels(value, shift, f"{path}.offset")], path)
    return Value(name, value.shape, value.first, value.planes)


# layout


def _flatten(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = values[0]
    if value.rank == 2:
        return [value]
    sizes = value.shape[1:]
    total = math.prod(size for size in sizes if size is not None) if None not in sizes else None
    planes = None
    if value.first and value.channels > 1 and total != value.channels:
        if total is None:
            value = emitter.logical(value, path)
        else:
            planes = tuple(int(size or 0) for size in (sizes[-1], *sizes[:-1]))
    return [Value(emitter.one("Flatten", [value.name], path, axis=1), (value.shape[0], total), planes=planes)]


def _reshape(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.logical(values[0], path)
    shape = tuple(layer.compute_output_shape(value.shape))
    target = [0, *layer.target_shape]
    name = emitter.one("Reshape", [value.name, emitter.weight(f"{path}.shape", target, np.int64)], path)
    return [Value(name, shape)]


def _permute(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.logical(values[0], path)
    order = [0, *layer.dims]
    name = emitter.one("Transpose", [value.name], path, perm=order)
    return [Value(name, tuple(value.shape[axis] for axis in order))]


def _pairs(setting: Any) -> list[tuple[int, int]]:
    """``((top, bottom), (left, right))``, or ``(begin, end)`` of one axis, as pairs."""
    rows = list(setting)
    return [(int(rows[0]), int(rows[1]))] if isinstance(rows[0], int) else [(int(a), int(b)) for a, b in rows]


def _padded(emitter: Emitter, value: Value, pairs: list[tuple[int, int]], path: str) -> str:
    begins, ends = [0, 0, *(pair[0] for pair in pairs)], [0, 0, *(pair[1] for pair in pairs)]
    return emitter.one("Pad", [value.name, emitter.weight(f"{path}.pads", begins + ends, np.int64)], f"{path}.pad")


def _zero_padding(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.channels_first(values[0], path)
    return [Value(_padded(emitter, value, _pairs(layer.padding), path), value.shape, first=True)]


def _cropping(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.channels_first(values[0], path)
    pairs = _pairs(layer.cropping)
    numbers = {
        "starts": [begin for begin, _ in pairs],
        "ends": [-end if end else 1 << 40 for _, end in pairs],
        "axes": [axis + 2 for axis in range(len(pairs))],
    }
    weights = [emitter.weight(f"{path}.{role}", row, np.int64) for role, row in numbers.items()]
    return [Value(emitter.one("Slice", [value.name, *weights], path), value.shape, first=True)]


def _up_sampling(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = emitter.channels_first(values[0], path)
    size = layer.size if isinstance(layer.size, (list, tuple)) else [layer.size]
    modes = {
        "nearest": {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        "bilinear": {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
    }
    mode = getattr(layer, "interpolation", "nearest")
    if mode not in modes:
        raise refused(f"layer '{path}' ({type(layer).__name__})", f"resizes by {mode}")
    scales = emitter.weight(f"{path}.scales", [1, 1, *size])
    name = emitter.one("Resize", [value.name, "", scales], path, **modes[mode])
    return [Value(name, tuple(layer.compute_output_shape(value.shape)), first=True)]


# merging


def _merge(kind: str) -> Rule:
    def rule(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
        return [combined(emitter, kind, values, path)]

    return rule


def combined(emitter: Emitter, kind: str, values: list[Value], path: str) -> Value:
    """Two or more values by one operator, in one layout."""
    first, *others = emitter.alike(values, path)
    name = first.name
    for other in others:
        name = emitter.one(kind, [name, other.name], path)
    return Value(name, first.shape, first.first, first.planes)


def _average(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    total = combined(emitter, "Add", values, path)
    share = emitter.weight(f"{path}.share", np.float32(1 / len(values)))
    return [Value(emitter.one("Mul", [total.name, share], path), total.shape, total.first, total.planes)]


def _concatenate(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    if any(value.planes is not None for value in values):
        values = [emitter.logical(value, path) for value in values]
    values = emitter.alike(values, path)
    rank = values[0].rank
    axis = layer.axis % rank
    if values[0].first and axis:
        axis = 1 if axis == rank - 1 else axis + 1
    name = emitter.one("Concat", [value.name for value in values], path, axis=axis)
    return [Value(name, tuple(layer.compute_output_shape([v.shape for v in values])), values[0].first)]


# activation layers


def _activation(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    return [activate(emitter, layer.activation, values[0], path)]


def _relu(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value, slope = values[0], float(layer.negative_slope or 0)
    if layer.threshold or (slope and layer.max_value is not None):
        raise refused(f"layer '{path}' (ReLU)", "has a threshold, or a slope and a limit")
    if layer.max_value is not None:
        limits = [emitter.weight(f"{path}.limit", np.float32(limit)) for limit in (0, layer.max_value)]
        name = emitter.one("Clip", [value.name, *limits], path)
    elif slope:
        name = emitter.one("LeakyRelu", [value.name], path, alpha=slope)
    else:
        name = emitter.one("Relu", [value.name], path)
    return [Value(name, value.shape, value.first, value.planes)]


def _leaky(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = values[0]
    name = emitter.one("LeakyRelu", [value.name], path, alpha=float(layer.negative_slope))
    return [Value(name, value.shape, value.first, value.planes)]


def _elu(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value = values[0]
    name = emitter.one("Elu", [value.name], path, alpha=float(layer.alpha))
    return [Value(name, value.shape, value.first, value.planes)]


def _prelu(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    value, slope = values[0], array(layer.alpha)
    if math.prod(slope.shape[:-1]) != 1 or value.planes is not None:
        raise refused(f"layer '{path}' (PReLU)", "has a slope for every place, not one per channel")
    name = emitter.one("PRelu", [value.name, emitter.along_channels(value, slope, f"{path}.weight")], path)
    return [Value(name, value.shape, value.first)]


def _softmax_layer(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    if layer.axis not in (-1, values[0].rank - 1):
        raise refused(f"layer '{path}' (Softmax)", f"runs over axis {layer.axis}, not the last")
    return [softmax(emitter, values[0], path)]


RULES: dict[str, Rule] = {
    **{f"Conv{axes}D": _conv for axes in (1, 2, 3)},
    **{f"Conv{axes}DTranspose": _conv_transpose for axes in (1, 2, 3)},
    **{f"DepthwiseConv{axes}D": _depthwise for axes in (1, 2)},
    **{f"SeparableConv{axes}D": _separable for axes in (1, 2)},
    **{f"MaxPooling{axes}D": _pool("MaxPool") for axes in (1, 2, 3)},
    **{f"AveragePooling{axes}D": _pool("AveragePool") for axes in (1, 2, 3)},
    **{f"GlobalMaxPooling{axes}D": _global_pool("GlobalMaxPool") for axes in (1, 2, 3)},
    **{f"GlobalAveragePooling{axes}D": _global_pool("GlobalAveragePool") for axes in (1, 2, 3)},
    **{f"ZeroPadding{axes}D": _zero_padding for axes in (1, 2, 3)},
    **{f"Cropping{axes}D": _cropping for axes in (1, 2, 3)},
    **{f"UpSampling{axes}D": _up_sampling for axes in (1, 2)},
    "Dense": _dense,
    "TimeDistributed": _time_distributed,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "Add": _merge("Add"),
    "Subtract": _merge("Sub"),
    "Multiply": _merge("Mul"),
    "Maximum": _merge("Max"),
    "Minimum": _merge("Min"),
    "Average": _average,
    "Concatenate": _concatenate,
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "ELU": _elu,
    "PReLU": _prelu,
    "Softmax": _softmax_layer,
}
