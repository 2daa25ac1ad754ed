"""ViT, Swin, Inception and ConvNeXt on the whole way: fused, int8 and with less structure, as ONNX and as TFLite."""

from functools import cache

import numpy as np
import pytest
import torch
from ai_edge_litert.interpreter import Interpreter
from torch import nn

from engine.compress.quantization.coverage import coverage
from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.compress.weighted_layers import replace_layer
from engine.model.onnx_to_tflite import to_tflite
from engine.model.onnx_to_torch import to_module
from engine.model.save import run_onnx, to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import parameter_count, toy_data
from tests.engine.model.architectures import ARCHITECTURES, SHAPE

SPEC = (TensorSpec("input", (None, *SHAPE), "float32"),)
X = np.random.default_rng(0).standard_normal((4, *SHAPE)).astype(np.float32)
NAMES = sorted(ARCHITECTURES)


@cache
def network(name):
    torch.manual_seed(0)
    return ARCHITECTURES[name]().eval()


@cache
def graph(name):
    return to_onnx(network(name), SPEC)


@cache
def answers(name):
    return by_torch(network(name))


def by_torch(module):
    with torch.no_grad():
        return module.eval()(torch.from_numpy(X)).numpy()


def by_litert(content):
    runner = Interpreter(model_content=content, num_threads=1)
    runner.allocate_tensors()
    rows = []
    for row in X:
        runner.set_tensor(runner.get_input_details()[0]["index"], row[None])
        runner.invoke()
        rows.append(runner.get_tensor(runner.get_output_details()[0]["index"])[0])
    return np.stack(rows)


def apply(technique, state, name, **knobs):
    found = find(technique)
    context = Context(toy_data(SHAPE, 5, count=96), 0, teacher=network(name), threads=1)
    return found.apply(state, found.configure(knobs), context)


@pytest.mark.parametrize("name", NAMES)
def test_that_it_answers_the_same_fused_and_in_every_form(name):
    fused = apply("graph-fusion", ModelState(SPEC, onnx=graph(name)), name).onnx
    assert len(fused.graph.node) <= len(graph(name).graph.node)
    for item in (graph(name), fused):
        assert np.abs(run_onnx(item, [X])[0] - answers(name)).max() < 1e-5
        assert np.abs(by_litert(to_tflite(item)) - answers(name)).max() < 1e-5
    assert np.abs(by_torch(to_module(graph(name))) - answers(name)).max() < 1e-5


@pytest.mark.parametrize("name", NAMES)
def test_that_int8_keeps_the_answers_in_both_runtimes_on_integer_kernels(name):
    made = apply("static-quantization", ModelState(SPEC, onnx=graph(name)), name, samples=32, weight_range="full")
    width = np.ptp(answers(name))
    by_onnxruntime = run_onnx(made.onnx, [X])[0]
    assert np.abs(by_onnxruntime - answers(name)).max() < 0.05 * width
    assert np.abs(by_litert(to_tflite(made.onnx)) - by_onnxruntime).max() < 0.05 * width
    kernels = coverage(made.onnx)
    named = {item.layer for item in made.skipped if "no integer kernel" in item.reason}
    assert set(kernels.floating) == named
    assert len(kernels.integer) >= 5


@pytest.mark.parametrize("method", ["channel-pruning", "svd-factorization"])
@pytest.mark.parametrize("name", NAMES)
def test_that_with_less_structure_every_form_answers_as_the_module(name, method):
    knobs = {"ratio": 0.25, "round_to": 2} if method == "channel-pruning" else {"ratio": 0.3}
    made = apply(method, ModelState(SPEC, module=network(name)), name, **knobs)
    assert parameter_count(made.module) < parameter_count(network(name))
    wanted, smaller = by_torch(made.module), to_onnx(made.module, SPEC)
    assert np.abs(wanted - answers(name)).max() > 1e-4
    assert np.abs(run_onnx(smaller, [X])[0] - wanted).max() < 1e-5
    assert np.abs(by_litert(to_tflite(smaller)) - wanted).max() < 1e-5
    assert all(item.layer and len(item.reason) > 10 for item in made.skipped)


class Tokens(nn.Module):
    """A class token before patches, as a ViT makes them."""

    def __init__(self):
        super().__init__()
        self.patches, self.token = nn.Conv2d(3, 16, 4, 4), nn.Parameter(torch.randn(1, 1, 16))
        self.mixed, self.head = nn.Linear(16, 16), nn.Linear(16, 5)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
        return self.head(torch.relu(self.mixed(x)).mean(1))


def test_that_patches_and_class_tokens_read_from_a_file_get_narrower_as_those_of_a_module(capfd):
    torch.manual_seed(0)
    module = Tokens().eval()
    read = to_module(to_onnx(module, SPEC))
    left = [
        parameter_count(apply("channel-pruning", ModelState(SPEC, module=item), "vit", ratio=0.5, round_to=2).module)
        for item in (module, read)
    ]
    assert left[0] == left[1] < 0.7 * parameter_count(module)
    assert capfd.readouterr().err == ""


class Fixed(nn.Module):
    """Its channels cannot leave: a reshape knows their number."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.head = nn.Conv2d(3, 8, 3), nn.Conv2d(2, 8, 3), nn.Linear(8 * 12 * 12, 5)

    def forward(self, x):
        x = torch.relu(self.first(x)).reshape(-1, 2, 28, 28)
        return self.head(self.second(x)[:, :, ::2, ::2].reshape(-1, 8, 13 * 13)[:, :, :144].flatten(1))


def test_that_a_network_that_fails_with_fewer_channels_is_kept_with_the_reason_and_prints_nothing(capfd):
    torch.manual_seed(0)
    read = to_module(to_onnx(Fixed().eval(), SPEC))
    made = apply("channel-pruning", ModelState(SPEC, module=read), "vit", ratio=0.5, round_to=2)
    reasons = {item.layer: item.reason for item in made.skipped}
    assert "does not run with fewer of its channels" in reasons["first"]
    assert np.array_equal(by_torch(made.module), by_torch(read))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("fused", [True, False])
def test_that_an_encoder_layer_computes_with_what_took_the_place_of_its_parts(fused):
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, nn.GELU(), batch_first=True).eval()
    pair = nn.Sequential(nn.Linear(8, 3, bias=False), nn.Linear(3, 16))
    replace_layer(layer, "linear1", pair)
    replace_layer(layer, "activation", nn.ReLU())
    x = torch.randn(2, 5, 8)
    y = layer.norm1(x + layer.self_attn(x, x, x, need_weights=False)[0])
    wanted = layer.norm2(y + layer.linear2(torch.relu(pair(y))))
    with torch.inference_mode(fused):
        assert torch.allclose(layer(x), wanted, atol=1e-6)
