"""Import rules for operators that move values without computing: reshape, concat, slice, pad, resize."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from .import_layers import Consumers, Rule
from .module_builder import BatchSize, Builder, Size, torch_pads, unsupported

if TYPE_CHECKING:
    from onnx import NodeProto
    from torch import fx

_END = 1 << 31  # ONNX writes "to the end" as a very large number


def _identity(builder: Builder, node: NodeProto, _: Consumers) -> None:
    builder.set(node, builder.value(node, 0))


def _dropout(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    if len(node.output) > 1 and builder.facts.consumers[node.output[1]]:
        raise unsupported(node, "returns its mask")
    ratio = builder.option(node, "ratio", 1) or [0.5]
    builder.set(node, builder.module(node, torch.nn.Dropout(float(ratio[0])), builder.value(node, 0)))


def _flatten(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    axis = int(builder.attributes(node).get("axis", 1))
    rank = builder.rank(node, node.input[0])
    if axis % rank == 1 or rank == 1:
        builder.set(node, builder.module(node, torch.nn.Flatten(1), builder.value(node, 0)))
    else:
        _reshaped(builder, node)


def _reshape(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    before, after = builder.shape(node.input[0]), builder.shape(node.output[0])
    if before is not None and before == after:
        builder.set(node, builder.value(node, 0))
    elif after is not None and before is not None and _flattens(before, after):
        # unlike sizes in numbers, this follows its tensor, which pruning may make narrower
        builder.set(node, builder.module(node, torch.nn.Flatten(len(after) - 1), builder.value(node, 0)))
    else:
        _reshaped(builder, node)


def _flattens(before: tuple[Size, ...], after: tuple[Size, ...]) -> bool:
    """Whether a reshape only joins the last axes."""
    kept = len(after) - 1
    return 1 <= kept < len(before) and before[:kept] == after[:kept]


def _reshaped(builder: Builder, node: NodeProto) -> None:
    import torch

    sizes = builder.need_shape(node, node.output[0])
    builder.set(node, builder.call(torch.reshape, builder.value(node, 0), _target(builder, sizes)))


def _target(builder: Builder, sizes: tuple[Size, ...]) -> tuple[Any, ...]:
    """Sizes for a reshape: the one that depends on the batch is -1, further ones are computed from the input."""
    result: list[Any] = []
    for size in sizes:
        if isinstance(size, int):
            result.append(size)
        elif -1 not in result:
            result.append(-1)
        else:
            result.append(_times_batch(builder, size))
    return tuple(result)


def _times_batch(builder: Builder, size: BatchSize) -> fx.Node:
    batch = builder.batch()
    return batch if size.times == 1 else builder.call(operator.mul, batch, size.times)


def _transpose(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    rank = builder.rank(node, node.input[0])
    order = builder.attributes(node).get("perm", list(reversed(range(rank))))
    builder.set(node, builder.call(torch.permute, builder.value(node, 0), tuple(order)))


def _squeeze(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    rank = builder.rank(node, node.input[0])
    axes = builder.option(node, "axes", 1)
    if axes is None:
        axes = [axis for axis, size in enumerate(builder.need_shape(node, node.input[0])) if size == 1]
    axes = sorted(int(axis) % rank for axis in axes)
    data = builder.value(node, 0)
    if axes == list(range(2, rank)) and rank > 2:
        data = builder.module(node, torch.nn.Flatten(1), data)
    else:
        for axis in reversed(axes):
            data = builder.call(torch.squeeze, data, axis)
    builder.set(node, data)


def _unsqueeze(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    axes = builder.option(node, "axes", 1) or []
    rank = builder.rank(node, node.input[0]) + len(axes)
    data = builder.value(node, 0)
    for axis in sorted(int(axis) % rank for axis in axes):
        data = builder.call(torch.unsqueeze, data, axis)
    builder.set(node, data)


def _concat(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    parts = [builder.value(node, position) for position in range(len(node.input))]
    builder.set(node, builder.call(torch.cat, parts, dim=int(builder.attributes(node)["axis"])))


def _split(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    axis = int(values.get("axis", 0))
    sizes = builder.option(node, "split", 1)
    if sizes is None:
        total = builder.need_shape(node, node.input[0])[axis]
        count = int(values.get("num_outputs", len(node.output)))
        if not isinstance(total, int):
            raise unsupported(node, "splits the batch")
        each = -(-total // count)
        sizes = [min(each, total - each * index) for index in range(count)]
    parts = builder.call(torch.split, builder.value(node, 0), [int(size) for size in sizes], dim=axis)
    builder.set(node, *(builder.call(operator.getitem, parts, index) for index in range(len(node.output))))


def _slice(builder: Builder, node: NodeProto, _: Consumers) -> None:
    starts, ends = builder.option(node, "starts", 1), builder.option(node, "ends", 2)
    if starts is None or ends is None:
        raise unsupported(node, "gives no range")
    axes = builder.option(node, "axes", 3) or list(range(len(starts)))
    steps = builder.option(node, "steps", 4) or [1] * len(starts)
    if any(step < 1 for step in steps):
        raise unsupported(node, "walks backwards")
    index = [slice(None)] * builder.rank(node, node.input[0])
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        index[int(axis)] = slice(
            int(start) if abs(start) < _END else None, int(end) if abs(end) < _END else None, int(step)
        )
    builder.set(node, builder.call(operator.getitem, builder.value(node, 0), tuple(index)))


def _gather(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    from .module_builder import tensor_of

    axis = int(builder.attributes(node).get("axis", 0))
    indices, table = builder.array(node.input[1]), builder.array(node.input[0])
    if indices is not None and indices.ndim == 0:
        result = builder.call(torch.select, builder.value(node, 0), axis, int(indices))
    elif indices is not None and indices.ndim == 1:
        result = builder.call(torch.index_select, builder.value(node, 0), axis, builder.value(node, 1))
    elif table is not None and table.ndim == 2 and axis == 0 and indices is None:
        layer = torch.nn.Embedding(table.shape[0], table.shape[1])
        layer.weight = torch.nn.Parameter(tensor_of(table))
        result = builder.module(node, layer, builder.value(node, 1))
    else:
        raise unsupported(node, "gathers along an axis with computed indices")
    builder.set(node, result)


def _expand(builder: Builder, node: NodeProto, _: Consumers) -> None:
    sizes, before = builder.need_shape(node, node.output[0]), builder.need_shape(node, node.input[0])
    own = [None] * (len(sizes) - len(before)) + list(before)
    target = tuple(
        # an axis that stays follows its tensor, which pruning may make narrower
        -1 if isinstance(size, int) and size == was else size if isinstance(size, int) else _times_batch(builder, size)
        for size, was in zip(sizes, own, strict=True)
    )
    builder.set(node, builder.method("expand", builder.value(node, 0), target))


def _pad(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    pads = [int(value) for value in builder.option(node, "pads", 1) or []]
    fill = builder.option(node, "value", 2) or [0.0]
    rank = builder.rank(node, node.input[0])
    if len(node.input) > 3 and node.input[3]:
        axes = [int(axis) % rank for axis in builder.need_array(node, 3)]
        full = [0] * 2 * rank
        for position, axis in enumerate(axes):
            full[axis], full[rank + axis] = pads[position], pads[len(axes) + position]
        pads = full
    mode = values.get("mode", "constant")
    modes = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    used = torch_pads(pads)
    while len(used) > 2 and used[-2:] == [0, 0] and (mode == "constant" or len(used) > 2 * (rank - 2)):
        used = used[:-2]
    options = {"value": float(fill[0])} if mode == "constant" else {}
    pad = torch.nn.functional.pad
    builder.set(node, builder.call(pad, builder.value(node, 0), tuple(used), mode=modes[mode], **options))


def _resize(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    before, after = builder.need_shape(node, node.input[0]), builder.need_shape(node, node.output[0])
    if len(before) < 3 or before[1] != after[1] or not all(isinstance(size, int) for size in (*before[2:], *after[2:])):
        raise unsupported(node, "changes the batch or the channels")
    mode, corners = _resize_mode(node, values, len(before) - 2)
    factors = [new / old for new, old in zip(after[2:], before[2:], strict=True)]  # type: ignore[operator]
    if all(float(factor).is_integer() for factor in factors) and corners is not True:
        size, scale = None, tuple(float(factor) for factor in factors)
    else:
        _refuse_foreign_scale(builder, node, before, after)
        size, scale = tuple(after[2:]), None
    layer = torch.nn.Upsample(size=size, scale_factor=scale, mode=mode, align_corners=corners)  # type: ignore[arg-type]
    builder.set(node, builder.module(node, layer, builder.value(node, 0)))


def _refuse_foreign_scale(builder: Builder, node: NodeProto, before: tuple[Size, ...], after: tuple[Size, ...]) -> None:
    """A scale that is not exactly new/old size samples other places than a resize to that size does."""
    scales = builder.option(node, "scales", 2 if builder.facts.opset > 10 else 1)
    if not scales:
        return
    for scale, old, new in zip(scales[2:], before[2:], after[2:], strict=True):
        if isinstance(old, int) and isinstance(new, int) and abs(scale - new / old) > 1e-6:
            raise unsupported(node, f"scales {old} by {scale}, which is no whole size")


def _resize_mode(node: NodeProto, values: dict[str, Any], axes: int) -> tuple[str, bool | None]:
    """Mode and ``align_corners`` of torch that sample the same places as the node."""
    mode = values.get("mode", "nearest")
    default = "asymmetric" if node.op_type == "Upsample" else "half_pixel"
    places = values.get("coordinate_transformation_mode", default)
    if values.get("antialias") or values.get("exclude_outside"):
        raise unsupported(node, "resizes with antialias")
    if mode == "nearest":
        rounding = values.get("nearest_mode", "floor" if node.op_type == "Upsample" else "round_prefer_floor")
        if places == "asymmetric" and rounding == "floor":
            return "nearest", None
        if places in ("half_pixel", "pytorch_half_pixel") and rounding.startswith("round_prefer"):
            return "nearest-exact", None
        raise unsupported(node, f"resizes by {places} with {rounding}")
    if mode == "cubic" and (axes != 2 or values.get("cubic_coeff_a", -0.75) != -0.75):
        raise unsupported(node, "resizes with another cubic than torch")
    names = {"linear": ("linear", "bilinear", "trilinear")[axes - 1], "cubic": "bicubic"}
    corners = {"half_pixel": False, "pytorch_half_pixel": False, "align_corners": True}.get(places)
    if corners is None or mode not in names:
        raise unsupported(node, f"resizes by {mode} with {places}")
    return names[mode], corners


def _depth_to_space(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    values = builder.attributes(node)
    block = int(values["blocksize"])
    data = builder.value(node, 0)
    if values.get("mode", "DCR") == "DCR":
        channels, height, width = builder.need_shape(node, node.input[0])[1:]
        if not (isinstance(channels, int) and isinstance(height, int) and isinstance(width, int)):
            raise unsupported(node, "has a size that depends on the batch")
        inner = channels // block**2
        data = builder.call(torch.reshape, data, (-1, block**2, inner, height, width))
        data = builder.call(torch.transpose, data, 1, 2)
        data = builder.call(torch.reshape, data, (-1, channels, height, width))
    builder.set(node, builder.module(node, torch.nn.PixelShuffle(block), data))


RULES: dict[str, Rule] = {
    "Identity": _identity,
    "Dropout": _dropout,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concat,
    "Split": _split,
    "Slice": _slice,
    "Gather": _gather,
    "Expand": _expand,
    "Pad": _pad,
    "Resize": _resize,
    "Upsample": _resize,
    "DepthToSpace": _depth_to_space,
}
