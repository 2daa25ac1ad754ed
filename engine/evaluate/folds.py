"""k-fold cross-validation of a finished model: how much its metrics vary from one part of the data to another.

Every sample is in exactly one fold. The model is the same in all of them; to choose a knob by training on the other folds
there is the technique ``cross-validation``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DataError
from ..records import Estimate
from .metrics import SEED
from .score import Evaluation, score_outputs


@dataclass(frozen=True)
class Folds:
    """Metrics over k folds.

    Attributes:
        each: metric -> its value in every fold; None where it is undefined in one.
        mean: metric -> mean over the folds with the 95 % interval of Student's t; ``n`` is the number of folds.
    """

    k: int
    each: Mapping[str, tuple[float | None, ...]]
    mean: Mapping[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """``folds`` of ``flyweight evaluate --json``."""
        return {
            "k": self.k,
            "each": {name: list(values) for name, values in self.each.items()},
            "mean": {name: item.to_json() for name, item in self.mean.items()},
        }


def fold_rows(count: int, k: int, seed: int = SEED) -> list[np.ndarray]:
    """Rows of each fold, drawn by a fixed seed; sizes differ by one at most.

    Raises:
        DataError: there are fewer samples than twice the folds.
    """
    if count < 2 * k:
        raise DataError("too-few-samples", f"{count} samples make no {k} folds", "use more data, or fewer folds")
    return [np.sort(part) for part in np.array_split(np.random.default_rng(seed).permutation(count), k)]


def cross_validated(evaluation: Evaluation, k: int, *, softmax: bool = True) -> Folds:
    """Every metric of an evaluation, fold by fold.

    Raises:
        DataError: there are no labels, or too few samples.
    """
    if evaluation.labels is None:
        raise DataError("no-labels", "cross-validation needs labels, and the data has none", "give labelled data")
    parts = fold_rows(len(evaluation.labels), k)
    values = [_metrics(evaluation, rows, softmax) for rows in parts]
    names = evaluation.score.metrics
    each = {name: tuple(fold.get(name) for fold in values) for name in names}
    return Folds(k, each, {name: _mean(each[name], k) for name in names})


def _metrics(evaluation: Evaluation, rows: np.ndarray, softmax: bool) -> dict[str, float | None]:
    assert evaluation.labels is not None
    if evaluation.sampled is not None:
        weights = np.zeros((1, evaluation.sampled.n))
        weights[0, rows] = 1
        found = {name: float(value[0]) for name, value in evaluation.sampled.values(weights).items()}
        return {name: value if math.isfinite(value) else None for name, value in found.items()}
    score, _ = score_outputs(evaluation.outputs[rows], evaluation.labels[rows], evaluation.score.data, softmax=softmax)
    return {name: estimate.value for name, estimate in score.metrics.items()}


def _mean(values: tuple[float | None, ...], k: int) -> Estimate:
    known = [value for value in values if value is not None]
    if len(known) < k:
        return Estimate(None, None, k)
    from scipy.stats import t

    mean = float(np.mean(known))
    reach = float(t.ppf(0.975, k - 1)) * float(np.std(known, ddof=1)) / math.sqrt(k)
    return Estimate(mean, (mean - reach, mean + reach), k)
