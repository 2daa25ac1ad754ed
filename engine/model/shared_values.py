"""Weights that came clustered: tensors of floats or bytes that hold few different values, whoever made them so.

A scale per channel turns the same few values into other bytes in every channel: there each channel is looked at for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

MOST_VALUES = 256
MOST_OF_BYTES = 64
"""Rounding to a byte leaves more different values than this in a weight that nobody clustered."""
MOST_OF_A_CHANNEL = 32
"""The same of one channel, whose largest weight sets the scale."""
_LOOK_AT = 4096
_FEWEST = 512
"""Weights of a tensor from which on few values are no accident."""


@dataclass(frozen=True)
class Clustered:
    """How many weight tensors share their values, and the most different values in one of them or in one of its channels."""

    tensors: int
    values: int
    by_channel: bool = False


def clustered(weights: Iterable[np.ndarray]) -> Clustered | None:
    """What is shared; None where nothing is. ``by_channel``: some tensor shares its values within each channel only.

    >>> clustered([np.repeat(np.linspace(-1, 1, 16), 64).reshape(32, 32), np.random.default_rng(0).normal(size=(32, 32))])
    Clustered(tensors=1, values=16, by_channel=False)
    """
    found: list[tuple[int, int]] = []
    by_channel = False
    for array in weights:
        if array.ndim < 2 or array.size < _FEWEST:
            continue
        narrow = array.dtype in (np.int8, np.uint8)
        if not narrow and array.dtype.kind != "f":
            continue
        whole = _in_tensor(array, MOST_OF_BYTES if narrow else MOST_VALUES)
        channel = _in_channels(array) if narrow else None
        if whole is None and channel is None:
            continue
        by_channel |= channel is not None and (whole is None or 2 * channel <= whole)
        found.append((whole or 0, channel or _most_of_a_channel(array)))
    if not found:
        return None
    return Clustered(len(found), max(pair[by_channel] for pair in found), by_channel)


def _in_tensor(array: np.ndarray, most: int) -> int | None:
    """How many values all weights share; None for more than ``most`` of them, and for what is no codebook."""
    if len(np.unique(array.reshape(-1)[:_LOOK_AT])) > most:  # one look is enough for nearly all
        return None
    return _codebook([array], most, 8)


def _in_channels(array: np.ndarray) -> int | None:
    """The most values that the weights of a channel share; the channels are first or last."""
    for axis in (0, array.ndim - 1):
        found = _codebook(np.moveaxis(array, axis, 0), MOST_OF_A_CHANNEL, 2)
        if found is not None:
            return found
    return None


def _most_of_a_channel(array: np.ndarray) -> int:
    """The most different values in a channel, first or last."""
    ways = (np.moveaxis(array, axis, 0) for axis in (0, array.ndim - 1))
    return min(max(len(np.unique(channel)) for channel in way) for way in ways)


def _codebook(parts: Iterable[np.ndarray], most: int, each: int) -> int | None:
    """The most different values in a part; None for more than ``most``, or less than ``each`` weights a value in all.

    The most frequent value does not count among the weights: the zeros of a sparse tensor are no sign of sharing.
    """
    largest = values = shared = common = span = 0
    for part in parts:
        different, counts = np.unique(part, return_counts=True)
        if len(different) > most:
            return None
        largest = max(largest, len(different))
        values += len(different)
        shared += part.size - int(counts.max())
        often = different[counts >= 0.1 * np.sort(counts)[-2:][0]]  # without the few large weights that set a scale
        common += len(often)
        span += int(often[-1]) - int(often[0]) if part.dtype.kind != "f" else 2 * len(often)
    if largest <= 2 or values * each > shared:  # a constant, or one beside zeros, is no codebook
        return None
    return None if span < 2 * common else largest  # bytes that lie close together are integers of few bits


def clustered_note(weights: Iterable[np.ndarray]) -> str | None:
    """In words what came clustered and what keeps it; None where nothing did."""
    found = clustered(weights)
    if found is None:
        return None
    return (
        f"{found.tensors} weight tensors came clustered, with {found.values} values at most: training and rounding give every "
        "weight a value of its own; weight-clustering stores them as they are"
    )


def final_note(weights: Iterable[np.ndarray]) -> str | None:
    """The same of a file that is not compressed any more; None where nothing came clustered."""
    found = clustered(weights)
    if found is None:
        return None
    if found.by_channel:
        return f"{found.tensors} weight tensors came clustered, with {found.values} values at most in a channel; they stay so"
    return (
        f"{found.tensors} weight tensors came clustered, with {found.values} values at most; they stay so, and a packed file "
        "(.flwp) is small by it"
    )
