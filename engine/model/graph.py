"""What is known of an ONNX graph without running it: constants, shapes and types of every value at one batch size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..records import TensorSpec
from .folding import attributes, constant_node, elements, fold, tensor_array
from .stand_ins import stand_in

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TypeProto

_SMALL_BYTES = 1 << 16


@dataclass
class Facts:
    """Facts of one graph. ``shapes`` holds None for sizes that stay unknown.

    Attributes:
        opset: version of the standard operators.
        constants: arrays that do not depend on the input's values, weights included.
        shapes: shape of each value that has one.
        dtypes: numpy name of each value's type.
        consumers: how often a value is read.
    """

    opset: int
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    shapes: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    dtypes: dict[str, str] = field(default_factory=dict)
    consumers: Counter[str] = field(default_factory=Counter)

    def shape(self, name: str) -> tuple[int | None, ...] | None:
        """Shape of a value or constant; None where unknown."""
        if name in self.constants:
            return self.constants[name].shape
        return self.shapes.get(name)


def opset(model: ModelProto) -> int:
    """Version of the standard operators a model uses; 0 where it names none."""
    return max((item.version for item in model.opset_import if item.domain in ("", "ai.onnx")), default=0)


def dtype_name(elem_type: int) -> str:
    """Numpy name of an ONNX element type; ``"string"`` and ``"undefined"`` for those without one."""
    from onnx import TensorProto
    from onnx.helper import tensor_dtype_to_np_dtype

    if elem_type == TensorProto.STRING:
        return "string"
    try:
        return str(tensor_dtype_to_np_dtype(elem_type))
    except KeyError:
        return "undefined"


def value_spec(value: Any) -> TensorSpec:
    """Spec of a graph input or output; symbolic sizes are None."""
    kind = value.type.tensor_type
    shape = tuple(size.dim_value if size.HasField("dim_value") else None for size in kind.shape.dim)
    return TensorSpec(value.name, shape, dtype_name(kind.elem_type))


def real_inputs(graph: GraphProto) -> list[Any]:
    """Inputs that a caller feeds: graph inputs which are not weights (IR 3 lists both)."""
    weights = {tensor.name for tensor in graph.initializer} | {t.values.name for t in graph.sparse_initializer}
    return [value for value in graph.input if value.name not in weights]


def input_specs(model: ModelProto) -> tuple[TensorSpec, ...]:
    """Specs of what a caller feeds."""
    return tuple(value_spec(value) for value in real_inputs(model.graph))


def output_specs(model: ModelProto) -> tuple[TensorSpec, ...]:
    """Specs of the results."""
    return tuple(value_spec(value) for value in model.graph.output)


def sub_graphs(node: NodeProto) -> Iterator[GraphProto]:
    """The graphs in a node's attributes (If, Loop, Scan)."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def all_graphs(model: ModelProto) -> Iterator[GraphProto]:
    """The main graph and every graph inside it."""
    waiting = [model.graph]
    while waiting:
        graph = waiting.pop()
        yield graph
        for node in graph.node:
            waiting.extend(sub_graphs(node))


def facts(model: ModelProto, batch: int = 1) -> Facts:
    """Gather constants and shapes with the batch axis set to ``batch``; the model is not changed."""
    result = Facts(opset(model))
    for tensor in model.graph.initializer:
        result.constants[tensor.name] = tensor_array(tensor)
    for node in model.graph.node:
        result.consumers.update(name for name in node.input if name)
    result.consumers.update(value.name for value in model.graph.output)
    skeleton, stood_for = _skeleton(model, batch)
    _infer(skeleton, result)
    _walk(skeleton, result, stood_for)
    return result


def _skeleton(model: ModelProto, batch: int) -> tuple[ModelProto, set[str]]:
    """A copy without large weights (their shapes stay) and with the batch axis of the inputs fixed.

    Beside it, the values of operators of onnxruntime: standard ones that only tell their shapes are in the copy.
    """
    from onnx import ModelProto, helper

    copy = ModelProto()
    copy.ir_version = max(model.ir_version, 4)
    copy.opset_import.extend(model.opset_import)
    copy.functions.extend(model.functions)
    graph = copy.graph
    graph.name = model.graph.name or "graph"
    stood_for: set[str] = set()
    for node in model.graph.node:
        instead = [_standard(node, model, graph)] if node.op_type == "MatMulNBits" else stand_in(node, model)
        graph.node.extend(instead or [node])
        stood_for.update(name for item in instead for name in item.output)
    for tensor in model.graph.initializer:
        if tensor.ByteSize() <= _SMALL_BYTES:
            graph.initializer.add().CopyFrom(tensor)
        else:
            graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
    for value in real_inputs(model.graph):
        added = graph.input.add()
        added.CopyFrom(value)
        sizes = added.type.tensor_type.shape.dim
        if len(sizes):
            sizes[0].dim_value = batch
    for value in model.graph.output:
        added = graph.output.add()
        added.CopyFrom(value)
        added.type.tensor_type.ClearField("shape")
    return copy, stood_for


