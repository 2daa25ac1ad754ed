"""How fast the models of other slots ran while a plan was measured, and how much slower than when only they ran.

Every few rounds the board waits a moment in which nothing but the neighbours runs. What a neighbour did between two such
moments, within the blocks of a measured model, is set against what it did in both of them, so that a machine that becomes
slower or busier does not count; the median of these ratios is the slowdown, with the interval of a median. A run that lies over
the edge of such a time counts for neither side: how fast it was on which of them nobody knows. Runs a second are compared
because a model that has to wait for the processor now and then has the median of one that never does; the medians stand beside.
One process of the neighbour made all runs, so that processes do not differ here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from device_agent.contract.messages import Block, MeasurePlan, MeasureResult
from profiles.columns import figure

from ..errors import RejectedError
from .statistics import median_interval
from .trust import covers

LEAST_RUNS = 6
"""Fewer carry no interval."""
NEXT_TO_NOTHING = 0.05
"""Of a block: in so much time between two of them a neighbour that runs alone makes no difference."""


def check_neighbours(plan: MeasurePlan, result: MeasureResult, samples: Sequence[np.ndarray]) -> None:
    """Refuse what a board tells of neighbours that the plan does not have, or that does not fit together.

    Raises:
        RejectedError: names what does not fit.
    """
    if not result.neighbours and not result.alone_ns:
        return  # not asked for, or an older agent
    if [item.slot for item in result.neighbours] != list(plan.beside):
        raise RejectedError(
            "other-result", "the answer tells of other models beside than the plan has", "measure again"
        )
    for item, values in zip(result.neighbours, samples, strict=True):
        ordered = all(b.start_ns >= a.start_ns + a.wall_ns for a, b in pairwise(item.blocks))
        if (values <= 0).any() or not ordered or not covers(item.blocks, len(values)):
            raise RejectedError(
                "time-disorder", f"the runs of {item.slot} do not fit together in time", "measure again"
            )


def neighbours(result: MeasureResult, index: int, samples: Sequence[np.ndarray]) -> tuple[dict[str, Any], ...]:
    """What each neighbour did beside one entry, as a reading has it; None where it made too few runs to tell.

    Args:
        result: of the board.
        index: of the entry.
        samples: of the neighbours, in nanoseconds.
    """
    alone = list(zip(result.alone_ns[::2], result.alone_ns[1::2], strict=False))
    own = [(b.start_ns, b.start_ns + b.wall_ns) for b in result.blocks if b.entry == index]
    spans = [_joined([span for span in own if a[1] <= span[0] and span[1] <= b[0]]) for a, b in pairwise(alone)]
    found = []
    for item, values in zip(result.neighbours, samples, strict=True):
        begins = starts(item.blocks, values)
        without = [_did(begins, values, [window]) for window in alone]
        beside = [_did(begins, values, span) for span in spans]
        p50, ci95 = _median_ms(beside)
        alone_p50, alone_ci95 = _median_ms(without)
        slowdown, slowdown_ci95 = _middle(
            math.sqrt(a.rate * b.rate) / one.rate
            for one, a, b in zip(beside, without, without[1:], strict=False)
            if min(one.rate, a.rate, b.rate) > 0
        )
        longer, longer_ci95 = _middle(
            float(np.median(one.runs)) / math.sqrt(float(np.median(a.runs)) * float(np.median(b.runs)))
            for one, a, b in zip(beside, without, without[1:], strict=False)
            if min(map(len, (one.runs, a.runs, b.runs))) > 0
        )
        found.append(
            {
                "slot": item.slot,
                "runs_per_s": _together(beside),
                "alone_runs_per_s": _together(without),
                "slowdown": slowdown,
                "ci95": slowdown_ci95,
                "p50_ms": p50,
                "ci95_p50": ci95,
                "n": sum(len(one.runs) for one in beside),
                "alone_p50_ms": alone_p50,
                "alone_ci95_p50": alone_ci95,
                "alone_n": sum(len(one.runs) for one in without),
                "p50_ratio": longer,
                "p50_ratio_ci95": longer_ci95,
            }
        )
    return tuple(found)


@dataclass(frozen=True)
class _Did:
    """What a neighbour did in some time: the runs that lie in it as a whole, and the seconds they took with what is between."""

    runs: np.ndarray
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.runs) / self.seconds if self.seconds > 0 else 0.0


def _did(begins: np.ndarray, samples: np.ndarray, times: Sequence[tuple[int, int]]) -> _Did:
    """In times that follow one another. How a run over an edge was split between the two sides nobody knows: it is left out."""
    runs, taken_ns = [samples[:0]], 0.0
    for begin, end in times:
        first, last = np.searchsorted(begins, [begin, end])
        while last > first and begins[last - 1] + samples[last - 1] > end:
            last -= 1
        if last > first:
            runs.append(samples[first:last])
            taken_ns += float(begins[last - 1] + samples[last - 1] - begins[first])
    return _Did(np.concatenate(runs), taken_ns / 1e9)


def _joined(times: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Times with next to nothing between them become one: of several models each block stays alone."""
    found: list[tuple[int, int]] = []
    for begin, end in times:
        if found and begin - found[-1][1] <= NEXT_TO_NOTHING * (end - begin):
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _together(parts: Sequence[_Did]) -> float | None:
    seconds = sum(part.seconds for part in parts)
    return sum(len(part.runs) for part in parts) / seconds if seconds > 0 else None


def _middle(ratios: Iterable[float]) -> tuple[float | None, list[float] | None]:
    """Median of ratios that were taken one after another, with its 95 % interval; None of too few."""
    values = np.array(list(ratios))
    return (float(np.median(values)), list(median_interval(values))) if len(values) >= LEAST_RUNS else (None, None)


def starts(blocks: Sequence[Block], samples: np.ndarray) -> np.ndarray:
    """When each run began, in nanoseconds: the time around the runs of a block is spread evenly between them."""
    parts = []
    for block in blocks:
        own = samples[block.first : block.first + block.count]
        gap = max(block.wall_ns - int(own.sum()), 0) / max(len(own), 1)
        parts.append(block.start_ns + np.concatenate([[0.0], np.cumsum(own + gap)[:-1]]))
    return np.concatenate(parts) if parts else np.zeros(0)


def _median_ms(parts: Sequence[_Did]) -> tuple[float | None, list[float] | None]:
    middle, interval = _middle(np.concatenate([part.runs for part in parts]) / 1e6 if parts else ())
    return middle, interval


def neighbour_words(item: Mapping[str, Any], name: str) -> str:
    """What a person reads of one neighbour.

    Args:
        item: of a reading's ``neighbours``.
        name: of the model that was measured.
    """
    if item["slowdown"] is None:
        return f"{item['slot']} made too few runs beside {name} to tell how fast it was ({item['n']})"
    slower = _times(item["slowdown"], item["ci95"])
    runs, alone = figure(item["runs_per_s"]), figure(item["alone_runs_per_s"])
    rate = f"{runs} runs a second instead of {alone} without it, {slower} slower"
    told = f"{item['slot']} beside {name}: {rate}"
    if item["p50_ratio"] is None:
        return told
    took = f"{figure(item['p50_ms'], 4)} ms instead of {figure(item['alone_p50_ms'], 4)} ms"
    return f"{told}; p50 {took}, {_times(item['p50_ratio'], item['p50_ratio_ci95'])}"


def _times(value: float, ci95: Sequence[float]) -> str:
    return f"{value:.2f}x [{ci95[0]:.2f}, {ci95[1]:.2f}]"
