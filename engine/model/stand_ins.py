"""The standard operator whose output has the shape of an operator of onnxruntime: shape inference knows only standard ones.

A stand-in tells shapes; it computes something else and is never folded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .folding import attributes

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_DOMAIN = "com.microsoft"
# operator -> the standard one, and the positions of the inputs that it takes
_STANDARD: dict[str, tuple[str, tuple[int, ...]]] = {
    "QLinearAdd": ("Add", (0, 3)),
    "QLinearMul": ("Mul", (0, 3)),
    "QLinearWhere": ("Where", (0, 1, 4)),
    "QLinearSigmoid": ("Identity", (0,)),
    "QLinearLeakyRelu": ("Identity", (0,)),
    "QLinearSoftmax": ("Identity", (0,)),
    "QLinearAveragePool": ("AveragePool", (0,)),
    "QLinearGlobalAveragePool": ("GlobalAveragePool", (0,)),
    "QGemm": ("Gemm", (0, 3)),
    "FusedGemm": ("Gemm", (0, 1)),
    "FusedConv": ("Conv", (0, 1)),
    "FusedMatMul": ("MatMul", (0, 1)),
    "DynamicQuantizeMatMul": ("MatMul", (0, 1)),
    "MatMulIntegerToFloat": ("MatMul", (0, 1)),
    "Gelu": ("Identity", (0,)),
    "FastGelu": ("Identity", (0,)),
    "QuickGelu": ("Identity", (0,)),
    "BiasGelu": ("Identity", (0,)),
}
_TO_FLOAT = {"DynamicQuantizeMatMul", "MatMulIntegerToFloat"}
_OTHER_LAYOUT = ("channels_last", "transA", "transB", "transBatchA", "transBatchB")


def stand_in(node: NodeProto, model: ModelProto) -> list[NodeProto]:
    """What stands for a node in shape inference: nothing where it has to stay as it is."""
    from onnx import TensorProto, defs, helper

    if node.domain != _DOMAIN or not node.input or not node.output:
        return []
    values = attributes(node)
    if node.op_type == "QLinearConcat":
        axis = values.get("axis", 0)
        return [helper.make_node("Concat", list(node.input[2::3]), list(node.output), node.name, axis=axis)]
    if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
        return [_cast(node.op_type == "DequantizeLinear", node, model)]
    if node.op_type not in _STANDARD or max(_STANDARD[node.op_type][1]) >= len(node.input):
        return []
    standard, positions = _STANDARD[node.op_type]
    if standard != "Gemm" and any(values.get(name) for name in _OTHER_LAYOUT):
        return []
    version = next((item.version for item in model.opset_import if item.domain in ("", "ai.onnx")), 0)
    try:
        known = defs.get_schema(standard, version, "").attributes
    except defs.SchemaError:  # a version that has no such operator
        return []
    inputs, output = [node.input[position] for position in positions], node.output[0]
    to_float = node.op_type in _TO_FLOAT or (node.op_type == "QGemm" and not any(node.input[6:7]))
    integers = f"{output}/integers" if to_float else output
    made = helper.make_node(standard, inputs, [integers], node.name)
    made.attribute.extend(item for item in node.attribute if item.name in known)
    if not to_float:
        return [made]
    return [made, helper.make_node("Cast", [integers], [output], to=TensorProto.FLOAT)]


def _cast(to_float: bool, node: NodeProto, model: ModelProto) -> NodeProto:
    """Of onnxruntime's own QuantizeLinear and DequantizeLinear."""
    from onnx import TensorProto, helper

    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    default = TensorProto.FLOAT if to_float else TensorProto.UINT8
    kind = kinds.get(next(iter(node.input[1 if to_float else 2 :]), ""), default)  # of the scale, or the zero point
    return helper.make_node("Cast", [node.input[0]], [node.output[0]], node.name, to=kind)
