"""Statistics of latency samples. Everything published is computed here, from raw samples, on the desktop.

Medians carry the distribution-free interval of order statistics, widened where neighbouring samples resemble one
another. No sample is ever dropped as an outlier. Ratios of two variants are in :mod:`engine.measure.ratio`.
"""

import math
from collections.abc import Sequence

import numpy as np

from profiles.reading import Latency

Z_95 = 1.959963984540054
MIN_N_P99 = 299
"""Below this no distribution-free 95 % upper bound of the 99th percentile exists: 0.99**298 > 0.05."""
MIN_N_P95 = 59
MIN_N_P90 = 29
EXACT_N = 2000
"""Up to here the ranks of the interval come from the binomial distribution itself, above from its normal limit."""
RESEMBLING = 0.2
"""Lag-1 autocorrelation above which samples are not treated as independent."""


def median_interval(samples: np.ndarray) -> tuple[float, float]:
    """95 % interval of the median from order statistics, for samples in the order in which they were taken.

    Independent samples: the narrowest symmetric pair of binomial ranks that covers at least 95 % (below 6 samples the
    extremes, which cover less). Samples that resemble their neighbours: the ranks are moved out by the long-run variance
    of "above the median", estimated from batches at least as long as their memory (batch means, Heidelberger and Lewis 1984).

    Args:
        samples: ``[n]``, n >= 1, any unit, in time order.
    """
    values = np.asarray(samples, dtype=np.float64)
    count = len(values)
    ordered = np.sort(values)
    below = count // 2 - binomial_rank(count)
    above = (values > ordered[count // 2]).astype(np.float64)
    likeness = autocorrelation(above)
    if count >= 2 * MIN_N_P90 and likeness > RESEMBLING:
        below = max(below, math.ceil(_long_run_spread(above, likeness)))
    low = max(count // 2 - below, 0)
    return float(ordered[low]), float(ordered[count - 1 - low])


def quantile_interval(samples: np.ndarray, share: float) -> tuple[float, float] | None:
    """95 % interval of a quantile from order statistics, widened as :func:`median_interval` is.

    Args:
        samples: ``[n]``, any unit, in time order.
        share: of the quantile, 0..1: 0.9 is the 90th percentile.

    Returns:
        None where even the largest of so few samples is no bound at this level.

    >>> quantile_interval(np.random.default_rng(0).permutation(100), 0.9)
    (83.0, 95.0)
    >>> quantile_interval(np.random.default_rng(0).permutation(20), 0.9) is None
    True
    """
    values = np.asarray(samples, dtype=np.float64)
    count = len(values)
    low, high = _quantile_ranks(count, share)
    ordered = np.sort(values)
    middle = min(int(count * share), count - 1)
    above = (values > ordered[middle]).astype(np.float64)
    likeness = autocorrelation(above)
    if count >= 2 * MIN_N_P90 and likeness > RESEMBLING:
        spread = math.ceil(_long_run_spread(above, likeness))
        low, high = min(low, middle - spread), max(high, middle + spread)
    return (float(ordered[max(low, 0)]), float(ordered[high])) if high < count else None


def _quantile_ranks(count: int, share: float) -> tuple[int, int]:
    """Ranks (from 0) of the samples that bound a quantile with 2.5 % left out on either side; the upper may be ``count``."""
    if count > EXACT_N:
        half = Z_95 * math.sqrt(count * share * (1 - share))
        return math.floor(count * share - half) - 1, math.ceil(count * share + half)
    steps = np.arange(count)
    logs = np.concatenate([[0.0], np.cumsum(np.log((count - steps) / (steps + 1) * share / (1 - share)))])
    chances = np.cumsum(np.exp(logs + count * math.log(1 - share)))  # of at most k samples below the quantile
    return int(np.searchsorted(chances, 0.025)) - 1, int(np.searchsorted(chances, 0.975))


def binomial_rank(count: int) -> int:
    """Largest rank k (from 0) such that the k-th smallest to the k-th largest of ``count`` samples cover the median.

    >>> binomial_rank(6), binomial_rank(10), binomial_rank(100)
    (0, 1, 39)
    """
    if count > EXACT_N:
        return max(math.floor((count - 1) / 2 - Z_95 * math.sqrt(count) / 2), 0)
    log_half = count * math.log(0.5)
    tail, rank = 0.0, -1
    while rank + 1 <= count // 2:
        step = rank + 1
        tail += math.exp(math.lgamma(count + 1) - math.lgamma(step + 1) - math.lgamma(count - step + 1) + log_half)
        if tail > 0.025:
            break
        rank = step
    return max(rank, 0)


def _long_run_spread(above: np.ndarray, likeness: float) -> float:
    """How many ranks the interval reaches to either side when samples resemble their neighbours."""
    count = len(above)
    memory = (1 + likeness) / max(1 - likeness, 0.01)
    length = max(min(round(max(math.sqrt(count), 5 * memory)), count // 8), 2)
    batches = count // length
    means = above[: batches * length].reshape(batches, length).mean(axis=1)
    variance = length * float(means.var(ddof=1))
    quantile = Z_95 + (Z_95**3 + Z_95) / (4 * (batches - 1))  # Student's t by its first correction term
    return quantile * math.sqrt(variance * count)


def autocorrelation(values: np.ndarray) -> float:
    """Lag-1 autocorrelation; 0 for constant or fewer than 3 values."""
    centred = np.asarray(values, dtype=np.float64) - np.mean(values)
    power = float((centred**2).sum())
    return 0.0 if len(centred) < 3 or power == 0 else float((centred[1:] * centred[:-1]).sum() / power)


def latency(samples_ns: np.ndarray) -> Latency:
    """Percentiles of one run in milliseconds; those that n cannot support are None.

    Args:
        samples_ns: int64 ``[n]``, nanoseconds, in time order.
    """
    values = samples_ns.astype(np.float64) / 1e6
    count = len(values)

    def percentile(q: float, needed: int) -> float | None:
        return float(np.percentile(values, q)) if count >= needed else None

    def interval(q: float, needed: int) -> tuple[float, float] | None:
        return quantile_interval(values, q / 100) if count >= needed else None

    return Latency(
        p50=float(np.median(values)),
        p90=percentile(90, MIN_N_P90),
        p95=percentile(95, MIN_N_P95),
        p99=percentile(99, MIN_N_P99),
        mean=float(values.mean()),
        min=float(values.min()),
        max=float(values.max()),
        ci95_p50=median_interval(values),
        n=count,
        ci95_p90=interval(90, MIN_N_P90),
        ci95_p99=interval(99, MIN_N_P99),
        ci95_p95=interval(95, MIN_N_P95),
    )


def utilisation(cpu_ns: Sequence[int], wall_ns: Sequence[int], threads: int) -> float | None:
    """CPU time / wall / threads over all blocks: well below 1 means that others took the processor."""
    wall = sum(wall_ns)
    return sum(cpu_ns) / wall / threads if wall > 0 else None
