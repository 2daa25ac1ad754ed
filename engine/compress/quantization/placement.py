"""Latency-guided placement: which nodes pay as integers is decided by measuring, not by a rule.

Integer kernels lose on narrow layers and at the borders between float and integer. Starting from all-integer, nodes return
to float where the measured network gets faster: single layers, everything before a layer, everything after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...events import Emit, Eta, Progress, Stage
from ..technique import Timed

if TYPE_CHECKING:
    from onnx import ModelProto

HEAVY = {"Conv", "ConvTranspose", "Gemm", "MatMul"}
MIN_GAIN = 0.01

Build = Callable[[frozenset[str]], "ModelProto"]
"""The graph whose named nodes stay float."""

Time = Callable[[list["ModelProto"]], list[Timed]]


@dataclass(frozen=True)
class Placed:
    """The chosen nodes that stay float, what was measured, and in how many timings."""

    floating: frozenset[str]
    all_integer_ms: float
    chosen_ms: float
    timings: int


def segments(graph: ModelProto) -> list[frozenset[str]]:
    """The graph cut before each heavy node: a layer with what follows it until the next one."""
    found: list[set[str]] = []
    for node in graph.graph.node:
        if node.op_type in HEAVY or not found:
            found.append(set())
        found[-1].add(node.name)
    return [frozenset(item) for item in found]


def place(graph: ModelProto, build: Build, time: Time, *, max_timings: int, emit: Emit) -> Placed:
    """Search greedily for the fastest placement.

    Args:
        graph: the float graph.
        build: makes the graph of a placement.
        time: measures graphs interleaved on the target.
        max_timings: budget of measured graphs.
        emit: receives progress.
    """
    parts = segments(graph)
    current: frozenset[str] = frozenset()
    used, first_ms, best_ms = 0, 0.0, float("inf")
    eta = Eta(max_timings)
    for number in range(4):
        candidates = _candidates(parts, current, first=number == 0)[: max_timings - used - 1]
        if not candidates:
            break
        emit(Stage("placement", f"round {number + 1}, {len(candidates)} candidates measured on the target"))
        timed = time([build(item) for item in [current, *candidates]])
        used += len(timed)
        emit(Progress(used, max_timings, "timings", eta.at(used)))
        own = timed[0].p50_ms
        first_ms = own if number == 0 else first_ms
        fastest = min(range(len(candidates)), key=lambda i: timed[i + 1].p50_ms)
        gain = 1 - timed[fastest + 1].p50_ms / own
        if gain < MIN_GAIN:
            best_ms = own
            break
        current, best_ms = candidates[fastest], timed[fastest + 1].p50_ms
    return Placed(current, first_ms, best_ms, used)


def _candidates(parts: Sequence[frozenset[str]], current: frozenset[str], *, first: bool) -> list[frozenset[str]]:
    """Placements one move away: a prefix, a suffix, one layer; later rounds also take one layer back to integers."""
    found: list[frozenset[str]] = []

    def add(names: frozenset[str]) -> None:
        if names != current and names not in found:
            found.append(names)

    for i in range(1, len(parts) + 1):
        add(current | frozenset().union(*parts[:i]))
    for i in range(1, len(parts)):
        add(current | frozenset().union(*parts[i:]))
    for part in parts:
        add(current | part)
        if not first and part <= current:
            add(current - part)
    return found
