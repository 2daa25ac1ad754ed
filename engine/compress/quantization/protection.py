"""Layers that cost most accuracy stay float, until the loss is within its limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...events import Emit, Eta, Progress, Stage

if TYPE_CHECKING:
    from onnx import ModelProto

SAMPLES = 64


@dataclass(frozen=True)
class Protected:
    """Layers that return to float, most sensitive first, and the loss with all others as integers."""

    layers: tuple[str, ...]
    lost_before: float
    lost: float


def protect(
    layers: Sequence[str],
    build: Callable[[frozenset[str]], ModelProto],
    lost: Callable[[ModelProto], float],
    error: Callable[[ModelProto], float],
    max_loss: float,
    emit: Emit,
) -> Protected:
    """Return layers to float in the order of their sensitivity, doubling and then bisecting their number.

    Args:
        layers: that could return.
        build: the quantized graph whose named layers stay float.
        lost: accuracy lost by a graph, in points.
        error: of a graph's outputs against the float graph's; ranks the layers.
        max_loss: in points.
        emit: receives progress.
    """
    before = lost(build(frozenset()))
    if before <= max_loss or not layers:
        return Protected((), before, before)
    emit(Stage("protection", f"{before:.2f} points are lost, {max_loss:g} are allowed: which of {len(layers)} layers?"))
    eta, gains = Eta(len(layers)), {}
    for number, name in enumerate(layers, 1):
        gains[name] = error(build(frozenset({name})))
        emit(Progress(number, len(layers), "layers", eta.at(number)))
    order = sorted(layers, key=lambda name: gains[name])
    known = {0: before}

    def at(count: int) -> float:
        if count not in known:
            known[count] = lost(build(frozenset(order[:count])))
        return known[count]

    high = 1
    while at(high) > max_loss and high < len(order):
        high = min(2 * high, len(order))
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle) <= max_loss else (middle, high)
    return Protected(tuple(order[:high]), before, at(high))


def squared_error(wanted: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> float:
    """Mean squared difference over all outputs."""
    return sum(float(np.square(a.astype(np.float64) - b).mean()) for a, b in zip(wanted, found, strict=True))
