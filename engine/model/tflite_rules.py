"""Every ONNX operator that can be written as TFLite, with its rule."""

from collections.abc import Mapping

from . import tflite_arithmetic, tflite_layers, tflite_recurrent, tflite_shapes, tflite_volumes
from .tflite_conversion import Rule

RULES: Mapping[str, Rule] = {
    **tflite_layers.RULES,
    **tflite_volumes.RULES,
    **tflite_arithmetic.RULES,
    **tflite_shapes.RULES,
    **tflite_recurrent.RULES,
}
