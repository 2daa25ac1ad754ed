"""A Keras model as an ONNX graph: convolutions get their channels first, inputs and outputs keep Keras' own layout.

The calls of a functional or sequential model are walked in order, each through the rule of its layer
(:mod:`engine.model.keras_layers`, :mod:`engine.model.keras_sequences`); a layer without a rule is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .keras_emitter import Emitter, Value, refused
from .keras_layers import RULES as LAYERS
from .keras_layers import combined
from .keras_sequences import RULES as SEQUENCES

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET, IR = 18, 10
_RULES = {**LAYERS, **SEQUENCES}
_AUGMENT = ("Flip", "Rotation", "Translation", "Zoom", "Contrast", "Brightness", "Crop", "Height", "Width", "Shear")
_NO_OPERATION = frozenset(
    {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise", "GaussianDropout"}
    | {"AlphaDropout", "ActivityRegularization", "Identity", "InputLayer"}
    | {f"Random{name}" for name in _AUGMENT if name != "Crop"}
)


def to_onnx_graph(model: Any) -> ModelProto:
    """Convert a built Sequential or functional Keras model; the inputs and outputs keep Keras' layout and order.

    Raises:
        UnsupportedOperatorError: a layer, or an option of one, has no equivalent.
    """
    import onnx
    from onnx import TensorProto, helper

    emitter = Emitter()
    kinds = {"float32": TensorProto.FLOAT, "int32": TensorProto.INT32, "int64": TensorProto.INT64}
    inputs, values = [], []
    for tensor in model.inputs:
        kind = kinds.get(str(tensor.dtype), TensorProto.FLOAT)
        name = emitter.unique(str(tensor.name))
        shape = tuple(tensor.shape)
        stated = [
            "batch" if axis == 0 else f"{name}_{axis}" if size is None else size for axis, size in enumerate(shape)
        ]
        inputs.append(helper.make_tensor_value_info(name, kind, stated))
        values.append(Value(name, shape))
    names = [emitter.unique(f"{name}") for name in _graph(model).output_names]
    outputs = []
    for name, value in zip(names, run_graph(model, values, emitter, ""), strict=True):
        value = emitter.logical(value, f"{name}.output")
        emitter.nodes.append(helper.make_node("Identity", [value.name], [name], name=f"{name}.output"))
        stated = ["batch" if axis == 0 else size for axis, size in enumerate(value.shape)]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, stated))
    graph = helper.make_graph(emitter.nodes, "keras", inputs, outputs, list(emitter.weights.values()))
    converted = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    onnx.checker.check_model(converted)
    return converted


def run_graph(model: Any, values: Sequence[Value], emitter: Emitter, prefix: str) -> list[Value]:
    """Walk the calls of a model in order, each through the rule of its layer."""
    graph = _graph(model)
    known = {id(tensor): value for tensor, value in zip(graph.inputs, values, strict=True)}
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            if not node.operation or node.is_input or any(id(tensor) not in known for tensor in node.input_tensors):
                continue
            arguments, options = node.arguments.fill_in(known)
            results = convert(emitter, node.operation, arguments, options, prefix)
            for tensor, result in zip(node.outputs, results, strict=False):
                known[id(tensor)] = Value(result.name, tuple(tensor.shape), result.first, result.planes)
    return [known[id(tensor)] for tensor in graph.outputs]


def _graph(model: Any) -> Any:
    """The calls of a model; a sequential one keeps them in a functional model of its own."""
    return getattr(model, "_functional", None) or model


def convert(emitter: Emitter, layer: Any, arguments: Any, options: dict[str, Any], prefix: str) -> list[Value]:
    """Emit one call of a layer, a nested model or a function of ``keras.ops``.

    Raises:
        UnsupportedOperatorError: there is no rule for it.
    """
    kind, path = type(layer).__name__, f"{prefix}{str(layer.name).replace('.', '_')}"
    values = [item for item in _flat(arguments) + _flat(list(options.values())) if isinstance(item, Value)]
    if getattr(layer, "_nodes_by_depth", None) or getattr(layer, "_functional", None):
        return run_graph(layer, values, emitter, f"{path}.")
    used = {name for name, value in options.items() if value not in (None, False) and not isinstance(value, Value)}
    if used - {"training"}:
        raise refused(f"layer '{path}' ({kind})", f"is called with {', '.join(sorted(used))}, which has no rule")
    if type(layer).__module__.startswith("keras.src.ops."):
        return _operation(emitter, kind, _flat(arguments), path)
    if kind in _NO_OPERATION:
        return values
    rule = _RULES.get(kind)
    if rule is None:
        raise refused(f"layer '{path}' ({kind})", "has no rule")
    if getattr(layer, "quantization_mode", None):
        raise refused(f"layer '{path}' ({kind})", "holds quantized weights: give the float model it was made from")
    if getattr(layer, "data_format", "channels_last") not in (None, "channels_last"):
        raise refused(f"layer '{path}' ({kind})", "wants its channels first, which a Keras model on CPU does not run")
    return rule(emitter, layer, values, path)


def supported() -> tuple[frozenset[str], frozenset[str]]:
    """Class names of layers, and of functions of ``keras.ops``, that a file may hold."""
    return frozenset(_RULES) | _NO_OPERATION, frozenset(_OPERATIONS)


def _flat(items: Any) -> list[Any]:
    if isinstance(items, (list, tuple)):
        return [inner for item in items for inner in _flat(item)]
    return list(items.values()) if isinstance(items, dict) else [items]


_OPERATIONS = {"Add": "Add", "Subtract": "Sub", "Multiply": "Mul", "Divide": "Div", "TrueDivide": "Div"}
_OPERATIONS |= {"Maximum": "Max", "Minimum": "Min"}


def _operation(emitter: Emitter, kind: str, operands: list[Any], path: str) -> list[Value]:
    """``x + y``, ``2 * x`` and the like, written in a functional model."""
    if kind not in _OPERATIONS or len(operands) != 2:
        raise refused(f"operation '{path}' (keras.ops, {kind})", "has no rule")
    if all(isinstance(item, Value) for item in operands):
        return [combined(emitter, _OPERATIONS[kind], operands, path)]
    value = next(item for item in operands if isinstance(item, Value))
    if not all(isinstance(item, (Value, int, float)) for item in operands):
        raise refused(f"operation '{path}' (keras.ops, {kind})", "takes an array")
    names = [
        item.name if isinstance(item, Value) else emitter.weight(f"{path}.number", np.float32(item))
        for item in operands
    ]
    return [Value(emitter.one(_OPERATIONS[kind], names, path), value.shape, value.first, value.planes)]
