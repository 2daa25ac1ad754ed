import collections
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization.calibrate import HistogramCollector

from engine.compress.processor import Processor
from engine.compress.quantization import calibration, static
from engine.compress.quantization.calibration import activation_ranges
from engine.compress.quantization.coverage import coverage
from engine.compress.quantization.ranges_mse import least_error_range
from engine.compress.quantization.saturation import outputs
from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.errors import DataError
from engine.events import Cancel
from engine.model.cost import is_quantized
from engine.model.data import Batch
from engine.model.graph import input_specs
from engine.model.packed import pack
from engine.model.save import to_onnx
from engine.records import Format, TensorSpec
from tests.engine.model.zoo import ZOO, build

from .test_dynamic import constants_and_branches

WIDE = Processor("aarch64")


class Noise:
    """Random calibration samples of one shape."""

    name = "noise"

    def __init__(self, shape):
        self.x = np.random.RandomState(0).randn(16, *shape).astype(np.float32)

    def count(self, split):
        return len(self.x) if split == "calibration" else 0

    def batches(self, split, size, *, seed=0, limit=None):
        yield Batch((self.x[:limit],), None)


def quantize(state, context, **knobs):
    found = find("static-quantization")
    return found.apply(state, found.configure({"samples": 20, **knobs}), context)


def of_zoo(name):
    network, shape = build(name)
    spec = TensorSpec("input", (None, *shape), "float32")
    return ModelState((spec,), onnx=to_onnx(network, [spec])), Noise(shape)


def scales(graph, name):
    return next(numpy_helper.to_array(t) for t in graph.graph.initializer if t.name == f"{name}_scale")


@pytest.mark.parametrize(("granularity", "kinds"), [("per-channel", 1), ("per-tensor", 0)])
def test_that_weight_scales_are_the_largest_weight_of_a_channel_or_of_the_tensor(resnet, context, granularity, kinds):
    result = quantize(resnet, replace(context, processor=WIDE), granularity=granularity).onnx
    weight = next(t for t in resnet.onnx.graph.initializer if len(t.dims) == 4)
    array = np.abs(numpy_helper.to_array(weight))
    largest = array.reshape(len(array), -1).max(1) if kinds else array.max()
    assert scales(result, weight.name) == pytest.approx(largest / 127.5, rel=0.01)


@pytest.mark.parametrize(("bits", "granularity"), [(4, "per-channel"), (6, "per-channel"), (4, "per-tensor")])
def test_that_weights_of_fewer_bits_take_the_values_of_their_grid_in_int8(resnet, context, bits, granularity):
    def codes(graph):
        return {t.name: numpy_helper.to_array(t) for t in graph.graph.initializer if t.name.endswith("_quantized")}

    wide = replace(context, processor=WIDE)
    result = quantize(resnet, wide, granularity=granularity, weight_bits=bits)
    weight = next(t for t in resnet.onnx.graph.initializer if len(t.dims) == 4)
    array = numpy_helper.to_array(weight)
    top = 2 ** (bits - 1) - 1
    largest = np.abs(array).max((1, 2, 3), keepdims=True) if granularity == "per-channel" else np.abs(array).max()
    by_hand = np.rint(array / (largest / top))
    stored = codes(result.onnx)[f"{weight.name}_quantized"]
    assert np.abs(stored - by_hand * 127.5 / top).max() <= 1
    assert len(np.unique(stored)) <= 2 * top + 1
    full = quantize(resnet, wide, granularity=granularity)
    assert len(np.unique(codes(full.onnx)[f"{weight.name}_quantized"])) > 2 * top + 1
    assert len(pack(result.onnx.SerializeToString(), Format.ONNX)) < len(
        pack(full.onnx.SerializeToString(), Format.ONNX)
    )
    assert any(f"rounded to {bits} bits" in note for note in result.notes)
    assert not any("rounded to" in note for note in full.notes)


def test_that_an_excluded_layer_keeps_the_bits_of_its_weights(resnet, context):
    name = next(node.name for node in resnet.onnx.graph.node if node.op_type == "Conv")
    weight = next(node.input[1] for node in resnet.onnx.graph.node if node.name == name)
    result = quantize(resnet, context, weight_bits=3, exclude=[name]).onnx
    kept = {t.name: numpy_helper.to_array(t) for t in result.graph.initializer}
    assert np.array_equal(
        kept[weight], next(numpy_helper.to_array(t) for t in resnet.onnx.graph.initializer if t.name == weight)
    )


