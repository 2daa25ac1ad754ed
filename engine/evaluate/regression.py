"""Regression: mean squared error, mean absolute error, share of variance explained (R2)."""

import numpy as np

from ..errors import DataError
from .resampling import Sampled


class Regression(Sampled):
    """Answers against numbers; several values per sample count alike, R2 is averaged over them.

    Args:
        outputs: ``[n]`` or ``[n, values]``.
        labels: of the same size.

    Raises:
        DataError: the sizes differ.

    >>> found = Regression(np.array([2.5, 0.0, 2.0, 8.0]), np.array([3.0, -0.5, 2.0, 7.0]))
    >>> round(found.value(), 4)
    0.9486
    """

    main = "r2"
    shares = frozenset()

    def __init__(self, outputs: np.ndarray, labels: np.ndarray) -> None:
        wanted = labels.reshape(len(labels), -1).astype(np.float64)
        got = outputs.reshape(len(outputs), -1).astype(np.float64)
        if wanted.shape != got.shape:
            raise DataError(
                "values-of-regression",
                f"the model gives {got.shape[1]} value(s) per sample, the data {wanted.shape[1]}",
                "use data with as many numbers per sample as the model gives",
            )
        got = np.where(np.isfinite(got), got, np.inf)  # no answer is infinitely wrong
        self._squared, self._absolute = (got - wanted) ** 2, np.abs(got - wanted)
        self._centred = wanted - wanted.mean(axis=0)  # sums of squares keep their digits

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self._squared)

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Errors and R2; R2 is undefined where the labels do not vary."""
        total = weights.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            squared, absolute = weights @ self._squared / total, weights @ self._absolute / total
            spread = weights @ self._centred**2 / total - (weights @ self._centred / total) ** 2
            explained = np.where(spread > 0, 1 - squared / spread, np.nan)
        mse = squared.mean(axis=1)
        return {"r2": explained.mean(axis=1), "mse": mse, "rmse": np.sqrt(mse), "mae": absolute.mean(axis=1)}

    def goodness(self, weights: np.ndarray, metric: str | None = None) -> np.ndarray:
        """R2; of an error 1 - its ratio to the error of always answering the mean of the labels."""
        values = self.values(weights)
        if metric in (None, "r2"):
            return values["r2"]
        total = weights.sum(axis=1, keepdims=True)
        squared, absolute = weights @ self._centred**2 / total, weights @ np.abs(self._centred) / total
        mean = {"mse": squared.mean(axis=1), "rmse": np.sqrt(squared.mean(axis=1)), "mae": absolute.mean(axis=1)}[
            metric
        ]
        with np.errstate(divide="ignore", invalid="ignore"):
            result: np.ndarray = np.where(mean > 0, 1 - values[metric] / mean, np.nan)
        return result
