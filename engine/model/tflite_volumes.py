"""TFLite rules for convolutions over volumes: plain, in groups, transposed. Pools over volumes are rewritten before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import tflite_layers as layers
from .tflite_conversion import Conversion, Rule, Value, stored_shape
from .tflite_layers import SAME, VALID, Window, padded, window

if TYPE_CHECKING:
    from onnx import NodeProto


def conv(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Convolutions over three axes; those over fewer have rules of their own."""
    weight = c.constant(node.input[1])
    if weight.values.ndim != 5:
        layers.conv(c, node, values)
        return
    value = c.nhwc(c.value(node.input[0]))
    view = window(value, weight.values.shape[2:], values)
    if not view.same and any(view.pads):
        value = padded(c, value, view.pads)
    settings = _settings(view) | {"padding": SAME if view.same else VALID}
    count, groups = weight.values.shape[0], values.get("group", 1)
    bias = _bias(c, node, count)
    parts, results = _split(c, node, value, groups), []
    made = stored_shape(c.shape(node.output[0]), True)
    for group, part in enumerate(parts):
        rows = slice(group * count // groups, (group + 1) * count // groups)
        filters = weight.part(0, rows.start, rows.stop).transposed((2, 3, 4, 1, 0))
        inputs = [part, c.weight(f"{node.input[1]}_{group}", filters), c.out.constant(f"{node.name}_bias", bias[rows])]
        if groups == 1:
            c.last("CONV_3D", inputs, node, nhwc=True, **settings)
            return
        results.append(c.step("CONV_3D", inputs, (*made[:-1], count // groups), **settings))
    c.last("CONCATENATION", results, node, nhwc=True, axis=4)


def conv_transpose(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Transposed convolutions over three axes, written without padding; what it would cut off is cut off afterwards."""
    weight = c.constant(node.input[1])
    if weight.values.ndim != 5:
        layers.conv_transpose(c, node, values)
        return
    value = c.nhwc(c.value(node.input[0]))
    weight = layers.spread(weight, values)
    view = window(value, weight.values.shape[2:], {**values, "dilations": None})
    groups, each, shape = values.get("group", 1), weight.values.shape[1], c.shape(node.output[0])
    whole = layers.whole_size(value, view, values)
    channels = weight.values.shape[0] // groups
    large = (shape[0], *whole, each)
    results = []
    for group, part in enumerate(_split(c, node, value, groups)):
        own = weight.part(0, group * channels, (group + 1) * channels).transposed((2, 3, 4, 1, 0))
        inputs = [c.whole(*large), c.weight(f"{node.input[1]}_{group}", own), part]
        results.append(c.step("CONV_3D_TRANSPOSE", inputs, large, padding=VALID, **_settings(view)))
    layers.end_transposed(c, node, results, Value(-1, (shape[0], each * groups, *whole), True), view.pads)


def _settings(view: Window) -> dict[str, Any]:
    return {
        **{f"stride{axis}": size for axis, size in zip("DHW", view.strides, strict=True)},
        **{f"dilation{axis}Factor": size for axis, size in zip("DHW", view.dilations, strict=True)},
    }


def _bias(c: Conversion, node: NodeProto, count: int) -> np.ndarray:
    if len(node.input) < 3 or not node.input[2]:
        return np.zeros(count, np.float32)
    return c.constant(node.input[2]).values.astype(np.float32).reshape(-1)


def _split(c: Conversion, node: NodeProto, value: Value, groups: int) -> list[int]:
    """The channels of each group."""
    if groups == 1:
        return [value.number]
    shape = (*value.stored[:-1], value.stored[-1] // groups)
    parts = [c.out.tensor(f"{node.name}_in_{group}", shape) for group in range(groups)]
    c.operator("SPLIT", [c.whole(len(shape) - 1), value.number], parts, numSplits=groups)
    return parts


RULES: dict[str, Rule] = {"Conv": conv, "ConvTranspose": conv_transpose}
