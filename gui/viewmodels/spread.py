"""How the latencies of a reading are spread: its histogram as bars on a scale, its percentiles, and all of it in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log, log10
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording

PERCENTILES = ("p50", "p90", "p99")
GAP = 0.5
"""Bars between the body and the slow tail, which has a scale of its own."""
TAIL = 1.6
"""Bars the tail is wide."""
WIDER = 1.5
"""A last bar that is so much wider than the first holds whatever was slower."""
TICKS, RUN_TICKS = 5, 4
DECADE = 3.0
"""A body from ``low`` to so many times of it is ticked at 1, 2, 5, 10 ... instead of in equal steps."""


@dataclass(frozen=True)
class Spread:
    """Runs by their latency. One bar is one unit of the plot's x axis; see :meth:`place`.

    Args:
        edges_ms: ascending, one more than ``counts``; the bars of the body are equally wide on a log scale.
        counts: runs in each bar.
        percentiles_ms: those that are known.
    """

    edges_ms: tuple[float, ...]
    counts: tuple[int, ...]
    percentiles_ms: Mapping[str, float]

    @property
    def runs(self) -> int:
        """How many there are."""
        return sum(self.counts)

    @property
    def has_tail(self) -> bool:
        """Whether the last bar is wider than the others: it holds whatever was slower."""
        if len(self.counts) < 2:
            return False
        return log(self.edges_ms[-1] / self.edges_ms[-2]) > WIDER * self._step

    @property
    def body(self) -> int:
        """How many bars of equal width there are."""
        return len(self.counts) - self.has_tail

    @property
    def _step(self) -> float:
        return log(self.edges_ms[1] / self.edges_ms[0])

    def place(self, ms: float) -> float:
        """Where a latency stands; what is beyond either end stands there."""
        low, end, high = self.edges_ms[0], self.edges_ms[self.body], self.edges_ms[-1]
        ms = min(max(ms, low), high)
        if ms <= end:
            return log(ms / low) / self._step
        return log(end / low) / self._step + GAP + TAIL * log(ms / end) / log(high / end)

    @property
    def width(self) -> float:
        """Where the slowest run stands."""
        return self.place(self.edges_ms[-1])

    def bars(self) -> list[tuple[float, float, int]]:
        """Left, right and runs of each bar."""
        found = [
            (self.place(low), self.place(high), runs)
            for (low, high), runs in zip(pairwise(self.edges_ms[: self.body + 1]), self.counts, strict=False)
        ]
        if self.has_tail:
            found.append((self.width - TAIL, self.width, self.counts[-1]))
        return found

    def ticks(self) -> list[tuple[float, str]]:
        """Round latencies with their words; of the tail only its end."""
        low, end = self.edges_ms[0], self.edges_ms[self.body]
        known = _round_values(low, end)
        if self.has_tail:
            known.append(self.edges_ms[-1])
        return [(self.place(value), f"{value:.3g}") for value in known]

    def run_ticks(self) -> list[tuple[float, str]]:
        """Round counts up to the highest bar with their words."""
        step = _round_step(max(max(self.counts) / RUN_TICKS, 1.0))
        return [(step * n, wording.count(round(step * n))) for n in range(floor(max(self.counts) / step) + 1)]

    @property
    def words(self) -> str:
        """The same without a picture."""
        ends = QCoreApplication.translate("Spread", "{0} runs from {1} to {2}").format(
            wording.count(self.runs), wording.milliseconds(self.edges_ms[0]), wording.milliseconds(self.edges_ms[-1])
        )
        told = [ends, *(f"{name} {wording.milliseconds(value)}" for name, value in self.percentiles_ms.items())]
        if self.has_tail:
            slower = QCoreApplication.translate("Spread", "{0} slower than {1}")
            told.append(slower.format(wording.count(self.counts[-1]), wording.milliseconds(self.edges_ms[-2])))
        return " · ".join(told)


def read_spread(reading: Mapping[str, Any]) -> Spread | None:
    """Of a reading; None where it keeps no histogram, or one that is none."""
    kept = documents.object_(reading.get("histogram"))
    edges, counts = (_numbers(kept.get(name)) for name in ("edges_ms", "counts"))
    rising = all(low < high for low, high in pairwise(edges))
    if not counts or len(edges) != len(counts) + 1 or edges[0] <= 0 or not rising or min(counts) < 0 or not any(counts):
        return None
    latency = documents.object_(reading.get("latency_ms"))
    known = {name: value for name in PERCENTILES if (value := documents.number(latency.get(name))) is not None}
    return Spread(edges, tuple(map(int, counts)), known)


def _numbers(value: object) -> tuple[float, ...]:
    known = [documents.number(item) for item in value] if isinstance(value, list) else []
    return tuple(item for item in known if item is not None) if None not in known else ()


def _round_values(low: float, high: float) -> list[float]:
    """Round values from ``low`` to ``high``, both above 0."""
    if high > DECADE * low:
        decades = range(floor(log10(low)), ceil(log10(high)) + 1)
        wanted = [digit * 10.0**power for power in decades for digit in (1, 2, 5)]
        return [value for value in wanted if low <= value <= high]
    step = _round_step((high - low) / TICKS)
    return [step * n for n in range(ceil(low / step), floor(high / step) + 1)]


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, at least this much."""
    power = 10.0 ** floor(log10(least))
    return power * next(digit for digit in (1, 2, 5, 10) if digit * power >= least)
