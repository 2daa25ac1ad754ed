"""Bootstrap intervals: what they cover, and how pairing narrows them."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.regression import Regression
from engine.evaluate.resampling import estimates, paired_loss


def test_that_the_interval_of_a_mean_is_about_that_of_the_normal_law():
    random = np.random.default_rng(0)
    labels = random.normal(size=400)
    errors = random.exponential(size=400)
    found = estimates(Regression(labels + errors, labels))["mae"]
    half = 1.96 * errors.std() / 20
    assert found.value == pytest.approx(errors.mean())
    assert found.ci95 == pytest.approx((errors.mean() - half, errors.mean() + half), abs=0.15 * half)


def test_that_a_paired_loss_is_narrower_than_either_score_and_zero_for_the_same_answers():
    random = np.random.default_rng(1)
    labels = random.normal(size=300)
    first = labels + random.normal(0, 0.5, 300)
    second = first + random.normal(0, 0.1, 300)
    a, b = Regression(first, labels), Regression(second, labels)
    lost = paired_loss(a, b)
    assert lost.value == pytest.approx(100 * (a.value() - b.value()))
    single = estimates(a)["r2"].ci95
    assert lost.ci95[0] < lost.value < lost.ci95[1]
    assert lost.ci95[1] - lost.ci95[0] < 100 * (single[1] - single[0]) / 2
    same = paired_loss(a, a)
    assert (same.value, same.ci95) == (0, (0, 0))


def test_that_other_samples_cannot_be_paired():
    a, b = Regression(np.zeros(4), np.arange(4)), Regression(np.zeros(5), np.arange(5))
    with pytest.raises(DataError, match="4 samples of the original and 5"):
        paired_loss(a, b)
