"""Has a board become slower or faster than it used to be, and is one device of a fleet unlike its sisters?

Drift: the newest median of a bundle against its own history on that device, on a log scale, by the prediction interval of
Student's t (at least four earlier readings); the false-alarm rate ``alpha`` is for the whole list, shared between its rows
(Bonferroni). Outliers: the device's ratio to the median of all devices of its board, in robust standard deviations (median
absolute deviation, Iglewicz and Hoaglin 1993). How large the largest score of so many equal devices becomes by chance was
simulated, so that ``alpha`` holds for few devices, too: a fixed limit of 3.5 accuses one of every sixth healthy fleet of four.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .compare import relative_spread, usable
from .reading import Reading
from .stale import NOBODY, Seen

ALPHA = 0.05
MIN_HISTORY = 4
MIN_DEVICES = 4
DRAWN = 4_000_000
"""Normal values drawn to find out how large scores become by chance."""
MOST_FLEETS = 100_000
FLOOR = 0.004
"""Least relative standard deviation between readings: what differs between processes of one model."""


@dataclass(frozen=True)
class Drift:
    """A bundle on a device: newest against history. ``p_value`` is None where the history is too short to tell."""

    target: str
    model: str
    name: str
    runtime: str
    threads: int
    before_ms: float
    now_ms: float
    change: float
    p_value: float | None
    drifted: bool
    history: int
    provider: str

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Outlier:
    """A device that is slower or faster than its sisters of the same board."""

    board: str
    target: str
    ratio: float
    score: float
    rows: int
    p_value: float

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


def drift(readings: Iterable[Reading], alpha: float = ALPHA, seen: Seen = NOBODY) -> tuple[Drift, ...]:
    """One row per bundle, runtime, provider and thread count of each device that was measured at least twice.

    Args:
        readings: of one or more boards; stale ones are left out, because their change has a known cause.
        alpha: probability of any false alarm in the whole list while nothing changed.
        seen: what the devices are now; see :func:`profiles.stale.stale`.
    """
    groups: dict[tuple[Any, ...], list[Reading]] = {}
    for item in sorted(usable(readings, seen), key=lambda r: r.measured_at):
        groups.setdefault((item.device_id, item.bundle, item.way), []).append(item)
    series = [group for group in groups.values() if len(group) >= 2]
    tested = max(sum(len(group) > MIN_HISTORY for group in series), 1)
    return tuple(_row(group, alpha / tested) for group in series)


def _row(group: Sequence[Reading], alpha: float) -> Drift:
    logs = np.log([item.latency_ms.p50 for item in group])
    before, now = logs[:-1], float(logs[-1])
    p_value = _p_value(before, now, relative_spread(group[-1])) if len(before) >= MIN_HISTORY else None
    last = group[-1]
    return Drift(
        last.target,
        last.model,
        last.name or last.variant or last.bundle[:12],
        last.runtime,
        last.threads,
        math.exp(float(np.mean(before))),
        last.latency_ms.p50,
        math.exp(now - float(np.mean(before))) - 1,
        p_value,
        p_value is not None and p_value < alpha,
        len(before),
        last.provider,
    )


def _p_value(before: np.ndarray, now: float, spread: float | None) -> float:
    """Two-sided, of a further value given the history; the history's spread is at least what one reading brings itself."""
    count = len(before)
    deviation = max(float(before.std(ddof=1)), FLOOR, spread or 0.0)
    t = abs(now - float(before.mean())) / (deviation * math.sqrt(1 + 1 / count))
    return student_tail(t, count - 1)


def student_tail(t: float, freedom: int) -> float:
    """Two-sided tail of Student's t by the regularised incomplete beta function (continued fraction, Lentz).

    >>> round(student_tail(2.776, 4), 3), round(student_tail(2.0, 30), 4)
    (0.05, 0.0546)
    """
    return _beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def _beta(x: float, a: float, b: float) -> float:
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny, c = 1e-300, 1.0
    d = 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 300):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + term * d or tiny)
            c = 1 + term / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return front * value


def outliers(readings: Iterable[Reading], alpha: float = ALPHA, seen: Seen = NOBODY) -> tuple[Outlier, ...]:
    """Devices unlike their sisters; a board needs at least four devices that share bundles.

    Args:
        readings: of one or more boards.
        alpha: probability of any false alarm in the whole list while all devices of each board are alike.
        seen: what the devices are now.
    """
    boards: dict[str, dict[tuple[Any, ...], dict[str, float]]] = {}
    names: dict[str, str] = {}
    for item in sorted(usable(readings, seen), key=lambda r: r.measured_at):
        rows = boards.setdefault(item.board, {})
        rows.setdefault((item.bundle, item.way), {})[item.device_id] = item.latency_ms.p50
        names[item.device_id] = item.target
    scored = {board: found for board, rows in boards.items() if (found := _scores(rows))}
    return tuple(
        sorted(
            (
                Outlier(board, names[device], ratio, score, count, chance)
                for board, devices in scored.items()
                for device, (ratio, score, count) in devices.items()
                if (chance := by_chance(abs(score), len(devices))) < alpha / len(scored)
            ),
            key=lambda o: -abs(o.score),
        )
    )


def by_chance(score: float, devices: int) -> float:
    """Probability that any of so many equal devices has a score as large.

    Beyond all that was drawn it falls with a power of the score: half of the devices must lie close together for it.
    """
    largest = _largest_scores(devices)
    share = float(len(largest) - np.searchsorted(largest, score) + 1) / (len(largest) + 1)
    return share * min(float(largest[-1]) / max(score, 1e-9), 1.0) ** max(devices // 2 - 1, 1)


@cache
def _largest_scores(devices: int) -> np.ndarray:
    """The largest score of each of many fleets of equal devices, sorted."""
    draw, parts = np.random.default_rng(devices), []
    for _ in range(10):
        values = draw.standard_normal((max(min(MOST_FLEETS, DRAWN // devices) // 10, 100), devices), dtype=np.float32)
        apart = np.abs(values - np.median(values, axis=1, keepdims=True))
        parts.append(apart.max(axis=1) / (1.4826 * np.median(apart, axis=1)))
    return np.sort(np.concatenate(parts))


def _scores(rows: dict[tuple[Any, ...], dict[str, float]]) -> dict[str, tuple[float, float, int]]:
    """Ratio to its sisters, score and number of rows of each device of a board; empty for too few devices."""
    ratios: dict[str, list[float]] = {}
    for devices in rows.values():
        if len(devices) < MIN_DEVICES:
            continue
        middle = float(np.median(np.log(list(devices.values()))))
        for target, p50 in devices.items():
            ratios.setdefault(target, []).append(math.log(p50) - middle)
    if len(ratios) < MIN_DEVICES:
        return {}
    own = {target: float(np.median(values)) for target, values in ratios.items()}
    centre = float(np.median(list(own.values())))
    spread = 1.4826 * float(np.median([abs(value - centre) for value in own.values()]))
    return {
        target: (math.exp(value - centre), (value - centre) / max(spread, FLOOR), len(ratios[target]))
        for target, value in own.items()
    }
