"""Latency-guided placement: which layers pay as integers is decided by measuring, not by a rule.

Integer kernels lose on narrow layers and at the borders between float and integer. The network is measured with everything
before a layer in float, and with everything after it: both together tell what each layer and each border costs
(:mod:`.placement_model`). What that model holds for fastest is measured, the model learns from it, and the best few are
measured once more beside all-integer and all-float, so that no lucky timing decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ...events import Emit, Eta, Progress, Stage
from ..technique import Timed
from .placement_model import Floats, fastest, fit

if TYPE_CHECKING:
    from onnx import ModelProto

HEAVY = {"Conv", "ConvTranspose", "Gemm", "MatMul"}
MIN_GAIN = 0.01
FINALISTS = 3
GUESSES = 4
"""Placements the model proposes a round."""

Names = frozenset[str]
Build = Callable[[Names], "ModelProto"]
"""The graph whose named nodes stay float."""

Time = Callable[[list["ModelProto"]], list[Timed]]


@dataclass(frozen=True)
class Placed:
    """The chosen nodes that stay float, what was measured, and in how many timings."""

    floating: Names
    all_integer_ms: float
    chosen_ms: float
    timings: int


def segments(graph: ModelProto) -> list[Names]:
    """The graph cut before each heavy node: a layer with what follows it until the next one."""
    found: list[set[str]] = []
    for node in graph.graph.node:
        if node.op_type in HEAVY or not found:
            found.append(set())
        found[-1].add(node.name)
    return [frozenset(item) for item in found]


def place(graph: ModelProto, build: Build, time: Time, *, max_timings: int, emit: Emit) -> Placed:
    """Search for the fastest placement.

    Args:
        graph: the float graph.
        build: makes the graph of a placement.
        time: measures graphs interleaved on the target.
        max_timings: budget of measured graphs; at least 2, all-integer and all-float, are measured.
        emit: receives progress.
    """
    return _Search(graph, build, time, max(2, max_timings), emit).run()


class _Search:
    """What was measured so far, relative to all-integer in the same call: a machine may be slower in the next one."""

    def __init__(self, graph: ModelProto, build: Build, time: Time, budget: int, emit: Emit) -> None:
        self._order = [node.name for node in graph.graph.node]
        self._parts = _grouped(segments(graph), max(1, budget // 2))
        self._build, self._time, self._budget, self._emit = build, time, budget, emit
        self._eta, self._used = Eta(budget), 0
        self._none: Names = frozenset()
        self._all: Names = self._none.union(*self._parts)
        self._ratio: dict[Names, float] = {self._none: 1.0}

    def run(self) -> Placed:
        """First the prefixes and suffixes, then what the model proposes, then the final."""
        spare = min(FINALISTS + 2, self._budget // 3)  # for the final
        self._measure(self._first(), spare, "what each layer costs as integers and as floats")
        best = self._best()
        while self._measure(self._next(best), spare, "the most promising placements"):
            before, best = best, self._best()
            if best == before:
                break
        return self._final()

    def _first(self) -> list[Names]:
        parts, count = self._parts, len(self._parts)
        prefixes = [self._none.union(*parts[:i]) for i in range(1, count)]
        suffixes = [self._none.union(*parts[i:]) for i in range(1, count)]
        return [self._all, *prefixes, *suffixes[::2], *suffixes[1::2]]

    def _next(self, best: Names) -> list[Names]:
        """What the model holds for faster than the best that was measured, then single nodes at the borders of it."""
        seen = [(shape, ratio) for names, ratio in self._ratio.items() if (shape := self._shape(names)) is not None]
        model = fit(seen, len(self._parts))
        guesses = [
            self._none.union(*(part for part, floats in zip(self._parts, shape, strict=True) if floats))
            for shape, ratio in fastest(model, GUESSES + len(seen))
            if ratio < self._ratio[best] * (1 - MIN_GAIN / 2)
        ]
        new = [names for names in guesses if names not in self._ratio][:GUESSES]
        for before, after in pairwise(self._order):
            if (before in best) != (after in best):
                new += [best ^ {before}, best ^ {after}]
        return new

    def _shape(self, names: Names) -> Floats | None:
        """Which parts are float; None where a part is divided."""
        shape = tuple(part <= names for part in self._parts)
        whole = sum(len(part) for part, floats in zip(self._parts, shape, strict=True) if floats)
        return shape if whole == len(names) else None

    def _best(self) -> Names:
        return min(self._ratio, key=lambda names: self._ratio[names])

    def _measure(self, wanted: Sequence[Names], spare: int, what: str) -> bool:
        """Measure what was not measured yet, as far as the budget goes; False where there is nothing to do."""
        left = max(0, self._budget - self._used - 1 - spare)
        new = [names for names in dict.fromkeys(wanted) if names not in self._ratio][:left]
        if new:
            timed = self._timed([self._none, *new], what)
            self._ratio |= {names: item / timed[0] for names, item in zip(new, timed[1:], strict=True)}
        return bool(new)

    def _timed(self, placements: Sequence[Names], what: str) -> list[float]:
        self._emit(Stage("placement", f"{what}: {len(placements)} measured on the target"))
        timed = self._time([self._build(names) for names in placements])
        self._used += len(timed)
        self._emit(Progress(self._used, self._budget, "timings", self._eta.at(self._used)))
        return [item.p50_ms for item in timed]

    def _final(self) -> Placed:
        """The best few beside all-integer and all-float; integers win a tie, they are smaller."""
        room = max(2, self._budget - self._used)
        ranked = sorted(self._ratio, key=lambda names: self._ratio[names])[:FINALISTS]
        entered = list(dict.fromkeys([self._none, self._all, *ranked]))[:room]
        times = self._timed(entered, "the best beside all-integer and all-float")
        fast = min(range(len(entered)), key=lambda i: times[i])
        if times[fast] > times[0] * (1 - MIN_GAIN):
            fast = 0
        return Placed(entered[fast], times[0], times[fast], self._used)


def _grouped(parts: list[Names], most: int) -> list[Names]:
    """Neighbours joined until at most ``most`` groups are left: a long network is searched in larger steps."""
    if len(parts) <= most:
        return parts
    edges = [round(i * len(parts) / most) for i in range(most + 1)]
    return [frozenset[str]().union(*parts[start:end]) for start, end in pairwise(edges)]
