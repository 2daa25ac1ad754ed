"""The affine map between real numbers and integers: y = clip(round(x / scale) + zero_point).

Source: Jacob et al. 2018 (arXiv:1712.05877); Nagel et al.: A White Paper on Neural Network Quantization, 2021
(arXiv:2106.08295).

    >>> codes, grid = quantize(np.array([-1.0, 0.0, 0.4, 2.0]), 8, symmetric=False)
    >>> codes.tolist(), int(grid.zero.item())
    ([0, 85, 119, 255], 85)
    >>> [round(float(value), 2) for value in grid.real(codes)]
    [-1.0, 0.0, 0.4, 2.0]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROUNDINGS = ("nearest-even", "floor", "truncate")


@dataclass(frozen=True)
class Grid:
    """Real numbers that ``bits`` can stand for: ``scale * (code - zero)``; arrays broadcast against the values."""

    bits: int
    scale: np.ndarray
    zero: np.ndarray
    low: int
    high: int

    def codes(self, values: np.ndarray, rounding: str = "nearest-even") -> np.ndarray:
        """Integers of real values."""
        steps: np.ndarray = np.clip(rounded(values / self.scale, rounding) + self.zero, self.low, self.high)
        return steps.astype(np.int64)

    def real(self, codes: np.ndarray) -> np.ndarray:
        """Real values of integers, float32."""
        values: np.ndarray = (codes - self.zero) * self.scale
        return values.astype(np.float32)


def rounded(values: np.ndarray, rounding: str) -> np.ndarray:
    """Whole numbers by one of :data:`ROUNDINGS`.

    >>> [rounded(np.array([-1.5, 0.5, 2.7]), kind).tolist() for kind in ROUNDINGS]
    [[-2.0, 0.0, 3.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 2.0]]
    """
    whole: np.ndarray = {"floor": np.floor, "truncate": np.trunc}.get(rounding, np.rint)(values)
    return whole


def grid_of(
    values: np.ndarray,
    bits: int,
    *,
    symmetric: bool = True,
    axis: int | None = None,
    low: np.ndarray | float | None = None,
    high: np.ndarray | float | None = None,
) -> Grid:
    """The grid whose range holds all values (or ``low`` to ``high``), one for the tensor or one along an axis.

    Symmetric grids are signed, have zero point 0 and leave out the lowest code; asymmetric ones are unsigned and hold 0.
    """
    others = None if axis is None else tuple(i for i in range(values.ndim) if i != axis)
    smallest = np.minimum(values.min(axis=others, keepdims=True), 0) if low is None else np.asarray(low)
    largest = np.maximum(values.max(axis=others, keepdims=True), 0) if high is None else np.asarray(high)
    if symmetric:
        top = 2 ** (bits - 1) - 1
        scale = np.maximum(np.abs(smallest), np.abs(largest)) / max(top, 1)
        return Grid(bits, _positive(scale), np.zeros_like(scale, dtype=np.float64), -max(top, 1), max(top, 1))
    scale = _positive((largest - smallest) / (2**bits - 1))
    return Grid(bits, scale, np.rint(-smallest / scale), 0, 2**bits - 1)


def quantize(
    values: np.ndarray, bits: int, *, symmetric: bool = True, axis: int | None = None, rounding: str = "nearest-even"
) -> tuple[np.ndarray, Grid]:
    """Integers and their grid."""
    grid = grid_of(values, bits, symmetric=symmetric, axis=axis)
    return grid.codes(values, rounding), grid


def least_error_grid(values: np.ndarray, bits: int, *, symmetric: bool = True, axis: int | None = None) -> Grid:
    """The grid of a shrunk range with the least squared error, in 50 steps down to half the range."""
    full = grid_of(values, bits, symmetric=symmetric, axis=axis)
    others = None if axis is None else tuple(i for i in range(values.ndim) if i != axis)
    best = np.full(full.scale.shape, np.inf)
    scale = full.scale.copy()
    for share in np.linspace(1.0, 0.5, 51):
        tried = Grid(bits, full.scale * share, full.zero, full.low, full.high)
        error = np.square(tried.real(tried.codes(values)) - values).mean(axis=others, keepdims=True).reshape(best.shape)
        better = error < best
        best, scale = np.where(better, error, best), np.where(better, tried.scale, scale)
    return Grid(bits, scale, full.zero, full.low, full.high)


def general(
    values: np.ndarray, *, gamma: float, beta: float, alpha: float, scale: float, bits: int, rounding: str
) -> np.ndarray:
    """General form: y = Q(gamma * x + beta) + alpha, Q rounding to multiples of ``scale`` in a signed range of ``bits``.

    >>> general(np.array([3.5]), gamma=2, beta=0, alpha=2, scale=1, bits=8, rounding="nearest-even").tolist()
    [9.0]
    """
    top = 2 ** (bits - 1)
    steps: np.ndarray = np.clip(rounded((gamma * values + beta) / scale, rounding), -top, top - 1)
    return (steps * scale + alpha).astype(np.float32)


def _positive(scale: np.ndarray) -> np.ndarray:
    return np.where(scale > 0, scale, 1.0)
