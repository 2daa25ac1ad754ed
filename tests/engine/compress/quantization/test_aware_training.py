from collections import Counter
from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from engine.compress.processor import Processor
from engine.compress.quantization.aware_training import input_ranges, weight_rounding
from engine.compress.quantization.coverage import coverage
from engine.compress.quantization.saturation import outputs
from engine.compress.quantization.straight_through import LearnedStep
from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.cost import count_nonzero
from engine.model.datasets import open_data
from engine.model.onnx_to_torch import to_module
from engine.model.packed import pack
from engine.model.samples import sample
from engine.records import Format, TensorSpec

from .apply import apply, of_module, of_zoo

WIDE = Processor("aarch64")
QUICK = {"epochs": 2, "batch_size": 32, "samples": 40, "learning_rate": 0.002, "keep_best": False}


@pytest.fixture
def residual():
    state, data = of_zoo("residual")
    return state, Context(data=data, seed=0, threads=1, teacher=to_module(state.onnx), processor=WIDE)


def test_that_the_result_has_exactly_the_operators_of_static_quantization_and_runs_on_integer_kernels(residual):
    state, context = residual
    static = apply("static-quantization", state, context, samples=40)
    aware = apply("quantization-aware-training", state, context, **QUICK)
    kinds = [Counter(node.op_type for node in item.onnx.graph.node) for item in (static, aware)]
    assert kinds[0] == kinds[1]
    assert not coverage(aware.onnx, WIDE).floating
    assert len(coverage(aware.onnx, WIDE).integer) == 5


def test_that_it_recovers_what_rounding_loses(residual):
    state, context = residual
    # one outlier makes a step of the whole tensor so coarse that the other weights vanish
    tensor = next(t for t in state.onnx.graph.initializer if t.name.startswith("b1.") and len(t.dims) == 4)
    array = numpy_helper.to_array(tensor).copy()
    array[0, 0, 0, 0] = 150 * np.abs(array).max()
    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    context = replace(context, teacher=to_module(state.onnx))

    def divergence(technique, **knobs):
        """Mean KL divergence of the answers from the original's."""
        result = apply(technique, state, context, granularity="per-tensor", samples=40, **knobs)
        logs = []
        for graph in (state.onnx, result.onnx):
            logits = outputs(graph, [context.data.x], exact=True)[0].astype(np.float64)
            logs.append(logits - np.log(np.exp(logits).sum(1, keepdims=True)))
        return float((np.exp(logs[0]) * (logs[0] - logs[1])).sum(1).mean())

    knobs = {"epochs": 8, "batch_size": 32, "learning_rate": 0.01, "keep_best": False}
    plain, aware = divergence("static-quantization"), divergence("quantization-aware-training", **knobs)
    assert aware < 0.6 * plain


def test_that_zeros_of_pruning_stay_zero(residual):
    state, context = residual
    module = to_module(state.onnx)
    pruned = apply("magnitude-pruning", ModelState(state.inputs, module=module), sparsity=0.6, min_weights=1)
    assert pruned.masks
    result = apply("quantization-aware-training", pruned, context, **{**QUICK, "epochs": 1})
    assert count_nonzero(result.onnx) <= count_nonzero(apply("graph-fusion", pruned_graph(pruned)).onnx)


def pruned_graph(state):
    from engine.model.save import to_onnx

    return replace(state, module=None, onnx=to_onnx(state.module, state.inputs), masks={})


@pytest.mark.parametrize("bits", [7, 8])
def test_that_the_rounding_of_training_is_torchs_fake_quantization(bits):
    weight = torch.randn(6, 5, 3, 3, generator=torch.Generator().manual_seed(0))
    top = 2 ** (bits - 1) - 1
    scale = weight.abs().amax((1, 2, 3)) / top
    zero = torch.zeros(6, dtype=torch.int32)
    expected = torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, -128, 127)
    assert torch.allclose(weight_rounding(bits, 0)(weight), expected, atol=1e-6)
    expected = torch.fake_quantize_per_tensor_affine(weight, float(weight.abs().max() / top), 0, -128, 127)
    assert torch.allclose(weight_rounding(bits, None)(weight), expected, atol=1e-6)


@pytest.mark.parametrize("axis", [0, None])
def test_that_a_learned_step_has_the_gradient_of_its_paper(axis):
    """Equations 1 to 3 of Esser et al. 2020, by hand."""
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(4, 3, 3, 3, generator=generator).requires_grad_()
    slope = torch.randn(4, 3, 3, 3, generator=generator)
    rounding = LearnedStep(weight, 3, 3, axis)
    with torch.no_grad():
        rounding.step.mul_(0.8)  # so that some weights are outside the range
    rounded = rounding(weight)
    rounded.backward(slope)
    step = rounding.step.detach().reshape(-1, 1, 1, 1)
    steps = weight.detach() / step
    inside = steps.abs() < 3
    assert 0 < int((~inside).sum()) < inside.numel() / 2
    assert torch.allclose(rounded, step * steps.round().clamp(-3, 3), atol=1e-6)
    assert torch.allclose(weight.grad, torch.where(inside, slope, 0), atol=1e-6)
    each = slope * torch.where(inside, steps.round() - steps, 3 * steps.sign())
    share = (weight.numel() / rounding.step.numel() * 3) ** -0.5
    expected = share * (each.sum((1, 2, 3)) if axis == 0 else each.sum().reshape(1))
    assert torch.allclose(rounding.step.grad, expected, atol=1e-5)


