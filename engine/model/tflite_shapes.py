"""TFLite rules for what moves values: reshapes, transpositions, slices, pads, resizing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .tflite_conversion import Conversion, Rule, Value, refused, stored_axis, stored_shape
from .tflite_layers import picture

if TYPE_CHECKING:
    from onnx import NodeProto

_CHANNELS_LAST = {5: (0, 2, 3, 4, 1), 4: (0, 2, 3, 1), 3: (0, 2, 1)}
_CHANNELS_FIRST = {5: (0, 4, 1, 2, 3), 4: (0, 3, 1, 2), 3: (0, 2, 1)}
_WINDOWS = {"Conv", "MaxPool", "AveragePool", "BatchNormalization", "GlobalAveragePool", "GlobalMaxPool", "Pad"}
_REFLECT = 0
_INT64 = 4
_BILINEAR = {
    "half_pixel": "halfPixelCenters",
    "pytorch_half_pixel": "halfPixelCenters",
    "align_corners": "alignCorners",
}


def reshape(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """Flatten, Reshape, Squeeze, Unsqueeze: the order of the values in ONNX stays."""
    value = c.plain(c.value(node.input[0]))
    number, _kind = c.result(node)
    c.reshape(value.number, number, c.shape(node.output[0]))


def transpose(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Axes in another order; between channels first and last there is nothing to move."""
    value, shape = c.value(node.input[0]), c.shape(node.output[0])
    rank = len(shape)
    order = tuple(values.get("perm", range(rank)[::-1]))
    if value.nhwc and order == _CHANNELS_LAST.get(rank):
        if rank > 3:
            c.values[node.output[0]] = Value(value.number, shape)
        else:
            c.reshape(value.number, c.result(node)[0], shape)
    elif not value.nhwc and order == _CHANNELS_FIRST.get(rank) and c.readers(node.output[0]) <= _WINDOWS:
        number = value.number
        if rank == 3:
            number = c.like(number, f"signal_{number}", stored_shape(shape, True))
            c.reshape(value.number, number, stored_shape(shape, True))
        c.values[node.output[0]] = Value(number, shape, True)
    else:
        c.transpose(c.plain(value).number, c.result(node)[0], order)


