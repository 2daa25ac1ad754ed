"""Why a variant may be no faster: each reason on a network made for it, none where the arithmetic promises speed."""

from itertools import pairwise

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from engine.evaluate.speed_reason import operators_run, speed_notes
from engine.model.save import to_onnx
from engine.records import TensorSpec


def stack(*widths, side=64, head=True):
    """Plain 3x3 convolutions; large enough that arithmetic is all that counts."""
    torch.manual_seed(0)
    layers = []
    for before, after in zip((16, *widths), widths, strict=False):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
    tail = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], 8)] if head else []
    return to_onnx(nn.Sequential(*layers, *tail), (TensorSpec("x", (None, 16, side, side), "float32"),))


def dense(*widths):
    torch.manual_seed(0)
    layers = [nn.Linear(before, after) for before, after in pairwise(widths)]
    return to_onnx(nn.Sequential(*layers), (TensorSpec("x", (None, widths[0]), "float32"),))


@pytest.fixture(scope="module")
def wide():
    return stack(64, 64)


def test_that_nothing_is_said_where_half_of_the_channels_left_at_the_kernels_step(wide):
    assert speed_notes(wide, stack(32, 32)) == ()


def test_that_widths_between_two_steps_are_named_with_their_share(wide):
    (said,) = speed_notes(wide, stack(33, 32))
    macs = [16 * 33 * 9 * 64 * 64, 33 * 32 * 9 * 64 * 64, 32 * 8]
    assert said.startswith(f"speed: {1 - sum(macs) / (4096 * 9 * 64 * (16 + 64) + 512):.0%} fewer MACs, but ")
    assert f"{macs[0] / sum(macs):.0%} of the rest" in said
    assert "(33)" in said
    assert "(32)" not in said


def test_that_a_layer_in_parts_that_compute_more_is_not_called_as_fast_as_before():
    whole, parts = dense(64, 64), dense(64, 40, 64)
    assert speed_notes(whole, parts) == (
        "speed: 25% more MACs: the parts that layers were split into compute more than the layers did",
    )


def test_that_zeros_are_said_to_be_multiplied(wide):
    thinned = onnx.ModelProto()
    thinned.CopyFrom(wide)
    for item in thinned.graph.initializer:
        values = numpy_helper.to_array(item).copy()
        values[np.abs(values) < np.quantile(np.abs(values), 0.6)] = 0
        item.CopyFrom(numpy_helper.from_array(values, item.name))
    (said,) = speed_notes(wide, thinned)
    assert "60% of the weights are zero" in said


def test_that_the_same_network_is_told_as_such(wide):
    assert speed_notes(wide, wide) == ("speed: no fewer MACs: every layer computes as much as before",)


def test_that_linear_layers_at_one_sample_are_bound_by_memory():
    (said,) = speed_notes(dense(1024, 1024, 512), dense(1024, 512, 512))
    assert "memory-bound" in said


def test_that_a_tiny_network_spends_its_time_on_starting_operators():
    (said,) = speed_notes(dense(32, 32, 16), dense(32, 16, 16))
    assert "starting its 2 operators" in said


def test_that_weights_which_are_only_looked_up_make_nothing_faster():
    class Words(nn.Module):
        def __init__(self, count):
            super().__init__()
            self.table, self.head = nn.Embedding(count, 8), nn.Linear(8, 8)

        def forward(self, x):
            return self.head(self.table(x).mean(1))

    spec = (TensorSpec("x", (None, 6), "int64"),)
    (said,) = speed_notes(to_onnx(Words(500), spec), to_onnx(Words(100), spec))
    assert said == "speed: no fewer MACs: 3,200 weights left, but none that are multiplied for each sample"


def test_that_stored_integers_and_integer_kernels_are_told_apart(wide):
    from engine.compress.quantization.stored_weights import store_as_int8

    stored = onnx.ModelProto()
    stored.CopyFrom(wide)
    store_as_int8(stored, {node.name for node in stored.graph.node if node.op_type == "Conv"})
    (said,) = speed_notes(wide, stored)
    assert "smaller, not faster" in said


def test_that_roundings_a_runtime_fuses_and_weights_it_decodes_once_are_no_operators_to_start():
    from engine.compress.quantization.stored_weights import store_as_int8

    plain, stored = stack(64, 64), stack(32, 32)
    store_as_int8(stored, {node.name for node in stored.graph.node if node.op_type == "Conv"})
    assert len(stored.graph.node) > len(plain.graph.node)
    assert operators_run(stored) == operators_run(plain) == len(plain.graph.node)
    assert not any("operators instead" in said for said in speed_notes(plain, stored))


def test_that_many_more_operators_than_the_saved_arithmetic_pays_for_are_told():
    class Chain(nn.Module):
        def __init__(self, width, steps):
            super().__init__()
            self.a, self.b, self.steps = nn.Linear(32, width), nn.Linear(width, 8), steps

        def forward(self, x):
            x = self.a(x)
            for _ in range(self.steps):
                x = torch.sin(x) * x
            return self.b(x)

    def graph(width, steps):
        return to_onnx(Chain(width, steps), (TensorSpec("x", (None, 32), "float32"),))

    said = speed_notes(graph(64, 0), graph(32, 20))
    assert any("42 operators instead of 2" in item for item in said), said
