"""Activations change, weights do not."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.records import TensorSpec
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, outputs_of, state_of

TECHNIQUE = find("activation-replacement")


class Called(nn.Module):
    """Activations as modules, functions and methods."""

    def __init__(self):
        super().__init__()
        self.a, self.act, self.b, self.c = nn.Linear(20, 8), nn.GELU(), nn.Linear(8, 8), nn.Linear(8, 4)

    def forward(self, x):
        return self.c(functional.silu(self.b(self.act(self.a(x)))).sigmoid())


class Untraceable(Called):
    """Its path depends on the data."""

    def forward(self, x):
        return self.c(functional.silu(self.b(self.a(x)))) if x.sum() > 0 else self.c(self.b(self.a(x)))


def state(kind):
    torch.manual_seed(0)
    return ModelState((TensorSpec("input", (None, 20), "float32"),), module=kind().eval())


def applied(start, **knobs):
    return TECHNIQUE.apply(start, TECHNIQUE.configure({"epochs": 0, **knobs}), context_for("dense"))


def test_that_modules_functions_and_methods_are_replaced_by_their_nearest():
    start = state(Called)
    after = applied(start)
    (x,) = inputs_for(start)
    m = start.module
    with torch.no_grad():
        expected = m.c(functional.hardsigmoid(functional.hardswish(m.b(functional.hardswish(m.a(x))))))
    assert torch.allclose(outputs_of(after, (x,)), expected, atol=1e-6)
    assert after.notes == ("3 activations replaced",)
    assert exported_difference(after, (x,)) < 1e-5


@pytest.mark.parametrize("by", ["relu", "relu6", "hardtanh"])
def test_that_one_kind_is_replaced_by_the_one_asked_for(by):
    start = state(Called)
    after = applied(start, replace="gelu", by=by)
    x = np.linspace(-8, 8, 50)
    expected = {"relu": np.maximum(x, 0), "relu6": np.clip(x, 0, 6), "hardtanh": np.clip(x, -1, 1)}[by]
    assert np.allclose(after.module.act(torch.from_numpy(x)).numpy(), expected)
    assert after.notes == ("1 activations replaced",)


def test_that_a_network_that_cannot_be_traced_keeps_its_functions_and_says_so():
    after = applied(state(Untraceable))
    assert "stay" in after.skipped[0].reason
    assert isinstance(after.module.act, nn.Hardswish)


def test_that_masks_and_weights_stay_and_fine_tuning_holds_the_zeros():
    context = context_for("mobile")
    magnitude = find("magnitude-pruning")
    sparse = magnitude.apply(state_of("mobile"), magnitude.configure({"sparsity": 0.5, "min_weights": 16}), context)
    config = TECHNIQUE.configure({"replace": "hardswish", "by": "relu", "epochs": 1, "batch_size": 80})
    after = TECHNIQUE.apply(sparse, config, context)
    assert isinstance(after.module.depth[2], nn.ReLU)
    assert set(after.masks) == set(sparse.masks)
    for name, mask in after.masks.items():
        assert not bool((after.module.get_parameter(name)[~mask] != 0).any())


def test_that_nothing_to_replace_is_told():
    assert applied(state_of("dense")).notes == ("no activation of that kind was found; the network has relu",)
    assert applied(state_of("logistic")).notes == ("no activation of that kind was found",)
