"""Weights that came clustered: tensors of floats or bytes that hold few different values, whoever made them so."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MOST_VALUES = 256
MOST_OF_BYTES = 64
"""Rounding to a byte mostly leaves more different values than this in a weight that nobody clustered; where one large value
leaves fewer, they lie side by side."""
_FOUR_BITS = 16
_LOOK_AT = 4096
_FEWEST = 512
"""Weights of a tensor from which on few values are no accident."""


def clustered(weights: Iterable[np.ndarray]) -> tuple[int, int]:
    """How many weight tensors share their values, and the most different values in one of them.

    >>> clustered([np.repeat(np.linspace(-1, 1, 16), 64).reshape(32, 32), np.random.default_rng(0).normal(size=(32, 32))])
    (1, 16)
    """
    counts = []
    for array in weights:
        most = MOST_VALUES if array.dtype.kind == "f" else MOST_OF_BYTES if array.dtype in (np.int8, np.uint8) else 0
        if array.ndim < 2 or array.size < _FEWEST or not most:
            continue
        values = array.reshape(-1)
        most = min(most, array.size // 8)
        if len(np.unique(values[:_LOOK_AT])) > most:  # one look is enough for nearly all
            continue
        found = len(np.unique(values))
        if 2 < found <= most and (
            found <= _FOUR_BITS or not _side_by_side(values)
        ):  # one value beside zeros is no codebook
            counts.append(found)
    return len(counts), max(counts, default=0)


def _side_by_side(values: np.ndarray) -> bool:
    """Whether bytes take most of the steps between those that are common, as rounded ones do: a codebook leaves gaps."""
    if values.dtype.kind == "f":
        return False
    present, counts = np.unique(values, return_counts=True)
    common = present[counts >= 0.1 * np.sort(counts)[-2]].astype(int)  # zeros of a pruned weight do not set the measure
    return bool(2 * len(common) > common[-1] - common[0] + 1)


def clustered_note(weights: Iterable[np.ndarray]) -> str | None:
    """In words what came clustered and what keeps it; None where nothing did."""
    count, most = clustered(weights)
    if not count:
        return None
    return (
        f"{count} weight tensors came clustered, with {most} values at most: training and rounding give every weight a value "
        "of its own; weight-clustering stores them as they are"
    )


def final_note(weights: Iterable[np.ndarray]) -> str | None:
    """The same of a file that is not compressed any more; None where nothing came clustered."""
    count, most = clustered(weights)
    if not count:
        return None
    return (
        f"{count} weight tensors came clustered, with {most} values at most; they stay so, and a packed file (.flwp) is small "
        "by it"
    )
