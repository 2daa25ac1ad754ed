"""Latency statistics against independent computations (scipy, numpy) and against simulated truth."""

import numpy as np
import pytest

from engine.measure import statistics


@pytest.mark.parametrize("count", [6, 7, 10, 29, 100, 299, 1000, 2000, 2001, 100_000])
def test_that_the_ranks_of_the_median_interval_are_the_narrowest_binomial_ones(count):
    from scipy.stats import binom

    rank = statistics.binomial_rank(count)
    assert 2 * binom.cdf(rank, count, 0.5) <= 0.0501
    if count <= statistics.EXACT_N:
        assert 2 * binom.cdf(rank + 1, count, 0.5) > 0.05


def test_that_the_interval_of_the_median_equals_scipys():
    from scipy.stats import quantile_test

    samples = np.random.default_rng(3).lognormal(0, 0.4, 500)
    theirs = quantile_test(samples, q=1, p=0.5).confidence_interval(0.95)
    low, high = statistics.median_interval(samples)
    assert np.searchsorted(np.sort(samples), [low, high]) == pytest.approx(
        np.searchsorted(np.sort(samples), [theirs.low, theirs.high]), abs=1
    )


@pytest.mark.parametrize("count", [30, 299, 1000])
def test_that_the_interval_of_the_median_covers_the_true_median_95_times_of_100(count):
    draw = np.random.default_rng(count)
    hits = sum(
        low <= 1 <= high
        for low, high in (statistics.median_interval(draw.lognormal(0, 0.5, count)) for _ in range(1000))
    )
    assert 0.93 <= hits / 1000 <= 0.99


def test_that_the_interval_stays_honest_when_samples_resemble_their_neighbours():
    draw, hits, naive = np.random.default_rng(5), 0, 0
    for _ in range(300):
        noise = draw.normal(size=1000)
        series = np.empty(1000)
        series[0] = noise[0]
        for i in range(1, 1000):
            series[i] = 0.8 * series[i - 1] + noise[i]
        low, high = statistics.median_interval(np.exp(series))
        hits += low <= 1 <= high
        rank = statistics.binomial_rank(1000)
        ordered = np.sort(np.exp(series))
        naive += ordered[rank] <= 1 <= ordered[999 - rank]
    assert hits / 300 >= 0.88
    assert naive / 300 < 0.65  # the control: independence assumed where there is none


@pytest.mark.parametrize("count", [36, 100, 299, 368, 1000, 2000, 20_000])
@pytest.mark.parametrize("share", [0.9, 0.99])
def test_that_the_interval_of_a_percentile_has_scipys_binomial_ranks(count, share):
    from scipy.stats import binom

    found = statistics.quantile_interval(np.random.default_rng(count).permutation(count), share)
    low, high = binom.ppf(0.025, count, share) - 1, binom.ppf(0.975, count, share)
    if high >= count:
        assert found is None
    else:
        assert found == pytest.approx((max(low, 0), high), abs=0 if count <= statistics.EXACT_N else 2)


def test_that_the_interval_of_a_percentile_covers_it_also_where_neighbours_resemble():
    draw = np.random.default_rng(8)
    hits = [
        low <= np.exp(0.5 * 1.2815515655) <= high
        for low, high in (statistics.quantile_interval(draw.lognormal(0, 0.5, 400), 0.9) for _ in range(600))
    ]
    assert 0.93 <= np.mean(hits) <= 0.99
    held, naive = [], []
    for _ in range(150):
        slow = np.repeat(draw.normal(size=100), 20) + 0.1 * draw.normal(size=2000)
        found = statistics.quantile_interval(slow, 0.9)
        truth = 1.2815515655 * np.sqrt(1.01)
        held.append(found is None or found[0] <= truth <= found[1])
        low, high = statistics._quantile_ranks(2000, 0.9)
        naive.append(np.sort(slow)[low] <= truth <= np.sort(slow)[high])
    assert np.mean(held) >= 0.85
    assert np.mean(naive) < 0.5  # the control: independence assumed where there is none


def test_that_percentiles_equal_numpys_and_p99_needs_299_samples():
    samples = np.random.default_rng(0).integers(100_000, 900_000, 299)
    found = statistics.latency(samples)
    assert (found.p50, found.p90, found.p95, found.p99) == pytest.approx(np.percentile(samples / 1e6, [50, 90, 95, 99]))
    assert (found.mean, found.min, found.max, found.n) == pytest.approx(
        (samples.mean() / 1e6, samples.min() / 1e6, samples.max() / 1e6, 299)
    )
    assert statistics.latency(samples[:298]).p99 is None
    few = statistics.latency(samples[:10])
    assert few.p90 is None
    assert few.p95 is few.ci95_p95 is None
    assert found.ci95_p90[0] <= found.p90 <= found.ci95_p90[1] < found.ci95_p95[1]
    assert found.ci95_p95[0] <= found.p95 <= found.ci95_p95[1] <= found.max
    assert few.n == 10


def test_that_a_slow_run_is_never_dropped():
    samples = np.array([1_000_000] * 298 + [500_000_000])
    assert statistics.latency(samples).max == 500


def test_that_stolen_processor_time_shows_as_low_utilisation():
    assert statistics.utilisation([46, 46], [100, 100], 1) == pytest.approx(0.46)
    assert statistics.utilisation([200], [100], 2) == 1
    assert statistics.utilisation([], [], 1) is None
