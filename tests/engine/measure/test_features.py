"""What graphs ask for, and the graphs of the micro-benchmark."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from engine.measure.features import footprint, operator_rows, operators
from engine.measure.probe import Chain, probe_models
from engine.model.cost import count_macs
from engine.model.samples import sample
from profiles.predict import FEATURES, MACS, SHAPE, Source, total


def amounts(model):
    return total(operators(model))


@pytest.mark.parametrize("name", ["fashion-resnet", "fashion-mobilenet"])
def test_that_all_multiplications_are_accounted_for_in_float_and_int8(name):
    for path, number in ((sample(name).onnx, "float"), (sample(name).onnx_int8, "int8")):
        model = onnx.load(path)
        found = amounts(model)
        macs = {key: value for key, value in found.items() if key in MACS}
        assert sum(macs.values()) == count_macs(model)
        assert all(key.endswith(number) for key in macs)
        assert set(found) <= set(FEATURES)
        assert found["call"] == 1


def test_that_depthwise_and_dense_are_kinds_of_their_own():
    model = Chain(8, 10, False).conv(1, 3, depthwise=True).conv(1, 1, out=16).pooled().dense(1, 10).model()
    found = amounts(model)
    assert found["depthwise_float"] == 8 * 10 * 10 * 9
    assert found["pointwise_float"] == 16 * 8 * 100
    assert found["dense_float"] == 160


def test_that_each_layers_work_is_counted_by_hand():
    """Two convolutions 3 -> 20 channels of stride 2 on 9x9, then 20 -> 20 on 5x5; 20 channels fill two blocks of 16, made or
    read; the three of an image are read as they are."""
    found = amounts(Chain(3, 9, False).conv(1, 3, out=20, stride=2).conv(1, 3).model())
    assert found == {
        "call": 1,
        "input": 3 * 81,
        "operators": 2,
        "conv_float": (3 + 20) * 9 * 20 * 25,
        "conv_float_out": 2 * 20 * 25,
        "conv_float_in": 3 * 81 + 20 * 25,
        "conv_float_columns": (3 + 20) * 9 * 25,
        "conv_float_pixels": 2 * 25,
        "conv_float_weights": (3 + 20) * 9 * 20,
        "conv_float_padded": (3 + 32) * 9 * 32 * 25,
        "conv_float_sets": (3 + 20) * 9 * 64 * 25,
        "conv_float_count": 2,
    }


def test_that_blocks_are_filled_by_outputs_alone_where_kernels_read_no_blocks():
    found = amounts(Chain(24, 8, False).conv(1, 3, depthwise=True).conv(1, 1, out=40).model())
    assert found["depthwise_float_padded"] == found["depthwise_float"] * 32 / 24
    assert found["pointwise_float_padded"] == 32 * 48 * 64


def test_that_an_operators_shape_is_its_channels_pixels_kernel_and_stride():
    model = Chain(3, 9, False).conv(1, 3, out=20, stride=2).conv(1, 3, depthwise=True).pooled().dense(1, 7).model()
    first, depthwise, pool, dense, call = operators(model)
    assert dict(zip(SHAPE, first.shape, strict=True)) == {
        "channels_in": 3, "channels_out": 20, "pixels": 25, "kernel": 9, "taken": 81 / 25,
    }  # fmt: skip
    assert depthwise.shape == (20, 20, 25, 9, 1)
    assert pool.shape == (1, 1, 20 * 25 + 20, 1, 1)
    assert dense.shape == (20, 7, 1, 1, 1)
    assert call.shape == ()


def test_that_numbers_made_into_integers_are_told_from_those_that_stay():
    assert "input" not in amounts(Chain(4, 6, True).conv(1, 1).model())
    assert amounts(Chain(4, 6, True).conv(1, 1).model())["quantized"] == 4 * 36
    mixed = Chain(4, 6, False).conv(1, 1, out=8)
    mixed._int8 = True
    mixed._tensor("scale", np.float32(0.05))
    mixed._tensor("zero", np.int8(0))
    mixed._last = mixed._requantized(mixed._last)
    found = amounts(mixed.model())
    assert (found["input"], found["quantized"]) == (4 * 36, 8 * 36)


def test_that_rows_of_vectors_are_dense_layers_of_many_numbers():
    found = amounts(Chain(32, 0, True, rows=5).dense(1, 7).model())
    assert found["dense_int8"] == 5 * 32 * 7
    assert (found["dense_int8_out"], found["dense_int8_weights"]) == (5 * 7, 32 * 7)


def test_that_every_graph_of_the_micro_benchmark_is_valid_and_runs_as_what_it_stands_for():
    for model in probe_models():
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        feed = np.ones([d if isinstance(d, int) else 1 for d in session.get_inputs()[0].shape], np.float32)
        assert np.isfinite(session.run(None, {"x": feed})[0]).all()


def test_that_the_int8_graphs_really_run_in_integers(tmp_path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    chain = Chain(16, 12, True).conv(1, 3).conv(1, 3, depthwise=True).pooled().dense(1, 10)
    onnxruntime.InferenceSession(chain.model().SerializeToString(), options)
    operators = [node.op_type for node in onnx.load(tmp_path / "optimised.onnx").graph.node]
    assert operators.count("QLinearConv") == 2
    assert "QGemm" in operators
    assert not {"Conv", "FusedConv", "Gemm"}.intersection(operators)


def test_that_a_chains_activations_are_the_two_that_meet_and_its_weights_all_of_them():
    model = Chain(8, 10, False).conv(1, 1, out=16).conv(1, 1, out=4).model()
    found = footprint(model)
    weights = sum(numpy_helper.to_array(item).nbytes for item in model.graph.initializer)
    assert found.weight_bytes == weights
    # The input of 8 planes stays; the 16 planes of the first convolution meet those of its ReLU.
    assert found.activation_bytes == (8 + 16 + 16) * 100 * 4


def test_that_int8_activations_take_a_quarter():
    net = sample("fashion-mobilenet")
    plain, small = footprint(onnx.load(net.onnx)), footprint(onnx.load(net.onnx_int8))
    assert small.weight_bytes < 0.5 * plain.weight_bytes


def told(name, kind, median_us):
    return {"name": name, "op": kind, "median_us": median_us}


def test_that_traced_operators_tell_their_share_without_what_calling_one_takes():
    """A call takes 2 us, as an operator that moves nothing shows: the convolutions take 30 and 8, the product 2 of 40 us."""
    model = Chain(3, 9, False).conv(1, 3, out=20).conv(1, 1).pooled().dense(1, 7).model()
    trace = [told("n2_nchwc", "Conv", 32.0), told("v5_nchwc", "Conv", 10.0), told("v6", "GlobalAveragePool", 2.0),
             told("n7", "Flatten", 2.0), told("n9", "Gemm", 4.0)]  # fmt: skip
    names = [node.name for node in model.graph.node if node.op_type in ("Conv", "GlobalAveragePool", "Flatten", "Gemm")]
    trace = [{**item, "name": name} for item, name in zip(trace, names, strict=True)]
    first, second, product = operator_rows(model, trace, 4.0, "net")
    assert [row.p50_ms for row in (first, second, product)] == pytest.approx([3.0, 0.8, 0.2])
    assert {(row.source, row.model) for row in (first, second, product)} == {(Source.TRACE, "net")}
    assert [row.operators[0].kind for row in (first, second, product)] == [
        "conv_float",
        "pointwise_float",
        "dense_float",
    ]


def test_that_a_trace_of_one_heavy_operator_is_not_taken_for_what_a_call_takes():
    model = Chain(3, 9, False).conv(1, 3, out=20).conv(1, 1).model()
    names = [node.name for node in model.graph.node if node.op_type == "Conv"]
    rows = operator_rows(model, [told(names[0], "Conv", 30.0), told(names[1], "SomethingFused", 30.0)], 1.0)
    assert [row.p50_ms for row in rows] == pytest.approx([0.5, 0.5])
    assert operator_rows(model, [], 1.0) == []
