"""A graph cut into sub-networks that run one after the other, for pipelines over several cores (E1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ModelError
from .cost import layer_table
from .graph import Facts, facts, sub_graphs

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, ValueInfoProto


@dataclass(frozen=True)
class Stage:
    """One sub-network: its graph, its multiply-accumulates, and what it reads and hands on."""

    model: ModelProto
    macs: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    handed_bytes: int


def cut(model: ModelProto, stages: int) -> tuple[Stage, ...]:
    """Cut where the largest stage has the fewest multiply-accumulates; of equal places, where least is handed on.

    A stage reads what earlier ones computed or the inputs of the whole; run in order over one dictionary of values they
    compute what the model computes.

    Raises:
        ModelError: it has fewer layers with weights than stages, or a type at a border is not known.
    """
    known = facts(model, batch=1)
    macs = {layer.name: layer.macs or 0 for layer in layer_table(model)}
    nodes = list(model.graph.node)
    costs = [macs.get(node.name or (node.output[0] if node.output else ""), 0) for node in nodes]
    heavy = [number for number, cost in enumerate(costs) if cost]
    if len(heavy) < stages:
        raise ModelError(
            "too-few-layers",
            f"the model has {len(heavy)} layers that compute, which make no {stages} stages",
            "ask for fewer stages",
        )
    places = []
    for number, start in enumerate(heavy[:-1]):  # one place between two layers that compute: the narrowest
        between = range(start + 1, heavy[number + 1] + 1)
        places.append(min(between, key=lambda place: _handed(nodes, place, known, model)))
    borders = [0, *_balanced(costs, places, stages), len(nodes)]
    return tuple(
        _stage(
            model, nodes, borders[number], borders[number + 1], sum(costs[borders[number] : borders[number + 1]]), known
        )
        for number in range(stages)
    )


def _balanced(costs: Sequence[int], places: Sequence[int], stages: int) -> list[int]:
    """The ``stages - 1`` places that make the largest sum between two of them smallest (dynamic programming)."""
    ends = [0, *places, len(costs)]
    total = [sum(costs[:end]) for end in ends]
    best: list[list[tuple[float, int]]] = [[(float(value), 0) for value in total]]
    for _ in range(1, stages):
        row: list[tuple[float, int]] = []
        for end in range(len(ends)):
            found = [(max(best[-1][start][0], total[end] - total[start]), start) for start in range(1, end)]
            row.append(min(found, default=(math.inf, 0)))
        best.append(row)
    chosen, end = [], len(ends) - 1
    for row in reversed(best[1:]):
        end = row[end][1]
        chosen.append(ends[end])
    return chosen[::-1]


def _reads(node: NodeProto) -> set[str]:
    """What a node reads, in its branches, too."""
    names = {name for name in node.input if name}
    for graph in sub_graphs(node):
        made = {name for inner in graph.node for name in inner.output} | {item.name for item in graph.initializer}
        inside = set().union(*(_reads(inner) for inner in graph.node)) | {item.name for item in graph.output}
        names |= inside - made - {item.name for item in graph.input}
    return names


def _crossing(nodes: Sequence[NodeProto], place: int, model: ModelProto) -> list[str]:
    """Values made before a place and read after it."""
    made = [name for node in nodes[:place] for name in node.output if name]
    later = set().union(*(_reads(node) for node in nodes[place:])) | {item.name for item in model.graph.output}
    return [name for name in made if name in later]


def _handed(nodes: Sequence[NodeProto], place: int, known: Facts, model: ModelProto) -> int:
    total = 0
    for name in _crossing(nodes, place, model):
        if name not in known.constants:
            total += 4 * math.prod(size or 1 for size in known.shape(name) or (1 << 30,))
    return total


def _stage(model: ModelProto, nodes: Sequence[NodeProto], start: int, end: int, macs: int, known: Facts) -> Stage:
    import onnx
    from onnx import helper

    own = nodes[start:end]
    reads = set().union(*(_reads(node) for node in own))
    made = {name for node in own for name in node.output if name}
    stored = [item for item in model.graph.initializer if item.name in reads]
    taken = {item.name for item in stored}
    wanted = reads - made - taken
    inputs = [item for item in model.graph.input if item.name in wanted]
    before = [name for node in nodes[:start] for name in node.output if name in wanted]
    inputs += [_value(name, known) for name in before]
    results = [item for item in model.graph.output if item.name in made]
    finals = {item.name for item in results}
    handed = [name for name in _crossing(nodes, end, model) if name in made and name not in finals]
    results += [_value(name, known) for name in handed]
    graph = helper.make_graph(list(own), f"stage_{start}", inputs, results, initializer=stored)
    part: ModelProto = helper.make_model(graph, opset_imports=list(model.opset_import), ir_version=model.ir_version)
    onnx.checker.check_model(part)
    return Stage(
        part,
        macs,
        tuple(item.name for item in inputs),
        tuple(item.name for item in results),
        _handed(nodes, end, known, model) if end < len(nodes) else 0,
    )


def _value(name: str, known: Facts) -> ValueInfoProto:
    """A value at a border: its type and number of axes; its sizes are found when the stage runs."""
    import numpy as np
    from onnx import helper

    kind = known.dtypes.get(name)
    if kind is None and name in known.constants:
        kind = str(known.constants[name].dtype)
    shape = known.shape(name)
    if kind is None or shape is None:
        raise ModelError("unknown-type", f"the type of {name} at a border is not known", "ask for fewer stages")
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), [None] * len(shape))
