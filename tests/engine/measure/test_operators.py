"""Traced operators put back on the layers of the model."""

import numpy as np
import onnx
import pytest

from device_agent.runtimes.adapters.onnxruntime_ import OnnxRuntimeSession
from engine.measure.features import parts
from engine.measure.operators import by_layer
from engine.model.samples import sample


def told(name, op, median_us):
    return {"name": name, "op": op, "median_us": median_us, "provider": "CPUExecutionProvider", "runs": 25}


def test_that_fused_and_renamed_operators_come_back_to_their_layer():
    found = by_layer(
        [told("/conv1/Conv_nchwc", "Conv", 60.0), told("/conv1/Conv_quant", "QuantizeLinear", 10.0), 
         told("/fc/Gemm", "Gemm", 20.0), told("reorder", "ReorderOutput", 10.0)],
        ["/conv1/Conv", "/fc/Gemm", "/relu/Relu", ""],
    )  # fmt: skip
    assert [(row.layer, row.microseconds, row.added) for row in found] == [
        ("/conv1/Conv", 70.0, False),
        ("/fc/Gemm", 20.0, False),
        ("reorder", 10.0, True),
    ]
    assert found[0].operators == ("Conv", "QuantizeLinear")
    assert sum(row.share for row in found) == pytest.approx(1)


def test_that_conv1_does_not_take_the_time_of_conv10():
    found = by_layer([told("conv10", "Conv", 5.0), told("conv1_nchwc", "Conv", 3.0)], ["conv1", "conv10"])
    assert {row.layer: row.microseconds for row in found} == {"conv10": 5.0, "conv1": 3.0}
    assert by_layer([told("conv12", "Conv", 5.0)], ["conv1"])[0].added


def test_that_a_convolution_called_by_the_output_of_its_relu_is_the_convolution():
    folded = {
        "/conv1/Conv_output_0": "/conv1/Conv",
        "/relu1/Relu": "/conv1/Conv",
        "/relu1/Relu_output_0": "/conv1/Conv",
    }
    layers = ["/conv1/Conv", "/relu1/Relu"]
    (found,) = by_layer([told("/relu1/Relu_output_0_nchwc", "Conv", 5.0)], layers, folded)
    assert (found.layer, found.added) == ("/conv1/Conv", False)
    (alone,) = by_layer([told("/relu1/Relu", "Relu", 5.0)], layers, folded)
    assert alone.layer == "/relu1/Relu"


def test_that_every_convolution_of_a_traced_network_is_found_under_its_own_name():
    model = onnx.load(sample("fashion-resnet").onnx)
    session = OnnxRuntimeSession(str(sample("fashion-resnet").onnx), OnnxRuntimeSession.default_provider, 1, {})
    feed = [np.zeros([max(size, 1) for size in session.shapes()[0]], np.float32)]
    traced = OnnxRuntimeSession.operators(
        str(sample("fashion-resnet").onnx), OnnxRuntimeSession.default_provider, 1, {}, feed
    )
    folded = {alias: part.names[0] for part in parts(model) for alias in part.names[1:]}
    found = by_layer(traced, [node.name for node in model.graph.node], folded)
    convolutions = {node.name for node in model.graph.node if node.op_type == "Conv"}
    assert {row.layer for row in found if "Conv" in row.operators} == convolutions


def test_that_no_trace_gives_no_layers():
    assert by_layer([], ["conv"]) == ()
