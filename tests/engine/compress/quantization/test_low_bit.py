import numpy as np
import pytest
import torch
from onnx import numpy_helper

from engine.compress.quantization.low_bit import low_bit_codes
from engine.compress.quantization.saturation import outputs
from engine.compress.quantization.stored import unpack_codes
from engine.compress.quantization.straight_through import FakeActivation, Through
from engine.compress.technique import Context
from engine.model.cost import count_parameters

from .apply import apply, of_zoo


def test_that_the_binary_scale_is_the_least_squares_one():
    values = np.random.RandomState(0).randn(3, 40)
    codes, grid = low_bit_codes(values, 0, "binary")
    real = grid.real(codes)
    signs = np.where(values >= 0, 1.0, -1.0)
    best = (values * signs).sum(1, keepdims=True) / np.square(signs).sum(1, keepdims=True)
    assert real == pytest.approx(best * signs, abs=1e-6)


def test_that_ternary_weights_are_those_of_the_paper():
    values = np.random.RandomState(0).randn(3, 40)
    codes, grid = low_bit_codes(values, 0, "ternary")
    for row, found in zip(values, grid.real(codes), strict=True):
        large = np.abs(row) > 0.7 * np.abs(row).mean()
        assert found == pytest.approx(np.where(large, np.sign(row) * np.abs(row[large]).mean(), 0), abs=1e-6)
    again, grid_again = low_bit_codes(grid.real(codes), 0, "ternary")
    assert np.array_equal(again, codes)
    assert grid_again.scale == pytest.approx(grid.scale)


def test_that_the_gradient_passes_as_if_nothing_had_been_rounded():
    weight = torch.tensor([0.4, -1.2], requires_grad=True)
    result = Through(torch.round, "round")(weight)
    assert result.tolist() == [0.0, -1.0]
    (result * torch.tensor([2.0, 3.0])).sum().backward()
    assert weight.grad.tolist() == [2.0, 3.0]


def test_that_rounded_activations_hold_zero_and_pass_gradients_only_inside_the_range():
    values = torch.tensor([-3.0, 0.0, 0.51, 9.0], requires_grad=True)
    result = FakeActivation(-1.0, 1.55)(values)
    assert result.tolist() == pytest.approx([-1.0, 0.0, 0.51, 1.55], abs=0.006)
    result.sum().backward()
    assert values.grad.tolist() == [0.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize(("levels", "count", "bits"), [("binary", 2, 1), ("ternary", 3, 2)])
def test_that_after_fine_tuning_every_channel_holds_so_many_values_in_so_many_bits(levels, count, bits):
    state, data = of_zoo("residual")
    context = Context(data=data, seed=0, threads=1)
    result = apply("low-bit-weights", state, context, levels=levels, epochs=1, batch_size=32)
    tensors = {t.name: numpy_helper.to_array(t) for t in result.onnx.graph.initializer}
    stored = [name.removesuffix("_codes") for name in tensors if name.endswith("_codes")]
    assert len(stored) == 3
    shapes = {t.name: tuple(t.dims) for t in state.onnx.graph.initializer}
    for name in stored:
        size = int(np.prod(shapes[name]))
        assert tensors[f"{name}_codes"].nbytes == -(-size * bits // 8)
        assert tensors[f"{name}_scale"].size == shapes[name][0]
    assert count_parameters(result.onnx) == count_parameters(state.onnx)
    assert {item.layer for item in result.skipped} == {"stem.0", "head"}
    first, last = (next(t for t in result.onnx.graph.initializer if t.name.startswith(n)) for n in ("stem", "head"))
    assert (first.data_type, last.data_type) == (1, 1)
    values = set(np.unique(unpack_codes(tensors[f"{stored[0]}_codes"], bits, int(np.prod(shapes[stored[0]])))))
    assert len(values) <= count


@pytest.mark.parametrize("technique", ["low-bit-weights", "weight-clustering"])
def test_that_layers_are_stored_after_fine_tuning_whatever_a_file_calls_them(technique):
    state, data = of_zoo("residual")
    for number, node in enumerate(state.onnx.graph.node):
        node.name = f"node_{node.op_type}_{number}"  # as torch's exporter does
    context = Context(data=data, seed=0, threads=1)
    found = [
        {t.name for t in apply(technique, state, context, epochs=epochs, batch_size=32).onnx.graph.initializer}
        for epochs in (0, 1)
    ]
    plain, tuned = (sum(name.endswith("_codes") for name in names) for names in found)
    assert plain == tuned > 0


def test_that_fine_tuning_lowers_the_loss_on_what_it_learned_from():
    state, data = of_zoo("residual")
    context = Context(data=data, seed=0, threads=1)
    plain = apply("low-bit-weights", state, context, epochs=0)
    tuned = apply("low-bit-weights", state, context, epochs=6, batch_size=32, keep_best=False)

    def loss(graph):
        logits = outputs(graph, [data.x], exact=True)[0].astype(np.float64)
        logits -= logits.max(1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        return -logs[np.arange(len(data.y)), data.y].mean()

    assert loss(tuned.onnx) < loss(plain.onnx)
