"""Kernels made of few factors are found again; layers compute what their factors say."""

import numpy as np
import pytest
import torch
from torch import nn

from engine.compress.lowrank.tucker import cp, tucker2
from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.records import TensorSpec
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, outputs_of, parameter_count

TECHNIQUE = find("tensor-factorization")
GENERATOR = np.random.default_rng(0)


def net_with(kernel, stride=1):
    torch.manual_seed(0)
    first = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:], stride=stride, padding=(2, 1), dilation=1)
    with torch.no_grad():
        first.weight.copy_(torch.from_numpy(kernel))
    net = nn.Sequential(first, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(kernel.shape[0], 3))
    return ModelState((TensorSpec("input", (None, kernel.shape[1], 9, 9), "float32"),), module=net.eval())


def test_that_tucker_finds_a_kernel_of_low_rank_again():
    core = GENERATOR.normal(size=(3, 2, 3, 3))
    left, right = GENERATOR.normal(size=(12, 3)), GENERATOR.normal(size=(8, 2))
    kernel = np.einsum("abhw,oa,ib->oihw", core, left, right)
    found = tucker2(kernel, 3, 2, 5)
    assert np.allclose(np.einsum("abhw,oa,ib->oihw", *found), kernel)


def test_that_cp_finds_a_sum_of_products_again():
    factors = [GENERATOR.normal(size=(size, 2)) for size in (10, 8, 3, 3)]
    kernel = np.einsum("ar,br,cr,dr->abcd", *factors)
    found = cp(kernel, 2, 200, 0)
    error = np.linalg.norm(np.einsum("ar,br,cr,dr->abcd", *found) - kernel) / np.linalg.norm(kernel)
    assert error < 1e-3


@pytest.mark.parametrize("form", ["tucker", "cp"])
@pytest.mark.parametrize("stride", [1, 2])
def test_that_the_layers_compute_the_kernel_of_their_factors(form, stride):
    kernel = np.einsum("ar,br,cr,dr->abcd", *[GENERATOR.normal(size=(size, 2)) for size in (16, 12, 5, 3)])
    state = net_with(kernel, stride)
    config = TECHNIQUE.configure({"form": form, "energy": 0.999999, "rounds": 300})
    after = TECHNIQUE.apply(state, config, context_for("residual"))
    x = inputs_for(state)
    expected = outputs_of(state, x)
    assert len(after.module[0]) == {"tucker": 3, "cp": 4}[form]
    assert float((outputs_of(after, x) - expected).abs().max()) < 1e-2 * float(expected.abs().max())
    assert parameter_count(after.module) < 0.6 * parameter_count(state.module)
    assert exported_difference(after, x) < 1e-4
