"""Entropy of activations against numpy; low information leaves first."""

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from engine.compress.pruning.entropy import activation_entropy
from engine.compress.registry import find
from tests.engine.compress.toys import context_for, state_of

TECHNIQUE = find("entropy-pruning")


def expected(values, bins):
    """``[n, channels]`` to bits per channel."""
    return np.array([entropy(np.histogram(column, bins=bins)[0], base=2) for column in values.T])


def test_that_the_entropy_is_that_of_the_histogram_of_activations():
    state, context = state_of("dense"), context_for("dense")
    x = next(context.data.batches("calibration", 64)).inputs[0]
    first = state.module.layers[0]
    hidden = np.maximum(x @ first.weight.detach().numpy().T + first.bias.detach().numpy(), 0).astype(np.float64)
    found = activation_entropy(state.module, context, 16, 64)["layers.0"]
    assert np.allclose(found, expected(hidden, 16), atol=0.15)  # a value on an edge may fall on either side
    assert np.median(np.abs(found - expected(hidden, 16))) < 1e-6


@pytest.mark.parametrize("remove", ["lowest", "highest"])
def test_that_units_leave_in_the_chosen_order(remove):
    state, context = state_of("dense"), context_for("dense")
    scores = activation_entropy(state.module, context, 32, 64)["layers.2"]
    order = np.argsort(scores if remove == "lowest" else -scores)
    config = TECHNIQUE.configure(
        {"ratio": 0.5, "remove": remove, "round_to": 1, "samples": 64, "exclude": ["layers.0"]}
    )
    after = TECHNIQUE.apply(state, config, context)
    kept = np.sort(order[8:])
    assert torch.equal(after.module.layers[2].weight, state.module.layers[2].weight[kept])
    assert torch.equal(after.module.head.weight, state.module.head.weight[:, kept])


def test_that_a_constant_unit_has_no_information():
    state, context = state_of("dense"), context_for("dense")
    with torch.no_grad():
        state.module.layers[0].weight[3] = 0
    assert activation_entropy(state.module, context, 32, 64)["layers.0"][3] == 0
