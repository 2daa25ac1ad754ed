"""Blocks leave in the order in which they are missed least."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.compress.pruning.layer import turns
from engine.compress.registry import find
from engine.compress.residual import removable_blocks
from engine.model.onnx_to_torch import module_inputs, to_module
from engine.model.save import to_onnx
from tests.engine.compress.toys import (
    context_for,
    exported_difference,
    inputs_for,
    outputs_of,
    parameter_count,
    state_of,
)

TECHNIQUE = find("layer-pruning")


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("deep-residual", ("blocks.0", "blocks.1", "blocks.2", "blocks.3")),
        ("vision-transformer", ("blocks.0", "blocks.1")),
        ("residual", ()),
        ("dense", ()),
        ("lstm", ()),
    ],
)
def test_that_blocks_of_one_shape_are_found(name, blocks):
    state = state_of(name)
    assert removable_blocks(state.module, state.inputs) == blocks


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("deep-residual", ("blocks.0.a", "blocks.1.a", "blocks.2.a", "blocks.3.a")),
        ("vision-transformer", ("blocks.0.n1", "blocks.0.n2", "blocks.1.n1", "blocks.1.n2")),
        ("dense", ()),
        ("lstm", ()),
    ],
)
def test_that_in_a_file_a_block_is_what_is_added_to_its_own_input(name, blocks):
    state = from_a_file(name)
    assert removable_blocks(state.module, state.inputs) == blocks


@pytest.mark.parametrize("impact", ["loss", "turn"])
def test_that_blocks_leave_a_file_as_they_leave_a_network_of_modules(impact):
    whole, context = state_of("deep-residual"), context_for("deep-residual")
    with torch.no_grad():  # its residual branch adds zero, and its input is positive already
        whole.module.blocks[2].nb.weight.zero_()
        whole.module.blocks[2].nb.bias.zero_()
    state = from_a_file("deep-residual", whole)
    mask = {"blocks.2.a.weight": torch.ones(8, 8, 3, 3, dtype=torch.bool)}
    config = TECHNIQUE.configure({"ratio": 0.25, "impact": impact, "samples": 64})
    after = TECHNIQUE.apply(replace(state, masks=mask), config, context)
    x = inputs_for(state)
    same = TECHNIQUE.apply(whole, config, context)
    assert after.notes[-1].replace(".a", "") == same.notes[-1]
    assert np.allclose(outputs_of(after, x), outputs_of(same, x), atol=1e-5)
    assert parameter_count(after.module) < parameter_count(state.module)
    assert (after.masks == {}) is ("blocks.2" in after.notes[-1])
    assert exported_difference(after, x) < 1e-4


def from_a_file(name, state=None):
    """A network of the zoo as it comes back from an ONNX file."""
    state = state or state_of(name)
    graph = to_onnx(state.module, state.inputs)
    return replace(state, module=to_module(graph), inputs=module_inputs(graph))


@pytest.mark.parametrize("impact", ["loss", "turn"])
def test_that_a_block_that_does_nothing_leaves_first_and_nothing_changes(impact):
    state, context = state_of("deep-residual"), context_for("deep-residual")
    with torch.no_grad():  # its residual branch adds zero, and its input is positive already
        state.module.blocks[2].nb.weight.zero_()
        state.module.blocks[2].nb.bias.zero_()
    config = TECHNIQUE.configure({"ratio": 0.25, "impact": impact, "samples": 64})
    after = TECHNIQUE.apply(state, config, context)
    x = inputs_for(state)
    assert after.notes[-1] == "removed: blocks.2" or impact == "loss"
    if after.notes[-1] == "removed: blocks.2":
        assert torch.allclose(outputs_of(after, x), outputs_of(state, x), atol=1e-6)
    assert parameter_count(state.module) - parameter_count(after.module) == 2 * (8 * 8 * 9 + 16)
    assert exported_difference(after, x) < 1e-4


def test_that_the_turn_is_one_minus_the_cosine():
    state, context = state_of("deep-residual"), context_for("deep-residual")
    x = torch.from_numpy(next(context.data.batches("calibration", 64)).inputs[0])
    with torch.no_grad():
        a = state.module.stem(x)
        b = state.module.blocks[0](a)
    a, b = a.flatten(1).double().numpy(), b.flatten(1).double().numpy()
    expected = (1 - (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).mean()
    assert turns(state.module, ["blocks.0"], context, 64)["blocks.0"] == pytest.approx(expected, rel=1e-4)


def test_that_the_loss_decides_which_transformer_layer_leaves():
    state, context = state_of("vision-transformer"), context_for("vision-transformer")
    x = next(context.data.batches("calibration", 64))
    losses = []
    for gone in (0, 1):
        with torch.no_grad():
            tokens = state.module.patches(torch.from_numpy(x.inputs[0])).flatten(2).transpose(1, 2)
            tokens = state.module.blocks[1 - gone](tokens + state.module.position)
            outputs = state.module.head(state.module.norm(tokens).mean(1))
            losses.append(float(torch.nn.functional.cross_entropy(outputs, torch.from_numpy(x.labels))))
    after = TECHNIQUE.apply(state, TECHNIQUE.configure({"ratio": 0.5, "samples": 64}), context)
    assert after.notes[-1] == f"removed: blocks.{int(np.argmin(losses))}"


def test_that_a_network_without_such_blocks_stays_and_says_why():
    after = TECHNIQUE.apply(state_of("dense"), TECHNIQUE.configure({}), context_for("dense"))
    assert "one shape" in after.skipped[-1].reason
