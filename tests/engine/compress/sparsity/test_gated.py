"""Gates shut at a price, noise drowns what is not needed; the closed forms of the papers hold."""

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from engine.compress.registry import find
from engine.compress.sparsity.noise import BETA, GAMMA, SPEED, ZETA, HardConcrete, TargetedDropout, VariationalDropout
from tests.engine.compress.toys import context_for, state_of

TRAINED = {"epochs": 6, "batch_size": 20, "holdout": 0.0}


def applied(id, **knobs):
    technique = find(id)
    return technique.apply(state_of("dense"), technique.configure({**TRAINED, **knobs}), context_for("dense"))


def test_that_the_penalty_is_the_probability_of_a_gate_that_is_not_zero():
    """The gate is above zero where the stretched concrete variable is: integrated over the logistic noise."""
    gates = HardConcrete(torch.zeros(3, 4), channels=False)
    with torch.no_grad():
        gates.place.copy_(torch.linspace(-3, 3, 12) / SPEED)
    threshold = BETA * np.log(-GAMMA / ZETA)  # of noise + log alpha
    expected = sum(stats.logistic.sf(threshold - value) for value in np.linspace(-3, 3, 12))
    assert gates.penalty(torch.zeros(3, 4)).item() == pytest.approx(expected, rel=1e-5)
    torch.manual_seed(0)
    drawn = torch.stack([gates(torch.ones(3, 4)).detach() for _ in range(4000)])
    assert float((drawn != 0).double().sum((1, 2)).mean()) == pytest.approx(expected, rel=0.02)
    assert bool(((drawn >= 0) & (drawn <= 1)).all())


def test_that_the_divergence_is_that_of_the_log_uniform_prior():
    """-KL up to a constant is E log|1 + sqrt(alpha) e| - log sqrt(alpha), here integrated numerically."""
    noise = VariationalDropout(torch.ones(5))
    logs = np.array([-4.0, -1.0, 0.0, 1.0, 2.5])
    with torch.no_grad():
        noise.place.copy_(torch.from_numpy(logs) / SPEED)

    def exact(log_alpha):
        width = np.exp(log_alpha / 2)
        inside = lambda e: stats.norm.pdf(e) * np.log(abs(1 + width * e) + 1e-300)  # noqa: E731
        zero = -1 / width  # where the logarithm is not finite
        return -0.5 * log_alpha + sum(integrate.quad(inside, *part, limit=500)[0] for part in ((-12, zero), (zero, 12)))

    single = [
        float(0.63576 - 0.63576 / (1 + np.exp(-(1.8732 + 1.48695 * v))) + 0.5 * np.log1p(np.exp(-v))) for v in logs
    ]
    assert noise.penalty(torch.ones(5)).item() == pytest.approx(sum(single), rel=1e-4)
    difference = np.array(single) - np.array([exact(value) for value in logs])
    assert np.ptp(difference) < 0.05


def test_that_targeted_dropout_only_drops_the_smallest():
    weight = torch.arange(1.0, 11.0).reshape(2, 5)
    noise = TargetedDropout(weight, 0.4, 0.5)
    noise.train()
    torch.manual_seed(1)
    drawn = torch.stack([noise(weight) for _ in range(500)])
    assert torch.equal(drawn.flatten(1)[:, 4:], weight.flatten()[4:].expand(500, 6))
    assert float((drawn.flatten(1)[:, :4] == 0).double().mean()) == pytest.approx(0.5, abs=0.05)
    assert int((noise.eval()(weight) == 0).sum()) == 4


@pytest.mark.parametrize("gates", ["weight", "channel"])
def test_that_a_higher_price_shuts_more_gates_and_the_zeros_are_held(gates):
    shares = []
    for strength in (0.0, 0.05):
        made = applied("l0-training", gates=gates, strength=strength, learning_rate=0.05, exclude=["head"])
        masks = [mask for name, mask in made.masks.items() if "head" not in name]
        shares.append(float(torch.cat([(~mask).flatten() for mask in masks]).double().mean()))
        if gates == "channel":
            assert all(bool((mask.all(1) | ~mask.any(1)).all()) for mask in masks)
    assert shares[0] < 0.1
    assert shares[1] > 0.5


def test_that_targeted_dropout_ends_with_the_share_and_variational_dropout_with_its_own():
    made = applied("dropout-sparsity", sparsity=0.75)
    for mask in made.masks.values():
        assert int((~mask).sum()) == int(0.75 * mask.numel())
    weak, strong = (
        applied("dropout-sparsity", kind="variational", strength=strength, learning_rate=0.02).masks
        for strength in (0, 0.01)
    )
    zeros = [sum(int((~mask).sum()) for mask in masks.values()) for masks in (weak, strong)]
    assert zeros[0] < zeros[1]
