"""How fast the models of other slots ran while a plan was measured, and how much slower than when only they ran.

Before and after its rounds the board waits a while in which nothing but the neighbours runs. Runs of a neighbour that lie within
these times are its speed alone; runs of which at least half lies within the blocks of a measured model are its speed beside it.
One process of the neighbour made both, so that processes do not differ here.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from device_agent.contract.messages import Block, MeasurePlan, MeasureResult

from ..errors import RejectedError
from .statistics import median_interval
from .trust import covers

LEAST_RUNS = 6
"""Fewer carry no interval."""


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
    """What each neighbour did beside one entry, as a reading has it; times in ms, None where it made too few runs.

    Args:
        result: of the board.
        index: of the entry.
        samples: of the neighbours, in nanoseconds.
    """
    alone = [(a, b) for a, b in zip(result.alone_ns[::2], result.alone_ns[1::2], strict=False) if b > a]
    own = [(b.start_ns, b.start_ns + b.wall_ns) for b in result.blocks if b.entry == index]
    found = []
    for item, values in zip(result.neighbours, samples, strict=True):
        begins = starts(item.blocks, values)
        before, beside = (values[_within(begins, values, times)] for times in (alone, own))
        p50, ci95 = _median_ms(beside)
        alone_p50, alone_ci95 = _median_ms(before)
        slowdown = None if p50 is None or alone_p50 is None else p50 / alone_p50
        found.append(
            {
                "slot": item.slot,
                "p50_ms": p50,
                "ci95_p50": ci95,
                "n": len(beside),
                "alone_p50_ms": alone_p50,
                "alone_ci95_p50": alone_ci95,
                "alone_n": len(before),
                "slowdown": slowdown,
                "ci95": None if slowdown is None else _interval(slowdown, (p50, ci95), (alone_p50, alone_ci95)),
            }
        )
    return tuple(found)


def starts(blocks: Sequence[Block], samples: np.ndarray) -> np.ndarray:
    """When each run began, in nanoseconds: the time around the runs of a block is spread evenly between them."""
    parts = []
    for block in blocks:
        own = samples[block.first : block.first + block.count]
        gap = max(block.wall_ns - int(own.sum()), 0) / max(len(own), 1)
        parts.append(block.start_ns + np.concatenate([[0.0], np.cumsum(own + gap)[:-1]]))
    return np.concatenate(parts) if parts else np.zeros(0)


def _within(begins: np.ndarray, samples: np.ndarray, times: Sequence[tuple[int, int]]) -> np.ndarray:
    """Which runs lie for at least half within some times, which follow one another."""
    if not times:
        return np.zeros(len(samples), dtype=bool)
    edges = np.array(times, dtype=float)
    passed = np.concatenate([[0.0], np.cumsum(edges[:, 1] - edges[:, 0])])
    points, amounts = edges.ravel(), np.repeat(passed, 2)[1:-1]
    overlap = np.interp(begins + samples, points, amounts) - np.interp(begins, points, amounts)
    return np.asarray(overlap >= samples / 2)


def _median_ms(samples: np.ndarray) -> tuple[float | None, list[float] | None]:
    if len(samples) < LEAST_RUNS:
        return None, None
    low, high = median_interval(samples)
    return float(np.median(samples)) / 1e6, [low / 1e6, high / 1e6]


def _interval(ratio: float, one: tuple[Any, Any], other: tuple[Any, Any]) -> list[float]:
    """95 % interval of a ratio of two medians that were taken one after another."""
    (top, (low, high)), (bottom, (least, most)) = one, other
    down = math.hypot(math.log(top / low), math.log(most / bottom))
    up = math.hypot(math.log(high / top), math.log(bottom / least))
    return [ratio * math.exp(-down), ratio * math.exp(up)]


def neighbour_words(item: Mapping[str, Any], name: str) -> str:
    """What a person reads of one neighbour.

    Args:
        item: of a reading's ``neighbours``.
        name: of the model that was measured.
    """
    if item["p50_ms"] is None:
        return f"{item['slot']} made too few runs beside {name} to tell its time ({item['n']})"
    took = f"{item['slot']} beside {name}: p50 {_ms(item['p50_ms'], item['ci95_p50'])} of {item['n']:,} runs"
    if item["slowdown"] is None:
        return f"{took}; alone it made too few runs to tell ({item['alone_n']})"
    low, high = item["ci95"]
    before = f"{_ms(item['alone_p50_ms'], item['alone_ci95_p50'])} without it"
    return f"{took}, {item['slowdown']:.2f}x [{low:.2f}, {high:.2f}] the {before}"


def _ms(value: float, ci95: Sequence[float]) -> str:
    return f"{value:.4g} ms [{ci95[0]:.4g}, {ci95[1]:.4g}]"
