"""Pairs of QuantizeLinear and DequantizeLinear that cost accuracy and gain nothing.

A matrix product of integers sums in 32 bits and can write its result as float as well as in 8 bits (``QGemm``,
``MatMulIntegerToFloat``). Where all that follows computes in float, 8 bits there are only rounding: the logits of a
classifier, in steps as wide as its most certain sample asks for, tie the classes of the uncertain ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

    from ...model.noted_steps import Steps

_PRODUCTS = {"Gemm", "MatMul"}
_CONVOLUTIONS = {"Conv", "ConvTranspose"}
_MOVERS = {"Concat", "Gather", "MaxPool", "Pad", "Resize", "Slice", "Split", "Transpose", "Where"}
"""They run on 8 bits as they are, at a quarter of float's traffic."""
_SUMS = {"Add", "Mul"}
"""A product with a float sum behind it becomes a float ``Gemm`` (onnxruntime's MatMulAddFusion), so a pair stays between them."""
_LIGHT = {
    "Flatten",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
    "AveragePool",
    "GlobalAveragePool",
    "LeakyRelu",
    "Sigmoid",
    "Softmax",
}
"""They run on integers where what they read and what they write is held so."""


def without_idle_pairs(model: ModelProto) -> dict[str, Steps]:
    """Take out every pair whose readers compute in float behind a node that can write floats; changes ``model``.

    Returns:
        Name of each value that is float now -> the steps it was rounded to, zero point as int8.
    """
    from ...model.folding import tensor_array
    from ...model.graph import all_graphs

    tensors = {item.name: item for item in model.graph.initializer}
    graph = _Readers(model)
    steps: dict[str, Steps] = {}
    asked = [node for node in graph.nodes if node.op_type == "DequantizeLinear"]
    while asked:
        node = asked.pop()
        if graph.is_idle(node):
            quantize = graph.maker[node.input[0]]
            steps[node.output[0]] = _steps(*(tensor_array(tensors[name]) for name in quantize.input[1:]))
            asked += graph.take_out(quantize, node)
    del model.graph.node[:]
    model.graph.node.extend(graph.nodes)
    used = {name for graph in all_graphs(model) for node in graph.node for name in node.input}
    kept = [item for item in model.graph.initializer if item.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    return steps


class _Readers:
    """Who makes and who reads each value of a QDQ graph, while pairs are taken out of it."""

    def __init__(self, model: ModelProto) -> None:
        from ...model.graph import all_graphs

        self._nodes = {id(node): node for node in model.graph.node}
        self._results = {item.name for item in model.graph.output}
        for branch in list(all_graphs(model))[1:]:
            self._results |= {name for node in branch.node for name in node.input}
            self._results |= {item.name for item in branch.output}
        self.maker = {name: node for node in self._nodes.values() for name in node.output if name}
        self._readers: dict[str, list[NodeProto]] = {}
        for node in self._nodes.values():
            for name in node.input:
                self._readers.setdefault(name, []).append(node)

    @property
    def nodes(self) -> list[NodeProto]:
        """Those that are left, in their order."""
        return list(self._nodes.values())

    def is_idle(self, node: NodeProto) -> bool:
        """Whether nothing gains from a DequantizeLinear and the QuantizeLinear before it."""
        quantize = self.maker.get(node.input[0])
        if id(node) not in self._nodes or quantize is None or quantize.op_type != "QuantizeLinear":
            return False
        before = self.maker.get(quantize.input[0])
        if before is None or not self._can_write_floats(before):
            return False
        between = (quantize.input[0], quantize.output[0])
        alone = all(len(self._readers[name]) == 1 and name not in self._results for name in between)
        return alone and not any(self._takes_integers(reader) for reader in self._readers.get(node.output[0], ()))

    def take_out(self, quantize: NodeProto, dequantize: NodeProto) -> list[NodeProto]:
        """Take out a pair; what its node reads may be idle now, because that node computes in float."""
        value, result = quantize.input[0], dequantize.output[0]
        before = self.maker[value]
        for node in (quantize, dequantize):
            del self._nodes[id(node)]
        for name in (value, quantize.output[0]):
            del self._readers[name], self.maker[name]
        before.output[:] = [result if name == value else name for name in before.output]
        self.maker[result] = before
        makers = (self.maker.get(name) for name in before.input)
        return [node for node in makers if node is not None and node.op_type == "DequantizeLinear"]

    def _can_write_floats(self, node: NodeProto) -> bool:
        """Whether a node loses nothing that counts where its result stays float: integer convolutions have no such kernel."""
        if node.op_type in _CONVOLUTIONS | _MOVERS | {"QuantizeLinear", "DequantizeLinear"}:
            return False
        return node.op_type not in _SUMS or self._has_a_constant(node)

    def _has_a_constant(self, node: NodeProto) -> bool:
        """Whether one input is a parameter; a sum of two activations is as large as a layer."""
        makers = [self.maker.get(name) for name in node.input]
        return any(
            maker is None or (maker.op_type == "DequantizeLinear" and maker.input[0] not in self.maker)
            for maker in makers
        )

    def _takes_integers(self, node: NodeProto) -> bool:
        if node.op_type in _PRODUCTS | _CONVOLUTIONS | _SUMS | {"QuantizeLinear"}:
            return True
        held = [
            all(reader.op_type == "QuantizeLinear" for reader in self._readers.get(name, ())) and name in self._readers
            for name in node.output
        ]
        return node.op_type in _MOVERS | _LIGHT and all(held)


def _steps(scale: np.ndarray, zero: np.ndarray | None = None) -> Steps:
    if zero is None:
        return float(scale.reshape(-1)[0]), -128
    return float(scale.reshape(-1)[0]), int(zero.reshape(-1)[0]) - (128 if zero.dtype == np.uint8 else 0)


__all__ = ["without_idle_pairs"]
