"""Dynamic quantization names every matrix product that stays float, wherever it lies."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.graph import input_specs


def constants_and_branches():
    """Products with stored weights, with those of a Constant node between them, and in both branches of an If."""
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(size=(8, 8)).astype(np.float32) for name in "abcd"}
    held = numpy_helper.from_array(weights["b"], "b")
    branches = {}
    for side in ("then", "else"):
        inner = helper.make_node("MatMul", ["second", "c"], [f"{side}_out"], f"{side}_product")
        out = helper.make_tensor_value_info(f"{side}_out", TensorProto.FLOAT, None)
        branches[f"{side}_branch"] = helper.make_graph([inner], side, [], [out])
    nodes = [
        helper.make_node("MatMul", ["x", "a"], ["first"], "stored"),
        helper.make_node("Constant", [], ["b"], value=held),
        helper.make_node("MatMul", ["first", "b"], ["middle"], "constant"),
        helper.make_node("MatMul", ["middle", "d"], ["second"], "last"),
        helper.make_node("ReduceSum", ["second"], ["sum"], keepdims=0),
        helper.make_node("Greater", ["sum", "zero"], ["which"]),
        helper.make_node("If", ["which"], ["y"], "choice", **branches),
    ]
    initial = [numpy_helper.from_array(weights[name], name) for name in "acd"]
    initial.append(numpy_helper.from_array(np.float32(0), "zero"))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 8])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 8])
    graph = helper.make_graph(nodes, "g", [x], [y], initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def test_that_weights_in_constant_nodes_and_branches_are_reported_and_stored_ones_become_integers():
    model = constants_and_branches()
    technique = find("dynamic-quantization")
    made = technique.apply(ModelState(input_specs(model), onnx=model), technique.configure({}), Context(None, 0))
    reasons = {skip.layer: skip.reason for skip in made.skipped}
    assert set(reasons) == {"constant", "then_product", "else_product"}
    assert "Constant node" in reasons["constant"]
    assert "branch of choice" in reasons["then_product"]
    assert [node.op_type for node in made.onnx.graph.node].count("MatMulInteger") == 2
