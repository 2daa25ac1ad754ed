"""N of every M, the largest, through training, exported."""

import numpy as np
import pytest
import torch
from onnx import numpy_helper

from engine.compress.chain import check_chain
from engine.compress.pruning.n_m import n_of_m
from engine.compress.registry import find
from engine.errors import RecipeError
from engine.model.save import to_onnx
from engine.records import Recipe, RecipeStep
from tests.engine.compress.toys import context_for, state_of

TECHNIQUE = find("n-m-sparsity")


@pytest.mark.parametrize(("n", "m", "shape"), [(2, 4, (3, 8)), (1, 4, (5, 8, 3, 3)), (2, 8, (4, 16, 1))])
def test_that_every_group_keeps_its_largest(n, m, shape):
    weight = np.random.default_rng(0).normal(size=shape)
    mask = n_of_m(weight, n, m)
    for index in np.ndindex(shape[0], *shape[2:]):
        row = weight[(index[0], slice(None), *index[1:])]
        kept = mask[(index[0], slice(None), *index[1:])]
        for start in range(0, shape[1], m):
            largest = np.argsort(-np.abs(row[start : start + m]))[:n]
            assert set(np.flatnonzero(kept[start : start + m])) == set(largest)


def test_that_the_pattern_survives_training_and_the_export():
    state = TECHNIQUE.apply(
        state_of("dense"), TECHNIQUE.configure({"epochs": 1, "batch_size": 40}), context_for("dense")
    )
    teach = find("soft-label-distillation")
    state = teach.apply(state, teach.configure({"epochs": 1, "batch_size": 40}), context_for("dense"))
    graph = to_onnx(state.module, state.inputs)
    weights = [numpy_helper.to_array(t) for t in graph.graph.initializer if len(t.dims) == 2]
    assert len(weights) == 3
    for weight in weights:
        assert ((weight.reshape(-1, 4) != 0).sum(1) == 2).all()


def test_that_layers_that_m_does_not_divide_are_named():
    state = TECHNIQUE.apply(state_of("residual"), TECHNIQUE.configure({}), context_for("residual"))
    assert [(skip.layer, skip.reason) for skip in state.skipped] == [("stem.0", "its 3 inputs do not divide by 4")]


def test_that_n_must_be_below_m():
    with pytest.raises(RecipeError, match="not below"):
        TECHNIQUE.apply(state_of("dense"), TECHNIQUE.configure({"n": 4, "m": 4}), context_for("dense"))


def test_that_the_chain_knows_that_removed_channels_break_the_pattern():
    steps = (RecipeStep("n-m-sparsity"), RecipeStep("channel-pruning"))
    with pytest.raises(RecipeError, match="regular pattern") as caught:
        check_chain(Recipe(steps))
    assert "channel-pruning, n-m-sparsity" in caught.value.remedy
    assert check_chain(Recipe(steps[::-1])) == ()


def test_that_the_given_network_stays():
    state = state_of("dense")
    before = state.module.head.weight.clone()
    TECHNIQUE.apply(state, TECHNIQUE.configure({}), context_for("dense"))
    assert torch.equal(before, state.module.head.weight)
