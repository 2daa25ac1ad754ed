"""ONNX graphs to TFLite files, without the converter's 1.2 GB of packages.

The inputs and outputs of the file keep the shapes of the ONNX file; the batch becomes 1. Weights stored as int8
(``Mul(Cast(codes), scale)``, what affine quantization of 8 bits writes) stay int8 in the file with a DEQUANTIZE in front of
their layer; the runtime unpacks them once, at load. Graphs of QuantizeLinear and DequantizeLinear get integer kernels
(:mod:`.onnx_to_tflite_int8`).

Operators without a rule (:mod:`.tflite_rules`) are refused by name; what torch.export can trace is converted by the extra
``tflite`` (:mod:`.tflite_convert`) instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .onnx_to_tflite_int8 import IntegerConversion
from .tflite_conversion import Conversion
from .tflite_rules import RULES

if TYPE_CHECKING:
    from onnx import ModelProto


def to_tflite(model: ModelProto) -> bytes:
    """The TFLite file of an ONNX graph, batch 1, inputs and outputs of the types they have there.

    Raises:
        ModelError: an operator or a form of it has no rule here.
    """
    if any(node.op_type in ("QuantizeLinear", "DequantizeLinear") for node in model.graph.node):
        return IntegerConversion(model).run()
    return Conversion(model, RULES).run()
