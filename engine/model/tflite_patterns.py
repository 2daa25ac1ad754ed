"""Several ONNX operators that are one function: GELU, which graphs below opset 20 write with Erf."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .folding import tensor_array

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

_TOLERANCE = 1e-3


def gather_gelus(graph: GraphProto) -> None:
    """Put one Gelu in the place of ``0.5 x (1 + erf(x / sqrt(2)))``, in whichever order it is multiplied."""
    for node in list(graph.node):
        if node.op_type == "Erf":
            _gather(_Wiring(graph), node)


def _gather(wiring: _Wiring, erf: NodeProto) -> None:
    scaled = wiring.scaled(erf.input[0])
    plus = wiring.only_reader(erf.output[0])
    if scaled is None or plus is None or plus.op_type != "Add" or wiring.other(plus, erf.output[0]) != 1.0:
        return
    x, by = scaled
    if not math.isclose(by, 1 / math.sqrt(2), rel_tol=_TOLERANCE):
        return
    gone, last, factor, seen = [erf, plus], plus, 1.0, False
    while not (seen and math.isclose(factor, 0.5, rel_tol=_TOLERANCE)):
        reader = wiring.only_reader(last.output[0])
        if reader is None or reader.op_type not in ("Mul", "Div"):
            return
        other = wiring.other(reader, last.output[0])
        if isinstance(other, float):
            factor *= other if reader.op_type == "Mul" else 1 / other
        else:
            name, times = wiring.scaled(other) or (other, 1.0)
            if seen or reader.op_type != "Mul" or x not in (name, other):
                return
            seen, factor = True, factor * (times if name == x else 1.0)
        gone.append(reader)
        last = reader
    wiring.replace(gone, x, last.output[0])


class _Wiring:
    """Who makes and who reads what in a graph."""

    def __init__(self, graph: GraphProto) -> None:
        self._graph = graph
        self._makers = {name: node for node in graph.node for name in node.output}
        self._outputs = {item.name for item in graph.output}
        small = (item for item in graph.initializer if math.prod(item.dims) == 1 and item.data_type == 1)
        self._numbers: Mapping[str, float] = {item.name: float(tensor_array(item).reshape(-1)[0]) for item in small}

    def only_reader(self, name: str) -> NodeProto | None:
        """The node that reads a value; None where it is an output or read more than once."""
        readers = [node for node in self._graph.node for item in node.input if item == name]
        return readers[0] if len(readers) == 1 and name not in self._outputs else None

    def other(self, node: NodeProto, name: str) -> float | str:
        """The other operand: a number, or the name of what is computed."""
        wanted: str = node.input[1] if node.input[0] == name else node.input[0]
        return self._numbers.get(wanted, wanted)

    def scaled(self, name: str) -> tuple[str, float] | None:
        """What a value is the multiple of, and by how much."""
        maker = self._makers.get(name)
        if maker is None or maker.op_type not in ("Mul", "Div"):
            return None
        first, second = (self._numbers.get(item) for item in maker.input)
        if second is not None and first is None:
            return maker.input[0], second if maker.op_type == "Mul" else 1 / second
        if first is not None and second is None and maker.op_type == "Mul":
            return maker.input[1], first
        return None

    def replace(self, gone: list[NodeProto], source: str, target: str) -> None:
        """One Gelu instead of some nodes and of what only they read."""
        from onnx import helper

        names = {node.output[0] for node in gone}
        kept = []
        for node in self._graph.node:
            if node.output[0] == target:
                kept.append(helper.make_node("Gelu", [source], [target], name=node.name))
            elif node.output[0] not in names:
                made = type(node)()
                made.CopyFrom(node)
                kept.append(made)
        while True:
            read = {name for node in kept for name in node.input} | self._outputs
            alive = [node for node in kept if any(name in read for name in node.output)]
            if len(alive) == len(kept):
                break
            kept = alive
        del self._graph.node[:]
        self._graph.node.extend(kept)
