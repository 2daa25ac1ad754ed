"""Geometry of a scatter plot with a Pareto front. No Qt in here.

The front of two objectives are the points that no other point beats in one of them without losing in the other
(weak dominance; of equal points all stay).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Pair = tuple[float, float]


@dataclass(frozen=True)
class Point:
    """A point with the intervals of its coordinates, where they are known."""

    id: str
    name: str
    x: float
    y: float
    x_interval: Pair | None = None
    y_interval: Pair | None = None
    front: bool = False


def front(values: Sequence[Pair], high_is_better: tuple[bool, bool]) -> list[bool]:
    """For each pair whether it is on the front."""
    signs = tuple(1.0 if high else -1.0 for high in high_is_better)
    scaled = [(x * signs[0], y * signs[1]) for x, y in values]
    order = sorted(range(len(scaled)), key=lambda i: (-scaled[i][0], -scaled[i][1]))
    on = [False] * len(scaled)
    best, best_x = float("-inf"), float("inf")
    for i in order:
        x, y = scaled[i]
        if y > best or (y == best and x == best_x):
            on[i] = True
            best, best_x = y, x
    return on


def view_range(values: Sequence[float]) -> Pair:
    """The range that shows all values with some air; never empty."""
    if not values:
        return (0.0, 1.0)
    low, high = min(values), max(values)
    air = 0.08 * (high - low) or 0.05 * abs(high) or 0.5
    return (low - air, high + air)


def staircase(points: Sequence[Point], high_is_better: tuple[bool, bool], x_range: Pair, y_range: Pair) -> list[Pair]:
    """Corners of the line along the front, from its one end to the border of the plot."""
    corners = sorted({(p.x, p.y) for p in points if p.front})
    if not corners:
        return []
    right_is_better, up_is_better = high_is_better
    # Between two neighbours the line keeps the y of the one that is worse in x, because nothing reaches the other yet.
    steps: list[Pair] = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        steps += [(x0, y1) if right_is_better else (x1, y0), (x1, y1)]
    worst_y = y_range[0] if up_is_better else y_range[1]
    if right_is_better:
        return [(x_range[0], steps[0][1]), *steps, (steps[-1][0], worst_y)]
    return [(steps[0][0], worst_y), *steps, (x_range[1], steps[-1][1])]


LETTER = 0.012
"""Width of a letter as a share of the plot's."""


def label_places(points: Sequence[Point], x_range: Pair, y_range: Pair) -> list[Point]:
    """Points whose names can be written without covering one another, in the order given."""
    width, height = x_range[1] - x_range[0], y_range[1] - y_range[0]
    placed: list[Point] = []
    for p in points:
        if all(
            abs(p.x - q.x) > max(0.14, LETTER * max(len(p.name), len(q.name))) * width or abs(p.y - q.y) > 0.06 * height
            for q in placed
        ):
            placed.append(p)
    return placed
