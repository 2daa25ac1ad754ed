"""Biases as quantizers can take them: one for each layer, and added as it is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import ModelProto


def plain_biases(graph: ModelProto) -> None:
    """Give every convolution and Gemm with a constant bias one of its own, times its ``beta``; changes ``graph``.

    Layers share a bias where a head goes over several scales. onnxruntime's quantizer leaves ``beta`` out of the sum.
    """
    from onnx import numpy_helper

    from ...model.graph import all_graphs

    used = Counter(name for item in all_graphs(graph) for node in item.node for name in node.input)
    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    for node in graph.graph.node:
        name = node.input[2] if node.op_type in ("Conv", "Gemm") and len(node.input) > 2 else ""
        if name not in tensors:
            continue
        bias = numpy_helper.to_array(tensors[name])
        beta = next((item for item in node.attribute if item.name == "beta"), None)
        if used[name] > 1:
            used[name] -= 1
            node.input[2] = f"{name}/{node.name}"
            tensors[node.input[2]] = graph.graph.initializer.add()
        elif beta is None or beta.f == 1:
            continue
        scaled = bias if beta is None else (beta.f * bias).astype(bias.dtype)
        tensors[node.input[2]].CopyFrom(numpy_helper.from_array(scaled, node.input[2]))
        if beta is not None:
            node.attribute.remove(beta)