@pytest.mark.parametrize(
    ("calibration", "shares"), [("min-max", (0, 100)), ("percentile", (0.5, 99.5)), ("entropy", None), ("mse", None)]
)
def test_that_every_method_gives_the_input_range_its_definition_says_and_keeps_the_answers(
    context, calibration, shares
):
    state, data = of_zoo("residual")
    wide = replace(context, data=data, processor=WIDE)
    result = quantize(state, wide, calibration=calibration, percentile=99).onnx
    width = 255 * float(scales(result, "input"))
    seen = data.x.reshape(-1)
    if shares is not None:
        low, high = np.percentile(seen, shares)
        assert width == pytest.approx(high - low, rel=0.02)
    else:
        assert 0.5 * (seen.max() - seen.min()) < width <= 1.001 * (seen.max() - seen.min())
    before, after = (outputs(item, [data.x], exact=True)[0] for item in (state.onnx, result))
    assert np.square(after - before).mean() < 0.01 * np.square(before - before.mean()).mean() + 1e-4


@pytest.mark.parametrize("method", ["percentile", "entropy", "mse"])
def test_that_histograms_of_many_samples_are_taken_in_groups_that_fit_in_memory(method, monkeypatch):
    state, data = of_zoo("residual")
    whole = activation_ranges(state.onnx, [data.x], method, 99, Cancel())
    held = []
    collect = HistogramCollector.collect

    def watched(self, tensors):
        held.append(sum(array.nbytes for arrays in tensors.values() for array in arrays))
        return collect(self, tensors)

    monkeypatch.setattr(HistogramCollector, "collect", watched)
    monkeypatch.setattr(calibration, "GROUP_BYTES", 250_000)
    parts = activation_ranges(state.onnx, [data.x], method, 99, Cancel())
    assert len(held) > 2
    assert max(held) <= 250_000
    wide = {name: np.ptp(np.ravel(whole[name].range_value)) for name in whole.data}
    off = [abs(np.ptp(np.ravel(parts[name].range_value)) - width) / width for name, width in wide.items() if width]
    assert np.median(off) < 0.1


def test_that_a_graph_that_needs_no_change_is_not_copied_and_stays_as_it_was(context):
    state, data = of_zoo("residual")
    before = state.onnx.SerializeToString(deterministic=True)
    assert static._prepared(state.onnx, changes=False) is state.onnx
    quantize(state, replace(context, data=data))
    quantize(state, replace(context, data=data), bias_correction=True, equalize=True)
    assert state.onnx.SerializeToString(deterministic=True) == before


def test_that_the_least_error_range_is_the_best_of_all_shrunk_ranges():
    values = np.concatenate([np.random.RandomState(1).randn(20_000), [60.0, -55.0]])
    counts, edges = np.histogram(values, bins=2048)
    low, high = least_error_range(counts, edges)

    def error(a, b):
        step = (b - a) / 255
        return np.square(values - (a + np.rint((np.clip(values, a, b) - a) / step) * step)).mean()

    assert -55 < low < 0 < high < 60
    assert error(low, high) <= 1.05 * min(error(-55 * s, 60 * s) for s in np.linspace(0.2, 1, 33))


@pytest.mark.parametrize("name", list(ZOO))
@pytest.mark.parametrize("activation", ["uint8", "int8"])
def test_that_every_layer_it_claims_runs_on_integer_kernels_and_every_other_is_named(context, name, activation):
    state, data = of_zoo(name)
    x86 = replace(context, data=data, processor=Processor("x86_64", frozenset({"avx_vnni"})))
    result = quantize(state, x86, activation=activation)
    left = {item.layer for item in result.skipped if "no integer kernel" in item.reason}
    assert set(coverage(result.onnx, x86.processor).floating) == left
    assert left == ({"/up/ConvTranspose"} if name == "unet" else set())


def test_that_int8_activations_become_uint8_only_where_x86_would_run_layers_in_float(context):
    state, data = of_zoo("residual")
    x86 = replace(context, data=data, processor=Processor("x86_64", frozenset({"avx_vnni"})))
    arm = replace(context, data=data, processor=WIDE)
    on_x86, on_arm = (quantize(state, item, activation="int8") for item in (x86, arm))
    points = [
        {t.data_type for t in item.onnx.graph.initializer if t.name == "input_zero_point"} for item in (on_x86, on_arm)
    ]
    assert points == [{TensorProto.UINT8}, {TensorProto.INT8}]
    assert any("uint8, not int8" in note for note in on_x86.notes)
    assert not any("uint8" in note for note in on_arm.notes)


def test_that_symmetric_activations_have_zero_point_0(context):
    state, data = of_zoo("waveform")
    result = quantize(state, replace(context, data=data, processor=WIDE), activation="int8", symmetric=True)
    points = [numpy_helper.to_array(t) for t in result.onnx.graph.initializer if t.name.endswith("zero_point")]
    assert not any(array.any() for array in points)


