"""Two factors are the best of their rank."""

import numpy as np
import pytest
import torch
from torch import nn

from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.records import TensorSpec
from tests.engine.compress.toys import (
    context_for,
    exported_difference,
    inputs_for,
    outputs_of,
    parameter_count,
    state_of,
)

TECHNIQUE = find("svd-factorization")


def applied(state, **knobs):
    return TECHNIQUE.apply(state, TECHNIQUE.configure(knobs), context_for("dense"))


def test_that_the_product_of_the_factors_is_the_best_approximation_of_that_rank():
    state = state_of("dense")
    weight = state.module.layers[0].weight.detach().numpy()
    pair = applied(state, ratio=0.25).module.layers[0]
    product = (pair[1].weight @ pair[0].weight).detach().numpy()
    values = np.linalg.svd(weight, compute_uv=False)
    assert pair[0].out_features == 5
    assert np.linalg.norm(weight - product) == pytest.approx(np.sqrt((values[5:] ** 2).sum()), rel=1e-4)


def test_that_energy_gives_the_rank():
    state = state_of("dense")
    values = np.linalg.svd(state.module.layers[0].weight.detach().numpy(), compute_uv=False) ** 2
    rank = applied(state, energy=0.5).module.layers[0][0].out_features
    assert values[:rank].sum() >= 0.5 * values.sum() > values[: rank - 1].sum()


def test_that_a_layer_of_low_rank_becomes_smaller_without_a_change():
    state = state_of("dense")
    with torch.no_grad():
        layer = state.module.layers[0]
        layer.weight.copy_(torch.randn(32, 3) @ torch.randn(3, 20))
    after = applied(state, energy=0.999999)
    x = inputs_for(state)
    assert after.module.layers[0][0].out_features == 3
    assert torch.allclose(outputs_of(state, x), outputs_of(after, x), atol=1e-4)
    assert exported_difference(after, x) < 1e-4


def test_that_pointwise_convolutions_are_split_and_others_named():
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 1, stride=2), nn.Flatten(), nn.Linear(32 * 16, 2)
    )
    state = ModelState((TensorSpec("input", (None, 3, 10, 10), "float32"),), module=net.eval())
    after = applied(state, ratio=0.5)
    assert [part.kernel_size for part in after.module[2]] == [(1, 1), (1, 1)]
    reasons = {skip.layer: skip.reason for skip in after.skipped}
    assert "1x1" in reasons["0"]
    assert exported_difference(after, inputs_for(state)) < 1e-4
    whole = applied(state, ratio=1.0, exclude=["4"])
    assert {"2": "not fewer", "4": "excluded"}.keys() <= {skip.layer for skip in whole.skipped}
    assert any("not fewer" in skip.reason for skip in whole.skipped if skip.layer == "2")
    assert parameter_count(whole.module) == parameter_count(net)


def test_that_the_projection_inside_attention_is_left_alone():
    state = state_of("text-transformer")
    after = TECHNIQUE.apply(state, TECHNIQUE.configure({"ratio": 0.25}), context_for("text-transformer"))
    reasons = {skip.layer: skip.reason for skip in after.skipped}
    assert "reads its weight" in reasons["attention.0.out_proj"]
    assert exported_difference(after, inputs_for(state)) < 1e-4


def test_that_a_recurrent_layer_is_named_with_the_reason_why_it_stays():
    technique = find("svd-factorization")
    made = technique.apply(state_of("lstm"), technique.configure({"ratio": 0.3}), context_for("lstm"))
    assert "one kernel" in next(skip.reason for skip in made.skipped if skip.layer == "cells")
