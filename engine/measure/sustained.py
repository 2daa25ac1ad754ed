"""Latency in the first minute against latency once the board is as warm as it gets: what a burst hides.

A plan that lasts minutes runs its models in turn, so all heat the board together; each model's first minute is compared with
its last part, and the models are ranked in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from device_agent.contract.messages import Block, MeasureResult, StopRule

FIRST_S = 60.0
PART = 0.2
"""The last fifth is the steady state, if it agrees with the fifth before."""
AGREES = 0.02


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
    return tuple(
        Sustained(
            length / 60e9,
            first,
            last,
            last / first - 1,
            abs(last / earlier - 1) < AGREES,
            1 + sum(other < first for other in firsts),
            1 + sum(other < last for other in lasts),
        )
        for first, last, earlier in zip(firsts, lasts, befores, strict=True)
    )


def _median(blocks: Sequence[Block], samples: np.ndarray) -> float:
    """Milliseconds; not a number where there is no block."""
    parts = [samples[b.first : b.first + b.count] for b in blocks]
    return float(np.median(np.concatenate(parts))) / 1e6 if parts else float("nan")
