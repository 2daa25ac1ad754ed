"""Weights of float layers stored as int8: the same function within a rounding step, a quarter of the bytes."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.compress.quantization.stored_weights import rounded, store_as_int8
from engine.model.cost import count_parameters, is_quantized


def network() -> onnx.ModelProto:
    random = np.random.default_rng(0)
    shapes = {"conv": (16, 3, 3, 3), "gemm": (10, 256), "small": (2, 10)}
    weights = [numpy_helper.from_array(random.normal(size=s).astype(np.float32), n) for n, s in shapes.items()]
    nodes = [
        helper.make_node("Conv", ["x", "conv"], ["a"], "conv_node", pads=[1, 1, 1, 1]),
        helper.make_node("Flatten", ["a"], ["b"], "flatten"),
        helper.make_node("Gemm", ["b", "gemm"], ["c"], "gemm_node", transB=1),
        helper.make_node("Gemm", ["c", "small"], ["y"], "small_node", transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 4, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize("axis", [0, 1, -1, None])
def test_that_levels_times_scale_is_within_half_a_step_of_every_weight(axis):
    weights = np.random.default_rng(1).normal(size=(6, 5, 3)).astype(np.float32)
    levels, scale = rounded(weights, axis)
    assert levels.dtype == np.int8
    assert np.all(np.abs(levels * scale - weights) <= scale / 2 * 1.0001)
    assert scale.size == (1 if axis is None else weights.shape[axis])


def test_that_a_tensor_of_zeros_stays_zero():
    levels, scale = rounded(np.zeros((4, 4), np.float32), 0)
    assert not levels.any()
    assert np.all(np.isfinite(scale))


def test_that_the_network_computes_what_its_rounded_weights_say():
    model, x = network(), np.random.default_rng(2).normal(size=(1, 3, 4, 4)).astype(np.float32)
    expected = network()
    for tensor, axis in zip(expected.graph.initializer, (0, 0, None), strict=True):
        if tensor.name != "small":
            levels, scale = rounded(numpy_helper.to_array(tensor), axis)
            tensor.CopyFrom(numpy_helper.from_array(levels.astype(np.float32) * scale, tensor.name))
    assert store_as_int8(model, {"conv_node", "gemm_node", "small_node"}) == 16 * 27 + 2560
    onnx.checker.check_model(model, full_check=True)
    assert run(model, x) == pytest.approx(run(expected, x), rel=1e-5, abs=1e-5)
    assert len(model.SerializeToString()) < 0.4 * len(network().SerializeToString())


def test_that_the_file_counts_as_quantized_and_keeps_its_number_of_parameters():
    model = network()
    store_as_int8(model, {"conv_node", "gemm_node"})
    assert is_quantized(model)
    assert count_parameters(model) == count_parameters(network())


def test_that_the_runtime_folds_the_weights_once_and_not_in_every_run(tmp_path):
    model = network()
    store_as_int8(model, {"conv_node", "gemm_node"})
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    left = {node.op_type for node in onnx.load(tmp_path / "optimized.onnx").graph.node}
    assert left.isdisjoint({"Cast", "Mul"})


def test_that_layers_not_named_keep_their_floats():
    model = network()
    assert store_as_int8(model, {"gemm_node"}) == 2560
    assert next(t for t in model.graph.initializer if t.name == "conv").data_type == TensorProto.FLOAT
