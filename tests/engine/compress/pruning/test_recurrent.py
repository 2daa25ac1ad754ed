"""Hidden units leave every gate and whatever reads them; the function of the silenced network stays."""

import copy

import pytest
import torch
from torch import nn

from engine.compress.module_state import module_from_bytes, module_to_bytes
from engine.compress.pruning.recurrent import kept_units
from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.records import TensorSpec
from tests.engine.compress.toys import (
    context_for,
    exported_difference,
    inputs_for,
    outputs_of,
    parameter_count,
    state_of,
)

TECHNIQUE = find("recurrent-pruning")


def pruned(state, context=None, **knobs):
    knobs = {"round_to": 2, **knobs}
    return TECHNIQUE.apply(state, TECHNIQUE.configure(knobs), context or Context(None, 0))


class Sequence(nn.Module):
    """A recurrent layer and one way to read it."""

    def __init__(self, layer, read="last"):
        super().__init__()
        self.layer, self.read = layer, read
        width = layer.hidden_size * (2 if layer.bidirectional else 1)
        self.norm = nn.LayerNorm(width) if read == "norm" else None
        self.conv = nn.Conv1d(width, 6, 3) if read == "conv" else None
        self.hidden = layer.hidden_size
        self.second = nn.GRU(width, 5, batch_first=True) if read == "second" else None
        sizes = {"flat": width * 9, "conv": 6, "second": 5, "states": layer.hidden_size}
        self.head = nn.Linear(sizes.get(read, width), 4)

    def forward(self, x):
        out, states = self.layer(x)
        if self.read == "view":
            return self.head(out.reshape(-1, 9, self.hidden).amax(1))
        if self.read == "flat":
            return self.head(torch.relu(out).flatten(1))
        if self.read == "conv":
            return self.head(self.conv(out.transpose(1, 2)).mean(2))
        if self.read == "second":
            return self.head(self.second(out)[0][:, -1])
        if self.read == "states":
            return self.head(states[0][-1] if isinstance(states, tuple) else states[-1])
        if self.read == "cells":
            return self.head(states[1][-1])
        if self.read == "output":
            return out
        if self.read == "mixed":
            return self.head(out.cumsum(2)[:, -1])
        return self.head((self.norm(out) if self.norm is not None else out)[:, -1])


def state_with(layer, read="last"):
    torch.manual_seed(4)
    return ModelState((TensorSpec("x", (None, 9, 3), "float32"),), module=Sequence(layer, read).eval())


def silenced(state, units):
    """Nothing reads these units of the only layer (not bidirectional), and they are the smallest of all."""
    module = copy.deepcopy(state.module)
    hidden = module.layer.hidden_size
    gates = module.layer.weight_hh_l0.shape[0] // hidden
    with torch.no_grad():
        module.layer.weight_hh_l0[:, units] = 0
        for gate in range(gates):
            for unit in units:
                module.layer.weight_ih_l0[gate * hidden + unit] *= 0.01
                module.layer.weight_hh_l0[gate * hidden + unit] *= 0.01
        module.head.weight[:, units] = 0
    return ModelState(state.inputs, module=module)


@pytest.mark.parametrize(("kind", "gates"), [(nn.LSTM, 4), (nn.GRU, 3), (nn.RNN, 1)])
@pytest.mark.parametrize("read", ["last", "states", "view"])
def test_that_units_nobody_reads_leave_every_gate_and_the_function_stays(kind, gates, read):
    state = silenced(state_with(kind(3, 8, batch_first=True), read), [1, 6])
    made = pruned(state, ratio=0.25)
    inputs = inputs_for(state)
    assert made.module.layer.hidden_size == 6
    assert torch.allclose(outputs_of(made, inputs), outputs_of(state, inputs), atol=1e-5)
    # rows of every gate (3 inputs, 8 states, two biases), columns of the 6 that stay, columns of the head
    per_unit = gates * (3 + 8 + 2)
    assert parameter_count(state.module) - parameter_count(made.module) == 2 * per_unit + gates * 6 * 2 + 2 * 4
    assert exported_difference(made, inputs) < 1e-4


@pytest.mark.parametrize("read", ["flat", "conv", "second", "norm"])
def test_that_every_way_to_read_the_units_shrinks_with_them(read):
    state = state_with(nn.LSTM(3, 8, num_layers=2, bidirectional=True, batch_first=True), read)
    made = pruned(state, ratio=0.5)
    assert made.module.layer.hidden_size == 4
    reader = {
        "flat": made.module.head,
        "conv": made.module.conv,
        "second": made.module.second,
        "norm": made.module.norm,
    }
    shape = next(iter(reader[read].parameters())).shape
    assert shape[-1 if read != "conv" else 1] == {"flat": 72}.get(read, 8)
    assert not made.skipped
    assert exported_difference(made, inputs_for(state)) < 1e-4


@pytest.mark.parametrize(
    ("read", "why"), [("cells", "cell states"), ("output", "model's output"), ("mixed", "mixed before")]
)
def test_that_units_read_in_another_way_stay_with_the_reason(read, why):
    state = state_with(nn.LSTM(3, 8, batch_first=True), read)
    made = pruned(state)
    assert why in made.skipped[0].reason
    assert torch.equal(outputs_of(made, inputs_for(state)), outputs_of(state, inputs_for(state)))


def test_that_the_units_of_lowest_weight_times_gradient_leave():
    state, context = state_of("lstm"), context_for("lstm")
    made = pruned(state, context, importance="taylor", ratio=0.5, samples=64)
    module = copy.deepcopy(state.module)
    batch = next(iter(context.data.batches("calibration", 64)))
    torch.nn.functional.cross_entropy(
        module(torch.from_numpy(batch.inputs[0])), torch.from_numpy(batch.labels)
    ).backward()
    incoming = (module.cells.weight_ih_l1 * module.cells.weight_ih_l1.grad).abs()
    recurrent = (module.cells.weight_hh_l1 * module.cells.weight_hh_l1.grad).abs()
    total = incoming.reshape(4, 12, 12).sum((0, 2)) + recurrent.reshape(4, 12, 12).sum((0, 2)) + recurrent.sum(0)
    kept = total.argsort()[6:].sort().values
    assert torch.equal(made.module.head.weight, state.module.head.weight[:, kept])


def test_that_units_of_every_layer_and_direction_are_counted():
    made = pruned(state_with(nn.GRU(3, 8, 2, batch_first=True, bidirectional=True), "last"))
    assert made.notes == ("16 of 32 hidden units removed",)


def test_that_a_pruned_recurrent_network_is_stored_and_read_again():
    state = state_of("gru")
    made = pruned(state)
    content = module_to_bytes(made.module, state.module, {})
    again, _ = module_from_bytes(content, state.module)
    inputs = inputs_for(state)
    with torch.no_grad():
        assert torch.equal(again(*inputs), outputs_of(made, inputs))


def test_that_numbers_of_units_end_at_multiples_and_narrow_layers_stay():
    assert [kept_units(*case) for case in ((64, 0.5, 8), (60, 0.5, 8), (6, 0.5, 8), (64, 0.95, 8), (10, 0.0, 1))] == [
        32, 32, 6, 8, 10,
    ]  # fmt: skip
