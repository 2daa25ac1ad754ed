from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from onnx import numpy_helper

from engine.compress.processor import Processor
from engine.compress.quantization.aware_training import input_ranges, weight_rounding
from engine.compress.quantization.coverage import coverage
from engine.compress.quantization.saturation import outputs
from engine.compress.registry import find
from engine.compress.technique import Context
from engine.model.cost import count_nonzero
from engine.model.onnx_to_torch import to_module

from .apply import apply, of_zoo

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
    from engine.compress.technique import ModelState

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
