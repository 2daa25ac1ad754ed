"""The score of a front of variants: how much of the space of small losses, high speed and small files it covers."""

from collections.abc import Sequence
from itertools import pairwise
from math import log2

LOSS_POINTS, SPEED_DOUBLINGS, SIZE_DOUBLINGS = 5.0, 4.0, 6.0


def hypervolume(points: Sequence[tuple[float, float, float]]) -> float:
    """Volume that ``(loss in points, speed-up, size factor)`` dominate, of the cube to 0 points lost, 16x, 64x.

    Axes: ``1 - loss / 5``, ``log2(speed-up) / 4``, ``log2(size factor) / 6``, cut to 0..1; the reference is 5 points, 1x, 1x.
    """
    cubes = [
        (
            _cut(1 - loss / LOSS_POINTS),
            _cut(log2(max(speed, 1e-9)) / SPEED_DOUBLINGS),
            _cut(log2(size) / SIZE_DOUBLINGS),
        )
        for loss, speed, size in points
    ]
    levels = sorted({0.0, *(cube[0] for cube in cubes)})
    return sum((high - low) * _area([cube[1:] for cube in cubes if cube[0] >= high]) for low, high in pairwise(levels))


def _area(rectangles: Sequence[tuple[float, float]]) -> float:
    area = reach = 0.0
    for width, height in sorted(rectangles, reverse=True):
        if height > reach:
            area += width * (height - reach)
            reach = height
    return area


def _cut(value: float) -> float:
    return min(max(value, 0.0), 1.0)
