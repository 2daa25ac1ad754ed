"""Principal directions of outputs, against scikit-learn."""

import numpy as np
import torch
from sklearn.decomposition import PCA

from engine.compress.registry import find
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, state_of

TECHNIQUE = find("pca-factorization")


def test_that_the_factors_give_what_scikit_learn_reconstructs():
    state, context = state_of("dense"), context_for("dense")
    x = torch.from_numpy(next(context.data.batches("calibration", 64)).inputs[0])
    with torch.no_grad():
        y = state.module.layers[0](x).double().numpy()
    after = TECHNIQUE.apply(state, TECHNIQUE.configure({"ratio": 0.2, "samples": 64}), context)
    pair = after.module.layers[0]
    known = PCA(pair[0].out_features).fit(y)
    with torch.no_grad():
        assert np.allclose(pair(x).numpy(), known.inverse_transform(known.transform(y)), atol=1e-4)
    assert exported_difference(after, inputs_for(state)) < 1e-4


def test_that_energy_is_the_share_of_variance():
    state, context = state_of("dense"), context_for("dense")
    x = torch.from_numpy(next(context.data.batches("calibration", 64)).inputs[0])
    with torch.no_grad():
        share = np.cumsum(PCA().fit(state.module.layers[0](x).numpy()).explained_variance_ratio_)
    after = TECHNIQUE.apply(state, TECHNIQUE.configure({"energy": 0.8, "samples": 64}), context)
    rank = after.module.layers[0][0].out_features
    assert share[rank - 1] >= 0.8 > share[rank - 2]


def test_that_convolutions_are_split_with_their_stride_and_padding():
    state, context = state_of("residual"), context_for("residual")
    config = TECHNIQUE.configure({"ratio": 0.25, "samples": 64})
    after = TECHNIQUE.apply(state, config, context)
    assert [part.stride for part in after.module.b1] == [(2, 2), (1, 1)]
    assert exported_difference(after, inputs_for(state)) < 1e-4
