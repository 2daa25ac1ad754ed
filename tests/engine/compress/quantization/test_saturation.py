from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from engine.compress.processor import Processor, this_processor
from engine.compress.quantization.saturation import chosen_range, outputs, saturation_error
from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.model.save import to_onnx

from .apply import apply, of_module

NARROW, WIDE = Processor("x86_64", frozenset({"avx2"})), Processor("aarch64", frozenset({"asimddp"}))


def quantize(state, context, technique="static-quantization", **knobs):
    found = find(technique)
    return found.apply(state, found.configure({"samples": 20, **knobs} if "static" in technique else knobs), context)


def largest_weight(graph):
    """Largest absolute value of an int8 weight tensor."""
    arrays = [numpy_helper.to_array(t) for t in graph.graph.initializer if t.data_type == TensorProto.INT8]
    return max(int(np.abs(array.astype(int)).max()) for array in arrays if array.ndim > 1)


def test_that_weights_get_7_bits_only_for_a_processor_that_saturates_and_a_note_says_so(resnet, context):
    narrow = quantize(resnet, replace(context, processor=NARROW))
    wide = quantize(resnet, replace(context, processor=WIDE))
    assert largest_weight(narrow.onnx) == 64
    assert largest_weight(wide.onnx) == 127
    assert any("7 bits" in note and "weight_range" in note for note in narrow.notes)
    assert not wide.notes


def test_that_the_caller_overrides_the_choice(resnet, context):
    full = quantize(resnet, replace(context, processor=NARROW), weight_range="full")
    reduced = quantize(resnet, replace(context, processor=WIDE), weight_range="reduced")
    assert (largest_weight(full.onnx), largest_weight(reduced.onnx)) == (127, 64)
    assert not full.notes


def test_that_7_bit_weights_give_the_same_numbers_with_fast_and_with_exact_kernels(resnet, context, images):
    result = quantize(resnet, replace(context, processor=NARROW))
    fast, exact = (outputs(result.onnx, [images.x[:200]], exact=exact)[0] for exact in (False, True))
    assert fast == pytest.approx(exact, abs=1e-4)


def test_that_7_bit_weights_keep_the_accuracy_on_this_computer(mobilenet, context, images):
    x, y = images.x[:500], images.y[:500]
    result = quantize(mobilenet, replace(context, processor=NARROW), samples=50)
    original = outputs(mobilenet.onnx, [x], exact=False)[0].argmax(1) == y
    found = outputs(result.onnx, [x], exact=False)[0].argmax(1) == y
    assert abs(int(found.sum()) - int(original.sum())) <= 8


def product(value):
    """A quantized matrix product whose sums are ``2 * 255 * value`` in units of the scales."""
    weight = np.full((2, 1), value, np.int8)
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "one", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "one", "zero"], ["d"]),
        helper.make_node("DequantizeLinear", ["w", "one", "wzero"], ["dw"]),
        helper.make_node("MatMul", ["d", "dw"], ["m"]),
        helper.make_node("QuantizeLinear", ["m", "wide", "zero"], ["mq"]),
        helper.make_node("DequantizeLinear", ["mq", "wide", "zero"], ["y"]),
    ]
    constants = [
        numpy_helper.from_array(np.float32(1), "one"),
        numpy_helper.from_array(np.float32(300), "wide"),
        numpy_helper.from_array(np.uint8(0), "zero"),
        numpy_helper.from_array(np.int8(0), "wzero"),
        numpy_helper.from_array(weight, "w"),
    ]
    graph = helper.make_graph(
        nodes,
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 1])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_that_the_exact_setting_gives_the_true_sum_and_the_error_is_seen_where_the_processor_saturates():
    arrays = [np.full((4, 2), 255, np.float32)]
    assert outputs(product(127), arrays, exact=True)[0] == pytest.approx(64_770, abs=150)
    lost = saturation_error(product(127), arrays)
    assert lost == (pytest.approx((1 - 32_767 / 64_770) ** 2, abs=0.02) if this_processor().saturates else 0)
    assert saturation_error(product(64), arrays) == 0


def test_that_weights_two_layers_share_can_be_run_exactly():
    torch.manual_seed(0)
    shared = nn.Conv2d(4, 4, 3, padding=1)
    state, data = of_module(nn.Sequential(shared, nn.ReLU(), shared, nn.Flatten(), nn.Linear(4 * 36, 4)), (4, 6, 6))
    graph = to_onnx(state.module, state.inputs)
    made = apply("static-quantization", ModelState(state.inputs, onnx=graph), Context(data, 0), samples=16).onnx
    codes = [item for item in made.graph.initializer if len(item.dims) == 4]
    assert [item.data_type for item in codes] == [TensorProto.INT8]
    wanted, found = outputs(graph, [data.x[:8]], exact=True)[0], outputs(made, [data.x[:8]], exact=True)[0]
    assert found == pytest.approx(wanted, abs=0.05 * float(np.abs(wanted).max()))


def test_that_8_bits_stay_where_trying_them_on_this_computer_shows_no_overflow():
    arrays = [np.full((4, 2), 255, np.float32)]
    reduced, note = chosen_range("auto", NARROW, lambda: product(60), arrays)
    # a computer with wide sums cannot try it
    assert reduced is not this_processor().saturates
    assert "8 bits" in note if this_processor().saturates else "7 bits" in note


def test_that_dynamic_quantization_reduces_its_weights_alike(context):
    import torch

    from engine.compress.technique import ModelState
    from engine.model.save import to_onnx
    from engine.records import TensorSpec

    torch.manual_seed(0)
    spec = TensorSpec("input", (None, 32), "float32")
    graph = to_onnx(torch.nn.Sequential(torch.nn.Linear(32, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4)), [spec])
    state = ModelState((spec,), onnx=graph)
    narrow = quantize(state, replace(context, processor=NARROW), "dynamic-quantization")
    wide = quantize(state, replace(context, processor=WIDE), "dynamic-quantization")
    assert largest_weight(narrow.onnx) == 64
    assert largest_weight(wide.onnx) == 127
    assert any("7 bits" in note for note in narrow.notes)
    assert onnx.checker.check_model(narrow.onnx) is None
