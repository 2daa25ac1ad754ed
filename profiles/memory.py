"""Memory of a model that was not measured yet, from those that were: weights and activations, each times what one byte costs.

    peak = weights x a + activations x b + c,   a, b, c >= 0

Runtimes pack weights again (a is often above one) and keep buffers of their own (c). The three come from non-negative least
squares on a device's own readings; the interval is conformal, from leave-one-out residuals; below nine readings there is none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .predict import LEVEL, MIN_FOR_INTERVAL

LEAST = 3
"""Readings below which nothing is said."""


@dataclass(frozen=True)
class Footprint:
    """Bytes of a model's weights and of the activations that live at once, and the peak that was measured, in MB."""

    weight_bytes: float
    activation_bytes: float
    peak_mb: float = 0.0


@dataclass(frozen=True)
class PredictedMemory:
    """Peak in MB above the runtime; its interval is None below nine readings."""

    peak_mb: float
    interval: tuple[float, float] | None
    level: float
    readings: int

    def to_json(self) -> dict[str, Any]:
        """JSON form; origin is always ``predicted``."""
        interval = None if self.interval is None else list(self.interval)
        return {
            "peak_mb": self.peak_mb,
            "interval": interval,
            "level": self.level,
            "readings": self.readings,
            "origin": "predicted",
        }


def predict_memory(known: Sequence[Footprint], wanted: Footprint) -> PredictedMemory | None:
    """Peak memory of a model on the device the readings are of; None below three readings.

    Args:
        known: what was measured, with one runtime.
        wanted: the model.

    >>> known = [Footprint(w * 1e6, a * 1e6, 2 * w + a + 3) for w, a in ((1, 1), (5, 2), (9, 7), (3, 8))]
    >>> round(predict_memory(known, Footprint(4e6, 4e6)).peak_mb, 3)
    15.0
    """
    if len(known) < LEAST:
        return None
    value, interval = _value(_fit(known), wanted), None
    if len(known) >= MIN_FOR_INTERVAL:
        rest = [[other for other in known if other is not item] for item in known]
        left_out = [abs(item.peak_mb - _value(_fit(part), item)) for item, part in zip(known, rest, strict=True)]
        rank = math.ceil((len(known) + 1) * LEVEL)
        if rank <= len(left_out):
            half = sorted(left_out)[rank - 1]
            interval = (max(value - half, 0.0), value + half)
    return PredictedMemory(value, interval, LEVEL, len(known))


def _row(item: Footprint) -> list[float]:
    return [item.weight_bytes / 1e6, item.activation_bytes / 1e6, 1.0]


def _fit(known: Sequence[Footprint]) -> np.ndarray:
    from scipy.optimize import nnls

    rows = np.array([_row(item) for item in known])
    return np.asarray(nnls(rows, np.array([item.peak_mb for item in known]))[0])


def _value(costs: np.ndarray, item: Footprint) -> float:
    return float(np.array(_row(item)) @ costs)
