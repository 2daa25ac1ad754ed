"""Keras models come in: the converted graph and the torch module compute what Keras computes, and compress like any other."""

import os

import numpy as np
import onnx
import pytest
import torch

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.errors import UnsupportedOperatorError
from engine.model.keras_to_onnx import to_onnx_graph
from engine.model.onnx_to_tflite import to_tflite
from engine.model.onnx_to_torch import module_inputs, to_module
from engine.model.open import open_model
from engine.model.save import run_onnx
from engine.records import Format
from tests.engine.compress.toys import exported_difference, inputs_for, parameter_count

from .keras_zoo import ZOO, build, inputs_of
from .test_onnx_to_tflite import run_tflite

# Keras 3.15 asks torch's tensors for what numpy 2.4 warns of
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def keras(tmp_path_factory):
    os.environ["KERAS_BACKEND"] = "torch"
    os.environ["KERAS_HOME"] = str(tmp_path_factory.mktemp("keras"))
    return pytest.importorskip("keras")


def expected_of(model, inputs):
    with torch.inference_mode():
        outputs = model(inputs, training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [output.cpu().numpy() for output in outputs]


@pytest.mark.parametrize("name", ZOO)
def test_that_a_keras_model_computes_the_same_as_onnx_and_as_a_torch_module(keras, name):
    model = build(keras, name)
    inputs = inputs_of(model)
    expected = expected_of(model, inputs)
    graph = to_onnx_graph(model)
    stated = graph.graph.input[0]
    assert [size.dim_value for size in stated.type.tensor_type.shape.dim][1:] == list(inputs.shape[1:])
    imported = to_module(graph)
    with torch.inference_mode():
        outputs = imported(torch.from_numpy(inputs))
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    for ran, output, wanted in zip(run_onnx(graph, [inputs]), outputs, expected, strict=True):
        np.testing.assert_allclose(ran, wanted, rtol=1e-3, atol=1e-4 * max(1, np.abs(wanted).max()))
        np.testing.assert_allclose(output.numpy(), wanted, rtol=1e-3, atol=1e-4 * max(1, np.abs(wanted).max()))
    for found, wanted in zip(run_tflite(to_tflite(graph), inputs[:1]), expected, strict=True):
        np.testing.assert_allclose(found, wanted[:1], rtol=1e-3, atol=1e-4 * max(1, np.abs(wanted).max()))


@pytest.mark.parametrize(("name", "turns"), [("cnn", 1), ("separable", 1), ("perceptron", 0), ("waveform", 1)])
def test_that_the_layout_is_turned_once_behind_the_input(keras, name, turns):
    """Flattening in another order is undone in the weights of the dense layer, not in the graph."""
    graph = to_onnx_graph(build(keras, name))
    assert [node.op_type for node in graph.graph.node].count("Transpose") == turns


def test_that_layers_keep_their_names(keras):
    module = to_module(to_onnx_graph(build(keras, "cnn")))
    assert {"conv2d", "batch_normalization", "conv2d_1", "dense", "dense_1"} <= dict(module.named_modules()).keys()


def test_that_channels_of_a_keras_model_leave_through_the_flattening(keras):
    graph = to_onnx_graph(build(keras, "cnn"))
    module, inputs = to_module(graph), module_inputs(graph)
    before = parameter_count(module)
    technique = find("channel-pruning")
    config = technique.configure({"ratio": 0.5, "round_to": 1, "importance": "l1", "scope": "local"})
    after = technique.apply(ModelState(inputs, module=module), config, Context(None, 0, threads=1))
    pruned = after.module
    assert pruned.conv2d.out_channels == 8
    assert pruned.conv2d_1.out_channels == 6
    # 3 x 3 x 3 x 16 + 32, 16 x 12 x 9 + 12, 12 x 6 x 16 + 16 without a half of the channels
    gone = 27 * 8 + 2 * 8 + (16 * 12 - 8 * 6) * 9 + 6 + 6 * 6 * 16
    hidden = 16 - pruned.dense.out_features
    gone += hidden * (6 * 6 + 1) + hidden * 5
    assert parameter_count(pruned) == before - gone
    assert exported_difference(after, inputs_for(after)) < 1e-5


def test_that_heads_of_a_keras_transformer_leave(keras):
    graph = to_onnx_graph(build(keras, "transformer"))
    state = ModelState(module_inputs(graph), module=to_module(graph))
    technique = find("head-pruning")
    after = technique.apply(state, technique.configure({"ratio": 0.5, "importance": "l2"}), Context(None, 0, threads=1))
    assert after.notes == ("2 of 4 attention heads removed",)
    assert parameter_count(state.module) - parameter_count(after.module) == 3 * 8 * (16 + 1) + 16 * 8
    assert exported_difference(after, inputs_for(after)) < 1e-5


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda layers: layers.Embedding(5, 3, mask_zero=True), "mask_zero"),
        (lambda layers: layers.GRU(3, reset_after=False), "reset_after=False"),
        (lambda layers: layers.LSTM(3, activation="relu"), "relu"),
        (lambda layers: layers.UnitNormalization(), "UnitNormalization"),
        (lambda layers: layers.Activation("log_softmax"), "log_softmax"),
        (lambda layers: layers.Conv1DTranspose(3, 3, strides=2, padding="same"), "each backend"),
    ],
)
def test_that_a_layer_without_an_equivalent_is_refused_by_name(keras, make, why):
    layer = make(keras.layers)
    shape = (6,) if isinstance(layer, keras.layers.Embedding) else (6, 4)
    model = keras.Sequential([keras.Input(shape), layer])
    with pytest.raises(UnsupportedOperatorError, match=why) as caught:
        to_onnx_graph(model)
    assert "format='onnx'" in caught.value.remedy


def test_that_a_file_of_keras_opens_in_a_child_and_computes_the_same(keras, tmp_path):
    model = build(keras, "cnn")
    path = tmp_path / "mine.keras"
    model.save(path)
    opened = open_model(path)
    assert (opened.info.format, opened.module, opened.name) == (Format.KERAS, None, "mine")
    assert opened.info.inputs[0].shape == (None, 17, 15, 3)
    assert opened.info.outputs[0].shape == (None, 5)
    assert opened.info.size_bytes == path.stat().st_size
    inputs = inputs_of(model)
    [result] = run_onnx(onnx.load_from_string(opened.onnx), [inputs])
    np.testing.assert_allclose(result, expected_of(model, inputs)[0], atol=1e-5)