def _standard(node: NodeProto, model: ModelProto, graph: GraphProto) -> NodeProto:
    """The MatMul that a block-quantized one stands for: shape inference knows no operators of onnxruntime."""
    from onnx import helper

    values = attributes(node)
    scales = next((tensor.data_type for tensor in model.graph.initializer if tensor.name == node.input[2]), 1)
    weight = f"{node.output[0]}/weight"
    graph.input.append(helper.make_tensor_value_info(weight, scales, [int(values["K"]), int(values["N"])]))
    return helper.make_node("MatMul", [node.input[0], weight], list(node.output), node.name)


def _infer(skeleton: ModelProto, result: Facts) -> None:
    import onnx

    try:
        inferred = onnx.shape_inference.infer_shapes(skeleton, data_prop=True)
    except (onnx.shape_inference.InferenceError, ValueError, RuntimeError):
        return  # custom operators: what the folding finds is all there is
    for value in (*inferred.graph.input, *inferred.graph.value_info, *inferred.graph.output):
        if value.type.tensor_type.HasField("shape"):
            spec = value_spec(value)
            result.shapes[spec.name] = spec.shape
            result.dtypes[spec.name] = spec.dtype


def _walk(skeleton: ModelProto, result: Facts, stood_for: set[str]) -> None:
    """Fold and infer node by node, so that a shape computed from shapes is known before it is read.

    The inference of a whole graph follows sizes through few operators only: the halves of a channel shuffle are lost to it.
    """
    for node in skeleton.graph.node:
        if not node.output or node.output[0] in result.constants or node.domain not in ("", "ai.onnx"):
            continue
        array = None if node.output[0] in stood_for else _folded(node, result)
        if array is not None:
            result.constants[node.output[0]] = array
        elif any(name and None in result.shapes.get(name, (None,)) for name in node.output):
            _infer_node(node, skeleton, result)


def _infer_node(node: NodeProto, skeleton: ModelProto, result: Facts) -> None:
    import onnx
    from onnx import numpy_helper

    types, data = {}, {}
    for name in filter(None, node.input):
        constant = result.constants.get(name)
        if constant is not None and constant.nbytes <= _SMALL_BYTES:
            data[name] = numpy_helper.from_array(np.ascontiguousarray(constant), name)
        kind = _type(name, result)
        if kind is None:
            return
        types[name] = kind
    try:
        schema = onnx.defs.get_schema(node.op_type, result.opset, "")
        found = onnx.shape_inference.infer_node_outputs(
            schema, node, types, data, opset_imports=list(skeleton.opset_import), ir_version=skeleton.ir_version
        )
    except (
        onnx.defs.SchemaError,
        onnx.shape_inference.InferenceError,
        onnx.checker.ValidationError,  # a node that its operator does not allow
        ValueError,
        RuntimeError,
    ):
        return
    for name, value in found.items():
        if value.HasField("tensor_type") and value.tensor_type.HasField("shape"):
            spec = value_spec(onnx.ValueInfoProto(name=name, type=value))
            result.shapes[name], result.dtypes[name] = spec.shape, spec.dtype


def _type(name: str, result: Facts) -> TypeProto | None:
    """The type of a value, as far as it is known; None where not even its elements are."""
    from onnx import helper

    constant = result.constants.get(name)
    dtype = result.dtypes.get(name) if constant is None else constant.dtype
    try:
        element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype)) if dtype is not None else None
    except (TypeError, ValueError, KeyError):
        return None
    return None if element is None else helper.make_tensor_type_proto(element, result.shape(name))


def _folded(node: NodeProto, result: Facts) -> np.ndarray | None:
    values = attributes(node)
    if node.op_type == "Constant":
        return constant_node(values)
    if node.op_type in ("Shape", "Size"):
        shape = result.shape(node.input[0])
        if shape is None:
            return None
        if node.op_type == "Shape":
            shape = shape[values.get("start", 0) : values.get("end")]
        if any(size is None for size in shape):
            return None
        known = [size for size in shape if size is not None]
        return np.asarray(known if node.op_type == "Shape" else elements(known), np.int64)
    names = list(node.input)
    while names and not names[-1]:
        names.pop()
    if not all(name in result.constants for name in names):
        return None
    try:
        return fold(node.op_type, values, [result.constants[name] for name in names])
    except (ValueError, IndexError, KeyError, TypeError, OverflowError):
        return None