def concat(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Along any axis."""
    rank = len(c.shape(node.output[0]))
    axis = values["axis"] % rank
    inputs = [c.value(name) for name in node.input]
    nhwc = any(value.nhwc for value in inputs)
    numbers = [(c.nhwc(value) if nhwc else value).number for value in inputs]
    number, _ = c.result(node, nhwc=nhwc)
    c.operator("CONCATENATION", numbers, [number], axis=stored_axis(axis, rank) if nhwc else axis)


def split(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Along any axis, in parts of any size."""
    value = c.value(node.input[0])
    axis = values.get("axis", 0) % len(value.shape)
    sizes = [c.shape(name)[axis] for name in node.output]
    numbers = [c.result(node, nhwc=value.nhwc, place=place)[0] for place in range(len(sizes))]
    at = stored_axis(axis, len(value.shape)) if value.nhwc else axis
    inputs = [value.number, c.whole(*sizes), c.whole(at)]
    c.operator("SPLIT_V", inputs, numbers, numSplits=len(sizes))


def cut(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Slices with any steps."""
    value = c.value(node.input[0])
    rank = len(value.shape)
    given = [values.get(name) for name in ("starts", "ends", "axes", "steps")]
    for place, name in enumerate(node.input[1:]):
        if name:
            given[place] = c.constant(name).values.tolist()
    starts, ends, axes, steps = given
    if starts is None or ends is None:
        raise refused("a Slice without limits")
    places = [0] * rank, list(value.shape), [1] * rank
    mask = 0
    for start, end, axis, step in zip(
        starts, ends, axes or range(len(starts)), steps or [1] * len(starts), strict=True
    ):
        axis %= rank
        first, last, each = slice(start, end, step).indices(value.shape[axis])
        places[0][axis], places[1][axis], places[2][axis] = first, last, each
        if last < 0:  # backwards to the very first one
            places[1][axis] = 0
            mask |= 1 << (stored_axis(axis, rank) if value.nhwc else axis)
    rows = [_stored_order(row, fill) if value.nhwc else row for row, fill in zip(places, (0, 1, 1), strict=True)]
    number, _ = c.result(node, nhwc=value.nhwc)
    c.operator("STRIDED_SLICE", [value.number, *(c.whole(*row) for row in rows)], [number], endMask=mask)


def _stored_order(row: list[int], fill: int) -> list[int]:
    """Numbers of each axis in the order of a tensor with its channels last."""
    batch, channels, *space = row
    return [batch, *([fill] if len(space) == 1 else []), *space, channels]


def gather(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Rows of a table, or one place of an axis."""
    data = c.constants.get(node.input[0])
    value = c.plain(c.value(node.input[0])) if data is None else Value(c.weight(node.input[0], data), data.values.shape)
    axis = values.get("axis", 0) % len(value.shape)
    indices = c.constants.get(node.input[1])
    if indices is None:
        places = c.plain(c.value(node.input[1])).number
    else:
        places = c.out.constant("places", (indices.values % value.shape[axis]).astype(np.int32))
    c.last("GATHER", [value.number, places], node, axis=axis)


def expand(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """Broadcast to a larger shape."""
    value, shape = c.plain(c.value(node.input[0])), c.shape(node.output[0])
    if value.shape == shape:
        c.values[node.output[0]] = value
    else:
        c.last("BROADCAST_TO", [value.number, c.whole(*shape)], node, version=2)


def pad(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Constants or reflections around a tensor."""
    value, mode = c.value(node.input[0]), values.get("mode", "constant")
    rank = len(value.shape)
    amounts = values["pads"] if "pads" in values else c.constant(node.input[1]).values.tolist()
    axes = c.constant(node.input[3]).values.tolist() if len(node.input) > 3 and node.input[3] else list(range(rank))
    if mode not in ("constant", "reflect") or min(amounts) < 0:
        raise refused(f"a Pad of the form {mode} by {amounts}")
    around = np.zeros((rank, 2), np.int32)
    for place, axis in enumerate(axes):
        around[axis % rank] = amounts[place], amounts[place + len(axes)]
    if value.nhwc:
        rows = _stored_order(list(range(rank)), -1)
        around = np.stack([around[row] if row >= 0 else np.zeros(2, np.int32) for row in rows])
    inputs = [value.number, c.out.constant("pads", around)]
    fill = values.get("value", 0.0)
    if len(node.input) > 2 and node.input[2]:
        fill = float(c.constant(node.input[2]).values.reshape(-1)[0])
    if mode == "reflect":
        c.last("MIRROR_PAD", inputs, node, nhwc=value.nhwc, mode=_REFLECT)
    elif fill:
        c.last("PADV2", [*inputs, c.scalar(fill)], node, nhwc=value.nhwc)
    else:
        c.last("PAD", inputs, node, nhwc=value.nhwc)


def resize(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Pictures and signals of another size, by the nearest value or between two."""
    given, shape = c.value(node.input[0]), c.shape(node.output[0])
    if shape[:2] != given.shape[:2]:
        raise refused("a Resize of the channels")
    view = picture(c, given)
    place = values.get("coordinate_transformation_mode", "half_pixel")
    size = [1, *shape[2:]][-2:]
    scale = [after / before for before, after in zip(view.shape[2:], size, strict=True)]
    if len(node.input) > 2 and node.input[2] and c.constant(node.input[2]).values.size:
        stated = [1.0, *c.constant(node.input[2]).values.tolist()[2:]][-2:]
        if not np.allclose(stated, scale):
            raise refused(f"a Resize by {stated} to whole sizes")
    form = values.get("mode", "nearest"), place
    rounding = values.get("nearest_mode", "round_prefer_floor")
    whole = all(float(item).is_integer() for item in scale)
    if form == ("nearest", "asymmetric") and rounding == "floor":
        kind, options = "RESIZE_NEAREST_NEIGHBOR", {}
    elif form == ("nearest", "half_pixel") and whole and rounding.startswith("round"):
        kind, options = "RESIZE_NEAREST_NEIGHBOR", {"halfPixelCenters": True}
    elif form[0] == "linear" and place in (*_BILINEAR, "asymmetric"):
        kind, options = "RESIZE_BILINEAR", {_BILINEAR[place]: True} if place in _BILINEAR else {}
    else:
        raise refused(f"a Resize of the form {form[0]}, {place}, {rounding}")
    c.last(kind, [view.number, c.whole(*size)], node, nhwc=True, version=3, **options)


def depth_to_space(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """Channels become pixels; TFLite's order of the channels is that of DCR."""
    view, block = picture(c, c.value(node.input[0])), values["blocksize"]
    number = view.number
    if values.get("mode", "DCR") == "CRD":
        channels = np.arange(view.shape[1]).reshape(-1, block * block).T.reshape(-1)
        number = c.step("GATHER", [number, c.whole(*channels.tolist())], view.stored, axis=3)
    c.last("DEPTH_TO_SPACE", [number], node, nhwc=True, blockSize=block)


def tile(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """Repeated along its axes."""
    value = c.plain(c.value(node.input[0]))
    c.last("TILE", [value.number, c.whole(*c.constant(node.input[1]).values.tolist())], node)


def extreme_place(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """ArgMax and ArgMin: the first place of the extreme along an axis."""
    value = c.plain(c.value(node.input[0]))
    axis, shape = values.get("axis", 0) % len(value.shape), c.shape(node.output[0])
    if values.get("select_last_index"):
        raise refused(f"an {node.op_type} that wants the last of equal values")
    kind = {"ArgMax": "ARG_MAX", "ArgMin": "ARG_MIN"}[node.op_type]
    bare = tuple(size for place, size in enumerate(value.shape) if place != axis)
    made = c.out.tensor(f"{node.name}_places", bare, "int64")
    c.operator(kind, [value.number, c.whole(axis)], [made], outputType=_INT64)
    c.reshape(made, c.result(node)[0], shape)


def undecided(c: Conversion, node: NodeProto, _: dict[str, Any]) -> None:
    """What the model decides while it runs, and sums that are no matrix product: refused with the reason."""
    raise refused(_UNDECIDED[node.op_type].format(name=node.name or node.output[0]))


_UNDECIDED = {
    "If": "{name} (If) chooses between two branches while the model runs; only a choice that its shapes decide is written",
    "Loop": "{name} (Loop) repeats a graph, as often as is known only while the model runs",
    "Scan": "{name} (Scan) repeats a graph for each step of a sequence",
    "Einsum": "{name} (Einsum) is no product of two matrices: it has more than two operands, a diagonal or broadcasts",
}
RULES: dict[str, Rule] = {
    **dict.fromkeys(_UNDECIDED, undecided),
    "Tile": tile,
    **dict.fromkeys(("ArgMax", "ArgMin"), extreme_place),
    **dict.fromkeys(("Flatten", "Reshape", "Squeeze", "Unsqueeze"), reshape),
    "Transpose": transpose,
    "Concat": concat,
    "Split": split,
    "Slice": cut,
    "Gather": gather,
    "Expand": expand,
    "Pad": pad,
    **dict.fromkeys(("Resize", "Upsample"), resize),
    "DepthToSpace": depth_to_space,
}
