"""Penalties and proximal steps against their formulas; zeros really come, and the right ones."""

import numpy as np
import pytest
import torch

from engine.compress.registry import find
from engine.compress.sparsity.terms import penalty, shrunk
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, state_of

WEIGHT = np.random.default_rng(0).normal(size=(4, 3, 2, 2))
FAST = {"batch_size": 40, "holdout": 0.0}


def apply(technique, name, **knobs):
    found = find(technique)
    return found.apply(state_of(name), found.configure({**FAST, **knobs}), context_for(name))


@pytest.mark.parametrize("kind", ["l1", "group-lasso", "reweighted", "reciprocal"])
def test_that_penalties_equal_their_formulas(kind):
    w, a = WEIGHT, 0.3
    expected = {
        "l1": np.abs(w).sum(),
        "group-lasso": np.sqrt(12) * sum(np.linalg.norm(row) for row in w),
        "reweighted": (w**2 / (w**2 + a)).sum(),
        "reciprocal": (1 / (w**2 + a)).sum(),
    }[kind]
    assert float(penalty(kind, torch.from_numpy(w), a)) == pytest.approx(expected)


def test_that_proximal_steps_are_soft_thresholds():
    w = torch.from_numpy(WEIGHT)
    assert np.allclose(shrunk("l1", w, 0.4), np.sign(WEIGHT) * np.maximum(np.abs(WEIGHT) - 0.4, 0))
    rows = WEIGHT.reshape(4, -1)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    by = 0.8
    expected = rows * np.maximum(1 - by * np.sqrt(12) / length, 0)
    assert np.allclose(shrunk("group-lasso", w, by).reshape(4, -1), expected)
    assert (expected == 0).all(1).any()


def test_that_the_bounded_penalty_pushes_small_weights_down_and_the_reciprocal_up():
    for kind, sign in (("reweighted", 1), ("reciprocal", -1)):
        w = torch.tensor([0.02, 20.0], dtype=torch.float64, requires_grad=True)
        penalty(kind, w, 1e-3).backward()
        assert sign * float(w.grad[0]) > 1
        assert abs(float(w.grad[1])) < 1e-3


@pytest.mark.parametrize("kind", ["l1", "group-lasso"])
@pytest.mark.parametrize("proximal", [True, False])
def test_that_more_strength_gives_more_zeros_and_they_are_held(kind, proximal):
    zeros = []
    for strength in (0.0, 0.3 if proximal else 0.03):
        state = apply(
            "lasso-training", "dense", kind=kind, proximal=proximal, strength=strength, epochs=12, threshold=0.02
        )
        zeros.append(sum(int((~mask).sum()) for mask in state.masks.values()))
        for name, mask in state.masks.items():
            assert not bool((state.module.get_parameter(name)[~mask] != 0).any())
    assert zeros[1] > zeros[0] + 50
    if kind == "group-lasso":
        assert any(bool((~mask).flatten(1).all(1).any()) for mask in state.masks.values())
    assert exported_difference(state, inputs_for(state)) < 1e-4


def test_that_proximal_training_of_logistic_regression_is_ista_step_by_step():
    state, context = state_of("logistic"), context_for("logistic")
    batch = next(context.data.batches("train", 160))
    x, wanted = batch.inputs[0].astype(np.float64), np.eye(4)[batch.labels]
    w, b = (parameter.detach().double().numpy() for parameter in state.module.parameters())
    for _ in range(60):
        p = np.exp(x @ w.T + b)
        slope = (p / p.sum(1, keepdims=True) - wanted) / 160
        w, b = w - 0.2 * slope.T @ x, b - 0.2 * slope.sum(0)
        w = np.sign(w) * np.maximum(np.abs(w) - 0.2 * 0.05, 0)
    knobs = {"optimizer": "sgd", "schedule": "constant", "weight_decay": 0.0, "gradient_clip": 0.0, "threshold": 0.0}
    after = apply("lasso-training", "logistic", strength=0.05, epochs=60, batch_size=160, learning_rate=0.2, **knobs)
    found = after.module.linear.weight.detach().numpy()
    assert np.allclose(found, w, atol=1e-4)
    assert np.array_equal(found == 0, w == 0)
    assert (w == 0).sum() > 10


def test_that_reweighted_training_empties_the_middle():
    state = apply("reweighted-sparsity", "dense", strength=0.005, alpha=1e-3, epochs=8, threshold=0.02)
    weight = state.module.layers[0].weight.detach().abs()
    masked = float((weight == 0).float().mean())
    assert masked > 0.3
    assert state.notes[-1].endswith("weights became zero")
