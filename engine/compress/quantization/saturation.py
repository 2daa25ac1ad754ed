"""int8 weights of 8 or 7 bits: where a processor's integer kernels saturate, 7 bits keep the sums exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...events import Cancel
from ..processor import Processor, this_processor

if TYPE_CHECKING:
    from onnx import ModelProto

WEIGHT_RANGES = ("auto", "full", "reduced")
EXACT_SUMS = "session.x64quantprecision"
"""Session setting of onnxruntime: "1" takes kernels with 32-bit sums on x86 processors without VNNI, at half the speed."""

CHECKED_SAMPLES = 100
NEGLIGIBLE = 1e-3


def outputs(
    graph: ModelProto, arrays: Sequence[np.ndarray], *, exact: bool, cancel: Cancel | None = None
) -> list[np.ndarray]:
    """Outputs of a graph made here, on this computer, sample by sample; ``exact`` keeps x86 kernels from saturating."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if exact:
        options.add_session_config_entry(EXACT_SUMS, "1")
        graph = _apart(graph)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [item.name for item in session.get_inputs()]
    rows: list[list[np.ndarray]] = []
    for row in range(len(arrays[0])):
        if cancel is not None:
            cancel.check()
        rows.append(session.run(None, {name: array[row : row + 1] for name, array in zip(names, arrays, strict=True)}))
    return [np.concatenate(parts) for parts in zip(*rows, strict=True)]


def _apart(graph: ModelProto) -> ModelProto:
    """A copy in which every layer has weights of its own: with exact sums onnxruntime converts shared ones twice, and fails."""
    import onnx

    copied = onnx.ModelProto()
    copied.CopyFrom(graph)
    stored = {item.name: item for item in copied.graph.initializer}
    decoders = {node.output[0]: node for node in copied.graph.node if node.input and node.input[0] in stored}
    seen: set[str] = set()
    added = []
    for number, node in enumerate(copied.graph.node):
        for place, name in enumerate(node.input):
            decoder = decoders.get(name)
            if decoder is None or decoder.op_type != "DequantizeLinear":
                continue
            if name in seen:
                own = onnx.NodeProto()
                own.CopyFrom(decoder)
                for part, source in enumerate(decoder.input):
                    tensor = copied.graph.initializer.add()
                    tensor.CopyFrom(stored[source])
                    tensor.name = own.input[part] = f"{source}_of_{number}"
                own.name, own.output[0] = f"{decoder.name}_of_{number}", f"{name}_of_{number}"
                node.input[place] = own.output[0]
                added.append(own)
            seen.add(name)
    for node in added:
        copied.graph.node.insert(0, node)
    return copied


def saturation_error(graph: ModelProto, arrays: Sequence[np.ndarray]) -> float:
    """Share of the outputs' energy that this computer's kernels lose to saturated sums; 0.0 where they have wide sums.

    Args:
        graph: quantized.
        arrays: one per input, ``[n, ...]``.
    """
    few = [array[:CHECKED_SAMPLES] for array in arrays]
    lost = energy = 0.0
    for wrong, right in zip(outputs(graph, few, exact=False), outputs(graph, few, exact=True), strict=True):
        lost += float(np.square(wrong.astype(np.float64) - right).sum())
        energy += float(np.square(right.astype(np.float64)).sum())
    return lost / energy if energy else 0.0


def chosen_range(
    wanted: str, processor: Processor | None, full: Callable[[], ModelProto] | None, arrays: Sequence[np.ndarray]
) -> tuple[bool, str | None]:
    """Whether the weights get 7 bits, and a note where that was decided here.

    Args:
        wanted: one of :data:`WEIGHT_RANGES`.
        processor: of the target; None = this computer's.
        full: makes the graph with 8-bit weights, where it has to be tried; None where there are no samples to try it on.
        arrays: those samples.
    """
    if wanted != "auto":
        return wanted == "reduced", None
    target = processor or this_processor()
    if not target.saturates:
        return False, None
    if full is not None and this_processor().saturates:
        error = saturation_error(full(), arrays)
        if error <= NEGLIGIBLE:
            note = "weights have 8 bits: this processor sums int8 products in 16 bits, but hardly any sum overflowed"
            return False, f"{note} on {min(len(arrays[0]), CHECKED_SAMPLES)} samples"
    return True, (
        "weights have 7 bits: the processor (x86 without VNNI) sums int8 products in 16 bits, where 8-bit weights overflow; "
        "weight_range: full turns this off"
    )
