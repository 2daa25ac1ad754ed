"""ONNX operators that TFLite has not, as others that it has: Einsum, pools over three axes, branches that are decided already.

They are rewritten inside the ONNX graph, whose shapes are known by then (batch 1), so the rules of the others apply.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .decided_branches import branch_taken
from .folding import attributes, tensor_array

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Shapes = Mapping[str, Sequence[int]]


def rewrite(model: ModelProto, shapes: Shapes) -> bool:
    """Rewrite what can be; whether there was any.

    Args:
        model: changed in place.
        shapes: of the values that have no unknown size.
    """
    from onnx import numpy_helper

    graph = model.graph
    opset = next(item.version for item in model.opset_import if item.domain in ("", "ai.onnx"))
    known = {item.name: item for item in graph.initializer}
    nodes: list[NodeProto] = []
    done = False
    for node in graph.node:
        maker = _Maker(node, shapes, opset)
        if node.op_type == "Einsum":
            made = maker.einsum()
        elif node.op_type in ("MaxPool", "AveragePool"):
            made = maker.deep_pool()
        elif node.op_type == "If" and node.input[0] in known:
            made = branch_taken(graph, node, bool(tensor_array(known[node.input[0]]).reshape(-1)[0]))
        else:
            made = None
        done |= made is not None
        nodes += [_copied(node)] if made is None else made
        graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in maker.constants.items())
    del graph.node[:]
    graph.node.extend(nodes)
    return done


def _copied(node: NodeProto) -> NodeProto:
    made = type(node)()
    made.CopyFrom(node)
    return made


class _Maker:
    """The nodes in the place of one."""

    def __init__(self, node: NodeProto, shapes: Shapes, opset: int) -> None:
        self._node, self._shapes, self._values, self._opset = node, shapes, attributes(node), opset
        self._name = node.name or node.output[0]
        self._made: list[NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}

    def _of(self, kind: str, inputs: Sequence[str], *, output: str = "", **values: Any) -> str:
        from onnx import helper

        name = output or f"{self._name}_{kind.lower()}_{len(self._made)}"
        self._made.append(helper.make_node(kind, inputs, [name], name, **values))
        return name

    def _reshape(self, source: str, shape: Sequence[int], *, output: str = "") -> str:
        sizes = f"{self._name}_shape_{len(self._made)}"
        self.constants[sizes] = np.array(shape, np.int64)
        return self._of("Reshape", [source, sizes], output=output)

    def deep_pool(self) -> list[NodeProto] | None:
        """A window over three axes: first over the last two, then over the first one. Extremes and means allow that."""
        kernel, shape = self._values["kernel_shape"], self._shapes.get(self._node.input[0])
        result = self._shapes.get(self._node.output[0])
        if len(kernel) != 3 or shape is None or result is None or len(self._node.output) > 1:
            return None
        batch, channels, depth = shape[:3]
        made = self._reshape(self._node.input[0], (batch, channels * depth, *shape[3:]))
        made = self._of(self._node.op_type, [made], **self._along((1, 2)))
        made = self._reshape(made, (batch, channels, depth, math.prod(result[3:])))
        made = self._of(self._node.op_type, [made], **self._along((0,)))
        self._reshape(made, result, output=self._node.output[0])
        return self._made

    def _along(self, axes: tuple[int, ...]) -> dict[str, Any]:
        """The settings of a window along some of three axes; a single one comes with one that is not moved over."""
        settings = {k: v for k, v in self._values.items() if k in ("ceil_mode", "count_include_pad", "auto_pad")}
        pads = self._values.get("pads", [0] * 6)
        for name in ("kernel_shape", "strides", "dilations"):
            if name in self._values:
                settings[name] = [*(self._values[name][axis] for axis in axes), 1][:2]
        if settings.get("auto_pad", "NOTSET") == "NOTSET":
            before, after = ([*(pads[axis + side] for axis in axes), 0][:2] for side in (0, 3))
            settings["pads"] = [*before, *after]
        return settings

    def einsum(self) -> list[NodeProto] | None:
        """Products of matrices between transpositions; None where a sum has more than two operands or a diagonal."""
        inputs = list(self._node.input)
        ranks = [len(self._shapes[name]) if name in self._shapes else None for name in inputs]
        terms = _terms(self._values.get("equation", ""), ranks)
        if terms is None:
            return None
        labels, result = terms
        sizes: dict[str, int] = {}
        for name, term in zip(inputs, labels, strict=True):
            for label, size in zip(term, self._shapes[name], strict=True):
                if sizes.setdefault(label, size) != size:
                    return None  # one of them is broadcast
        alone = [
            self._summed(name, term, set(result).union(*labels[:place], *labels[place + 1 :]))
            for place, (name, term) in enumerate(zip(inputs, labels, strict=True))
        ]
        name, term = alone[0] if len(alone) == 1 else self._product(alone[0], alone[1], result, sizes)
        self._of("Transpose", [name], output=self._node.output[0], perm=[term.index(label) for label in result])
        return self._made

    def _summed(self, name: str, term: str, wanted: set[str]) -> tuple[str, str]:
        """Without the axes that nothing else knows."""
        gone = [axis for axis, label in enumerate(term) if label not in wanted]
        if not gone:
            return name, term
        if self._opset < 13:
            made = self._of("ReduceSum", [name], axes=gone, keepdims=0)
        else:
            axes = f"{self._name}_axes_{len(self._made)}"
            self.constants[axes] = np.array(gone, np.int64)
            made = self._of("ReduceSum", [name, axes], keepdims=0)
        return made, "".join(label for label in term if label in wanted)

    def _product(
        self, first: tuple[str, str], second: tuple[str, str], result: str, sizes: Mapping[str, int]
    ) -> tuple[str, str]:
        both = [label for label in first[1] if label in second[1]]
        stacked = [label for label in both if label in result]
        shared = [label for label in both if label not in result]
        own = [[label for label in term if label not in both] for _, term in (first, second)]
        left = self._matrices(first, stacked, own[0], shared, sizes)
        right = self._matrices(second, stacked, shared, own[1], sizes)
        made = self._of("MatMul", [left, right])
        order = [*stacked, *own[0], *own[1]]
        return self._reshape(made, [sizes[label] for label in order]), "".join(order)

    def _matrices(
        self,
        operand: tuple[str, str],
        stacked: list[str],
        rows: list[str],
        columns: list[str],
        sizes: Mapping[str, int],
    ) -> str:
        """An operand as a matrix, or as a stack of matrices where there is something to stack."""
        name, term = operand
        turned = self._of("Transpose", [name], perm=[term.index(label) for label in [*stacked, *rows, *columns]])
        shape = [math.prod(sizes[label] for label in group) for group in (rows, columns)]
        return self._reshape(turned, [*([math.prod(sizes[label] for label in stacked)] if stacked else []), *shape])


def _terms(equation: str, ranks: Sequence[int | None]) -> tuple[list[str], str] | None:
    """The labels of each operand and of the result, an ellipsis spelt out; None for what is not rewritten.

    >>> _terms("...ij, jk -> ...ik", [3, 2])
    (['0ij', 'jk'], '0ik')
    >>> _terms("ij,jk", [2, 2])
    (['ij', 'jk'], 'ik')
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks) or len(terms) > 2 or None in ranks:
        return None
    hidden = ""
    for place, (term, rank) in enumerate(zip(terms, ranks, strict=True)):
        assert rank is not None
        count = rank - len(term.replace("...", ""))
        if "..." in term:
            spelt = "".join(map(str, range(count)))[::-1]
            terms[place] = term.replace("...", spelt)
            hidden = max(hidden, spelt, key=len)
        if len(terms[place]) != rank or len(set(terms[place])) != rank:
            return None
    if not arrow:
        every = "".join(terms)
        right = "..." + "".join(sorted(label for label in set(every) - set(hidden) if every.count(label) == 1))
    return terms, right.replace("...", hidden)
