"""Precision, recall and F1 averaged over classes, for any weighting of the samples."""

import numpy as np

from . import metrics
from .resampling import Sampled


class Averages(Sampled):
    """Answers of a classifier against labels; the averages are those of :func:`engine.evaluate.metrics.averages`.

    Args:
        labels: int ``[n]``.
        answers: int ``[n]``.
        classes: how many there are.

    >>> found = Averages(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 2)
    >>> round(found.value("f1_macro"), 4)
    0.7333
    """

    main = "f1_macro"
    shares = frozenset({"precision_macro", "recall_macro", "f1_macro", "f1_weighted", "f1_micro"})

    def __init__(self, labels: np.ndarray, answers: np.ndarray, classes: int) -> None:
        self._labels, self._answers, self._classes = labels, answers, classes
        self._right = labels == answers

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self._labels)

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Over the classes that occur among the samples drawn."""
        labels, right = self._labels, self._right
        return metrics.averages(
            self._counts(labels[right], weights[:, right]),
            self._counts(labels, weights),
            self._counts(self._answers, weights),
        )

    def _counts(self, classes: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.stack([np.bincount(classes, row, self._classes) for row in weights])
