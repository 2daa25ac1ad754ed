"""Weights that came clustered: float tensors that hold few different values, whoever made them so."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MOST_VALUES = 256
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
        if array.ndim < 2 or array.size < _FEWEST or array.dtype.kind != "f":
            continue
        values = array.reshape(-1)
        most = min(MOST_VALUES, array.size // 8)
        if len(np.unique(values[:_LOOK_AT])) > most:  # one look is enough for nearly all
            continue
        found = len(np.unique(values))
        if 2 < found <= most:  # a constant, or one beside zeros, is no codebook
            counts.append(found)
    return len(counts), max(counts, default=0)


def clustered_note(weights: Iterable[np.ndarray]) -> str | None:
    """In words what came clustered and what keeps it; None where nothing did."""
    count, most = clustered(weights)
    if not count:
        return None
    return (
        f"{count} weight tensors came clustered, with {most} values at most: training and rounding give every weight a value "
        "of its own; weight-clustering stores them as they are"
    )
