"""The fewest variants that meet every board's limits, and which board gets which (minimum set cover).

Up to 20 variants the answer is exact (all subsets by size); beyond that greedy, which is said. Among covers of the same size the
one with the smallest sum of latencies wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

EXACT = 20


@dataclass(frozen=True)
class Cover:
    """``assigned`` maps each board to its fastest chosen variant; boards that no variant suits are ``left_out``."""

    chosen: tuple[str, ...]
    assigned: Mapping[str, str]
    left_out: tuple[str, ...]
    exact: bool

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "chosen": list(self.chosen),
            "assigned": dict(self.assigned),
            "left_out": list(self.left_out),
            "exact": self.exact,
        }


def cover(fits: Mapping[str, Mapping[str, float]]) -> Cover:
    """Choose variants.

    Args:
        fits: for each board the variants that meet its limits, with their latency in ms.

    >>> cover({"pi4": {"a": 9.0, "b": 7.0}, "pi5": {"b": 3.0, "c": 1.0}}).assigned
    {'pi4': 'b', 'pi5': 'b'}
    """
    boards = {board: dict(options) for board, options in fits.items() if options}
    left_out = tuple(sorted(board for board, options in fits.items() if not options))
    variants = sorted({name for options in boards.values() for name in options})
    exact = len(variants) <= EXACT
    chosen = _exact(boards, variants) if exact else _greedy(boards, variants)
    assigned = {
        board: min((name for name in chosen if name in options), key=lambda name: (options[name], name))
        for board, options in boards.items()
    }
    return Cover(tuple(chosen), assigned, left_out, exact)


def _exact(boards: Mapping[str, Mapping[str, float]], variants: list[str]) -> tuple[str, ...]:
    for size in range(len(variants) + 1):
        whole = [
            subset
            for subset in combinations(variants, size)
            if all(any(name in options for name in subset) for options in boards.values())
        ]
        if whole:
            return min(whole, key=lambda subset: (_cost(boards, subset), subset))
    return ()


def _greedy(boards: Mapping[str, Mapping[str, float]], variants: list[str]) -> tuple[str, ...]:
    chosen: list[str] = []
    open_ = dict(boards)
    while open_:
        best = max(variants, key=lambda name: (sum(name in o for o in open_.values()), -_cost(boards, (*chosen, name))))
        chosen.append(best)
        open_ = {board: options for board, options in open_.items() if best not in options}
    return tuple(sorted(chosen))


def _cost(boards: Mapping[str, Mapping[str, float]], subset: tuple[str, ...]) -> float:
    return sum(min((o[name] for name in subset if name in o), default=0.0) for o in boards.values())
