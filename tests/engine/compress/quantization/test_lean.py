import copy

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.compress.quantization.lean import lean
from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.model.save import run_onnx, to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import context_for
from tests.engine.model.zoo import build


@pytest.fixture
def written(monkeypatch):
    """What the quantizer wrote, and what became of it."""
    pairs = []

    def kept(model):
        before = copy.deepcopy(model)
        pairs.append((before, copy.deepcopy(lean(model))))
        return model

    monkeypatch.setattr("engine.compress.quantization.lean.lean", kept)
    return pairs


@pytest.mark.parametrize("name", ["residual", "mobile", "concat"])
def test_that_a_quantized_file_is_a_tenth_smaller_and_gives_the_same_outputs(written, name):
    network, shape = build(name)
    specs = (TensorSpec("input", (None, *shape), "float32"),)
    technique = find("static-quantization")
    technique.apply(ModelState(specs, onnx=to_onnx(network, specs)), technique.configure({}), context_for(name))
    before, after = written[-1]
    onnx.checker.check_model(after)
    names = sum(len(name) for node in after.graph.node for name in (node.name, *node.input, *node.output))
    names_before = sum(len(name) for node in before.graph.node for name in (node.name, *node.input, *node.output))
    assert names < 0.75 * names_before
    assert after.ByteSize() < before.ByteSize() - 1000
    x = np.random.default_rng(0).normal(size=(4, *shape)).astype(np.float32)
    for one, other in zip(run_onnx(before, [x]), run_onnx(after, [x]), strict=True):
        np.testing.assert_array_equal(one, other)


def _dequantized(zero, *, shared=False):
    """A bias of integers with a zero point, and where ``shared`` somebody else who reads the zero point."""
    nodes = [
        helper.make_node(
            "DequantizeLinear", ["bias_quantized", "scale", "zero"], ["x_DequantizeLinear_Output"], "long_name"
        ),
        helper.make_node("Identity", ["x_DequantizeLinear_Output"], ["y"], "dq_0"),
    ]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [3])]
    if shared:
        nodes.append(helper.make_node("Identity", ["zero"], ["z"], "reads it"))
        outputs.append(helper.make_tensor_value_info("z", TensorProto.INT32, []))
    tensors = [
        numpy_helper.from_array(np.array([5, -3, 0], np.int32), "bias_quantized"),
        numpy_helper.from_array(np.array(0.5, np.float32), "scale"),
        numpy_helper.from_array(np.array(zero, np.int32), "zero"),
    ]
    return helper.make_model(
        helper.make_graph(nodes, "g", [], outputs, tensors), opset_imports=[helper.make_opsetid("", 19)]
    )


def test_that_a_zero_point_stays_where_it_says_something_or_is_read():
    assert len(lean(_dequantized(0)).graph.node[0].input) == 2
    assert [t.name for t in lean(_dequantized(0)).graph.initializer] == ["bias_quantized", "scale"]
    assert len(lean(_dequantized(2)).graph.node[0].input) == 3
    assert len(lean(_dequantized(0, shared=True)).graph.node[0].input) == 3


def test_that_a_name_is_shortened_only_where_nothing_else_has_the_short_one():
    made = lean(_dequantized(0)).graph
    assert made.node[0].name == "long_name"  # the short one is another node's
    assert made.node[0].output == made.node[1].input == ["x_dq"]
    taken = _dequantized(0)
    taken.graph.node[1].output[0] = taken.graph.output[0].name = "x_dq"
    assert lean(taken).graph.node[0].output == ["x_DequantizeLinear_Output"]
