"""Dynamic quantization names every matrix product that stays float, wherever it lies."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.cost import count_macs, count_parameters, is_quantized
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


def lstm_graph(**attributes):
    """An LSTM in both directions behind a layer that shares nothing with it; two samples."""
    rng = np.random.default_rng(0)
    shapes = {"w": (2, 64, 24), "r": (2, 64, 16), "b": (2, 128)}
    weights = {name: rng.normal(scale=0.3, size=shape).astype(np.float32) for name, shape in shapes.items()}
    node = helper.make_node(
        "LSTM", ["x", *shapes], ["y", "last"], hidden_size=16, direction="bidirectional", **attributes
    )
    shape = [2, 9, 24] if attributes.get("layout") else [9, 2, 24]
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("y", "last")],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model, weights, rng.normal(size=shape).astype(np.float32)


def kernels(model, x):
    """Kinds of the nodes that the runtime ran."""
    options = onnxruntime.SessionOptions()
    options.enable_profiling = True
    with TemporaryDirectory() as folder:
        options.profile_file_prefix = f"{folder}/profile"
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        session.run(None, {"x": x})
        events = json.loads(Path(session.end_profiling()).read_text())
    return {event["args"]["op_name"] for event in events if event["name"].endswith("_kernel_time")}


def stepped(weights, x, direction):
    """The states of one direction, computed from int8 weights and from inputs and states rounded to 8 bits at each step."""
    w, r = (as_int8(weights[name][direction]) for name in "wr")
    bias = weights["b"][direction].reshape(2, -1).sum(0)
    hidden, cell, rows = np.zeros((2, 16)), np.zeros((2, 16)), []
    for step in x[::-1] if direction else x:
        total = step @ w.T + as_uint8(hidden) @ r.T + bias
        enter, leave, forget, new = np.split(total, 4, axis=1)
        cell = cell / (1 + np.exp(-forget)) + np.tanh(new) / (1 + np.exp(-enter))
        hidden = np.tanh(cell) / (1 + np.exp(-leave))
        rows.append(hidden)
    return np.stack(rows[::-1] if direction else rows)


def as_int8(values):
    """7 bits, one scale for each row: exact on every processor."""
    scale = np.abs(values).max(1, keepdims=True) / 64
    return np.clip(np.rint(values / scale), -64, 64) * scale


def as_uint8(values):
    low, high = min(values.min(), 0), max(values.max(), 0)
    scale = (high - low) / 255 or 1
    zero = np.rint(-low / scale)
    return (np.clip(np.rint(values / scale) + zero, 0, 255) - zero) * scale


def test_that_an_lstm_runs_on_the_int8_kernel_and_answers_as_int8_arithmetic_does():
    model, weights, x = lstm_graph()
    state = ModelState(input_specs(model), onnx=model)
    made = apply("dynamic-quantization", state, weight_range="reduced")
    assert kernels(made.onnx, x) == {"DynamicQuantizeLSTM"}
    assert made.onnx.ByteSize() < 0.4 * model.ByteSize()
    assert not made.skipped
    assert (count_parameters(made.onnx), count_macs(made.onnx)) == (count_parameters(model), count_macs(model))
    assert is_quantized(made.onnx)
    found = run_onnx(made.onnx, [x])[0]
    rounded = as_uint8(x.reshape(-1, 24)).reshape(x.shape)
    for direction in range(2):
        assert found[:, direction] == pytest.approx(stepped(weights, rounded, direction), abs=0.01)


def test_that_recurrent_layers_without_a_kernel_store_their_weights_as_int8_with_the_reason():
    state = state_of("gru")
    graph = to_onnx(state.module, state.inputs)
    made = apply("dynamic-quantization", ModelState(state.inputs, onnx=graph))
    assert [skip.reason.partition(";")[0] for skip in made.skipped] == ["onnxruntime has no integer kernel for GRU"] * 2
    large = [item for item in graph.graph.initializer if len(item.dims) == 3 and np.prod(item.dims) >= 256]
    stored = {item.name for item in made.onnx.graph.initializer if item.data_type == TensorProto.INT8}
    assert large
    assert {f"{item.name}_int8" for item in large} == {name for name in stored if name.endswith("_int8")}
    x = inputs_for(state)[0].numpy()
    wanted, found = run_onnx(graph, [x])[0], run_onnx(made.onnx, [x])[0]
    assert found == pytest.approx(wanted, abs=0.05 * float(np.abs(wanted).max()))
    model, _, x = lstm_graph()
    model.graph.node[0].attribute.extend([helper.make_attribute("layout", 1)])
    made = apply("dynamic-quantization", ModelState(input_specs(model), onnx=model))
    assert [skip.reason.partition(" wants ")[2] for skip in made.skipped] == [
        "the time before the batch (layout 0); it runs in float and its weights are stored as int8"
    ]


def test_that_a_recipe_may_leave_recurrent_layers_as_they_are():
    model, _, _ = lstm_graph()
    for knobs, said in ({"recurrent": False}, "leaves LSTM float"), ({"exclude": ["lstm_0"]}, "excluded"):
        made = apply("dynamic-quantization", ModelState(input_specs(model), onnx=model), **knobs)
        assert [node.op_type for node in made.onnx.graph.node] == ["LSTM"]
        assert [said in skip.reason for skip in made.skipped] == [True]
        assert any("nothing was quantized" in note for note in made.notes)
