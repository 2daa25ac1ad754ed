"""Why a variant may be no faster than its original: by arithmetic on both graphs, before anything is timed.

A nominal core does 8 GMAC/s, moves 4 GB/s and takes 2 us to start an operator, about what one core of a small board does.
Only what these figures make plain is said; how fast a variant is on a board is measured, never taken from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.cost import count_macs, count_nonzero, count_parameters, is_quantized, layer_table
from ..model.folding import attributes
from ..model.graph import facts
from .roofline import Roof, bounds

if TYPE_CHECKING:
    from onnx import ModelProto

NOMINAL = Roof(8e9, 4e9)
START_MS = 0.002
STEP = 8
"""Channels that a kernel computes at once; what is left over costs as much as a whole step."""
PREFIX = "speed: "
_FEWER = 0.995
_MANY_ZEROS = 0.2
_MOST = 0.5
_TELLING = 0.25
_NAMED = 3
_FUSED = ("QuantizeLinear", "DequantizeLinear", "Identity")
"""Runtimes make one integer operator of a layer and the roundings around it."""
_RANDOM = ("RandomNormal", "RandomUniform")
_INTEGER = (
    "QuantizeLinear",
    "DynamicQuantizeLinear",
    "MatMulNBits",
    "MatMulInteger",
    "ConvInteger",
    "DynamicQuantizeLSTM",
)


def speed_notes(before: ModelProto, after: ModelProto) -> tuple[str, ...]:
    """Reasons why ``after`` may be no faster, or less so than its arithmetic promises; none where nothing speaks against it."""
    macs = count_macs(before), count_macs(after)
    if not macs[0] or macs[1] is None:
        return ()
    operators = operators_run(before), operators_run(after)
    if macs[1] > _FEWER * macs[0]:
        return _no_fewer(before, after, macs[1] / macs[0], operators)
    said = [_left_over(after, macs[1]), _limited(after)]
    saved_ms = 1e3 * (macs[0] - macs[1]) / NOMINAL.macs_per_s
    if START_MS * (operators[1] - operators[0]) > _TELLING * saved_ms:
        said.append(f"{operators[1]} operators instead of {operators[0]}, and each of them has to be started")
    fewer = f"{1 - macs[1] / macs[0]:.0%} fewer MACs, but "
    return tuple(f"{PREFIX}{fewer}{reason}" for reason in said if reason)


def _no_fewer(before: ModelProto, after: ModelProto, times: float, operators: tuple[int, int]) -> tuple[str, ...]:
    """The arithmetic is the same (or more): what was won instead."""
    if any(node.op_type in _INTEGER or node.op_type.startswith("QLinear") for node in after.graph.node):
        return ()  # integer kernels: only a measurement tells
    if times > 1 / _FEWER:
        return (
            f"{PREFIX}{times - 1:.0%} more MACs: the parts that layers were split into compute more than the layers did",
        )
    if is_quantized(after) and not is_quantized(before):
        return (
            f"{PREFIX}no fewer MACs: weights are unpacked to float before they are used, so the file is smaller, not faster",
        )
    parameters = count_parameters(before), count_parameters(after)
    zeros = [1 - count_nonzero(model) / max(count, 1) for model, count in zip((before, after), parameters, strict=True)]
    if zeros[1] - zeros[0] > _MANY_ZEROS:
        return (
            f"{PREFIX}no fewer MACs: {zeros[1]:.0%} of the weights are zero, and dense kernels multiply zeros, too",
        )
    if parameters[1] < _FEWER * parameters[0]:
        what = f"{parameters[0] - parameters[1]:,} weights left, but none that are multiplied for each sample"
        return (f"{PREFIX}no fewer MACs: {what}",)
    if operators[1] < operators[0]:
        return ()  # fused: the same arithmetic in fewer operators
    return (f"{PREFIX}no fewer MACs: every layer computes as much as before",)


def operators_run(model: ModelProto) -> int:
    """Operators that start for every sample: not what a runtime computes once, when it loads the file, nor what it fuses."""
    constant = {item.name for item in model.graph.initializer}
    count = 0
    for node in model.graph.node:
        if all(name in constant for name in node.input if name) and node.op_type not in _RANDOM:
            constant.update(node.output)
        elif node.op_type not in _FUSED:
            count += 1
    return count


def _left_over(model: ModelProto, macs: int) -> str:
    """Layers whose channels end within a step of the kernels."""
    known = facts(model, batch=1)
    nodes = {node.name or node.output[0]: node for node in model.graph.node}
    found = []
    for row in layer_table(model):
        node = nodes.get(row.name)
        if node is None or not row.macs or attributes(node).get("group", 1) > 1:
            continue
        shape = known.shape(node.output[0])
        width = None if not shape else shape[1] if node.op_type == "Conv" else shape[-1]
        if width and width % STEP:
            found.append((row.macs, row.name, width))
    share = sum(item[0] for item in found) / macs if macs else 0.0
    if share <= _TELLING:
        return ""
    named = ", ".join(f"{name} ({width})" for _, name, width in sorted(found, reverse=True)[:_NAMED])
    return f"{share:.0%} of the rest are in layers whose channels are no multiple of {STEP}, the kernels' step: {named}"


def _limited(model: ModelProto) -> str:
    """What the nominal core spends most of its time on, where that is not arithmetic."""
    rows = bounds(model, NOMINAL)
    count = operators_run(model)
    starting = START_MS * count
    computing = sum(row.bound_ms for row in rows if row.limit == "arithmetic")
    moving = sum(row.bound_ms for row in rows if row.limit == "memory")
    whole = starting + computing + moving
    if starting > _MOST * whole:
        return f"it is so small that starting its {count} operators takes longer than computing them"
    if moving > _MOST * whole:
        return "most of its layers move more memory than they compute with (memory-bound at one sample at a time)"
    return ""
