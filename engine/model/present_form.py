"""Graphs in the form that the techniques work on: float32, opset 13 or later, weights stored and not computed.

Integers with a scale per channel are known from opset 13 on, and packed codes from 11 on; kernels, calibration and training
want float32. A graph that is in this form already is given back as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError
from .computed_weights import with_stored_weights
from .data import DataView
from .folding import elements, tensor_array
from .formats import MAX_FILE_BYTES, SMALLER
from .graph import all_graphs

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

    from .data import Batch

OLDEST = 13
RAISED = 17
_FLOAT, _HALVES = 1, (10, 16)


def present_form(model: ModelProto, most_bytes: int = MAX_FILE_BYTES) -> tuple[ModelProto, tuple[str, ...]]:
    """The graph, and what was changed in words; the given one is not changed.

    Raises:
        ModelError: its weights would take more than ``most_bytes`` as float32.
    """
    import onnx

    said = []
    opset = max((item.version for item in model.opset_import if item.domain in ("", "ai.onnx")), default=OLDEST)
    halves = any(_has_halves(graph) for graph in all_graphs(model))
    if halves and (wide := _float32_bytes(model)) > most_bytes:
        raise ModelError(
            "too-large",
            f"the weights have {wide:,} bytes in float32, in which steps work on them; at most {most_bytes:,} fit",
            SMALLER,
        )
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    if halves:
        for graph in all_graphs(changed):
            _widen(graph)
        said.append(
            "16-bit numbers of the model became float32 (half-precision, as the last step, makes them 16-bit again)"
        )
    if opset < OLDEST:
        raised = _raised(changed)
        if raised is not None:
            changed = raised
            said.append(f"the graph was raised from opset {opset} to {RAISED}")
    stored = with_stored_weights(changed)
    if stored is not None:
        changed = stored
        said.append("weights that the graph computed from constants are stored")
    return (changed, tuple(said)) if said else (model, ())


class WideData(DataView):
    """A data set whose 16-bit inputs come as float32, for a graph that became float32."""

    def seen(self, batch: Batch) -> Batch:
        """The batch, wider."""
        arrays = (item.astype(np.float32) if item.dtype == np.float16 else item for item in batch.inputs)
        return replace(batch, inputs=tuple(arrays))


def _has_halves(graph: GraphProto) -> bool:
    values = [item.type.tensor_type.elem_type for item in [*graph.input, *graph.output]]
    return any(kind in _HALVES for kind in [*values, *(item.data_type for item in graph.initializer)])


def _float32_bytes(model: ModelProto) -> int:
    """Of all stored weights, when those of 16 bits have 32."""
    from onnx.helper import tensor_dtype_to_np_dtype

    return sum(
        elements(tensor.dims)
        * (4 if tensor.data_type in _HALVES else tensor_dtype_to_np_dtype(tensor.data_type).itemsize)
        for graph in all_graphs(model)
        for tensor in graph.initializer
    )


def _widen(graph: GraphProto) -> None:
    """Weights, constants, casts and the types of inputs and outputs; what decoded 16-bit weights goes."""
    from onnx import numpy_helper

    del graph.value_info[:]
    for item in [*graph.input, *graph.output]:
        if item.type.tensor_type.elem_type in _HALVES:
            item.type.tensor_type.elem_type = _FLOAT
    for tensor in graph.initializer:
        if tensor.data_type in _HALVES:
            tensor.CopyFrom(numpy_helper.from_array(tensor_array(tensor).astype(np.float32), tensor.name))
    stored = {tensor.name: tensor for tensor in graph.initializer}
    gone = []
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t") and attribute.t.data_type in _HALVES:
                attribute.t.CopyFrom(numpy_helper.from_array(tensor_array(attribute.t).astype(np.float32)))
            elif node.op_type == "Cast" and attribute.name == "to" and attribute.i in _HALVES:
                attribute.i = _FLOAT
        if node.op_type == "Cast" and node.attribute[0].i == _FLOAT and node.input[0] in stored:
            tensor = stored[node.input[0]]
            readers = sum(name == tensor.name for other in graph.node for name in other.input)
            if tensor.data_type == _FLOAT and readers == 1 and tensor.name not in {item.name for item in graph.output}:
                tensor.name = node.output[0]
                gone.append(node)
    for node in gone:
        graph.node.remove(node)


def _raised(model: ModelProto) -> ModelProto | None:
    """In a later opset; None where onnx cannot convert the graph or what it makes is no valid graph."""
    import onnx
    from onnx import version_converter

    try:
        made = version_converter.convert_version(model, RAISED)
        onnx.checker.check_model(made)
    except Exception:  # whatever its C++ half raises: the graph stays as it was, and each step says what it cannot do
        return None
    made.ir_version = min(made.ir_version, 10)
    return made
