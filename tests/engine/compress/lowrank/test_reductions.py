"""Fewer input features, sparse plus low rank, and a learned bottleneck, each against an independent computation."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from engine.compress.lowrank.sparse_plus import decomposed
from engine.compress.registry import find
from engine.compress.run import fingerprint
from engine.compress.technique import ModelState
from engine.errors import Cancelled
from engine.records import TensorSpec
from tests.engine.compress.counting import Work, counted
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, outputs_of, state_of


def applied(id, state, name, **knobs):
    technique = find(id)
    return technique.apply(state, technique.configure(knobs), context_for(name))


def calibration(name):
    return torch.from_numpy(next(iter(context_for(name).data.batches("calibration", 64))).inputs[0])


def test_that_the_first_layer_reads_the_principal_components_that_scikit_learn_finds():
    state, x = state_of("dense"), calibration("dense")
    made = applied("pca-input-reduction", state, "dense", ratio=0.3, samples=64)
    assert [type(layer) for layer in made.module.layers][:2] == [nn.Sequential, nn.ReLU]
    assert made.module.layers[0][0].out_features == 6
    pca = PCA(6).fit(x.numpy())
    nearest = pca.inverse_transform(pca.transform(x.numpy())).astype(np.float32)
    assert torch.allclose(outputs_of(made, (x,)), outputs_of(state, (torch.from_numpy(nearest),)), atol=1e-4)
    reasons = {skip.layer: skip.reason for skip in made.skipped}
    assert reasons == {name: "it does not read the model's input" for name in ("layers.2", "head")}
    assert exported_difference(made, inputs_for(state)) < 1e-4


def test_that_channels_which_repeat_one_another_leave_a_convolution_without_changing_it():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 256, 5)).eval()

    class Repeats(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = module

        def forward(self, x):
            return self.inner(x)

    state = ModelState((TensorSpec("input", (None, 3, 16, 16), "float32"),), module=Repeats())
    context = context_for("residual")
    for batch in (context.data.batches("calibration", 64),):
        images = next(iter(batch)).inputs[0]
    gray = np.repeat(images[:, :1], 3, axis=1)

    class Gray:
        name, contract = "gray", context.data.contract

        def count(self, split):
            return 64

        def batches(self, split, size, *, seed=None, limit=None):
            yield type(next(iter(context.data.batches(split, 1))))((gray,), None)

    technique = find("pca-input-reduction")
    made = technique.apply(state, technique.configure({"energy": 0.999}), type(context)(Gray(), 0))
    assert made.module.inner[0][0].out_channels == 1
    x = (torch.from_numpy(gray[:8]),)
    assert torch.allclose(outputs_of(made, x), outputs_of(state, x), atol=1e-4)


def test_that_a_matrix_made_of_both_parts_is_found_again():
    generator = np.random.default_rng(0)
    low = generator.normal(size=(30, 2)) @ generator.normal(size=(2, 40))
    spikes = np.zeros((30, 40))
    spikes.ravel()[generator.choice(1200, 24, replace=False)] = 15 * generator.choice([-1, 1], 24)
    first, second, sparse = decomposed(low + spikes, 2, 0.02, 60)
    assert np.abs(second @ first - low).max() < 1e-3
    assert np.array_equal(sparse != 0, spikes != 0)


def test_that_both_parts_together_are_closer_than_the_low_rank_part_alone():
    state = state_of("dense")
    made = applied("sparse-low-rank", state, "dense", ratio=0.25, density=0.1)
    layer, weight = made.module.layers[0], state.module.layers[0].weight.detach().numpy()
    whole = (layer.low[1].weight @ layer.low[0].weight + layer.sparse.weight).detach().numpy()
    u, s, v = np.linalg.svd(weight, full_matrices=False)
    rank = layer.low[0].out_features
    alone = np.linalg.norm(weight - (u[:, :rank] * s[:rank]) @ v[:rank])
    assert np.linalg.norm(weight - whole) < alone
    mask = made.masks["layers.0.sparse.weight"]
    assert int(mask.sum()) == weight.size - int(0.9 * weight.size)
    tuned = applied("sparse-low-rank", state, "dense", ratio=0.25, epochs=1, batch_size=80, penalty="nuclear")
    for name, kept in tuned.masks.items():
        assert not bool(tuned.module.get_parameter(name)[~kept].any())


@pytest.mark.parametrize("activation", ["relu", "none"])
def test_that_the_bottleneck_begins_as_the_principal_components_and_gets_no_worse(activation):
    state, x = state_of("dense"), calibration("dense")
    wanted = state.module.layers[0](x).detach().numpy()
    pca = PCA(10).fit(wanted)
    best_linear = ((pca.inverse_transform(pca.transform(wanted)) - wanted) ** 2).sum()
    errors = []
    for steps in (0, 60):
        knobs = {"energy": 1.0, "ratio": 10 / 32, "samples": 64, "steps": steps, "activation": activation}
        made = applied("autoencoder-bottleneck", state, "dense", **knobs, exclude=["layers.2", "head"])
        errors.append(((made.module.layers[0](x).detach().numpy() - wanted) ** 2).sum())
    assert errors[0] == pytest.approx(best_linear, rel=1e-3)
    assert errors[1] <= errors[0] * (1 + 1e-6)
    if activation == "none":  # nothing linear is better than the principal components
        assert errors[1] == pytest.approx(best_linear, rel=1e-2)
    assert exported_difference(made, inputs_for(state)) < 1e-4


def test_that_pairs_that_were_fitted_before_a_stop_are_not_fitted_again(tmp_path):
    technique, state = find("autoencoder-bottleneck"), state_of("residual")
    config = technique.configure({"ratio": 0.3, "samples": 64, "steps": 30})

    def run(name, stop_at=None):
        work = Work(stop_at)
        with counted(work):
            context = replace(context_for("residual"), scratch=tmp_path / name, cancel=work)
            return technique.apply(state, config, context), work

    whole, everything = run("whole")
    with pytest.raises(Cancelled):
        run("stopped", stop_at=3 * everything.checks // 4)
    resumed, rest = run("stopped")
    assert fingerprint(resumed) == fingerprint(whole)
    assert rest.checks <= everything.checks - 3 * config.steps, "three of five layers were fitted"
    other = technique.apply(
        state, replace(config, steps=40), replace(context_for("residual"), scratch=tmp_path / "stopped")
    )
    assert fingerprint(other) != fingerprint(whole)
