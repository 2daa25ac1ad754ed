"""Codebooks: the few values that stand for all weights of a tensor.

Source: Han, Mao, Dally: Deep Compression, 2016 (arXiv:1510.00149); Miyashita, Lee, Murmann 2016 (arXiv:1603.01025).
"""

from __future__ import annotations

import numpy as np

MAX_ROUNDS = 100


def k_means(values: np.ndarray, clusters: int) -> tuple[np.ndarray, np.ndarray]:
    """Lloyd's algorithm in one dimension, exact and without chance, from two starts; the smaller squared error counts.

    A linear start finds the few large weights; where those would take the entries of all the rest, one that follows the
    density of the weights (its cube root, which is best for many entries: Panter, Dite 1951) does not let them.

    Args:
        values: of any shape; exact zeros (pruned weights) keep an entry of their own, the first.
        clusters: at most so many entries, that of the zeros included.

    Returns:
        Indices in the shape of ``values`` and the table, float32.

    >>> indices, table = k_means(np.array([0.9, 1.1, 0.0, -1.0, 1.0]), 3)
    >>> table.round(2).tolist(), indices.tolist()
    ([0.0, -1.0, 1.0], [2, 2, 0, 1, 2])
    """
    flat = values.reshape(-1).astype(np.float64)
    zero = flat == 0
    kept = bool(zero.any()) and clusters > 1
    used = np.sort(flat[~zero]) if kept else np.sort(flat)
    distinct = np.unique(used)
    wanted = min(clusters - kept, max(distinct.size, 1))
    table = distinct if distinct.size <= wanted else _least(used, wanted)
    if kept or not table.size:
        table = np.concatenate([[0.0], table])
    table = table.astype(np.float32)
    return nearest(values, table, first_is_zero=kept), table


def _least(ordered: np.ndarray, count: int) -> np.ndarray:
    """Of both starts the table with the smaller squared error."""
    places = np.concatenate([[0.0], np.cumsum(np.diff(ordered) ** (2 / 3))])  # a gap is one over the density
    dense = np.interp((np.arange(count) + 0.5) / count * places[-1], places, ordered)
    tables = [_lloyd(ordered, start) for start in (np.linspace(ordered[0], ordered[-1], count), dense)]
    return min(tables, key=lambda table: float(np.square(ordered - table[nearest(ordered, table)]).sum()))


def _lloyd(ordered: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Means of the clusters of sorted values, from first ones in rising order."""
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    for _ in range(MAX_ROUNDS):
        borders = np.searchsorted(ordered, (table[:-1] + table[1:]) / 2)
        starts, ends = np.concatenate([[0], borders]), np.concatenate([borders, [ordered.size]])
        counts = ends - starts
        means = np.where(counts > 0, (sums[ends] - sums[starts]) / np.maximum(counts, 1), table)
        for empty in np.flatnonzero(counts == 0):
            means[empty] = _farthest(ordered, means, starts, ends)
        if np.array_equal(means, table):
            break
        table = np.sort(means)
    return table


def _farthest(ordered: np.ndarray, means: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> float:
    """The value farthest from its mean, where an entry that nobody uses begins anew; its cluster gives it away."""
    used = np.flatnonzero(ends > starts)
    low, high = means[used] - ordered[starts[used]], ordered[ends[used] - 1] - means[used]
    place = int(used[np.argmax(np.maximum(low, high))])
    if means[place] - ordered[starts[place]] >= ordered[ends[place] - 1] - means[place]:
        starts[place] += 1
        return float(ordered[starts[place] - 1])
    ends[place] -= 1
    return float(ordered[ends[place]])


def powers_of_two(values: np.ndarray, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Zero and plus or minus powers of two, the nearest in the logarithm; the largest holds the largest weight.

    >>> powers_of_two(np.array([1.0, 0.3, -0.49, 0.01]), 5)[1].tolist()
    [0.0, 1.0, 0.5, -1.0, -0.5]
    """
    largest = float(np.abs(values).max(initial=0.0))
    top = round(np.log2(largest)) if largest > 0 else 0
    sizes = 2.0 ** np.arange(top, top - max((levels - 1) // 2, 1), -1)
    table = np.concatenate([[0.0], sizes, -sizes]).astype(np.float32)
    magnitude = np.abs(values.astype(np.float64))
    with np.errstate(divide="ignore"):
        place = np.clip(top - np.rint(np.log2(magnitude)), 0, sizes.size)
    place = np.where(magnitude == 0, sizes.size, place).astype(np.int64)
    indices = np.where(place >= sizes.size, 0, 1 + place + np.where(values < 0, sizes.size, 0))
    return indices, table


def nearest(values: np.ndarray, table: np.ndarray, *, first_is_zero: bool = False) -> np.ndarray:
    """Index of the nearest entry; where the first stands for zeros, only zeros get it."""
    part = table[1:] if first_is_zero and table.size > 1 else table
    order = np.argsort(part, kind="stable")
    ordered = part[order].astype(np.float64)
    found: np.ndarray = order[np.searchsorted((ordered[:-1] + ordered[1:]) / 2, values.astype(np.float64))]
    if part is not table:
        return np.where(values == 0, 0, found + 1)
    return found
