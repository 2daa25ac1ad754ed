"""Degree and strength of units counted by hand."""

import numpy as np
import pytest
import torch

from engine.compress.registry import find
from tests.engine.compress.toys import context_for, inputs_for, outputs_of, state_of

TECHNIQUE = find("connectivity-pruning")


@pytest.mark.parametrize("measure", ["degree", "strength", "product"])
def test_that_the_units_of_fewest_or_weakest_connections_leave(measure):
    state, context = state_of("dense"), context_for("dense")
    magnitude = find("magnitude-pruning")
    state = magnitude.apply(state, magnitude.configure({"sparsity": 0.7, "min_weights": 1}), context)
    into, out = state.module.layers[2].weight.detach().numpy(), state.module.head.weight.detach().numpy()
    ways_in, ways_out = (into != 0).sum(1), (out != 0).sum(0)
    degree = ways_in + ways_out
    strength = np.abs(into).sum(1) + np.abs(out).sum(0)
    score = {"degree": degree, "strength": strength, "product": degree * strength}[measure].astype(float)
    score[(ways_in == 0) | (ways_out == 0)] = 0
    kept = np.sort(np.argsort(score, kind="stable")[4:])
    config = TECHNIQUE.configure({"ratio": 0.25, "measure": measure, "round_to": 1, "exclude": ["layers.0"]})
    after = TECHNIQUE.apply(state, config, context)
    assert np.array_equal(after.module.layers[2].weight.detach().numpy(), into[kept])
    assert np.array_equal(after.masks["head.weight"].numpy(), out[:, kept] != 0)


def test_that_a_unit_nobody_reads_leaves_first_and_nothing_changes():
    state, context = state_of("dense"), context_for("dense")
    with torch.no_grad():
        state.module.head.weight[:, [2, 7]] = 0
    config = TECHNIQUE.configure({"ratio": 2 / 16, "round_to": 1, "exclude": ["layers.0"]})
    after = TECHNIQUE.apply(state, config, context)
    x = inputs_for(state)
    assert after.module.head.in_features == 14
    assert torch.allclose(outputs_of(state, x), outputs_of(after, x), atol=1e-6)