@pytest.mark.parametrize(("weight_range", "bits", "largest"), [("full", 8, 127.5), ("reduced", 7, 64)])
def test_that_few_bits_are_trained_exactly_as_they_are_stored(residual, weight_range, bits, largest):
    state, context = residual
    knobs = {**QUICK, "weight_range": weight_range}
    few, full = (apply("quantization-aware-training", state, context, weight_bits=n, **knobs) for n in (4, bits))
    tensors = {t.name: numpy_helper.to_array(t) for t in few.onnx.graph.initializer}
    stored = {name: array for name, array in tensors.items() if name.endswith(".weight_quantized")}
    assert len(stored) == 5
    levels = np.clip(np.rint(np.arange(-7, 8) * largest / 7), -127, 127)
    ends = [stored.pop("stem.0.weight_quantized"), stored.pop("head.weight_quantized")]
    for array in ends:
        assert len(np.unique(array)) > 15
    for array in stored.values():
        top = np.abs(array.astype(int)).reshape(len(array), -1).max(1) == levels.max()
        assert top.mean() > 0.5  # a channel whose highest level nothing reaches has others
        assert set(np.unique(array[top])) <= set(levels)
    sizes = [len(pack(item.onnx.SerializeToString(), Format.ONNX)) for item in (few, full)]
    assert sizes[0] < 0.9 * sizes[1]
    assert any("trained to 4 bits" in note for note in few.notes)
    assert not any("trained to" in note for note in full.notes)


def test_that_training_to_few_bits_brings_back_what_rounding_to_them_loses():
    graph = onnx.load(sample("fashion-resnet").onnx)
    inputs = (TensorSpec("input", (None, 1, 28, 28), "float32"),)
    data = open_data("fashion-mnist", inputs)
    context = Context(data=data, seed=0, threads=1, teacher=to_module(graph), processor=WIDE)
    images = next(iter(data.batches("test", 600)))

    def accuracy(epochs):
        knobs = {"weight_bits": 2, "epochs": epochs, "max_samples": 600, "batch_size": 32, "samples": 40}
        result = apply("quantization-aware-training", ModelState(inputs, onnx=graph), context, **knobs, keep_best=False)
        return (outputs(result.onnx, [images.inputs[0]], exact=True)[0].argmax(1) == images.labels).mean()

    rounded, trained = accuracy(0), accuracy(1)
    assert rounded < 0.7
    assert trained > rounded + 0.2


class Normalised(torch.nn.Module):
    """Two convolutions with batch normalisation, the second of which is read by name, and a linear layer."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 8, 3, bias=False)
        self.norm = torch.nn.BatchNorm2d(8)
        self.second = torch.nn.Conv2d(8, 6, 3, bias=False)
        self.after = torch.nn.BatchNorm2d(6)
        self.head = torch.nn.Linear(6, 4)

    def forward(self, x):
        x = torch.relu(self.norm(self.first(x)))
        x = torch.relu(self.after(self.second(x)) * self.second.weight.abs().mean().sign())
        return self.head(x.mean((2, 3)))


def test_that_batch_normalisation_learns_along_and_folding_it_changes_no_level():
    state, data = of_module(Normalised(), (3, 10, 10))
    with torch.no_grad():
        state.module.after.weight.copy_(torch.tensor([2.0, 0.5, -1.5, 1.0, 3.0, 0.1]))
    given = {name: tensor.clone() for name, tensor in state.module.state_dict().items()}
    context = Context(data=data, seed=0, threads=1, teacher=state.module, processor=WIDE)
    graph = apply("quantization-aware-training", state, context, weight_bits=3, **QUICK).onnx
    assert not any(node.op_type == "BatchNormalization" for node in graph.graph.node)
    tensors = [numpy_helper.to_array(tensor) for tensor in graph.graph.initializer]
    codes = next(array for array in tensors if array.shape == (6, 8, 3, 3) and array.dtype == np.int8)
    levels = np.clip(np.rint(np.arange(-3, 4) * 127.5 / 3), -127, 127)
    reached = np.abs(codes.astype(int)).reshape(6, -1).max(1) == 127
    assert reached.sum() >= 3
    assert set(np.unique(codes[reached])) <= set(levels)
    for name, tensor in state.module.state_dict().items():
        assert torch.equal(tensor, given[name]), name  # the model that was given is not changed


def test_that_an_excluded_layer_is_not_rounded(residual):
    state, context = residual
    untouched = {t.name: numpy_helper.to_array(t) for t in state.onnx.graph.initializer}
    result = apply(
        "quantization-aware-training", state, context, **{**QUICK, "epochs": 0}, weight_bits=3, exclude=["/a1/Conv"]
    ).onnx
    kept = {t.name: numpy_helper.to_array(t) for t in result.graph.initializer}
    assert np.array_equal(kept["a1.weight"], untouched["a1.weight"])
    assert len(np.unique(kept["b1.weight_quantized"])) <= 7


def test_that_ranges_are_the_extremes_of_what_every_layer_sees(residual):
    state, context = residual
    ranges = input_ranges(to_module(state.onnx), [context.data.x[:30]])
    assert set(ranges) == {"stem.0", "a1", "b1", "down", "head"}
    assert ranges["stem.0"] == (pytest.approx(context.data.x[:30].min()), pytest.approx(context.data.x[:30].max()))
    assert ranges["a1"][0] == 0


def test_that_it_declares_what_it_needs():
    technique = find("quantization-aware-training")
    assert [str(n) for n in technique.needs_of(technique.configure({}))] == ["labels", "calibration"]
    guided = technique.configure({"placement": "latency-guided"})
    assert "device" in [str(n) for n in technique.needs_of(guided)]
