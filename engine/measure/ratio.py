"""How many times faster one variant is than another, from blocks that ran side by side on the board.

Runs are compared with runs: within a round every run of one variant is divided by every run of the other, and the speed-up is
the peak of these ratios' distribution, smoothed over 10 % to either side. Where nothing disturbs, that is the ratio of the
medians. On a busy machine a run is either quick or held up by what else runs, and a median jumps between the two with the share
of either; the ratio of like with like stays where it is, and pairs of unlike runs lie far from the peak to both sides.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .statistics import RESEMBLING, Z_95, autocorrelation

PROCESS_SPREAD = 0.004
"""Relative standard deviation of the ratio of two processes that run the same model: where memory happens to lie makes one a
little faster for its whole life, and no number of runs within one process shows it. Measured as 0.0034 over 24 pairs of
identical models on one quiet x86-64 machine (bootstrap intervals alone held the true 1 in 4 of 12); rounded up. A Xeon with AMX
showed 0.0104 to 0.0116 over 76 pairs, where aligned inputs, other allocators and fixed addresses changed nothing: differences
below 3 % are not to be trusted there."""
BOOTSTRAPS = 1000
MIN_PAIRS = 6
BIN = 0.002
"""Width of the bins in which the logarithms of ratios are counted."""
WINDOW = 50
"""Bins to either side of a place that count for the density there, the less the further: 10 %."""
REACH = 400
"""Bins to either side of the middle in which the peak is looked for: a factor of 2.2."""
MOST_RUNS = 32
"""Of a block that are compared with the other's; of a longer block evenly spaced ones in the order of their time."""
SETTLING = 50


@dataclass(frozen=True)
class Ratio:
    """A ratio with its 95 % interval and the number of rounds it rests on."""

    value: float
    ci95: tuple[float, float]
    pairs: int


def paired_ratio(reference: Sequence[np.ndarray], subject: Sequence[np.ndarray], *, seed: int = 0) -> Ratio:
    """How many times faster ``subject`` is than ``reference``: the ratio at which their runs agree most.

    On a log scale the peak is the location of least loss under 1 - (1 - x^2)^3, Tukey's biweight (Beaton and Tukey 1974), and
    every round counts alike. The interval resamples runs of neighbouring rounds together (moving-block bootstrap, Künsch 1989),
    because a disturbed machine stays disturbed for a while, and is stretched as Student's t is for few rounds. Swapping the two
    gives the reciprocal ratio and interval.

    Args:
        reference: one array of nanoseconds (all above 0) per round.
        subject: the same rounds.
        seed: of the bootstrap.

    Raises:
        ValueError: fewer than six rounds, which carry no interval.
    """
    if len(reference) != len(subject) or len(reference) < MIN_PAIRS:
        raise ValueError(f"a ratio needs at least {MIN_PAIRS} paired blocks, got {len(reference)} and {len(subject)}")
    one, other = _logs(reference), _logs(subject)
    middle = float(np.median(_middles(one) - _middles(other)))
    gaps = one[:, :, None] - other[:, None, :] - middle
    share = 1.0 / np.isfinite(gaps).sum(axis=(1, 2))
    density = _density(gaps, share)
    top = float(_peak(density.sum(axis=0)[None])[0]) - REACH
    centre = middle + _settled(gaps, share, top * BIN)
    first = max(REACH + round(top) - WINDOW, 0)
    near = density[:, first : REACH + round(top) + WINDOW + 1]
    here = REACH + round(top) - first
    low, high = _resampled(
        near, block_length(near[:, min(here + 1, near.shape[1] - 1)] - near[:, max(here - 1, 0)]), seed
    )
    return Ratio(math.exp(centre), (math.exp(centre + low), math.exp(centre + high)), len(gaps))


