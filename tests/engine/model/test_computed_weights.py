"""Recurrent layers as torch's exporter writes them: weights cut and joined by nodes, outputs joined by a reshape."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from engine.compress.recipe import load_recipe
from engine.compress.run import apply_recipe
from engine.compress.technique import Context, ModelState
from engine.model.computed_weights import with_stored_weights
from engine.model.graph import input_specs
from engine.model.onnx_to_torch import to_module
from engine.model.present_form import present_form
from engine.model.save import run_onnx, to_onnx

STEPS, WIDTH, HIDDEN = 6, 8, 16


def exported():
    """An LSTM whose gates are put into ONNX's order by the graph, the last step of which is read."""
    draw = np.random.default_rng(0)
    arrays = {
        "w": draw.normal(0, 0.4, (1, 4 * HIDDEN, WIDTH)),
        "r": draw.normal(0, 0.4, (4 * HIDDEN, HIDDEN)),
        "b": draw.normal(0, 0.1, (1, 8 * HIDDEN)),
        "f": draw.normal(0, 0.4, (5, HIDDEN)),
    }
    stored = [numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()]
    cuts = {"zero": [0], "last": -1, "sizes": [STEPS, -1, HIDDEN]} | {f"at{k}": [k * HIDDEN] for k in range(5)}
    stored += [numpy_helper.from_array(np.array(values, np.int64), name) for name, values in cuts.items()]
    nodes = [helper.make_node("Transpose", ["x"], ["steps"], perm=[1, 0, 2])]
    nodes += [helper.make_node("Slice", ["r", f"at{k}", f"at{k + 1}", "zero"], [f"gate{k}"]) for k in range(4)]
    nodes += [
        helper.make_node("Concat", ["gate0", "gate3", "gate1", "gate2"], ["gates"], axis=0),
        helper.make_node("Unsqueeze", ["gates", "zero"], ["states"]),
        helper.make_node("LSTM", ["steps", "w", "states", "b"], ["said"], "cells", hidden_size=HIDDEN),
        helper.make_node("Transpose", ["said"], ["turned"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["turned", "sizes"], ["joined"]),
        helper.make_node("Transpose", ["joined"], ["rows"], perm=[1, 0, 2]),
        helper.make_node("Gather", ["rows", "last"], ["final"], axis=1),
        helper.make_node("Gemm", ["final", "f"], ["y"], "head", transB=1),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "net",
        [value("x", TensorProto.FLOAT, ["N", STEPS, WIDTH])],
        [value("y", TensorProto.FLOAT, ["N", 5])],
        stored,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return model


def inputs():
    return [np.random.default_rng(1).normal(size=(3, STEPS, WIDTH)).astype(np.float32)]


def applied(technique, knobs):
    model = exported()
    recipe = load_recipe([{"technique": technique, "knobs": knobs}])
    start = ModelState(input_specs(model), onnx=model)
    return apply_recipe(start, recipe, Context(None, 0), lambda state: to_onnx(state.module, state.inputs))


def test_that_the_weights_are_stored_and_the_function_stays():
    model = exported()
    before = model.SerializeToString()
    changed, said = present_form(model)
    assert model.SerializeToString() == before
    assert said == ("weights that the graph computed from constants are stored",)
    assert {node.op_type for node in changed.graph.node} == {"Transpose", "LSTM", "Reshape", "Gather", "Gemm"}
    assert not {tensor.name for tensor in changed.graph.initializer} & {"r", "at2"}
    assert np.array_equal(run_onnx(changed, inputs())[0], run_onnx(model, inputs())[0])
    assert with_stored_weights(changed) is None


def test_that_weights_that_depend_on_the_input_stay_computed():
    model = exported()
    model.graph.node.append(helper.make_node("Mul", ["f", "factor"], ["scaled"]))
    model.graph.input.append(helper.make_tensor_value_info("factor", TensorProto.FLOAT, [1]))
    nodes = list(model.graph.node)
    head = next(node for node in nodes if node.name == "head")
    head.input[1] = "scaled"
    ordered = [nodes[-1], *nodes[:-1]]
    copies = [onnx.NodeProto() for _ in ordered]
    for copy, node in zip(copies, ordered, strict=True):
        copy.CopyFrom(node)
    del model.graph.node[:]
    model.graph.node.extend(copies)
    changed = with_stored_weights(model)
    assert "Mul" in {node.op_type for node in changed.graph.node}
    assert "states" in {tensor.name for tensor in changed.graph.initializer}


@pytest.mark.parametrize("technique", ["dynamic-quantization", "weight-clustering"])
def test_that_the_layer_is_quantized(technique):
    made = applied(technique, {})
    operators = {node.op_type for node in made.onnx.graph.node}
    assert made.onnx.ByteSize() < 0.6 * exported().ByteSize()
    assert ("DynamicQuantizeLSTM" in operators) is (technique == "dynamic-quantization")
    assert not any(skip.layer == "cells" for skip in made.skipped)


def test_that_its_units_leave():
    made = applied("recurrent-pruning", {"round_to": 1})
    layer = next(item for item in made.module.modules() if isinstance(item, nn.LSTM))
    assert layer.hidden_size == HIDDEN // 2
    assert made.skipped == ()
    whole = next(item for item in to_module(exported()).modules() if isinstance(item, nn.LSTM))
    assert whole.hidden_size == HIDDEN
