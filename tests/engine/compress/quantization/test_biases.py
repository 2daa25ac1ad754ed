"""Biases as quantizers can take them: the function stays, and int8 comes near to it."""

import numpy as np
import onnx
import pytest
from onnx import helper

from engine.compress.quantization.biases import plain_biases
from engine.compress.quantization.calibration import Scheme, activation_ranges, quantized
from engine.events import Cancel
from engine.model.save import run_onnx

from .graphs import graph_of


@pytest.fixture
def numbers():
    generator = np.random.default_rng(0)
    return lambda *shape: generator.normal(size=shape).astype(np.float32)


def two_layers(numbers, *, beta=None, shared=False):
    scaled = {} if beta is None else {"beta": beta}
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["a"], name="first", **scaled),
        helper.make_node("Relu", ["a"], ["r"], name="relu"),
        helper.make_node("Gemm", ["r", "w2", "b1" if shared else "b2"], ["y"], name="second"),
    ]
    tensors = {"w1": numbers(16, 16), "b1": 5 * numbers(16), "w2": numbers(16, 16), "b2": numbers(16)}
    if shared:
        del tensors["b2"]
    return graph_of(nodes, tensors, {"x": (None, 16)}, {"y": (None, 16)})


@pytest.mark.parametrize("knobs", [{"beta": 0.25}, {"shared": True}, {"beta": 3.0, "shared": True}])
def test_that_the_function_stays_and_every_layer_has_a_bias_of_its_own(numbers, knobs):
    graph, x = two_layers(numbers, **knobs), numbers(8, 16)
    plain = onnx.ModelProto()
    plain.CopyFrom(graph)
    plain_biases(plain)
    np.testing.assert_allclose(run_onnx(plain, [x])[0], run_onnx(graph, [x])[0], rtol=1e-5, atol=1e-4)
    onnx.checker.check_model(plain)
    gemms = [node for node in plain.graph.node if node.op_type == "Gemm"]
    assert len({node.input[2] for node in gemms}) == 2
    assert not any(item.name == "beta" and item.f != 1 for node in gemms for item in node.attribute)


def test_that_a_graph_with_plain_biases_stays_as_it_is(numbers):
    graph = two_layers(numbers)
    before = graph.SerializeToString()
    plain_biases(graph)
    assert graph.SerializeToString() == before


@pytest.mark.parametrize("beta", [0.25, 3.0])
def test_that_int8_of_a_scaled_bias_is_as_near_as_that_of_a_plain_one(numbers, beta):
    graph, x = two_layers(numbers, beta=beta), numbers(200, 16)
    ranges = activation_ranges(graph, [x], "min-max", 99.99, Cancel())
    wanted, found = (run_onnx(item, [x])[0] for item in (graph, quantized(graph, ranges, Scheme())))
    assert np.abs(found - wanted).max() < 0.05 * np.ptp(wanted)
