"""Activation ranges with the least squared error: clipping a little costs less than coarse steps for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

LEVELS = 255
SHARES = np.linspace(1.0, 0.2, 81)


def least_error_range(counts: np.ndarray, edges: np.ndarray) -> tuple[float, float]:
    """The range ``[low, high]`` around zero whose 8-bit rounding of a histogram has the least mean squared error.

    Args:
        counts: of the bins, ``[n]``.
        edges: of the bins, ``[n + 1]``, rising.

    The whole range is shrunk towards zero in 81 steps down to a fifth.

    >>> counts = np.zeros(1000); counts[:100], counts[-1] = 1000, 1
    >>> low, high = least_error_range(counts, np.linspace(0, 10, 1001))
    >>> float(low), bool(high < 10)
    (0.0, True)
    """
    centres = (edges[:-1] + edges[1:]) / 2
    used = np.flatnonzero(counts)
    if not used.size:
        return 0.0, 0.0
    low, high = min(0.0, float(edges[used[0]])), max(0.0, float(edges[used[-1] + 1]))
    best = (np.inf, low, high)
    for share in SHARES:
        a, b = low * share, high * share
        step = (b - a) / LEVELS
        if step <= 0:
            break
        rounded = a + np.rint((np.clip(centres, a, b) - a) / step) * step
        error = float((counts * np.square(centres - rounded)).sum())
        if error < best[0]:
            best = (error, a, b)
    return best[1], best[2]


def least_error_ranges(histograms: Mapping[str, tuple[Any, ...]]) -> Any:
    """Ranges of many tensors in the form the quantizer takes.

    Args:
        histograms: by tensor, ``(counts, edges, ...)`` as onnxruntime's collector keeps them.
    """
    from onnxruntime.quantization import CalibrationMethod
    from onnxruntime.quantization.calibrate import TensorsData

    ranges = {}
    for name, (counts, edges, *_) in histograms.items():
        low, high = least_error_range(np.asarray(counts, np.float64), np.asarray(edges, np.float64))
        ranges[name] = (np.float32(low), np.float32(high))
    return TensorsData(CalibrationMethod.MinMax, ranges)
