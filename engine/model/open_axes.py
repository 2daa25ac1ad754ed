"""Axes that a file leaves open beside the batch, such as the number of steps of a sequence: set to what the data has.

A torch module is made of a graph whose shapes are known; one that works on the graph itself needs none of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .graph import real_inputs

if TYPE_CHECKING:
    from onnx import ModelProto

    from device_agent.contract.io import InputContract


def with_sizes(model: ModelProto, given: Sequence[InputContract]) -> ModelProto | None:
    """A copy whose open axes, but for the first, have the sizes of the data; None where none is open.

    Args:
        model: its inputs in the order of ``given``.
        given: inputs of the data, shapes without the batch.
    """
    import onnx

    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    found = False
    for value, have in zip(real_inputs(changed.graph), given, strict=False):
        axes = value.type.tensor_type.shape.dim
        if len(axes) != len(have.shape) + 1:
            return None
        for axis, size in zip(axes[1:], have.shape, strict=True):
            if not axis.HasField("dim_value"):
                axis.dim_value, found = int(size), True
    if not found:
        return None
    del changed.graph.value_info[:]  # they name the open axes
    return changed
