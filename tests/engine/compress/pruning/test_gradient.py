"""Gradient pruning against the gradient written out by hand."""

import numpy as np
import pytest
import torch

from engine.compress.registry import find
from tests.engine.compress.toys import context_for, state_of

TECHNIQUE = find("gradient-pruning")


def gradients_by_hand(state, context, samples):
    """Per batch of 64: softmax regression's (p - y) x / n."""
    weight, bias = (p.detach().double().numpy() for p in state.module.parameters())
    for batch in context.data.batches("calibration", 64, limit=samples):
        x, y = batch.inputs[0].astype(np.float64), batch.labels
        p = np.exp(x @ weight.T + bias)
        p /= p.sum(1, keepdims=True)
        yield weight, (p - np.eye(4)[y]).T @ x / len(y)


@pytest.mark.parametrize("importance", ["taylor", "gradient"])
def test_that_the_weights_of_least_importance_become_zero(importance):
    state, context = state_of("logistic"), context_for("logistic")
    expected = sum(
        np.abs(slope * weight if importance == "taylor" else slope)
        for weight, slope in gradients_by_hand(state, context, 64)
    )
    config = TECHNIQUE.configure({"sparsity": 0.4, "importance": importance, "samples": 64})
    mask = TECHNIQUE.apply(state, config, context).masks["linear.weight"].numpy()
    order = np.argsort(expected.ravel())
    assert set(np.flatnonzero(~mask.ravel())) == set(order[:32])


def test_that_what_is_zero_already_goes_first_and_counts():
    state, context = state_of("residual"), context_for("residual")
    magnitude = find("magnitude-pruning")
    sparse = magnitude.apply(state, magnitude.configure({"sparsity": 0.3, "min_weights": 64}), context)
    more = TECHNIQUE.apply(sparse, TECHNIQUE.configure({"sparsity": 0.6, "samples": 64}), context)
    for name, mask in sparse.masks.items():
        assert not bool((more.masks[name] & ~mask).any())
    total = sum(mask.numel() for mask in more.masks.values())
    assert sum(int((~mask).sum()) for mask in more.masks.values()) == int(0.6 * total)


def test_that_zeros_stay_through_fine_tuning():
    context = context_for("residual")
    config = TECHNIQUE.configure({"sparsity": 0.5, "epochs": 1, "batch_size": 80, "samples": 64})
    state = TECHNIQUE.apply(state_of("residual"), config, context)
    for name, mask in state.masks.items():
        assert torch.equal(state.module.get_parameter(name) != 0, mask)
