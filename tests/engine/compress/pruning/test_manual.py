"""What the user names leaves, and nothing else."""

import pytest
import torch

from engine.compress.registry import find
from engine.errors import RecipeError
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, outputs_of, state_of

TECHNIQUE = find("manual-pruning")


def pruned(name, **knobs):
    return TECHNIQUE.apply(state_of(name), TECHNIQUE.configure(knobs), context_for(name))


def test_that_exactly_the_named_channels_leave():
    state = state_of("residual")
    after = pruned("residual", channels=["b1: 0, 4-6"])
    kept = [1, 2, 3, *range(7, 16)]
    assert torch.equal(after.module.b1.weight, state.module.b1.weight[kept])
    assert torch.equal(after.module.down.weight, state.module.down.weight[kept])
    assert torch.equal(after.module.head.weight, state.module.head.weight[:, kept])
    assert after.module.stem[0].out_channels == 8


def test_that_exactly_the_named_connections_become_zero():
    state = state_of("dense")
    after = pruned("dense", connections=["head: 0,1; 3,2", "layers.0: 5,5"])
    gone = (after.module.head.weight == 0).nonzero().tolist()
    assert gone == [[0, 1], [3, 2]]
    assert int((~after.masks["layers.0.weight"]).sum()) == 1
    assert torch.equal(after.module.layers[2].weight, state.module.layers[2].weight)


def test_that_a_named_block_leaves():
    state = state_of("deep-residual")
    after = pruned("deep-residual", layers=["blocks.1"])
    x = inputs_for(state)
    with torch.no_grad():
        y = state.module.stem(*x)
        for number in (0, 2, 3):
            y = state.module.blocks[number](y)
        expected = state.module.head(y.mean((2, 3)))
    assert torch.equal(outputs_of(after, x), expected)
    assert exported_difference(after, x) < 1e-4


def test_that_what_cannot_leave_is_named():
    after = pruned("residual", layers=["stem"], channels=["head: 0"])
    reasons = {skip.layer: skip.reason for skip in after.skipped}
    assert "same shape" in reasons["stem"]
    assert reasons["head"] == "its channels are the model's output"


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"channels": ["nowhere: 1"]}, "nowhere"),
        ({"channels": ["b1: 99"]}, "0 to 15"),
        ({"channels": ["b1"]}, "cannot be read"),
        ({"layers": ["nowhere"]}, "nowhere"),
        ({"connections": ["head: 99,0"]}, "outside"),
        ({"connections": ["nowhere: 0,0"]}, "nowhere"),
    ],
)
def test_that_mistakes_are_named(knobs, message):
    with pytest.raises(RecipeError, match=message):
        pruned("residual", **knobs)
