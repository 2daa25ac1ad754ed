"""Means over all places as pooling: the same numbers, by the operator that has an integer kernel."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.pooling import means_to_pooling
from engine.model.save import run_onnx, to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import toy_data


class Means(nn.Module):
    """A convolution and a mean, written in one of the ways people do."""

    def __init__(self, mean, conv=nn.Conv2d):
        super().__init__()
        self.conv, self.head, self.mean = conv(1, 4, 3, padding=1), nn.Linear(4, 3), mean

    def forward(self, x):
        return self.head(self.mean(torch.relu(self.conv(x))))


WAYS = {
    "both axes": (lambda x: x.mean((2, 3)), (1, 6, 5)),
    "axes from the end": (lambda x: x.mean((-1, -2)), (1, 6, 5)),
    "axes that stay": (lambda x: x.mean((2, 3), keepdim=True).flatten(1), (1, 6, 5)),
    "flattened first": (lambda x: x.flatten(2).mean(2), (1, 6, 5)),
    "a signal": (lambda x: x.mean(2), (1, 7)),
}
NOT_ALL_PLACES = {
    "rows": lambda x: x.mean(2)[:, :, 0],
    "channels too": lambda x: x.mean((1, 2, 3), keepdim=True).expand(-1, 4, 1, 1).flatten(1),
    "a square": lambda x: x.reshape(x.shape[0], 4, 5, 6).mean(2)[:, :, 0],
}


def graph_of(mean, shape):
    torch.manual_seed(0)
    module = Means(mean, nn.Conv2d if len(shape) == 3 else nn.Conv1d)
    return to_onnx(module, (TensorSpec("x", (None, *shape), "float32"),))


def kinds(graph):
    return [node.op_type for node in graph.graph.node]


@pytest.mark.parametrize("way", WAYS)
def test_that_a_mean_over_all_places_becomes_pooling_of_the_same_value(way: str):
    mean, shape = WAYS[way]
    graph = graph_of(mean, shape)
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
    before = run_onnx(graph, [x])[0]
    assert means_to_pooling(graph) == 1
    onnx.checker.check_model(graph)
    assert "GlobalAveragePool" in kinds(graph)
    assert not {"ReduceMean", "Shape", "Reshape", "Concat"} & set(kinds(graph))
    assert np.allclose(run_onnx(graph, [x])[0], before, atol=1e-6)
    assert means_to_pooling(graph) == 0


@pytest.mark.parametrize("way", NOT_ALL_PLACES)
def test_that_other_means_stay(way: str):
    graph = graph_of(NOT_ALL_PLACES[way], (1, 6, 5))
    before = graph.SerializeToString()
    assert means_to_pooling(graph) == 0
    assert graph.SerializeToString() == before


def test_that_a_reshape_that_moves_channels_stays_in_front_of_the_pooling():
    graph = graph_of(lambda x: x.reshape(x.shape[0], 8, 15).mean(2)[:, :4], (1, 6, 5))
    x = np.random.default_rng(0).normal(size=(3, 1, 6, 5)).astype(np.float32)
    before = run_onnx(graph, [x])[0]
    means_to_pooling(graph)
    assert "Reshape" in kinds(graph)
    assert np.allclose(run_onnx(graph, [x])[0], before, atol=1e-6)


def test_that_a_quantized_network_averages_in_integers(tmp_path):
    mean, shape = WAYS["flattened first"]
    state = ModelState((TensorSpec("x", (None, *shape), "float32"),), onnx=graph_of(mean, shape))
    found = find("static-quantization")
    made = found.apply(state, found.configure({}), Context(toy_data(shape, 3), 0)).onnx
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
    assert "QLinearGlobalAveragePool" in kinds(onnx.load(tmp_path / "optimized.onnx"))
