"""Old opsets and 16-bit numbers: the same network in float32 and opset 17, and the techniques that need it work."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.compress.recipe import load_recipe
from engine.compress.run import apply_recipe
from engine.compress.technique import Context, ModelState
from engine.errors import ModelError
from engine.model.graph import input_specs
from engine.model.present_form import present_form
from engine.model.save import run_onnx
from tests.engine.compress.quantization.apply import Noise

HALF = TensorProto.FLOAT16


def network(opset, kind=TensorProto.FLOAT, stored=TensorProto.FLOAT):
    """A convolution, a normalisation and a linear layer; weights are ``stored`` in one type and computed with in another."""
    random = np.random.default_rng(0)
    shapes = {"w": (6, 2, 3, 3), "s": (6,), "o": (6,), "m": (6,), "v": (6,), "f": (6, 4), "b": (4,)}
    arrays = {name: random.uniform(0.2, 1, shape) - 0.6 * (name in "wf") for name, shape in shapes.items()}
    held = {name: f"{name}_held" if stored != kind else name for name in arrays}
    nodes = [helper.make_node("Cast", [held[name]], [name], to=kind) for name in arrays if held[name] != name]
    nodes += [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1] * 4),
        helper.make_node("BatchNormalization", ["c", "s", "o", "m", "v"], ["n"]),
        helper.make_node("Relu", ["n"], ["r"]),
        helper.make_node("GlobalAveragePool", ["r"], ["g"]),
        helper.make_node("Flatten", ["g"], ["l"]),
        helper.make_node("Gemm", ["l", "f", "b"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", kind, ["N", 2, 8, 8])],
        [helper.make_tensor_value_info("y", kind, ["N", 4])],
        [
            numpy_helper.from_array(values.astype(helper.tensor_dtype_to_np_dtype(stored)), held[name])
            for name, values in arrays.items()
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


CASES = {
    "opset 7": ({"opset": 7}, "raised from opset 7 to 17"),
    "opset 11": ({"opset": 11}, "raised from opset 11 to 17"),
    "float16": ({"opset": 17, "kind": HALF, "stored": HALF}, "became float32"),
    "float16 weights": ({"opset": 15, "stored": HALF}, "became float32"),
    "old and float16": ({"opset": 9, "kind": HALF, "stored": HALF}, "became float32"),
}


@pytest.mark.parametrize("case", CASES)
def test_that_the_network_stays_the_same_and_can_be_quantized(case):
    options, said = CASES[case]
    model = network(**options)
    before = model.SerializeToString()
    made, notes = present_form(model)
    assert model.SerializeToString() == before
    assert said in notes[0]
    onnx.checker.check_model(made, full_check=True)
    assert {item.data_type for item in made.graph.initializer} <= {TensorProto.FLOAT, TensorProto.INT64}
    assert not any(node.op_type == "Cast" for node in made.graph.node)
    data = Noise((2, 8, 8), count=16)
    x = data.x.astype(helper.tensor_dtype_to_np_dtype(options.get("kind", TensorProto.FLOAT)))
    wanted = run_onnx(model, [x])[0].astype(np.float32)
    assert run_onnx(made, [data.x])[0] == pytest.approx(wanted, abs=5e-3)
    data.x, data.contract = x, None
    state = ModelState(input_specs(model), onnx=model)
    recipe = load_recipe([{"technique": "static-quantization", "knobs": {"samples": 16}}])
    narrow = apply_recipe(state, recipe, Context(data, 0, threads=1), lambda item: item.onnx)
    assert said in narrow.notes[0]
    assert narrow.inputs[0].dtype == "float32"
    assert run_onnx(narrow.onnx, [x.astype(np.float32)])[0] == pytest.approx(
        wanted, abs=0.05 * float(np.abs(wanted).max())
    )


def test_that_a_graph_in_the_present_form_is_given_back_as_it_is():
    model = network(13)
    assert present_form(model) == (model, ())
    assert present_form(model)[0] is model


def test_that_half_precision_weights_that_float32_would_make_too_many_are_refused_by_their_bytes():
    model = network(17, kind=TensorProto.FLOAT16)
    wide = sum(
        2 * len(t.raw_data) if t.data_type == TensorProto.FLOAT16 else len(t.raw_data) for t in model.graph.initializer
    )
    assert present_form(model, wide)[1]
    with pytest.raises(ModelError) as caught:
        present_form(model, wide - 1)
    assert caught.value.code == "too-large"
    assert f"{wide:,} bytes in float32" in caught.value.message
