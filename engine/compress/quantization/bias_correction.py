"""Bias correction: rounding shifts the mean of a layer's outputs; its bias takes the shift back.

Source: Nagel et al. 2019 (arXiv:1906.04721), section 4.2, with measured means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...events import Cancel

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

SAMPLES = 64


def correct_biases(
    graph: ModelProto,
    build: Callable[[], ModelProto],
    arrays: Sequence[np.ndarray],
    floating: Collection[str],
    cancel: Cancel,
) -> tuple[int, str]:
    """Correct the biases of convolutions and Gemms layer by layer, in graph order; changes ``graph``.

    The mean over some samples may be that of few with large errors, such as clipped ones, and what brings it back harms the
    others: if the outputs of most other samples are further off than before, all biases stay as they were.

    Args:
        graph: float; its biases change.
        build: makes the quantized graph from ``graph`` as it is now.
        arrays: calibration samples, one array per input.
        floating: nodes that are not quantized.
        cancel: asked between layers; ``graph`` is half corrected then.

    Returns:
        How many layers were corrected, and what is said about it.
    """
    from onnx import numpy_helper

    from .saturation import outputs

    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    few = [array[:SAMPLES] for array in arrays]
    others = [array[SAMPLES : 2 * SAMPLES] if len(array) >= 2 * SAMPLES else array[:SAMPLES] for array in arrays]
    layers = {
        node.name: node
        for node in graph.graph.node
        if node.op_type in ("Conv", "Gemm") and len(node.input) > 2 and node.input[2] in tensors
    }
    layers = {name: node for name, node in layers.items() if name not in floating}
    wanted = _means(graph, layers, few)
    before = build()
    kept = {}
    for name, output in _steps(before, layers, few):
        cancel.check()
        bias = numpy_helper.to_array(tensors[layers[name].input[2]])
        shift = wanted[name] - _mean(output)
        if shift.shape == bias.shape:
            shape = [1, -1] + [1] * (output.ndim - 2)
            output += shift.astype(np.float32).reshape(shape)  # what follows sees the corrected layer
            kept[layers[name].input[2]] = bias
            made = numpy_helper.from_array(bias + shift.astype(np.float32), layers[name].input[2])
            tensors[layers[name].input[2]].CopyFrom(made)
    exact = outputs(_with_values(graph, kept), others, exact=False)
    errors = [_errors(exact, outputs(item, others, exact=False)) for item in (before, build())]
    worse, better = int(np.sum(errors[1] > errors[0])), int(np.sum(errors[1] < errors[0]))
    if worse > better:
        for name, bias in kept.items():
            tensors[name].CopyFrom(numpy_helper.from_array(bias, name))
        return 0, _why_not(len(errors[0]), worse, better)
    return len(kept), _noted(len(kept))


def _noted(layers: int) -> str:
    return f"the biases of {layers} layers take back the mean error of rounding"


def _why_not(samples: int, worse: int, better: int) -> str:
    return (
        f"bias_correction: of {samples} other samples {worse} were further off with it, {better} less, so the biases stay "
        "as they were"
    )


def _errors(exact: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> np.ndarray:
    """Sum of squared differences over all outputs, one for each sample."""
    squares = [np.square(a.astype(np.float64) - b) for a, b in zip(exact, found, strict=True)]
    total: np.ndarray = sum(item.reshape(len(item), -1).sum(axis=1) for item in squares)
    return total


def _with_values(graph: ModelProto, values: dict[str, np.ndarray]) -> ModelProto:
    """A copy with other values of some initializers."""
    import onnx
    from onnx import numpy_helper

    copied = onnx.ModelProto()
    copied.CopyFrom(graph)
    for tensor in copied.graph.initializer:
        if tensor.name in values:
            tensor.CopyFrom(numpy_helper.from_array(values[tensor.name], tensor.name))
    return copied


def _steps(
    graph: ModelProto, layers: Collection[str], arrays: Sequence[np.ndarray]
) -> Iterator[tuple[str, np.ndarray]]:
    """Run a graph once, and stop behind each of the named nodes with its output, which may be changed in place.

    Yields:
        The node's name and its output ``[n, channels, ...]``.
    """
    from ...model.graph import real_inputs

    values = {item.name: array for item, array in zip(real_inputs(graph.graph), arrays, strict=True)}
    waiting = list(graph.graph.node)
    for node in [node for node in waiting if node.name in layers]:
        part = _behind(waiting, node, values)
        waiting = [item for item in waiting if not any(item is other for other in part)]
        still_read = {name for item in waiting for name in _read(item)}
        values |= _run(graph, part, values, still_read | {node.output[0]})
        yield node.name, values[node.output[0]]
        values = {name: value for name, value in values.items() if name in still_read}


def _read(node: NodeProto) -> Iterator[str]:
    """Names a node reads, those of its branches with them."""
    from ...model.graph import sub_graphs

    yield from node.input
    for branch in sub_graphs(node):
        yield from (item.name for item in branch.output)
        for inner in branch.node:
            yield from _read(inner)


def _behind(nodes: Sequence[NodeProto], last: NodeProto, known: Collection[str]) -> list[NodeProto]:
    """Those of ``nodes``, in their order, that ``last`` needs and itself."""
    wanted, found = set(last.output), []
    for node in reversed(nodes):
        if not wanted.isdisjoint(node.output):
            found.append(node)
            wanted |= set(_read(node)) - set(known)
    return found[::-1]


def _run(
    graph: ModelProto, nodes: Sequence[NodeProto], values: dict[str, np.ndarray], wanted: Collection[str]
) -> dict[str, np.ndarray]:
    """Run some nodes of a graph, as they are written, and keep what is wanted of their outputs."""
    import onnx
    from onnx import helper

    read = {name for node in nodes for name in _read(node)}
    results = [name for node in nodes for name in node.output if name in wanted]
    part = onnx.ModelProto()
    part.ir_version = graph.ir_version
    part.opset_import.extend(graph.opset_import)
    part.functions.extend(graph.functions)
    part.graph.name = "part"
    part.graph.node.extend(nodes)
    part.graph.initializer.extend(item for item in graph.graph.initializer if item.name in read)
    for name in sorted(read & values.keys()):
        kind = helper.np_dtype_to_tensor_dtype(values[name].dtype)
        part.graph.input.append(helper.make_tensor_value_info(name, kind, [None] * values[name].ndim))
    for name in results:
        part.graph.output.add().name = name
    session = _session(part)
    found = session.run(results, {item.name: values[item.name] for item in session.get_inputs()})
    return dict(zip(results, found, strict=True))


def _means(graph: ModelProto, nodes: Collection[str], arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Mean output of each channel of the named nodes."""
    return {name: _mean(output) for name, output in _steps(graph, nodes, arrays)}


def _mean(output: np.ndarray) -> np.ndarray:
    mean: np.ndarray = output.mean(axis=tuple(i for i in range(output.ndim) if i != 1), dtype=np.float64)
    return mean


def _session(graph: ModelProto) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    return onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
