"""Latency-guided placement: which nodes pay as integers is decided by measuring, not by a rule.

Integer kernels lose on narrow layers and at the borders between float and integer. Starting from all-integer, nodes return
to float where the measured network gets faster: single layers, everything before a layer, everything after it. Later
rounds only try what the first one showed to be promising, and single nodes at the borders between float and integer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ...events import Emit, Eta, Progress, Stage
from ..technique import Timed

if TYPE_CHECKING:
    from onnx import ModelProto

HEAVY = {"Conv", "ConvTranspose", "Gemm", "MatMul"}
MIN_GAIN = 0.01
MAX_ROUNDS = 8

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
    """Search greedily for the fastest placement.

    Args:
        graph: the float graph.
        build: makes the graph of a placement.
        time: measures graphs interleaved on the target.
        max_timings: budget of measured graphs.
        emit: receives progress.
    """
    parts = segments(graph)
    order = [node.name for node in graph.graph.node]
    current: Names = frozenset()
    gains: dict[Names, float] = {}
    tried: set[Names] = set()
    used, first_ms, best_ms, kept = 0, 0.0, float("inf"), 1.0
    eta = Eta(max_timings)
    for number in range(MAX_ROUNDS):
        moves = _first_moves(parts) if number == 0 else _later_moves(parts, order, current, gains)
        left = max(0, max_timings - used - 1)
        candidates = [item for item in moves if item != current and item not in tried][:left]
        if not candidates:
            break
        emit(Stage("placement", f"round {number + 1}, {len(candidates)} candidates measured on the target"))
        timed = time([build(item) for item in [current, *candidates]])
        used += len(timed)
        emit(Progress(used, max_timings, "timings", eta.at(used)))
        own = timed[0].p50_ms
        if number == 0:
            first_ms = own
        # The machine may be slower in one round than in another: what counts is the gain within each.
        best_ms = first_ms * kept
        tried |= {*candidates, current}
        for candidate, item in zip(candidates, timed[1:], strict=True):
            gains.setdefault(candidate ^ current, 1 - item.p50_ms / own)
        fastest = min(range(len(candidates)), key=lambda i: timed[i + 1].p50_ms)
        if 1 - timed[fastest + 1].p50_ms / own < MIN_GAIN:
            break
        kept *= timed[fastest + 1].p50_ms / own
        current, best_ms = candidates[fastest], first_ms * kept
    return Placed(current, first_ms, best_ms, used)


def _first_moves(parts: Sequence[Names]) -> list[Names]:
    """Every prefix, every suffix, every layer."""
    nothing: Names = frozenset()
    prefixes = [nothing.union(*parts[:i]) for i in range(1, len(parts) + 1)]
    suffixes = [nothing.union(*parts[i:]) for i in range(1, len(parts))]
    return list(dict.fromkeys([*prefixes, *suffixes, *parts]))


def _later_moves(
    parts: Sequence[Names], order: Sequence[str], current: Names, gains: dict[Names, float]
) -> list[Names]:
    """Most promising first: more layers that gained or were never tried alone, then layers and nodes at the borders.

    A layer that made the network slower alone is tried again only beside one that is float already: there its
    return saves a conversion.
    """
    whole = [part <= current for part in parts]
    beside = [any(whole[max(0, i - 1) : i + 2]) for i in range(len(parts))]
    more = [
        (gains.get(part, 0.0), current | part)
        for i, part in enumerate(parts)
        if not whole[i] and (beside[i] or gains.get(part, 0.0) > 0)
    ]
    moves = [item for _, item in sorted(more, key=lambda pair: -pair[0])]
    for i, part in enumerate(parts):
        inside = 0 < i < len(parts) - 1 and whole[i - 1] and whole[i + 1]
        if whole[i] and (not inside or gains.get(part, 0.0) < 0):
            moves.append(current - part)
    for before, after in pairwise(order):
        if (before in current) != (after in current):
            moves += [current ^ {before}, current ^ {after}]
    return list(dict.fromkeys(moves))