def test_that_the_runtimes_own_profile_shows_one_integer_kernel_for_every_convolution(
    resnet, context, images, tmp_path
):
    import onnxruntime

    result = quantize(resnet, context)
    options = onnxruntime.SessionOptions()
    options.enable_profiling, options.profile_file_prefix = True, str(tmp_path / "trace")
    session = onnxruntime.InferenceSession(result.onnx.SerializeToString(), options, providers=["CPUExecutionProvider"])
    session.run(None, {"input": images.x[:1]})
    events = json.loads(Path(session.end_profiling()).read_text())
    kernels = collections.Counter(
        event["args"]["op_name"] for event in events if event.get("cat") == "Node" and "op_name" in event["args"]
    )
    convolutions = sum(node.op_type == "Conv" for node in resnet.onnx.graph.node)
    assert kernels["QLinearConv"] == convolutions == 12
    assert not set(kernels) & {"Conv", "FusedConv", "Gemm", "MatMul", "Add"}


def test_that_the_file_stays_within_what_old_runtimes_read(resnet, context):
    result = quantize(resnet, context).onnx
    onnx.checker.check_model(result)
    assert max(item.version for item in result.opset_import if item.domain in ("", "ai.onnx")) <= 20
    assert result.ir_version <= 10
    assert {item.domain for item in result.opset_import} <= {"", "ai.onnx"}
    assert is_quantized(result)


def test_that_a_result_that_is_not_smaller_names_the_layers_and_why(context):
    state, data = of_zoo("mobile")
    result = quantize(state, replace(context, data=data, processor=WIDE))
    assert result.onnx.ByteSize() > state.onnx.ByteSize()
    reasons = {item.layer: item.reason for item in result.skipped}
    assert {node.name for node in state.onnx.graph.node if node.op_type in ("Conv", "Gemm")} <= set(reasons)
    assert all("bytes" in reason and f"{result.onnx.ByteSize():,}" in reason for reason in reasons.values())


def test_that_excluded_layers_stay_float_and_are_named(resnet, context):
    first = next(node.name for node in resnet.onnx.graph.node if node.op_type == "Conv")
    result = quantize(resnet, context, exclude=[first])
    assert [item.layer for item in result.skipped] == [first]
    weight = next(node.input[1] for node in resnet.onnx.graph.node if node.name == first)
    kept = next(t for t in result.onnx.graph.initializer if t.name == weight)
    assert kept.data_type == TensorProto.FLOAT


def test_that_missing_data_is_refused_with_the_remedy(context):
    state, _ = of_zoo("residual")
    with pytest.raises(DataError, match="calibration") as caught:
        quantize(state, replace(context, data=None))
    assert "--data" in caught.value.remedy


def test_that_dynamic_quantization_gives_integer_matrix_products_and_names_convolutions(context):
    torch.manual_seed(0)
    layers = (torch.nn.Conv1d(2, 4, 3), torch.nn.Flatten(), torch.nn.Linear(24, 64), torch.nn.Linear(64, 8))
    spec = TensorSpec("input", (None, 2, 8), "float32")
    graph = to_onnx(torch.nn.Sequential(*layers), [spec])
    found = find("dynamic-quantization")
    for granularity in ("per-channel", "per-tensor"):
        knobs = {"granularity": granularity, "weight_range": "full"}
        result = found.apply(ModelState((spec,), onnx=graph), found.configure(knobs), context)
        kinds = {node.op_type for node in result.onnx.graph.node}
        assert {"MatMulInteger", "DynamicQuantizeLinear"} <= kinds
        assert len(coverage(result.onnx).integer) == 2
        assert [item.layer for item in result.skipped] == ["/0/Conv"]
        x = np.random.RandomState(0).randn(8, 2, 8).astype(np.float32)
        before, after = (outputs(item, [x], exact=True)[0] for item in (graph, result.onnx))
        assert after == pytest.approx(before, abs=0.03 * float(np.abs(before).max()))


def test_that_weights_in_constant_nodes_become_integers_and_those_in_branches_are_reported():
    model = constants_and_branches()
    made = quantize(ModelState(input_specs(model), onnx=model), Context(Noise((8,)), 0, processor=WIDE))
    held = {t.name.removesuffix("_quantized") for t in made.onnx.graph.initializer if t.data_type == TensorProto.INT8}
    assert {"a", "b"} <= held
    reasons = {skip.layer: skip.reason for skip in made.skipped}
    assert "branch of choice" in reasons["then_product"]
    assert "branch of choice" in reasons["else_product"]
