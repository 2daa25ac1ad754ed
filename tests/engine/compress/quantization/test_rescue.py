"""What saves accuracy after rounding: equalization, bias correction, protection of sensitive layers."""

import re
from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from torch import nn

from engine.compress.processor import Processor
from engine.compress.quantization.bias_correction import channel_means, correct_biases
from engine.compress.quantization.calibration import Scheme, activation_ranges, quantized
from engine.compress.quantization.equalization import equalize, pairs
from engine.compress.quantization.protection import protect
from engine.compress.quantization.saturation import outputs
from engine.compress.technique import Context, ModelState
from engine.events import Cancel, ignore
from engine.model.save import to_onnx
from engine.records import TensorSpec

from .apply import Noise, apply
from .graphs import graph_of

SPEC = TensorSpec("input", (None, 3, 8, 8), "float32")


def uneven():
    """Conv, depth-wise, point-wise, head; channels differ in size by 200, and the next layer evens that out."""
    torch.manual_seed(1)
    layers = nn.Sequential(
        nn.Conv2d(3, 12, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(12, 12, 3, padding=1, groups=12),
        nn.ReLU(),
        nn.Conv2d(12, 8, 1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(512, 4),
    )
    factors = torch.logspace(0, 2.3, 12)
    with torch.no_grad():
        layers[0].weight.mul_(factors.view(-1, 1, 1, 1))
        layers[0].bias.mul_(factors)
        layers[2].weight.div_(factors.view(-1, 1, 1, 1))
        layers[2].weight.mul_(factors.flip(0).view(-1, 1, 1, 1))
        layers[2].bias.mul_(factors.flip(0))
        layers[4].weight.div_(factors.flip(0).view(1, -1, 1, 1))
    return ModelState((SPEC,), onnx=to_onnx(layers.eval(), [SPEC])), Noise((3, 8, 8))


@pytest.fixture
def numbers():
    generator = np.random.default_rng(0)
    return lambda *shape: generator.normal(size=shape).astype(np.float32)


@pytest.fixture
def context():
    return Context(data=Noise((3, 8, 8)), seed=0, processor=Processor("aarch64"))


def error(graph, original, data):
    wanted = outputs(original, [data.x], exact=True)[0]
    return float(np.square(outputs(graph, [data.x], exact=True)[0] - wanted).mean() / wanted.var())


def test_that_equalization_keeps_the_function_and_evens_out_the_channels():
    state, data = uneven()
    graph = onnx.ModelProto()
    graph.CopyFrom(state.onnx)
    assert equalize(graph) == len(pairs(state.onnx)) == 2
    assert error(graph, state.onnx, data) < 1e-8
    arrays = {t.name: numpy_helper.to_array(t) for t in graph.graph.initializer}
    first, second, third = (arrays[node.input[1]] for node in graph.graph.node if node.op_type == "Conv")
    ranges = [np.abs(first).max((1, 2, 3)), np.abs(second).max((1, 2, 3)), np.abs(third).max((0, 2, 3))]
    assert ranges[0] == pytest.approx(ranges[1], rel=0.05)
    assert ranges[1] == pytest.approx(ranges[2], rel=0.05)


def test_that_equalization_rescues_one_scale_a_tensor(context):
    state, data = uneven()
    plain = apply("static-quantization", state, context, granularity="per-tensor")
    rescued = apply("static-quantization", state, context, granularity="per-tensor", equalize=True)
    assert error(rescued.onnx, state.onnx, data) < 0.2 * error(plain.onnx, state.onnx, data)
    assert any("2 pairs" in note for note in rescued.notes)


def test_that_layers_with_anything_but_relu_between_them_are_left_alone(context):
    module = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU6(), nn.Conv2d(4, 4, 1), nn.Sigmoid(), nn.Conv2d(4, 4, 1))
    graph = to_onnx(module.eval(), [SPEC])
    assert pairs(graph) == []
    result = apply("static-quantization", ModelState((SPEC,), onnx=graph), context, equalize=True)
    assert any("nothing was changed" in note for note in result.notes)


def test_that_bias_correction_brings_the_means_of_all_layers_back():
    from engine.compress.quantization.affine import quantize
    from engine.compress.quantization.weights import copied, float_weights, replace_values

    state, data = uneven()
    graph = copied(state.onnx)

    def build():
        """Two bits a weight, the biases of the graph as it is now."""
        rough = copied(graph)
        for weight in float_weights(rough, "test")[0]:
            codes, grid = quantize(weight.values, 3, axis=weight.axis)
            replace_values(rough, weight.name, grid.real(codes))
        return rough

    names = [node.name for node in graph.graph.node if node.op_type in ("Conv", "Gemm")]
    wanted, before = (channel_means(item, names, [data.x[:64]], Cancel()) for item in (state.onnx, build()))
    assert correct_biases(graph, build, [data.x], (), Cancel())[0] == 4
    after = channel_means(build(), names, [data.x[:64]], Cancel())
    for name in names:
        assert after[name] == pytest.approx(wanted[name], abs=1e-4 * max(1, float(np.abs(wanted[name]).max())))
    assert any(np.abs(before[name] - wanted[name]).max() > 1e-2 for name in names)


def test_that_bias_correction_of_int8_does_not_make_the_error_larger(context):
    state, data = uneven()
    plain = apply("static-quantization", state, context, granularity="per-tensor")
    corrected = apply("static-quantization", state, context, granularity="per-tensor", bias_correction=True)
    assert error(corrected.onnx, state.onnx, data) <= 1.02 * error(plain.onnx, state.onnx, data)
    assert any("4 layers" in note for note in corrected.notes)


def test_that_the_fewest_most_sensitive_layers_return_until_the_loss_is_allowed():
    costs = {"a": 0.1, "b": 3.0, "c": 0.2, "d": 1.5}

    def lost(names):
        return sum(cost for name, cost in costs.items() if name not in names)

    for limit, expected in (
        (5.0, ()),
        (2.0, ("b",)),
        (0.5, ("b", "d")),
        (0.1, ("b", "d", "c")),
        (0.0, ("b", "d", "c", "a")),
    ):
        found = protect(list(costs), lambda names: names, lost, lost, limit, ignore)
        assert found.layers == expected
        assert found.lost <= limit


def test_that_a_limit_of_lost_accuracy_returns_layers_and_says_which(context):
    state, data = uneven()
    answers = outputs(state.onnx, [data.x], exact=True)[0].argmax(1)
    scored = replace(
        context, score=lambda s: float((outputs(s.onnx, [data.x], exact=False)[0].argmax(1) == answers).mean())
    )
    knobs = {"granularity": "per-tensor", "weight_range": "full"}
    plain = apply("static-quantization", state, scored, **knobs)
    limited = apply("static-quantization", state, scored, max_loss=0.5, **knobs)
    assert scored.score(plain) < 0.97
    assert scored.score(limited) >= 0.995 - 1e-9
    assert any(item.layer in note for item in limited.skipped for note in limited.notes if "max_loss" in note)


def test_that_biases_stay_where_correcting_the_mean_of_a_few_harms_most_others():
    """Three of 64 samples are clipped: their error is the mean's, and shifts all the others."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 4))
    spec = TensorSpec("input", (None, 16), "float32")
    graph = to_onnx(network.eval(), [spec])
    x = np.random.default_rng(0).normal(size=(128, 16)).astype(np.float32)
    ranges = activation_ranges(graph, [x], "min-max", 99.99, Cancel())
    before = graph.SerializeToString()
    assert correct_biases(graph, lambda: quantized(graph, ranges, Scheme()), [x], (), Cancel())[0] == 2
    graph.ParseFromString(before)
    x[:3] *= 60
    count, said = correct_biases(graph, lambda: quantized(graph, ranges, Scheme()), [x], (), Cancel())
    assert count == 0
    assert re.search(r"of 64 other samples (\d+) were further off with it, (\d+) less", said)
    assert graph.SerializeToString() == before


def corrected(graph, arrays):
    """Its biases corrected: the largest mean error of any layer, before and after, and how many layers it says."""
    ranges = activation_ranges(graph, arrays, "min-max", 99.99, Cancel())
    names = [node.name for node in graph.graph.node if node.op_type in ("Conv", "Gemm")]
    few = [array[:64] for array in arrays]
    wanted = channel_means(graph, names, few, Cancel())
    found = [quantized(graph, ranges, Scheme())]
    count, _ = correct_biases(graph, lambda: quantized(graph, ranges, Scheme()), arrays, (), Cancel())
    found.append(quantized(graph, ranges, Scheme()))
    means = [channel_means(item, names, few, Cancel()) for item in found]
    return *(max(float(np.abs(item[name] - wanted[name]).max()) for name in names) for item in means), count


def test_that_a_bias_that_two_layers_share_is_corrected_for_each(numbers):
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "bias"], ["a"], name="first"),
        helper.make_node("Relu", ["a"], ["r"], name="relu"),
        helper.make_node("Gemm", ["r", "w2", "bias"], ["y"], name="second"),
    ]
    weights = {"w1": numbers(16, 16), "w2": numbers(16, 16), "bias": numbers(16)}
    before, after, count = corrected(
        graph_of(nodes, weights, {"x": (None, 16)}, {"y": (None, 16)}), [abs(numbers(128, 16))]
    )
    assert count == 2
    assert after < 0.05 * before


def test_that_biases_of_a_graph_with_a_fixed_batch_are_corrected(numbers):
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["a"], name="first"),
        helper.make_node("Reshape", ["a", "square"], ["s"], name="square"),
        helper.make_node("Conv", ["s", "kernel", "b2"], ["c"], name="second"),
        helper.make_node("Reshape", ["c", "flat"], ["y"], name="flat"),
    ]
    weights = {"w1": numbers(16, 16), "b1": numbers(16), "kernel": numbers(4, 4, 1, 1), "b2": numbers(4)}
    shapes = {"square": np.array([1, 4, 2, 2]), "flat": np.array([1, 16])}
    graph = graph_of(nodes, {**weights, **shapes}, {"x": (1, 16)}, {"y": (1, 16)})
    before, after, count = corrected(graph, [abs(numbers(128, 16))])
    assert count == 2
    assert after < 0.05 * before


def test_that_an_output_with_several_rows_for_a_sample_counts_with_its_sample(numbers):
    nodes = [
        helper.make_node("Gemm", ["x", "w", "bias"], ["y"], name="layer"),
        helper.make_node("Concat", ["y", "y", "y"], ["rows"], axis=0, name="rows"),
    ]
    weights = {"w": numbers(16, 16), "bias": numbers(16)}
    graph = graph_of(nodes, weights, {"x": (None, 16)}, {"y": (None, 16), "rows": (None, 16)})
    before, after, count = corrected(graph, [abs(numbers(128, 16))])
    assert count == 1
    assert after < 0.05 * before
