"""TFLite rules for layers: convolutions, linear layers, pools, normalisation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .tflite_conversion import WINDOWED, Conversion, Rule, Value, Weight, refused, stored_axis, stored_shape

if TYPE_CHECKING:
    from onnx import NodeProto

SAME, VALID = 0, 1


@dataclass(frozen=True)
class Window:
    """Over pictures, or over signals as pictures of height 1: sizes of (height, width)."""

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    pads: tuple[int, ...]  # top, left, bottom, right; by auto_pad where that is not NOTSET
    same: bool  # these are the pads that SAME means in TFLite

    @property
    def options(self) -> dict[str, Any]:
        """Strides as TFLite's tables call them."""
        return {"strideH": self.strides[0], "strideW": self.strides[1]}


def window(value: Value, kernel: Sequence[int], values: dict[str, Any]) -> Window:
    """The window of a node that moves over ``value`` (as in ONNX, channels before the picture)."""
    axes = len(kernel)
    size = value.shape[2:]
    strides = tuple(values.get("strides") or [1] * axes)
    dilations = tuple(values.get("dilations") or [1] * axes)
    pads = tuple(values.get("pads") or [0] * 2 * axes)
    total = [
        max(0, (-(-size[i] // strides[i]) - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - size[i])
        for i in range(axes)
    ]
    small, large = tuple(item // 2 for item in total), tuple(item - item // 2 for item in total)
    automatic = values.get("auto_pad", "NOTSET")
    if automatic == "SAME_UPPER":
        pads = small + large
    elif automatic == "SAME_LOWER":
        pads = large + small
    elif automatic == "VALID":
        pads = (0,) * 2 * axes
    same = pads == small + large
    if axes == 1:
        return Window((1, *kernel), (1, *strides), (1, *dilations), (0, pads[0], 0, pads[1]), same)
    return Window(tuple(kernel), strides, dilations, pads, same)


def picture(c: Conversion, value: Value) -> Value:
    """With its channels last, as a picture: signals have height 1."""
    if len(value.shape) not in (3, 4):
        raise refused(f"a window over {len(value.shape) - 2} axes")
    value = c.nhwc(value)
    batch, channels, *space = value.shape
    return Value(value.number, (batch, channels, *([1] if len(space) == 1 else []), *space), True)


def padded(c: Conversion, value: Value, pads: Sequence[int], fill: int | None = None) -> Value:
    """With zeros around it (those before each axis, then those behind), or with the number of the constant ``fill``."""
    batch, channels, *space = value.shape
    sides = list(zip(pads[: len(space)], pads[len(space) :], strict=True))
    shape = (batch, channels, *(size + sum(side) for size, side in zip(space, sides, strict=True)))
    around = c.out.constant("pads", np.array([(0, 0), *sides, (0, 0)], np.int32))
    number = c.like(value.number, f"padded_{value.number}", stored_shape(shape, True))
    if fill is None:
        c.operator("PAD", [value.number, around], [number])
    else:
        c.operator("PADV2", [value.number, around, fill], [number])
    return Value(number, shape, True)


def conv(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Convolutions over pictures and signals: plain, depth-wise, in groups."""
    weight = c.constant(node.input[1])
    if weight.values.ndim not in (3, 4):
        raise refused(f"a convolution over {weight.values.ndim - 2} axes")
    given = c.value(node.input[0])
    view = window(given, weight.values.shape[2:], values)
    value, weight = picture(c, given), weight.picture()
    outputs, each = weight.values.shape[:2]
    groups, channels = values.get("group", 1), value.shape[1]
    padding = SAME if view.same else VALID
    if not view.same and any(view.pads):
        value = padded(c, value, view.pads)
    number, kind = c.result(node, nhwc=True)
    settings: dict[str, Any] = {
        "padding": padding,
        **view.options,
        "dilationHFactor": view.dilations[0],
        "dilationWFactor": view.dilations[1],
        "fusedActivationFunction": kind,
    }
    if groups == 1:
        filters = c.weight(node.input[1], weight.transposed((0, 2, 3, 1)))
        inputs = [value.number, filters, c.bias(node, outputs)]
        c.operator("CONV_2D", inputs, [number], **settings)
    elif groups == channels and each == 1:
        filters = c.weight(node.input[1], weight.transposed((1, 2, 3, 0)))
        inputs = [value.number, filters, c.bias(node, outputs)]
        settings["depthMultiplier"] = outputs // channels
        c.operator("DEPTHWISE_CONV_2D", inputs, [number], **settings)
    else:
        _grouped(c, node, value, groups, settings, number)


def _grouped(c: Conversion, node: NodeProto, value: Value, groups: int, settings: dict[str, Any], number: int) -> None:
    """One convolution for each group, side by side: every version of the runtime has that."""
    weight = c.constant(node.input[1]).picture()
    each = weight.values.shape[0] // groups
    made = stored_shape(c.shape(node.output[0]), True)
    given = (*value.stored[:3], value.shape[1] // groups)
    parts = [c.out.tensor(f"{node.name}_in_{group}", given) for group in range(groups)]
    c.operator("SPLIT", [c.whole(3), value.number], parts, numSplits=groups)
    bias = np.zeros(weight.values.shape[0], np.float32)
    if len(node.input) > 2 and node.input[2]:
        bias = c.constant(node.input[2]).values.astype(np.float32).reshape(-1)
    results = []
    for group, part in enumerate(parts):
        rows = slice(group * each, (group + 1) * each)
        own = weight.part(0, rows.start, rows.stop).transposed((0, 2, 3, 1))
        inputs = [part, c.weight(f"{node.input[1]}_{group}", own), c.out.constant(f"{node.name}_bias", bias[rows])]
        results.append(c.out.tensor(f"{node.name}_out_{group}", (*made[:3], each)))
        c.operator("CONV_2D", inputs, results[-1:], **settings)
    c.operator("CONCATENATION", results, [number], axis=3)


def conv_transpose(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Transposed convolutions: written without padding, what it would cut off is cut off afterwards."""
    weight = c.constant(node.input[1])
    if weight.values.ndim not in (3, 4):
        raise refused(f"a transposed convolution over {weight.values.ndim - 2} axes")
    weight = spread(weight, values)
    given = c.value(node.input[0])
    view = window(given, weight.values.shape[2:], {**values, "dilations": None})
    value, weight = picture(c, given), weight.picture()
    groups, each = values.get("group", 1), weight.values.shape[1]
    whole = whole_size(value, view, values)
    large = (value.shape[0], *whole, each)
    channels = weight.values.shape[0] // groups
    parts, results = [value.number], []
    if groups > 1:
        parts = [c.out.tensor(f"{node.name}_in_{group}", (*value.stored[:3], channels)) for group in range(groups)]
        c.operator("SPLIT", [c.whole(3), value.number], parts, numSplits=groups)
    for group, part in enumerate(parts):
        own = weight.part(0, group * channels, (group + 1) * channels).transposed((1, 2, 3, 0))
        inputs = [c.whole(*large), c.weight(f"{node.input[1]}_{group}", own), part]
        results.append(c.step("TRANSPOSE_CONV", inputs, large, padding=VALID, **view.options))
    end_transposed(c, node, results, Value(-1, (value.shape[0], each * groups, *whole), True), view.pads)


def spread(weight: Weight, values: dict[str, Any]) -> Weight:
    """A kernel with zeros between its values in the place of dilation."""
    dilations = values.get("dilations") or [1]
    if all(item == 1 for item in dilations):
        return weight
    space = weight.values.shape[2:]
    shape = [(size - 1) * step + 1 for size, step in zip(space, dilations, strict=True)]
    places = (slice(None), slice(None), *(slice(None, None, step) for step in dilations))

    def wide(array: np.ndarray) -> np.ndarray:
        made = np.zeros((*array.shape[:2], *shape), array.dtype)
        made[places] = array
        return made

    return Weight(wide(weight.values), None if weight.codes is None else wide(weight.codes), weight.scale)


def whole_size(value: Value, view: Window, values: dict[str, Any]) -> list[int]:
    """Height and width (and depth) of a transposed convolution without padding."""
    if values.get("auto_pad", "NOTSET") != "NOTSET" or values.get("output_shape"):
        raise refused("a transposed convolution with automatic padding")
    return [
        (size - 1) * stride + kernel
        for size, stride, kernel in zip(value.shape[2:], view.strides, view.kernel, strict=True)
    ]


def end_transposed(c: Conversion, node: NodeProto, parts: Sequence[int], whole: Value, pads: Sequence[int]) -> None:
    """The groups side by side, cut or filled with zeros to the size that is wanted, and the bias."""
    number = parts[0]
    if len(parts) > 1:
        number = c.step("CONCATENATION", parts, whole.stored, axis=len(whole.stored) - 1)
    shape = stored_shape(c.shape(node.output[0]), True)
    axes = len(whole.stored) - 2
    first = (0, *pads[:axes], 0)
    there = [min(size, have - start) for size, have, start in zip(shape, whole.stored, first, strict=True)]
    if tuple(there) != whole.stored:
        number = c.step("SLICE", [number, c.whole(*first), c.whole(*there)], there)
    if tuple(there) != shape:
        around = np.array([(0, size - have) for size, have in zip(shape, there, strict=True)], np.int32)
        number = c.step("PAD", [number, c.out.constant("pads", around)], shape)
    c.last("ADD", [number, c.bias(node, shape[-1])], node, nhwc=True)


def dense(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Gemm, and MatMul with a matrix of weights on the right."""
    weight = c.constants.get(node.input[1])
    if node.op_type == "MatMul" and (weight is None or weight.values.ndim != 2):
        return products(c, node)
    weight = c.constant(node.input[1])
    value = c.plain(c.value(node.input[0]))
    if weight.values.ndim != 2 or values.get("transA") or any(values.get(n, 1.0) != 1 for n in ("alpha", "beta")):
        raise refused(f"a {node.op_type} of this form")
    if not values.get("transB"):
        weight = weight.transposed((1, 0))
    number, kind = c.result(node)
    inputs = [value.number, c.weight(node.input[1], weight), c.bias(node, weight.values.shape[0])]
    keep = len(c.shape(node.output[0])) > 2
    c.operator("FULLY_CONNECTED", inputs, [number], fusedActivationFunction=kind, keepNumDims=keep)
    return None


def products(c: Conversion, node: NodeProto) -> None:
    """Matrix products of two computed tensors, or of stacks of matrices."""
    inputs = [c.plain(c.value(name)) for name in node.input]
    if any(len(value.shape) < 2 for value in inputs):
        raise refused("a MatMul with a vector")
    c.last("BATCH_MATMUL", [value.number for value in inputs], node)


def pool(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Maxima and means of windows; padding counts for nothing unless the node counts it."""
    given = c.value(node.input[0])
    if len(given.shape) not in (3, 4) or len(node.output) > 1:
        raise refused(f"a {node.op_type} of this form")
    view = window(given, values["kernel_shape"], values)
    if any(item != 1 for item in view.dilations):
        raise refused(f"a {node.op_type} with dilation")
    value = picture(c, given)
    shape = stored_shape(c.shape(node.output[0]), True)
    around = list(view.pads)
    for axis in range(2):  # with ceil_mode the last window may reach further
        reach = (shape[1 + axis] - 1) * view.strides[axis] + view.kernel[axis]
        around[2 + axis] = max(reach - value.shape[2 + axis] - around[axis], 0)
    settings: dict[str, Any] = {**view.options, "filterHeight": view.kernel[0], "filterWidth": view.kernel[1]}
    name, share = "MAX_POOL_2D", None
    if node.op_type == "AveragePool":
        name, share = "AVERAGE_POOL_2D", _counted_share(value, view, around, shape, values)
    settings["padding"] = VALID
    if view.same and any(around) and not (share is not None and values.get("count_include_pad")):
        settings["padding"], share = SAME, None
    elif any(around):
        value = padded(c, value, around, c.lowest(value.number) if share is None else None)
    if share is None or bool((share == 1).all()):
        number, kind = c.result(node, nhwc=True)
        c.operator(name, [value.number], [number], fusedActivationFunction=kind, **settings)
    else:
        made = c.step(name, [value.number], shape, **settings)
        c.last("MUL", [made, c.out.constant("share", share)], node, nhwc=True)


def _counted_share(
    value: Value, view: Window, around: Sequence[int], shape: Sequence[int], values: dict[str, Any]
) -> np.ndarray:
    """What makes the sum over a padded window, divided by its size, the mean over what counts in it: ``[1, h, w, 1]``."""
    counts = []
    for axis in range(2):
        before, size, after = around[axis], value.shape[2 + axis], around[2 + axis]
        line = np.zeros(before + size + after)
        if values.get("count_include_pad"):
            line[: before + size + view.pads[2 + axis]] = 1  # what ceil_mode adds counts for nothing
        else:
            line[before : before + size] = 1
        starts = np.arange(shape[1 + axis]) * view.strides[axis]
        counts.append([line[start : start + view.kernel[axis]].sum() for start in starts])
    share: np.ndarray = (math.prod(view.kernel) / np.outer(np.array(counts[0]), np.array(counts[1])))[
        None, :, :, None
    ].astype(np.float32)
    return share


def whole_picture(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """GlobalAveragePool and GlobalMaxPool."""
    value = c.value(node.input[0])
    if len(value.shape) not in WINDOWED:
        raise refused(f"a {node.op_type} over {len(value.shape) - 2} axes")
    kind, value = "MEAN" if node.op_type == "GlobalAveragePool" else "REDUCE_MAX", c.nhwc(value)
    c.last(kind, [value.number, c.whole(*range(1, len(value.stored) - 1))], node, nhwc=True, keepDims=True)


def scale_and_shift(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """A BatchNormalization that no convolution took up."""
    value = c.value(node.input[0])
    value = c.nhwc(value)
    scale, shift, mean, variance = (c.constant(name).values.astype(np.float64) for name in node.input[1:5])
    factor = scale / np.sqrt(variance + values.get("epsilon", 1e-5))
    by, added = (c.out.constant("factor", item.astype(np.float32)) for item in (factor, shift - mean * factor))
    c.last("ADD", [c.step("MUL", [value.number, by], value.stored), added], node, nhwc=value.nhwc)


def layer_norm(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """LayerNormalization over the last axes."""
    if len([name for name in node.output if name]) > 1:
        raise refused("a LayerNormalization that also tells its mean")
    value = c.plain(c.value(node.input[0]))
    rank = len(value.shape)
    axes = range(values.get("axis", -1) % rank, rank)
    number = _standardised(c, value.number, value.shape, axes, values)
    _scaled(c, node, number, value, [c.constant(name).values for name in node.input[1:] if name])


def instance_norm(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """InstanceNormalization: over each channel's picture or signal."""
    value = c.nhwc(c.value(node.input[0]))
    number = _standardised(c, value.number, value.stored, range(1, len(value.stored) - 1), values)
    _scaled(c, node, number, value, [c.constant(name).values for name in node.input[1:]])


def _standardised(
    c: Conversion, number: int, shape: tuple[int, ...], axes: Sequence[int], values: dict[str, Any]
) -> int:
    """Mean 0 and variance 1 over some axes of a tensor as it is stored."""
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    over = c.whole(*axes)
    centred = c.step("SUB", [number, c.step("MEAN", [number, over], kept, keepDims=True)], shape)
    square = c.step("MUL", [centred, centred], shape)
    variance = c.step("MEAN", [square, over], kept, keepDims=True)
    variance = c.step("ADD", [variance, c.scalar(values.get("epsilon", 1e-5))], kept)
    return c.step("MUL", [centred, c.step("RSQRT", [variance], kept)], shape)


def _scaled(c: Conversion, node: NodeProto, number: int, value: Value, weights: Sequence[np.ndarray]) -> None:
    scale, shift = [*weights, np.zeros(1)][:2]
    scaled = c.step("MUL", [number, c.out.constant("factor", scale.astype(np.float32))], value.stored)
    c.last("ADD", [scaled, c.out.constant("shift", shift.astype(np.float32))], node, nhwc=value.nhwc)


def reduce(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Means, sums and extremes over any axes."""
    value = c.value(node.input[0])
    axes = values.get("axes")
    if len(node.input) > 1 and node.input[1]:
        axes = c.constant(node.input[1]).values.tolist()
    rank, keep = len(value.shape), bool(values.get("keepdims", 1))
    chosen = sorted({axis % rank for axis in axes}) if axes is not None else list(range(rank))
    if value.nhwc and (keep or chosen == list(range(2, rank))):
        over = [stored_axis(axis, rank) for axis in chosen]
        if chosen == list(range(2, rank)):
            over = list(range(1, len(value.stored) - 1))
        nhwc = keep
    else:
        value, over, nhwc = c.plain(value), chosen, False
    c.last(_REDUCES[node.op_type], [value.number, c.whole(*over)], node, nhwc=nhwc, keepDims=keep)


_REDUCES = {"ReduceMean": "MEAN", "ReduceSum": "SUM", "ReduceMax": "REDUCE_MAX", "ReduceMin": "REDUCE_MIN"}
RULES: dict[str, Rule] = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "Gemm": dense,
    "MatMul": dense,
    **dict.fromkeys(("MaxPool", "AveragePool"), pool),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), whole_picture),
    "BatchNormalization": scale_and_shift,
    "LayerNormalization": layer_norm,
    "InstanceNormalization": instance_norm,
    **dict.fromkeys(_REDUCES, reduce),
}
