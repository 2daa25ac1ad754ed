"""Sensitivity: one layer at a time, against changing it by hand."""

import itertools

import numpy as np
import pytest
import torch

from engine.compress.sensitivity import pruned, rounded, sensitivity, shares_of_zeros
from tests.engine.compress.toys import context_for, state_of


def test_that_each_row_is_the_network_with_that_layer_alone_changed():
    state, context = state_of("dense"), context_for("dense")
    before = {name: tensor.clone() for name, tensor in state.module.state_dict().items()}
    found = sensitivity(state.module, context, sparsities=(0.75,), bits=(3,), samples=64)
    assert all(torch.equal(before[name], tensor) for name, tensor in state.module.state_dict().items())
    assert [(row.layer, row.change) for row in found.rows] == [
        (layer, change) for layer in ("layers.0", "layers.2", "head") for change in ("sparsity", "bits")
    ]
    batch = next(context.data.batches("calibration", 64))
    for row in found.rows:
        changed = state_of("dense").module
        weight = changed.get_submodule(row.layer).weight
        array = weight.detach().numpy().astype(np.float64)
        if row.change == "sparsity":
            limit = np.sort(np.abs(array).ravel())[int(0.75 * array.size) - 1]
            array[np.abs(array) <= limit] = 0
        else:
            step = np.abs(array).max(1, keepdims=True) / 3
            array = np.rint(array / step) * step
        with torch.no_grad():
            weight.copy_(torch.from_numpy(array))
            outputs = changed(torch.from_numpy(batch.inputs[0]))
        labels = torch.from_numpy(batch.labels)
        assert row.loss == pytest.approx(float(torch.nn.functional.cross_entropy(outputs, labels)), rel=1e-4)
        assert row.accuracy == pytest.approx(float((outputs.argmax(1) == labels).float().mean()))
    assert found.n == 64


def test_that_more_bits_come_closer_and_all_weights_stay_at_no_sparsity():
    weight = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
    errors = [float(np.abs(rounded(weight, bits) - weight).max()) for bits in (2, 4, 8, 16)]
    assert errors == sorted(errors, reverse=True)
    assert np.array_equal(pruned(weight, 0.0), weight)
    assert not pruned(weight, 1.0).any()


def test_that_the_verb_gives_a_document():
    from engine.errors import UsageError
    from engine.verbs import sensitivity as verb

    document = verb("sample:fashion-mobilenet", data="fashion-mnist", samples=64, sparsities=(0.5,), bits=()).to_json()
    assert document["untouched"]["accuracy"] > 0.8
    assert {row["change"] for row in document["rows"]} == {"sparsity"}
    with pytest.raises(UsageError, match="bit-width"):
        verb("sample:fashion-mobilenet", data="fashion-mnist", bits=(1,))


def test_that_shares_chosen_step_by_step_are_the_best_of_all_choices_where_losses_rise_ever_faster():
    random = np.random.default_rng(0)
    grid = (0.0, 0.25, 0.5, 0.75)
    sizes = {"a": 40, "b": 40, "c": 80}
    losses = {
        name: dict(zip(grid, np.cumsum([1.0, *np.sort(random.random(3)) * size]), strict=True))
        for name, size in sizes.items()
    }
    for wanted in (0.25, 0.5, 0.625):
        shares = shares_of_zeros(losses, sizes, wanted)
        assert sum(sizes[name] * share for name, share in shares.items()) == pytest.approx(wanted * 160)
        if not set(shares.values()) <= set(grid):
            continue  # the last step went only half of the way
        every = [
            sum(losses[name][share] for name, share in zip(sizes, choice, strict=True))
            for choice in itertools.product(grid, repeat=3)
            if sum(s * n for s, n in zip(choice, sizes.values(), strict=True)) >= wanted * 160 - 1e-9
        ]
        assert sum(losses[name][share] for name, share in shares.items()) == pytest.approx(min(every))
