"""Channels leave with everything that depends on them, and only they."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.model.onnx_to_torch import to_module
from engine.model.save import to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import (
    context_for,
    exported_difference,
    inputs_for,
    outputs_of,
    parameter_count,
    state_of,
)
from tests.engine.model.zoo import MODULES, ZOO

TECHNIQUE = find("channel-pruning")

# Per network: the layers and normalisations that make one set of channels, its width, and the parameters that one
# channel owns, counted by hand: weights in, bias, two of the normalisation, weights out.
SETS = {
    "residual": (["b1", "n2", "down"], 16, (8 * 9 + 1 + 2) + (8 + 1) + 5),
    "mobile": (["expand.0", "expand.1", "depth.0", "depth.1"], 12, (8 + 2) + (9 + 2) + 8),
    "squeeze-excite": (["reduce"], 4, (8 + 1) + 8),
    "dense-concat": (["transition"], 16, (24 + 1) + 5),
    "deep-residual": (["blocks.1.a", "blocks.1.na"], 8, (8 * 9 + 2) + 8 * 9),
    "vision-transformer": (["blocks.0.up"], 32, (16 + 1) + 16),
    "text-transformer": (["up.0"], 32, (16 + 1) + 16),
    "dense": (["layers.2"], 16, (32 + 1) + 4),
    "waveform": (["layers.4"], 8, (6 * 3 + 1) + 3),
    "perceptron": ([], 0, 0),
    "concat": ([], 0, 0),
    "unet": ([], 0, 0),
    "lstm": ([], 0, 0),
    "gru": ([], 0, 0),
    "logistic": ([], 0, 0),
}


def silenced(module, names, channels):
    """A copy in which these channels are zero after every layer of the set."""
    copied = copy.deepcopy(module)
    with torch.no_grad():
        for name in names:
            layer = copied.get_submodule(name)
            layer.weight *= 4  # so that the weights that read the silent ones do not make them important
            layer.weight[channels] = 0
            if layer.bias is not None:
                layer.bias[channels] = 0
    return copied


@pytest.mark.parametrize("name", [name for name, (layers, _, _) in SETS.items() if layers])
def test_that_channels_that_are_always_zero_leave_without_changing_the_function(name):
    layers, width, per_channel = SETS[name]
    state = state_of(name)
    dead = [1, width - 1]
    quiet = ModelState(state.inputs, module=silenced(state.module, layers, dead))
    others = [n for n, layer in state.module.named_modules() if isinstance(layer, (nn.Linear, nn.Conv2d, nn.Conv1d))]
    config = {"ratio": 2 / width, "round_to": 1, "importance": "l1", "exclude": [n for n in others if n not in layers]}
    pruned = TECHNIQUE.apply(quiet, TECHNIQUE.configure(config), context_for(name))
    inputs = inputs_for(state)
    assert parameter_count(state.module) - parameter_count(pruned.module) == 2 * per_channel
    assert torch.allclose(outputs_of(pruned, inputs), outputs_of(quiet, inputs), atol=1e-5)
    assert exported_difference(pruned, inputs) < 1e-4


@pytest.mark.parametrize("name", sorted(SETS))
def test_that_no_network_of_the_zoo_crashes_and_every_layer_that_stays_has_its_reason(name):
    state = state_of(name)
    pruned = TECHNIQUE.apply(state, TECHNIQUE.configure({"ratio": 0.5, "round_to": 2}), context_for(name))
    before, after = dict(state.module.named_modules()), dict(pruned.module.named_modules())
    same = {
        n
        for n, layer in before.items()
        if isinstance(layer, (nn.Linear, nn.modules.conv._ConvNd))
        and not isinstance(layer, nn.modules.linear.NonDynamicallyQuantizableLinear)
        and layer.weight.shape[0] == after[n].weight.shape[0]
    }
    assert same <= {skip.layer for skip in pruned.skipped}
    assert all(skip.reason for skip in pruned.skipped)
    assert exported_difference(pruned, inputs_for(state)) < 1e-4
    assert parameter_count(pruned.module) < parameter_count(state.module) or "0 of" in pruned.notes[-1]


def test_that_every_network_of_the_zoo_is_in_the_table():
    assert set(SETS) == set(ZOO | MODULES)


def plain(widths=(4, 8)):
    torch.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(2, widths[0], 3), nn.BatchNorm2d(widths[0]), nn.ReLU(), nn.Conv2d(widths[0], widths[1], 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(widths[1] * 4, 3),
    )  # fmt: skip
    return ModelState((TensorSpec("input", (None, 2, 6, 6), "float32"),), module=net.eval())


def survivors(state, config, context=None):
    """Which channels of the first layer are still there, found by comparing filters."""
    before = state.module[0].weight.detach()
    pruned = TECHNIQUE.apply(state, TECHNIQUE.configure(config), context or context_for("residual"))
    after = pruned.module[0].weight.detach()
    return [int(np.flatnonzero([torch.equal(row, other) for other in before])[0]) for row in after]


@pytest.mark.parametrize("order", [1, 2])
def test_that_l1_and_l2_rank_channels_by_the_norms_of_what_makes_and_reads_them(order):
    state = plain()
    first, norm, second = state.module[0], state.module[1], state.module[3]
    parts = [
        first.weight.detach().abs().pow(order).flatten(1).sum(1),
        norm.weight.detach().abs().pow(order),
        second.weight.detach().abs().pow(order).transpose(0, 1).flatten(1).sum(1),
    ]
    expected = sorted(np.argsort((sum(parts) / 3).numpy())[2:].tolist())
    assert survivors(state, {"ratio": 0.5, "round_to": 1, "importance": f"l{order}", "exclude": ["3"]}) == expected


def test_that_bn_scale_ranks_channels_by_the_scale_of_their_normalisation():
    state = plain()
    with torch.no_grad():
        state.module[1].weight.copy_(torch.tensor([0.1, -2.0, 0.5, 0.01]))
    assert survivors(state, {"ratio": 0.5, "round_to": 1, "importance": "bn-scale", "exclude": ["3"]}) == [1, 2]


def test_that_taylor_keeps_the_channel_that_the_loss_depends_on():
    state = state_of("residual")
    with torch.no_grad():  # the classifier reads only channels 3 and 7 of the last block
        quiet = torch.ones(16, dtype=torch.bool)
        quiet[[3, 7]] = False
        state.module.head.weight[:, quiet] *= 1e-4
        state.module.head.weight[:, ~quiet] *= 1e-1  # small, so that norms alone would not find them
        state.module.down.weight[~quiet] *= 0.5
    config = {"ratio": 14 / 16, "round_to": 1, "importance": "taylor", "exclude": ["stem.0", "a1"]}
    before = state.module.down.weight.detach()
    pruned = TECHNIQUE.apply(state, TECHNIQUE.configure(config), context_for("residual"))
    after = pruned.module.down.weight.detach()
    assert torch.equal(after, before[[3, 7]])


def test_that_random_importance_follows_the_seed():
    config = {"ratio": 0.5, "round_to": 1, "importance": "random", "exclude": ["3"]}
    picks = {tuple(survivors(plain(), config, context_for("residual", seed=seed))) for seed in range(6)}
    again = tuple(survivors(plain(), config, context_for("residual", seed=0)))
    assert len(picks) > 1
    assert again in picks


@pytest.mark.parametrize(("ratio", "round_to", "width"), [(0.5, 8, 8), (0.4, 8, 8), (0.9, 4, 4), (0.2, 16, 16)])
def test_that_widths_end_at_multiples(ratio, round_to, width):
    state = state_of("residual")
    pruned = TECHNIQUE.apply(
        state, TECHNIQUE.configure({"ratio": ratio, "round_to": round_to}), context_for("residual")
    )
    assert pruned.module.b1.out_channels == width


def test_that_global_pruning_takes_the_least_important_of_all_layers():
    state = plain((8, 8))
    with torch.no_grad():
        for part in (state.module[0], state.module[3]):  # the same norms everywhere, but for one layer's half
            part.weight.fill_(0.5)
        state.module[3].weight[4:] *= 1e-3
        state.module[6].weight[:, 16:] *= 1e-3
    config = {"ratio": 0.25, "round_to": 1, "scope": "global"}
    pruned = TECHNIQUE.apply(state, TECHNIQUE.configure(config), context_for("residual"))
    assert [pruned.module[0].out_channels, pruned.module[3].out_channels] == [8, 4]


def test_that_stages_end_at_the_same_width_as_one_step():
    for stages in (1, 3):
        config = TECHNIQUE.configure({"ratio": 0.5, "round_to": 1, "stages": stages})
        assert TECHNIQUE.apply(state_of("residual"), config, context_for("residual")).module.b1.out_channels == 8


def test_that_the_given_network_is_not_changed_and_frozen_weights_stay_frozen():
    state = state_of("residual")
    state.module.down.weight.requires_grad_(False)
    before = copy.deepcopy(state.module.state_dict())
    config = TECHNIQUE.configure({"ratio": 0.5, "round_to": 1, "importance": "taylor"})
    pruned = TECHNIQUE.apply(state, config, context_for("residual"))
    assert all(torch.equal(value, before[name]) for name, value in state.module.state_dict().items())
    assert not pruned.module.down.weight.requires_grad
    assert pruned.module.b1.weight.requires_grad
    assert all(parameter.grad is None for parameter in pruned.module.parameters())


def test_that_zeros_placed_on_purpose_stay_zero_through_pruning_and_fine_tuning():
    state = state_of("residual")
    context = context_for("residual")
    magnitude = find("magnitude-pruning")
    sparse = magnitude.apply(state, magnitude.configure({"sparsity": 0.5}), context)
    config = TECHNIQUE.configure({"ratio": 0.25, "round_to": 1, "epochs": 1, "batch_size": 32})
    pruned = TECHNIQUE.apply(sparse, config, context)
    for name, mask in pruned.masks.items():
        weight = pruned.module.get_parameter(name)
        assert mask.shape == weight.shape
        assert torch.equal(weight != 0, mask)
    assert sum(int((~mask).sum()) for mask in pruned.masks.values()) > 100


def test_that_entropy_importance_removes_what_entropy_pruning_removes():
    state, context = state_of("dense"), context_for("dense")
    knobs = {"ratio": 0.5, "round_to": 2, "samples": 64}
    made = TECHNIQUE.apply(state, TECHNIQUE.configure({**knobs, "importance": "entropy"}), context)
    other = find("entropy-pruning")
    expected = other.apply(state, other.configure({**knobs, "bins": 32}), context)
    assert parameter_count(made.module) < parameter_count(state.module)
    for name, tensor in expected.module.state_dict().items():
        assert torch.equal(made.module.state_dict()[name], tensor)


class Shuffled(nn.Module):
    """ShuffleNet V2's unit (Ma et al. 2018): half of the channels pass, half are computed, then both are shuffled."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.stem, self.head = nn.Conv2d(3, 16, 3, padding=1), nn.Linear(16, 5)
        self.first = nn.ModuleList(nn.Conv2d(8, 8, 1) for _ in range(units))
        self.second = nn.ModuleList(nn.Conv2d(8, 8, 1) for _ in range(units))

    def forward(self, x):
        x = self.stem(x)
        for first, second in zip(self.first, self.second, strict=True):
            passing, computed = x.chunk(2, dim=1)
            x = torch.cat([passing, second(torch.relu(first(computed)))], 1)
            x = x.view(x.shape[0], 2, 8, 6, 6).transpose(1, 2).reshape(x.shape[0], 16, 6, 6)
        return self.head(x.mean((2, 3)))


@pytest.mark.parametrize("form", ["module", "file"])
def test_that_channels_shuffled_again_and_again_stay_with_a_reason(form):
    torch.manual_seed(0)
    inputs = (TensorSpec("x", (None, 3, 6, 6), "float32"),)
    module = Shuffled(6).eval()
    if form == "file":
        module = to_module(to_onnx(module, inputs))
    config = TECHNIQUE.configure({"ratio": 0.5, "round_to": 1})
    after = TECHNIQUE.apply(ModelState(inputs, module), config, context_for("residual"))
    why = {skip.layer: skip.reason for skip in after.skipped}
    widths = {after.module.get_submodule(f"first.{unit}").out_channels for unit in range(6)}
    if form == "file":  # what is between two shuffles leaves
        assert "shuffled among those of other layers" in why["stem"]
        assert widths == {4}
    else:  # the library cannot map the view
        assert "cannot be followed" in why["stem"]
        assert widths == {8}
    with torch.no_grad():
        assert after.module(torch.zeros(2, 3, 6, 6)).shape == (2, 5)