def _logs(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """Logarithms of the runs of each block in the order of their time: ``[rounds, MOST_RUNS]``, NaN behind a shorter one's."""
    found = np.full((len(blocks), MOST_RUNS), np.nan)
    for row, block in zip(found, blocks, strict=True):
        ordered = np.sort(block)
        if len(ordered) > MOST_RUNS:
            ordered = ordered[((np.arange(MOST_RUNS) + 0.5) * len(ordered) / MOST_RUNS).astype(np.int64)]
        row[: len(ordered)] = np.log(ordered)
    return found


def _middles(logs: np.ndarray) -> np.ndarray:
    """Median of each row of :func:`_logs`."""
    rows, counts = np.arange(len(logs)), np.isfinite(logs).sum(axis=1)
    middles: np.ndarray = (logs[rows, (counts - 1) // 2] + logs[rows, counts // 2]) / 2
    return middles


def _density(gaps: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Density of the ratios of each round at every bin: ``[rounds, 2 REACH + 1]``; each round has the same weight."""
    rounds, width = len(gaps), 2 * REACH + 1
    bins = np.rint(gaps.reshape(rounds, -1) / BIN)
    number, which = np.nonzero(np.abs(bins) <= REACH)  # NaN is not
    flat = number * width + bins[number, which].astype(np.int64) + REACH
    counts = np.bincount(flat, weights=share[number], minlength=rounds * width).reshape(rounds, width)
    window = (1 - (np.arange(-WINDOW, WINDOW + 1) / WINDOW) ** 2) ** 3
    size = width + 2 * WINDOW
    whole = np.fft.irfft(np.fft.rfft(counts, size) * np.fft.rfft(window, size), size)
    return whole[:, WINDOW : WINDOW + width].astype(np.float32)


def _peak(density: np.ndarray) -> np.ndarray:
    """Bin of the highest point of each row, refined by the parabola through it and its neighbours."""
    best = np.clip(density.argmax(axis=1), 1, density.shape[1] - 2)
    before, at, after = (np.take_along_axis(density, (best + i)[:, None], 1)[:, 0].astype(float) for i in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.where(bend < 0, (before - after) / np.where(bend < 0, 2 * bend, 1.0), 0.0)
    place: np.ndarray = best + np.clip(shift, -1, 1)
    return place


def _settled(gaps: np.ndarray, share: np.ndarray, start: float) -> float:
    """The peak by the ratios themselves, not by their bins: Newton's steps from the bin's."""
    near = np.abs(gaps - start) <= (WINDOW + 2) * BIN
    values, weights = gaps[near], np.broadcast_to(share[:, None, None], gaps.shape)[near]
    centre = start
    for _ in range(SETTLING):
        square = np.minimum(((values - centre) / (WINDOW * BIN)) ** 2, 1.0)
        pull = float((weights * (values - centre) * (1 - square) ** 2).sum())
        bend = float((weights * (1 - square) * (1 - 5 * square)).sum())
        step = min(max(pull / bend, -BIN), BIN) if bend > 0 else 0.0
        centre += step
        if abs(step) < 1e-12:
            break
    return centre


def _resampled(near: np.ndarray, length: int, seed: int) -> tuple[float, float]:
    """How far the 95 % interval reaches from the peak to either side, on the log scale.

    Args:
        near: density of each round around the peak.
        length: of the runs of neighbouring rounds that stay together.
        seed: of the draws.
    """
    count = len(near)
    generator = np.random.default_rng(seed)
    starts = generator.integers(0, count, size=(BOOTSTRAPS, -(-count // length)))
    index = (starts[:, :, None] + np.arange(length)).reshape(BOOTSTRAPS, -1)[:, :count] % count
    flat = (index + count * np.arange(BOOTSTRAPS)[:, None]).ravel()
    times = np.bincount(flat, minlength=BOOTSTRAPS * count).reshape(BOOTSTRAPS, count).astype(np.float32)
    draws = _peak(times @ near) - _peak(near.sum(axis=0)[None])
    low, high = np.percentile(draws, [2.5, 97.5]) * BIN * _stretch(max(count // length - 1, 1))
    return min(float(low), 0.0), max(float(high), 0.0)


def _stretch(freedom: int) -> float:
    """How much wider an interval is whose spread is known from so few: Student's t (by Cornish and Fisher) and n / (n - 1).

    >>> round(_stretch(5) * Z_95 / math.sqrt(6 / 5), 2), round(_stretch(200), 2)
    (2.55, 1.01)
    """
    z, n = Z_95, freedom
    quantile = z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
    return quantile / z * math.sqrt((n + 1) / n)


def between_processes(ratio: Ratio, spread: float = PROCESS_SPREAD) -> Ratio:
    """The ratio with its interval widened for what differs between processes, both added in quadrature on a log scale.

    A systematic part that repetition inside the run cannot show is added by its known size (GUM, type B evaluation).

    >>> low, high = between_processes(Ratio(2.0, (2.0, 2.0), 20), 0.01).ci95
    >>> round(low, 3), round(high, 3)
    (1.961, 2.04)
    """
    centre = math.log(ratio.value)
    low = math.hypot(centre - math.log(ratio.ci95[0]), Z_95 * spread)
    high = math.hypot(math.log(ratio.ci95[1]) - centre, Z_95 * spread)
    return Ratio(ratio.value, (math.exp(centre - low), math.exp(centre + high)), ratio.pairs)


def block_length(values: np.ndarray) -> int:
    """Length of bootstrap blocks: 1 for independent values, about the square root of n where neighbours resemble."""
    count = len(values)
    return max(1, round(math.sqrt(count))) if count >= 10 and autocorrelation(values) > RESEMBLING else 1
