"""Means over all places of an image or signal, written as GlobalAveragePool: runtimes have an integer kernel for that one.

``x.mean((2, 3))`` and ``x.flatten(2).mean(2)`` become ReduceMean, for which a quantized network goes back to floats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .folding import attributes
from .graph import facts

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

    from .graph import Facts

BATCH = 3
"""Of the shapes that are looked at: an odd one, so that it is not taken for another axis."""


@dataclass(frozen=True)
class _Mean:
    """A ReduceMean that is one over all places of ``source``; ``keeps`` says whether the axes stay as ones."""

    node: NodeProto
    source: str
    keeps: bool


def means_to_pooling(model: ModelProto) -> int:
    """Replace every mean over all axes but batch and channel; changes ``model`` and returns how many there were."""
    from onnx import helper

    if not any(node.op_type == "ReduceMean" for node in model.graph.node):
        return 0
    known = facts(model, BATCH)
    makers = {name: node for node in model.graph.node for name in node.output}
    found = {
        node.output[0]: mean
        for node in model.graph.node
        if node.op_type == "ReduceMean" and (mean := _mean(node, known, makers)) is not None
    }
    if not found:
        return 0
    kept = []
    for node in model.graph.node:
        mean = found.get(node.output[0])
        if mean is None:
            kept.append(node)
            continue
        result = node.output[0]
        pooled = result if mean.keeps else f"{result}/pooled"
        kept.append(helper.make_node("GlobalAveragePool", [mean.source], [pooled], node.name))
        if not mean.keeps:
            kept.append(helper.make_node("Flatten", [pooled], [result], f"{node.name}/flatten", axis=1))
    _replace(model, kept)
    return len(found)


def _mean(node: NodeProto, known: Facts, makers: dict[str, NodeProto]) -> _Mean | None:
    values = attributes(node)
    axes = values.get("axes") if len(node.input) < 2 else known.constants.get(node.input[1])
    shape = known.shape(node.input[0])
    if axes is None or shape is None or known.dtypes.get(node.input[0], "float32") != "float32":
        return None
    over = sorted(int(axis) % len(shape) for axis in axes)
    if len(shape) < 3 or over != list(range(2, len(shape))):
        return None
    keeps = bool(values.get("keepdims", 1))
    source = node.input[0]
    maker = makers.get(source)
    if maker is not None and maker.op_type in ("Reshape", "Flatten") and len(shape) == 3 and not keeps:
        before = known.shape(maker.input[0])
        if before is not None and _only_places_merged(before, shape):
            source = maker.input[0]
    return _Mean(node, source, keeps)


def _only_places_merged(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """``[n, c, h, w]`` to ``[n, c, h * w]``."""
    if len(before) < 4 or None in before or None in after:
        return False
    return before[:2] == after[:2] and math.prod(before[2:]) == after[2]


def _replace(model: ModelProto, nodes: list[Any]) -> None:
    """Put other nodes in place, and leave out those whose results nobody reads any more."""
    results = {value.name for value in model.graph.output}
    branches = any(attribute.HasField("g") or attribute.graphs for node in nodes for attribute in node.attribute)
    while not branches:  # what a branch reads from the graph around it is not seen here
        read = results | {name for node in nodes for name in node.input}
        alive = [node for node in nodes if any(name in read for name in node.output)]
        if len(alive) == len(nodes):
            break
        nodes = alive
    contents = [node.SerializeToString() for node in nodes]
    del model.graph.node[:]
    for content in contents:
        model.graph.node.add().ParseFromString(content)
