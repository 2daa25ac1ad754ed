"""Bias correction: rounding shifts the mean of a layer's outputs; its bias takes the shift back.

Source: Nagel et al. 2019 (arXiv:1906.04721), section 4.2, with measured means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto

SAMPLES = 64


def correct_biases(
    graph: ModelProto, build: Callable[[], ModelProto], arrays: Sequence[np.ndarray], floating: Collection[str]
) -> int:
    """Correct the biases of convolutions and Gemms layer by layer, in graph order; changes ``graph``.

    Args:
        graph: float; its biases change.
        build: makes the quantized graph from ``graph`` as it is now.
        arrays: calibration samples, one array per input.
        floating: nodes that are not quantized.

    Returns:
        How many layers were corrected.
    """
    from onnx import numpy_helper

    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    few = [array[:SAMPLES] for array in arrays]
    layers = [
        node
        for node in graph.graph.node
        if node.op_type in ("Conv", "Gemm") and len(node.input) > 2 and node.input[2] in tensors
    ]
    layers = [node for node in layers if node.name not in floating]
    wanted = _means(graph, [node.name for node in layers], few)
    done = 0
    for node in layers:
        found = _means(build(), [node.name], few)
        if node.name not in found or node.name not in wanted:
            continue
        bias = numpy_helper.to_array(tensors[node.input[2]])
        shift = wanted[node.name] - found[node.name]
        if shift.shape == bias.shape:
            tensors[node.input[2]].CopyFrom(numpy_helper.from_array(bias + shift.astype(np.float32), node.input[2]))
            done += 1
    return done


def _means(graph: ModelProto, nodes: Collection[str], arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Mean output of each channel of the named nodes; the graph runs as written, so that no node is fused away."""
    import onnx
    import onnxruntime

    watched = onnx.ModelProto()
    watched.CopyFrom(graph)
    names = {node.name: node.output[0] for node in watched.graph.node if node.name in nodes}
    known = {item.name for item in watched.graph.output}
    for output in names.values():
        if output not in known:
            watched.graph.output.add().name = output
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    session = onnxruntime.InferenceSession(watched.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {item.name: array for item, array in zip(session.get_inputs(), arrays, strict=True)}
    outputs = session.run(list(names.values()), feed)
    return {
        name: value.astype(np.float64).mean(axis=tuple(i for i in range(value.ndim) if i != 1))
        for name, value in zip(names, outputs, strict=True)
    }
