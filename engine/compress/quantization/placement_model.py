"""What a placement costs, learnt from measured ones: a price for each layer in float and for each border.

``ratio(placement) = 1 + sum of prices of its float layers + sum of prices of its borders``, all relative to the
all-integer network. The time of a prefix and that of the suffix after it differ by twice the prices of the layers, and
add up to twice the price of the border between them, so that both kinds of measurement determine every price.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Floats = tuple[bool, ...]
"""For each layer, in the order of the graph: does it stay float?"""

COMMON_BORDER = 0.2
"""How strongly borders that were not measured are held to cost what the others do."""


@dataclass(frozen=True)
class CostModel:
    """Prices relative to the all-integer network: of layer i in float, and of a border between layers i and i + 1."""

    layers: np.ndarray
    borders: np.ndarray

    def ratio(self, floats: Floats) -> float:
        """Predicted time over that of the all-integer network."""
        changed = np.array([a != b for a, b in pairwise(floats)], bool)
        return float(1 + self.layers[np.array(floats, bool)].sum() + self.borders[changed].sum())


def fit(seen: Sequence[tuple[Floats, float]], count: int) -> CostModel:
    """Least squares over measured placements ``(which layers are float, time over all-integer)`` of ``count`` layers."""
    rows, values = [], []
    for floats, ratio in seen:
        borders = [float(a != b) for a, b in pairwise(floats)]
        rows.append([*map(float, floats), *borders, sum(borders)])
        values.append(ratio - 1)
    for i in range(count - 1):  # the last unknown is what borders cost in common; these are the deviations from it
        rows.append([*[0.0] * count, *(COMMON_BORDER * float(i == j) for j in range(count - 1)), 0.0])
        values.append(0.0)
    found = np.linalg.lstsq(np.array(rows), np.array(values), rcond=None)[0]
    return CostModel(found[:count], found[count : 2 * count - 1] + found[-1])


def fastest(model: CostModel, most: int) -> list[tuple[Floats, float]]:
    """The ``most`` placements with the least predicted ratio, best first (dynamic programming over the layers)."""
    lists: dict[bool, list[tuple[float, Floats]]] = {False: [(1.0, ())], True: []}
    for i, price in enumerate(model.layers):
        border = model.borders[i - 1] if i else 0.0
        ways = {
            now: [
                (cost + (price if now else 0.0) + (border if floats and floats[-1] != now else 0.0), (*floats, now))
                for before in lists.values()
                for cost, floats in before
            ]
            for now in (False, True)
        }
        lists = {now: sorted(found)[:most] for now, found in ways.items()}
    ranked = sorted([*lists[False], *lists[True]])[:most]
    return [(floats, float(cost)) for cost, floats in ranked]
