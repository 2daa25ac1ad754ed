"""Which channels leave: ranks the units of channel sets and keeps widths that kernels like. Plain numpy, no network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .dependency import ChannelSet

MOST = 0.95


@dataclass(frozen=True)
class Removal:
    """Units (sorted) of one channel set that leave."""

    set: ChannelSet
    units: np.ndarray


def choose(
    sets: Sequence[ChannelSet],
    ratio: float,
    *,
    scope: str = "local",
    round_to: int = 1,
    original: Mapping[str, int] | None = None,
) -> tuple[Removal, ...]:
    """The least important units, so many that ``ratio`` of the channels is gone.

    Args:
        sets: with scores that can be compared between sets where ``scope`` is ``global``.
        ratio: share of the channels, 0..0.95.
        scope: ``local`` takes the same share of every set, ``global`` the lowest scores of all.
        round_to: widths end at the nearest multiple of this, at least one multiple; narrower sets stay as they are.
        original: widths by root before an earlier round of pruning; the share counts from there.

    Returns:
        One removal per set that loses something.
    """
    before = original or {}
    full = [before.get(item.root, item.width) for item in sets]
    if scope == "local":
        wanted = [width * (1 - ratio) / item.blocks for item, width in zip(sets, full, strict=True)]
    else:
        wanted = _together(sets, full, ratio)
    removals = []
    for item, keep in zip(sets, wanted, strict=True):
        gone = len(item.scores) - _rounded(keep, len(item.scores), item.blocks, round_to)
        if gone > 0:
            order = np.argsort(item.scores, kind="stable")
            removals.append(Removal(item, np.sort(order[:gone])))
    return tuple(removals)


def _together(sets: Sequence[ChannelSet], full: Sequence[int], ratio: float) -> list[float]:
    """Units to keep of each set when the lowest scores of all sets leave first."""
    if not sets:
        return []
    owner = np.concatenate([np.full(len(item.scores), number) for number, item in enumerate(sets)])
    channels = np.asarray([item.blocks for item in sets])[owner]
    order = np.argsort(np.concatenate([item.scores for item in sets]), kind="stable")
    quota = ratio * sum(full) - (sum(full) - sum(item.width for item in sets))
    leaves = order[np.cumsum(channels[order]) <= quota + 1e-9]
    return [float(len(item.scores) - np.sum(owner[leaves] == number)) for number, item in enumerate(sets)]


def _rounded(keep: float, units: int, blocks: int, round_to: int) -> int:
    step = math.lcm(blocks, round_to) // blocks
    if units <= step:
        return units
    least = max(step, math.ceil(units * (1 - MOST) / step) * step)
    return min(units, max(least, math.floor(keep / step + 0.5) * step))
