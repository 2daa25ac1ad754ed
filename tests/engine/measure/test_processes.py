"""The interval over processes against an independent computation and simulated truths."""

import math

import numpy as np
import pytest
from scipy.stats import bootstrap, t

from engine.measure.processes import (
    EXPECTED_FREEDOM,
    EXPECTED_SPREAD,
    PROCESS_SPREAD,
    freedom,
    half_width,
    jackknife,
    median_interval,
    student,
)
from engine.measure.ratio import between_processes, paired_ratio


def test_that_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(0).normal(size=9)
    left_out = np.array([np.delete(values, i).mean() for i in range(9)])
    assert jackknife(left_out) == pytest.approx(values.std(ddof=1) / 3)


@pytest.mark.parametrize("degrees", [5, 7, 11, 40])
def test_that_the_quantile_is_that_of_students_t(degrees: int):
    assert student(degrees) == pytest.approx(t.ppf(0.975, degrees), rel=3e-3)


def test_that_one_process_is_widened_by_the_known_spread_and_several_by_their_own():
    assert half_width(0.01, ()) == pytest.approx(math.hypot(0.01, 1.96 * PROCESS_SPREAD), rel=1e-4)
    assert half_width(0.0, (), single=0.5) == pytest.approx(1.96 * PROCESS_SPREAD / math.sqrt(2), rel=1e-4)
    alike = half_width(0.0, [0.0] * 8)
    expected = EXPECTED_SPREAD**2 / 8 * EXPECTED_FREEDOM / freedom(8)
    assert alike == pytest.approx(student(freedom(8)) * math.sqrt(expected))
    assert half_width(0.0, [0.01, -0.01] * 4) > 2 * alike


def test_that_the_median_of_one_process_has_the_interval_of_a_model_whose_processes_differ_as_known():
    samples = np.random.default_rng(6).lognormal(0, 0.0001, 5000)
    middle = float(np.median(samples))
    low, high = median_interval(samples, [len(samples)], (middle * 0.9999, middle * 1.0001))
    known = 1.96 * PROCESS_SPREAD / math.sqrt(2)
    assert math.log(high / middle) == pytest.approx(known, rel=1e-3)
    assert math.log(middle / low) == pytest.approx(known, rel=1e-3)


@pytest.mark.parametrize("spread", [0.002, 0.0034, 0.007, 0.011, 0.013])
@pytest.mark.parametrize("count", [5, 8])
def test_that_the_interval_holds_the_truth_whatever_processes_differ_by(spread: float, count: int):
    """Estimates of each process with the noise of its runs; the mean of them is left-one-out as the ratio is."""
    draw, held, noise = np.random.default_rng(4), 0, 0.006
    for _ in range(6000):
        each = draw.normal(0, math.hypot(spread, noise), count)
        left_out = (each.sum() - each) / (count - 1)
        held += abs(each.mean()) <= half_width(1.96 * noise / math.sqrt(count), left_out)
    assert held / 6000 >= 0.92


def test_that_the_ratio_left_without_each_process_is_that_of_the_other_rounds():
    draw = np.random.default_rng(5)
    ran_by = np.repeat(np.arange(4), 6)
    luck = draw.normal(0, 0.01, 4)
    one = [draw.lognormal(0, 0.02, 20) for _ in ran_by]
    other = [draw.lognormal(luck[number], 0.02, 20) for number in ran_by]
    found = paired_ratio(one, other, ran_by.tolist())
    assert len(found.left_out) == 4
    for number, logarithm in enumerate(found.left_out):
        kept = np.flatnonzero(ran_by != number)
        alone = paired_ratio([one[i] for i in kept], [other[i] for i in kept]).value
        assert logarithm == pytest.approx(math.log(alone), abs=3e-4)
    same = paired_ratio(one, other)
    assert same.value == pytest.approx(found.value, rel=1e-9), "equal legs leave the estimate as it is"
    assert same.left_out == ()
    whole = between_processes(found).ci95
    assert whole[0] < found.ci95[0] < found.value < found.ci95[1] < whole[1]


def test_that_a_process_that_ran_longer_does_not_outvote_the_others():
    """Three processes of 6 rounds and one of 60: by rounds alone the longest would be three quarters of the result."""
    draw = np.random.default_rng(6)
    ran_by = [0] * 6 + [1] * 6 + [2] * 6 + [3] * 60
    luck = (0.0, 0.0, 0.0, 0.04)
    one = [draw.lognormal(0, 0.01, 20) for _ in ran_by]
    other = [draw.lognormal(luck[number], 0.01, 20) for number in ran_by]
    assert paired_ratio(one, other, ran_by).value == pytest.approx(math.exp(-0.01), abs=0.004)
    assert paired_ratio(one, other).value < math.exp(-0.025)


def test_that_swapping_the_two_gives_the_reciprocal_with_processes_too():
    draw, ran_by = np.random.default_rng(7), [number // 5 for number in range(25)]
    one, other = ([draw.lognormal(0, 0.05, 20) for _ in ran_by] for _ in range(2))
    there, back = (between_processes(paired_ratio(*pair, ran_by)) for pair in ((one, other), (other, one)))
    assert there.value * back.value == pytest.approx(1, abs=1e-6)
    assert there.ci95[0] * back.ci95[1] == pytest.approx(1, abs=2e-3)


def test_that_the_interval_of_a_median_is_as_wide_as_a_bootstrap_over_processes_says():
    """With many processes their own spread decides, and the cluster bootstrap of the median is an independent reference."""
    draw = np.random.default_rng(8)
    runs = [draw.lognormal(draw.normal(0, 0.02), 0.05, 200) for _ in range(40)]
    samples = np.concatenate(runs)
    low, high = median_interval(samples, [200] * 40, (float(np.median(samples)),) * 2)

    def median(which: np.ndarray) -> float:
        return float(np.median(np.concatenate([runs[i] for i in which.astype(int)])))

    reference = bootstrap(
        (np.arange(40),), median, vectorized=False, n_resamples=400, random_state=1, method="percentile"
    )
    assert high - low == pytest.approx(reference.confidence_interval.high - reference.confidence_interval.low, rel=0.25)


def test_that_processes_of_another_number_of_rounds_are_an_error():
    with pytest.raises(ValueError, match="paired blocks"):
        paired_ratio([np.ones(3)] * 8, [np.ones(3)] * 8, [0] * 7)
