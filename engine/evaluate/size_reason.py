"""Why a variant's file is larger than its original's: said of every recipe, whatever its techniques promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.cost import count_parameters, is_quantized

if TYPE_CHECKING:
    from onnx import ModelProto

PREFIX = "size: "
_MORE = 1.01


def size_notes(before: ModelProto, after: ModelProto, sizes: tuple[int, int]) -> tuple[str, ...]:
    """The reason why the file grew; none where it did not, or by less than a hundredth.

    Args:
        before: the original.
        after: the variant.
        sizes: of both files in bytes.
    """
    if sizes[1] <= _MORE * sizes[0]:
        return ()
    parameters = count_parameters(before), count_parameters(after)
    operators = len(before.graph.node), len(after.graph.node)
    if parameters[1] > parameters[0]:
        why = f"it has {parameters[1]:,} parameters instead of {parameters[0]:,}"
    elif is_quantized(after) and not is_quantized(before):
        why = "the model is so small that scales and the nodes that convert take more than narrow weights save"
    elif operators[1] <= operators[0]:
        why = "what describes its operators takes more than was saved"
    else:
        why = f"it has {operators[1]} operators instead of {operators[0]}, and what describes them takes more than was saved"
    return (f"{PREFIX}the file grew from {sizes[0]:,} to {sizes[1]:,} bytes: {why}",)
