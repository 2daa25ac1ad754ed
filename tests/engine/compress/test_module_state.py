"""A changed module comes back from bytes as it was."""

import pytest
import torch
from torch import nn

from engine.compress.module_state import module_from_bytes, module_sha256, module_to_bytes
from engine.compress.registry import find
from tests.engine.compress.toys import context_for, inputs_for, outputs_of, state_of


@pytest.mark.parametrize("name", ["residual", "mobile", "dense-concat", "vision-transformer", "text-transformer"])
def test_that_a_pruned_network_comes_back_from_bytes(name):
    state = state_of(name)
    prune = find("channel-pruning")
    pruned = prune.apply(state, prune.configure({"ratio": 0.5, "round_to": 2}), context_for(name))
    masks = {"head.weight": pruned.module.head.weight.detach() > 0}
    content = module_to_bytes(pruned.module, state.module, masks)
    module, known = module_from_bytes(content, state.module)
    inputs = inputs_for(state)
    with torch.no_grad():
        assert torch.equal(module(*inputs), outputs_of(pruned, inputs))
    assert torch.equal(known["head.weight"], masks["head.weight"])
    assert module_sha256(module) == module_sha256(pruned.module) != module_sha256(state.module)


def test_that_a_module_with_other_layers_is_not_stored():
    state, changed = state_of("dense"), state_of("dense").module
    changed.layers[1] = nn.GELU()
    assert module_to_bytes(changed, state.module, {}) is None


def test_that_tied_weights_are_not_stored_apart():
    tied = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    tied[1].weight = tied[0].weight
    assert module_to_bytes(tied, tied, {}) is None
