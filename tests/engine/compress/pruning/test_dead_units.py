"""Dead units leave without a trace in the outputs."""

import numpy as np
import torch

from engine.compress.pruning.dead_units import share_of_zeros
from engine.compress.registry import find
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, outputs_of, state_of

TECHNIQUE = find("dead-unit-removal")


def calibration(context):
    return torch.from_numpy(next(context.data.batches("calibration", 64)).inputs[0])


def test_that_the_share_of_zeros_is_that_of_the_outputs_after_the_activation():
    state, context = state_of("dense"), context_for("dense")
    shares = share_of_zeros(state.module, context, 64)
    x = calibration(context).numpy()
    first, second = state.module.layers[0], state.module.layers[2]
    hidden = np.maximum(x @ first.weight.detach().numpy().T + first.bias.detach().numpy(), 0)
    deeper = np.maximum(hidden @ second.weight.detach().numpy().T + second.bias.detach().numpy(), 0)
    assert np.allclose(shares["layers.0"], (hidden == 0).mean(0))
    assert np.allclose(shares["layers.2"], (deeper == 0).mean(0))


def test_that_functions_and_normalisation_after_a_convolution_count():
    state, context = state_of("residual"), context_for("residual")
    shares = share_of_zeros(state.module, context, 64)
    with torch.no_grad():
        after = state.module.stem(calibration(context))
    assert np.allclose(shares["stem.0"], (after == 0).float().mean((0, 2, 3)).numpy(), atol=1e-6)


def test_that_units_that_never_fire_leave_and_nothing_changes():
    state, context = state_of("dense"), context_for("dense")
    with torch.no_grad():
        state.module.layers[0].bias[[1, 5, 9]] = -1e4
        state.module.layers[2].bias[3] = -1e4
    after = TECHNIQUE.apply(state, TECHNIQUE.configure({}), context)
    assert after.module.layers[0].out_features <= 29
    assert after.module.layers[2].out_features <= 15
    x = (calibration(context),)
    assert torch.allclose(outputs_of(state, x), outputs_of(after, x), atol=1e-5)
    assert exported_difference(after, inputs_for(after)) < 1e-4


def test_that_a_channel_of_a_residual_sum_stays_while_one_of_its_layers_is_alive():
    state, context = state_of("deep-residual"), context_for("deep-residual")
    with torch.no_grad():  # dead in the stem, alive in the blocks that add to it
        state.module.stem[1].weight[2] = 0
        state.module.stem[1].bias[2] = -1
        state.module.blocks[1].na.weight[4] = 0  # dead inside a block
        state.module.blocks[1].na.bias[4] = -1
    after = TECHNIQUE.apply(state, TECHNIQUE.configure({}), context)
    assert after.module.stem[0].out_channels == 8
    assert after.module.blocks[1].a.out_channels <= 7
    x = (calibration(context),)
    assert torch.allclose(outputs_of(state, x), outputs_of(after, x), atol=1e-5)


def test_that_a_lower_limit_removes_more_but_never_all():
    context = context_for("dense")
    widths = []
    for zeros in (1.0, 0.6, 0.01):
        after = TECHNIQUE.apply(state_of("dense"), TECHNIQUE.configure({"zeros": zeros}), context)
        widths.append(after.module.layers[0].out_features)
    assert widths[0] > widths[1] > widths[2] >= 1
