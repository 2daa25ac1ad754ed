"""The recipe's result as a TFLite file, run by LiteRT or tflite-runtime; weights may be stored as int8."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...errors import TechniqueError
from ...records import Format
from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob

if TYPE_CHECKING:
    from onnx import ModelProto

WEIGHTS = ("int8", "float32")
# what TFLite has no form for -> in words
_LOST_WORDS = {
    "BitShift": "weights packed into less than a byte",
    "MatMulNBits": "weights in blocks of 4 bits",
    "GatherBlockQuantized": "weights in blocks of 4 bits",
    "DynamicQuantizeLinear": "ranges taken while running",
}
_HEAVY = {"Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN"}


@dataclass(frozen=True)
class TfliteFile:
    """Knobs of the TFLite file."""

    weights: str = knob(
        "int8",
        "int8 weights are unpacked once, when the file is loaded: four times smaller at the speed of float.",
        choices=WEIGHTS,
    )
    bits: int = knob(
        8, "Bits of a stored int8 weight; fewer take no less room, but pack smaller.", unit="bits", min=4, max=8
    )


@technique(
    "tflite-file",
    name="TFLite file",
    family="quantization",
    covers=("Q3", "Q5"),
    summary="Ends in a TFLite file: LiteRT is often faster on narrow networks, and 32-bit boards run nothing else.",
    paper="TensorFlow Lite schema, version 3 (2017); weights as in Jacob et al. 2018 (arXiv:1712.05877)",
    config=TfliteFile,
    takes=Takes.ONNX,
    changes=(Effect.WEIGHTS, Effect.FORMAT),
    destroys=(Effect.TRAINABLE,),
    idempotent=True,
)
def tflite_file(state: ModelState, config: TfliteFile, context: Context) -> ModelState:
    """Store the weights as asked and see that the graph can be written as TFLite; networks it cannot are refused.

    A graph that is quantized already (static int8, quantization-aware training) keeps its integers: its layers run on the
    runtime's integer kernels.
    """
    import onnx

    from ...model.cost import is_quantized
    from ...model.onnx_to_tflite import to_tflite
    from ...model.onnx_to_tflite_int8 import integer_layers
    from .stored_weights import store_as_int8

    assert state.onnx is not None
    graph = onnx.ModelProto()
    graph.CopyFrom(state.onnx)
    lost = _lost_words(graph)
    if lost is not None:
        raise TechniqueError(
            "not-in-tflite",
            f"an earlier step made {lost}, for which TFLite has no form",
            "leave that step out (tflite-file stores weights as int8 itself), or leave tflite-file out and keep ONNX",
        )
    notes = []
    if is_quantized(graph):
        counted = Counter(integer_layers(graph))
        kinds = ", ".join(f"{count} {name}" for name, count in sorted(counted.items())) or "no layer"
        notes.append(f"TFLite: integer kernels for {kinds}")
    elif config.weights == "int8":
        layers = {node.name for node in graph.graph.node if node.op_type in _HEAVY}
        stored = store_as_int8(graph, layers, bits=config.bits, short_scales=True)
        notes.append(f"{stored:,} weights are stored as int8 of {config.bits} bits and run as float")
    to_tflite(graph)
    return replace(state.as_graph(graph, notes=notes), format=Format.TFLITE)


def _lost_words(graph: ModelProto) -> str | None:
    """What earlier steps made that a TFLite file cannot hold; None where it holds all."""
    from onnx import TensorProto

    if any(tensor.data_type == TensorProto.FLOAT16 and len(tensor.dims) > 1 for tensor in graph.graph.initializer):
        return "float16 weights"
    return next((_LOST_WORDS[node.op_type] for node in graph.graph.node if node.op_type in _LOST_WORDS), None)
