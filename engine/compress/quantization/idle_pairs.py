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
    steps: dict[str, Steps] = {}
    found = True
    while found:  # a node that writes floats now computes in float, so the pair before it may be idle too
        graph = _Readers(model)
        found = False
        for node in graph.idle():
            quantize, node_before = graph.maker[node.input[0]], graph.maker[graph.maker[node.input[0]].input[0]]
            value, result = quantize.input[0], node.output[0]
            steps[result] = _steps(*(tensor_array(tensors[name]) for name in quantize.input[1:]))
            model.graph.node.remove(node)
            model.graph.node.remove(quantize)
            node_before.output[:] = [result if name == value else name for name in node_before.output]
            found = True
    used = {name for graph in all_graphs(model) for node in graph.node for name in node.input}
    kept = [item for item in model.graph.initializer if item.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    return steps


class _Readers:
    """Who makes and who reads each value of a QDQ graph."""

    def __init__(self, model: ModelProto) -> None:
        from ...model.graph import all_graphs

        self._nodes = list(model.graph.node)
        self._results = {item.name for item in model.graph.output}
        for branch in list(all_graphs(model))[1:]:
            self._results |= {name for node in branch.node for name in node.input}
            self._results |= {item.name for item in branch.output}
        self.maker = {name: node for node in self._nodes for name in node.output if name}
        self._readers: dict[str, list[NodeProto]] = {}
        for node in self._nodes:
            for name in node.input:
                self._readers.setdefault(name, []).append(node)

    def idle(self) -> list[NodeProto]:
        """The DequantizeLinear nodes of pairs that nothing gains from, the last of the graph first."""
        return [node for node in reversed(self._nodes) if node.op_type == "DequantizeLinear" and self._is_idle(node)]

    def _is_idle(self, node: NodeProto) -> bool:
        quantize = self.maker.get(node.input[0])
        if quantize is None or quantize.op_type != "QuantizeLinear":
            return False
        before = self.maker.get(quantize.input[0])
        if before is None or not self._can_write_floats(before):
            return False
        alone = (
            len(self._readers[quantize.output[0]]) == 1
            and len(self._readers[quantize.input[0]]) == 1
            and quantize.input[0] not in self._results
        )
        return alone and not any(self._takes_integers(reader) for reader in self._readers.get(node.output[0], ()))

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
