"""How many times faster one variant is than another, from blocks that ran side by side on the board.

Runs are compared with runs: within a round every run of one variant is divided by every run of the other, and the speed-up is
the peak of these ratios' distribution, smoothed over 10 % to either side. Where nothing disturbs, that is the ratio of the
medians. On a busy machine a run is either quick or held up by what else runs, and a median jumps between the two with the share
of either; the ratio of like with like stays where it is, and pairs of unlike runs lie far from the peak to both sides.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .processes import half_width, student
from .statistics import RESEMBLING, Z_95, autocorrelation

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
    """A ratio with its 95 % interval, and the number of rounds it rests on.

    ``left_out``: logarithm of the ratio without each pair of processes in turn; empty where one of each ran.
    """

    value: float
    ci95: tuple[float, float]
    pairs: int
    left_out: tuple[float, ...] = ()


def paired_ratio(
    reference: Sequence[np.ndarray], subject: Sequence[np.ndarray], processes: Sequence[int] = (), *, seed: int = 0
) -> Ratio:
    """How many times faster ``subject`` is than ``reference``: the ratio at which their runs agree most.

    On a log scale the peak is the location of least loss under 1 - (1 - x^2)^3, Tukey's biweight (Beaton and Tukey 1974), and
    every round counts alike; where several processes ran one after another, those with more rounds than the median process count
    no more than it. The interval is that of the processes that ran (:func:`between_processes` makes it that of the models): it
    resamples runs of neighbouring rounds together (moving-block bootstrap, Künsch 1989), because a disturbed machine stays
    disturbed for a while, and is stretched as Student's t is for few rounds. Swapping the two gives the reciprocal ratio and
    interval.

    Args:
        reference: one array of nanoseconds (all above 0) per round.
        subject: the same rounds.
        processes: which pair of processes ran each round, in rising order; none = one pair ran all.
        seed: of the bootstrap.

    Raises:
        ValueError: fewer than six rounds, which carry no interval.
    """
    if len(reference) != len(subject) or len(reference) < MIN_PAIRS or len(processes) not in (0, len(reference)):
        raise ValueError(f"a ratio needs at least {MIN_PAIRS} paired blocks, got {len(reference)} and {len(subject)}")
    one, other = _logs(reference), _logs(subject)
    middle = float(np.median(_middles(one) - _middles(other)))
    gaps = one[:, :, None] - other[:, None, :] - middle
    sizes = np.unique(processes, return_counts=True)[1] if len(processes) else np.array([len(gaps)])
    weight = np.repeat(np.minimum(sizes, np.median(sizes)) / sizes, sizes)
    share = weight / np.isfinite(gaps).sum(axis=(1, 2))
    density = _density(gaps, share)
    top = float(_peak(density.sum(axis=0)[None])[0]) - REACH
    centre = middle + _settled(gaps, share, top * BIN)
    first = max(REACH + round(top) - WINDOW, 0)
    near = density[:, first : REACH + round(top) + WINDOW + 1]
    here = REACH + round(top) - first
    length = block_length(near[:, min(here + 1, near.shape[1] - 1)] - near[:, max(here - 1, 0)])
    low, high = _resampled(near, sizes, length, seed)
    left_out = tuple(centre + step for step in _left_out(near, sizes)) if len(sizes) > 1 else ()
    return Ratio(math.exp(centre), (math.exp(centre + low), math.exp(centre + high)), len(gaps), left_out)


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


def _left_out(near: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """How far the peak moves, on the log scale, when the rounds of each process are left out in turn."""
    whole = near.sum(axis=0)[None]
    own = np.add.reduceat(near, np.cumsum([0, *sizes[:-1]]), axis=0)
    moved: np.ndarray = (_peak(whole - own) - _peak(whole)) * BIN
    return moved


def _resampled(near: np.ndarray, sizes: np.ndarray, length: int, seed: int) -> tuple[float, float]:
    """How far the 95 % interval reaches from the peak to either side, on the log scale, given the processes.

    Args:
        near: density of each round around the peak.
        sizes: rounds of each process.
        length: of the runs of neighbouring rounds that stay together.
        seed: of the draws.
    """
    count = len(near)
    generator = np.random.default_rng(seed)
    parts, first = [], 0
    for size in sizes:
        own = min(length, size)
        starts = generator.integers(0, size, size=(BOOTSTRAPS, -(-size // own)))
        parts.append((starts[:, :, None] + np.arange(own)).reshape(BOOTSTRAPS, -1)[:, :size] % size + first)
        first += size
    index = np.concatenate(parts, axis=1)
    flat = (index + count * np.arange(BOOTSTRAPS)[:, None]).ravel()
    times = np.bincount(flat, minlength=BOOTSTRAPS * count).reshape(BOOTSTRAPS, count).astype(np.float32)
    draws = _peak(times @ near) - _peak(near.sum(axis=0)[None])
    low, high = np.percentile(draws, [2.5, 97.5]) * BIN * _stretch(max(count // length - 1, 1))
    return min(float(low), 0.0), max(float(high), 0.0)


def _stretch(freedom: int) -> float:
    """How much wider an interval is whose spread is known from so few: Student's t (by Cornish and Fisher) and n / (n - 1).

    >>> round(_stretch(5) * Z_95 / math.sqrt(6 / 5), 2), round(_stretch(200), 2)
    (2.57, 1.01)
    """
    return student(freedom) / Z_95 * math.sqrt((freedom + 1) / freedom)


def between_processes(ratio: Ratio) -> Ratio:
    """The ratio with the interval that holds for the models, whatever processes run them.

    >>> low, high = between_processes(Ratio(2.0, (2.0, 2.0), 20)).ci95
    >>> round(low, 3), round(high, 3)
    (1.984, 2.016)
    """
    centre = math.log(ratio.value)
    low = half_width(centre - math.log(ratio.ci95[0]), ratio.left_out)
    high = half_width(math.log(ratio.ci95[1]) - centre, ratio.left_out)
    return replace(ratio, ci95=(math.exp(centre - low), math.exp(centre + high)))


def block_length(values: np.ndarray) -> int:
    """Length of bootstrap blocks: 1 for independent values, about the square root of n where neighbours resemble."""
    count = len(values)
    return max(1, round(math.sqrt(count))) if count >= 10 and autocorrelation(values) > RESEMBLING else 1
