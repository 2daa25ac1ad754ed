"""Dynamic quantization names every matrix product that stays float, wherever it lies."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.graph import input_specs
from engine.model.save import run_onnx, to_onnx
from tests.engine.compress.toys import inputs_for, state_of

from .apply import apply


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


@pytest.mark.parametrize("embeddings", [True, False])
def test_that_tables_of_embeddings_become_integers_unless_the_recipe_says_no(embeddings):
    state = state_of("text-transformer")
    graph = to_onnx(state.module, state.inputs)
    made = apply("dynamic-quantization", ModelState(state.inputs, onnx=graph), embeddings=embeddings)
    names = {node.input[0] for node in graph.graph.node if node.op_type == "Gather"}
    (table,) = [item for item in graph.graph.initializer if item.name in names and list(item.dims) == [32, 16]]
    stored = [item for item in made.onnx.graph.initializer if item.name.startswith(table.name) and len(item.dims) == 2]
    assert [item.data_type for item in stored] == [TensorProto.UINT8 if embeddings else TensorProto.FLOAT]
    assert any("leaves float" in skip.reason for skip in made.skipped) != embeddings
    tokens = inputs_for(state)[0].numpy()
    wanted, found = run_onnx(graph, [tokens])[0], run_onnx(made.onnx, [tokens])[0]
    assert np.abs(found - wanted).max() < 0.2 * np.abs(wanted).max()
    if embeddings:
        values = numpy_helper.to_array(table)
        scale = (values.max() - values.min()) / 255
        scales = [numpy_helper.to_array(item) for item in made.onnx.graph.initializer if item.name.endswith("_scale")]
        assert any(item.size == 1 and abs(float(item.reshape(-1)[0]) / scale - 1) < 0.02 for item in scales)


def test_that_recurrent_layers_are_named_as_left_float():
    state = state_of("gru")
    made = apply("dynamic-quantization", ModelState(state.inputs, onnx=to_onnx(state.module, state.inputs)))
    assert [skip.reason.partition(" ")[0] for skip in made.skipped] == ["GRU", "GRU"]
