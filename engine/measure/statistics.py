"""Statistics of latency samples. Everything published is computed here, from raw samples, on the desktop.

Medians carry the distribution-free interval of order statistics; ratios of two variants the bootstrap of paired block
medians, so that drift of the machine, which hits both members of a pair, cancels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from profiles.reading import Latency

Z_95 = 1.959963984540054
MIN_N_P99 = 299
"""Below this no distribution-free 95 % upper bound of the 99th percentile exists: 0.99**298 > 0.05."""
MIN_N_P95 = 59
MIN_N_P90 = 29
BOOTSTRAPS = 2000
MIN_PAIRS = 6


def median_interval(samples: np.ndarray) -> tuple[float, float]:
    """95 % interval of the median: the order statistics at ranks n/2 -+ 0.98 sqrt(n).

    Args:
        samples: ``[n]``, any unit.
    """
    ordered = np.sort(samples)
    count = len(ordered)
    spread = Z_95 * np.sqrt(count) / 2
    low = max(int(np.floor(count / 2 - spread)), 0)
    high = min(int(np.ceil(count / 2 + spread)), count - 1)
    return float(ordered[low]), float(ordered[high])


def latency(samples_ns: np.ndarray) -> Latency:
    """Percentiles of one run in milliseconds; those that n cannot support are None.

    Args:
        samples_ns: int64 ``[n]``, nanoseconds.
    """
    values = samples_ns.astype(np.float64) / 1e6
    count = len(values)
    low, high = median_interval(values)

    def percentile(q: float, needed: int) -> float | None:
        return float(np.percentile(values, q)) if count >= needed else None

    return Latency(
        p50=float(np.percentile(values, 50)),
        p90=percentile(90, MIN_N_P90),
        p95=percentile(95, MIN_N_P95),
        p99=percentile(99, MIN_N_P99),
        mean=float(values.mean()),
        min=float(values.min()),
        max=float(values.max()),
        ci95_p50=(low, high),
        n=count,
    )


@dataclass(frozen=True)
class Ratio:
    """A ratio of medians with its 95 % interval and the number of pairs it rests on."""

    value: float
    ci95: tuple[float, float]
    pairs: int


def paired_ratio(reference: Sequence[np.ndarray], subject: Sequence[np.ndarray], *, seed: int = 0) -> Ratio:
    """How many times faster ``subject`` is than ``reference``: median over rounds of (reference / subject) block medians.

    The interval resamples runs of neighbouring rounds together (moving-block bootstrap, Künsch 1989), because a
    disturbed machine stays disturbed for a while.

    Args:
        reference: one array of nanoseconds per round.
        subject: the same rounds.
        seed: of the bootstrap.

    Raises:
        ValueError: fewer than six rounds, which carry no interval.
    """
    if len(reference) != len(subject) or len(reference) < MIN_PAIRS:
        raise ValueError(f"a ratio needs at least {MIN_PAIRS} paired blocks, got {len(reference)} and {len(subject)}")
    logs = np.log([np.median(a) / np.median(b) for a, b in zip(reference, subject, strict=True)])
    count = len(logs)
    length = block_length(logs)
    generator = np.random.default_rng(seed)
    starts = generator.integers(0, count, size=(BOOTSTRAPS, -(-count // length)))
    index = (starts[:, :, None] + np.arange(length)).reshape(BOOTSTRAPS, -1)[:, :count] % count
    draws = np.median(logs[index], axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    centre = float(np.median(logs))
    return Ratio(float(np.exp(centre)), (float(np.exp(min(low, centre))), float(np.exp(max(high, centre)))), count)


def block_length(values: np.ndarray) -> int:
    """Length of bootstrap blocks: 1 for independent values, about the square root of n where neighbours resemble."""
    count = len(values)
    if count < 10:
        return 1
    centred = values - values.mean()
    power = float((centred**2).sum())
    if power == 0:
        return 1
    correlation = float((centred[1:] * centred[:-1]).sum() / power)
    return max(1, round(np.sqrt(count))) if correlation > 0.2 else 1


def utilisation(cpu_ns: Sequence[int], wall_ns: Sequence[int], threads: int) -> float | None:
    """CPU time / wall / threads over all blocks: well below 1 means that others took the processor."""
    wall = sum(wall_ns)
    return sum(cpu_ns) / wall / threads if wall > 0 else None


def mad(samples: np.ndarray) -> float:
    """Median absolute deviation from the median."""
    return float(np.median(np.abs(samples - np.median(samples))))
