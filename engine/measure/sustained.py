"""Latency in the first minute against latency once the board is as warm as it gets: what a burst hides.

A plan that lasts minutes runs its models in turn, so all heat the board together; each model's first minute is compared with
its last part, and the models are ranked in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from device_agent.contract.messages import Block, MeasureResult, StopRule, Trace

FIRST_S = 60.0
PART = 0.2
"""The last fifth is the steady state, if it agrees with the fifth before."""
AGREES = 0.02
WARMING_C_PER_MIN = 0.5
"""A board that still gets warmer by so much a minute is not in its steady state, whatever its latency does."""
MIN_LOOKS = 10


@dataclass(frozen=True)
class Warmth:
    """Degrees Celsius nearest to the processor and MHz of its slowest cluster, as medians; None where no sensor tells."""

    start_c: float | None = None
    steady_c: float | None = None
    c_per_min: float | None = None
    start_mhz: float | None = None
    steady_mhz: float | None = None

    def to_json(self) -> Mapping[str, Any]:
        """Part of ``sustained`` of a reading."""
        return {
            "start_c": self.start_c,
            "steady_c": self.steady_c,
            "c_per_min": self.c_per_min,
            "start_mhz": self.start_mhz,
            "steady_mhz": self.steady_mhz,
        }


@dataclass(frozen=True)
class Sustained:
    """Medians in milliseconds; ``rank`` 1 is the quickest of the plan."""

    minutes: float
    first_ms: float
    last_ms: float
    change: float
    steady: bool
    rank_first: int
    rank_last: int
    warmth: Warmth | None = None

    def to_json(self) -> Mapping[str, Any]:
        """``sustained`` of a reading."""
        return {
            "minutes": self.minutes,
            "first_minute_ms": self.first_ms,
            "steady_ms": self.last_ms,
            "change": self.change,
            "steady": self.steady,
            "rank_first_minute": self.rank_first,
            "rank_steady": self.rank_last,
            **(self.warmth or Warmth()).to_json(),
        }


def rule(minutes: float, entries: int, min_n: int) -> StopRule:
    """The stop rule of a plan that lasts about so many minutes, whatever its intervals are.

    >>> rule(5, 2, 299).min_s
    150.0
    """
    each_s = minutes * 60.0 / entries
    return StopRule(min_n, each_s, each_s, half_width=1e9)


def sustained(result: MeasureResult, samples: Sequence[np.ndarray]) -> tuple[Sustained, ...] | None:
    """Compare the beginning of a long run with its end, for each entry of the plan.

    Args:
        result: a checked answer.
        samples: int64 ``[n]`` of each entry, nanoseconds.

    Returns:
        None where a model ran in one of these parts not at all.
    """
    start = min(block.start_ns for block in result.blocks)
    end = max(block.start_ns + block.wall_ns for block in result.blocks)
    length = end - start
    early_end = start + min(FIRST_S * 1e9, PART * length)
    late, before = end - PART * length, end - 2 * PART * length

    def median(index: int, low: float, high: float) -> float:
        inside = [b for b in result.blocks if b.entry == index and low <= b.start_ns < high]
        return _median(inside, samples[index])

    firsts = [median(index, start, early_end) for index in range(len(samples))]
    lasts = [median(index, late, end) for index in range(len(samples))]
    befores = [median(index, before, late) for index in range(len(samples))]
    if np.isnan([*firsts, *lasts, *befores]).any():
        return None
    warm = warmth_of(result.warmth, start, early_end, before, late, end)
    warming = warm.c_per_min is not None and abs(warm.c_per_min) >= WARMING_C_PER_MIN
    return tuple(
        Sustained(
            length / 60e9,
            first,
            last,
            last / first - 1,
            abs(last / earlier - 1) < AGREES and not warming,
            1 + sum(other < first for other in firsts),
            1 + sum(other < last for other in lasts),
            warm,
        )
        for first, last, earlier in zip(firsts, lasts, befores, strict=True)
    )


def warmth_of(
    traces: Sequence[Trace], start: float, early_end: float, before: float, late: float, end: float
) -> Warmth:
    """What the board's sensors told of the first part, of the last, and how fast it still got warmer towards the end.

    Args:
        traces: of temperature (C) and clocks (MHz).
        start, early_end: of the first part, nanoseconds on the board's clock.
        before, late, end: where the last but one part begins, and the last one; the end of all.
    """
    degrees = [_series(item) for item in traces if item.unit == "C"]
    clocks = [_series(item) for item in traces if item.unit == "MHz"]

    def middle(series: tuple[np.ndarray, np.ndarray], low: float, high: float) -> float | None:
        inside = series[1][(series[0] >= low) & (series[0] <= high)]
        return float(np.median(inside)) if len(inside) else None

    def slowest(low: float, high: float) -> float | None:
        return min((found for item in clocks if (found := middle(item, low, high)) is not None), default=None)

    mhz = slowest(start, early_end), slowest(late, end)
    if not degrees:
        return Warmth(start_mhz=mhz[0], steady_mhz=mhz[1])
    times, values = degrees[0]
    inside = (times >= before) & (times <= end)
    slope = None
    if inside.sum() >= MIN_LOOKS:
        slope = float(np.polyfit((times[inside] - before) / 60e9, values[inside], 1)[0])
    return Warmth(middle(degrees[0], start, early_end), middle(degrees[0], late, end), slope, *mhz)


def _series(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """Times and values of a trace; nothing of one that cannot be."""
    times, values = np.array(trace.t_ns, dtype=np.float64), np.array(trace.values, dtype=np.float64)
    if len(times) != len(values) or not np.isfinite(values).all():
        return np.empty(0), np.empty(0)
    return times, values


def _median(blocks: Sequence[Block], samples: np.ndarray) -> float:
    """Milliseconds; not a number where there is no block."""
    parts = [samples[b.first : b.first + b.count] for b in blocks]
    return float(np.median(np.concatenate(parts))) / 1e6 if parts else float("nan")
