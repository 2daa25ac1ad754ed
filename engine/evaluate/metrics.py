"""Classification metrics, each with a 95 % interval and its number of samples. Pure functions on arrays.

Shares (accuracy, top-k) have Wilson's interval, averages of precision, recall and F1 a multinomial bootstrap of the
confusion matrix, ROC-AUC the interval of DeLong's placement values. What is undefined is None.
"""

from math import sqrt

import numpy as np

from ..records import Estimate

Z95 = 1.959963984540054
RESAMPLES = 2000
MAX_BOOTSTRAP_VALUES = 4_000_000
SEED = 20_261_124


def wilson(right: int, n: int) -> Estimate:
    """A share with Wilson's score interval (Wilson, 1927).

    >>> [round(limit, 4) for limit in wilson(90, 100).ci95]
    [0.8256, 0.9448]
    """
    if n == 0:
        return Estimate(None, None, 0)
    share = right / n
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * sqrt(share * (1 - share) / n + Z95**2 / (4 * n * n))
    return Estimate(share, (max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))), n)


def top_k_correct(scores: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Whether the label is among the ``k`` best classes, bool ``[n]``; equal scores rank in class order.

    Args:
        scores: ``[n, classes]``; NaN ranks last.
        labels: int ``[n]``.
        k: at least 1.
    """
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    own = np.take_along_axis(ranked, labels[:, None], axis=1)
    earlier = np.arange(scores.shape[1]) < labels[:, None]
    better = (ranked > own) | ((ranked == own) & earlier)
    known = ~np.isnan(np.take_along_axis(scores, labels[:, None], axis=1))[:, 0]
    result: np.ndarray = (better.sum(axis=1) < k) & known
    return result


def accuracy(correct: np.ndarray) -> Estimate:
    """Share of right answers with Wilson's interval; ``correct`` is bool ``[n]``."""
    return wilson(int(correct.sum()), len(correct))


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts ``[true class, predicted class]``."""
    cells = np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes)


def averages(right: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    """Averages over classes from counts ``[..., classes]``, as scikit-learn defines them with ``zero_division=0``.

    Macro averages are over the classes that occur as a label or an answer; weighted ones by the number of labels.

    Args:
        right: answers that are right, per class.
        true: labels per class.
        predicted: answers per class.
    """
    occurs = (true + predicted) > 0
    number = np.maximum(occurs.sum(axis=-1), 1)
    precision = right / np.maximum(predicted, 1)
    recall = right / np.maximum(true, 1)
    f1 = 2 * right / np.maximum(true + predicted, 1)
    total = np.maximum(true.sum(axis=-1), 1)
    return {
        "precision_macro": precision.sum(axis=-1) / number,
        "recall_macro": recall.sum(axis=-1) / number,
        "f1_macro": f1.sum(axis=-1) / number,
        "f1_weighted": (f1 * true).sum(axis=-1) / total,
        "f1_micro": right.sum(axis=-1) / total,
    }


def averaged(confusion: np.ndarray, *, resamples: int = RESAMPLES, seed: int = SEED) -> dict[str, Estimate]:
    """Precision, recall and F1 averaged over classes, each with a percentile bootstrap interval.

    The samples behind the confusion matrix are drawn again with replacement, which is one multinomial draw of its cells.
    Where every answer is right (or wrong) drawing again shows nothing, and Wilson's interval of the accuracy is taken.

    Args:
        confusion: counts ``[true, predicted]``.
        resamples: draws; fewer when the matrix has very many cells in use.
        seed: of the draws.
    """
    n, right = int(confusion.sum()), int(np.trace(confusion))
    values = averages(np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0))
    if n == 0:
        return {name: Estimate(None, None, 0) for name in values}
    if right in (0, n):
        share = wilson(right, n)
        return {name: Estimate(float(value), share.ci95, n) for name, value in values.items()}
    drawn = _redrawn(confusion, n, resamples, seed)
    result = {}
    for name, value in values.items():
        low, high = np.quantile(drawn[name], (0.025, 0.975))
        point = float(value)
        result[name] = Estimate(point, (float(min(low, point)), float(max(high, point))), n)
    return result | {"f1_micro": wilson(right, n)}  # the micro average is the accuracy


def _redrawn(confusion: np.ndarray, n: int, resamples: int, seed: int) -> dict[str, np.ndarray]:
    rows, columns = np.nonzero(confusion)
    shares = confusion[rows, columns] / n
    resamples = max(200, min(resamples, MAX_BOOTSTRAP_VALUES // len(rows)))
    generator = np.random.default_rng(seed)
    block = max(1, MAX_BOOTSTRAP_VALUES // (len(rows) + 3 * len(confusion)))
    parts: list[dict[str, np.ndarray]] = []
    diagonal = np.nonzero(rows == columns)[0]
    for start in range(0, resamples, block):
        counts = generator.multinomial(n, shares, size=min(block, resamples - start))
        right, true, predicted = (np.zeros((len(counts), len(confusion))) for _ in range(3))
        right[:, rows[diagonal]] = counts[:, diagonal]
        for target, index in ((true, rows), (predicted, columns)):
            order = np.argsort(index, kind="stable")
            starts = np.nonzero(np.diff(index[order], prepend=-1))[0]
            target[:, index[order][starts]] = np.add.reduceat(counts[:, order], starts, axis=1)
        parts.append(averages(right, true, predicted))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def roc_auc_macro(scores: np.ndarray, labels: np.ndarray) -> Estimate:
    """Area under the ROC curve, one class against the rest, averaged over the classes that have both kinds of samples.

    The value is scikit-learn's (whose import alone would cost seconds). The interval follows DeLong, DeLong and
    Clarke-Pearson (1988), extended to the mean over
    classes through each sample's placement values and taken on the logit scale. A perfect (or perfectly wrong) ranking
    has no spread to measure; there Wilson's interval for the smallest class stands in.

    Args:
        scores: ``[n, classes]``, any increasing function of the probability.
        labels: int ``[n]``.
    """
    n = len(labels)
    found = macro_area(scores, labels)
    if found is None:
        return Estimate(None, None, n)
    value, influence = found
    error = standard_error(influence)
    if error == 0.0 or value in (0.0, 1.0):
        counts = np.bincount(labels, minlength=scores.shape[1])
        usable = (counts > 0) & (counts < n)
        smallest = int(min(counts[usable].min(), (n - counts[usable]).min()))
        return Estimate(value, wilson(round(value * smallest), smallest).ci95, n)
    logit, width = np.log(value / (1 - value)), Z95 * error / (value * (1 - value))
    low, high = 1 / (1 + np.exp(-(logit - width))), 1 / (1 + np.exp(-(logit + width)))
    return Estimate(value, (float(low), float(high)), n)


def macro_area(scores: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray] | None:
    """The mean area and what each sample adds to its deviation ``[n]``; None where no class has both kinds of samples."""
    n = len(labels)
    counts = np.bincount(labels, minlength=scores.shape[1])
    usable = np.nonzero((counts > 0) & (counts < n))[0]
    if not len(usable) or not np.isfinite(scores).all():
        return None
    value, influence = 0.0, np.zeros(n)
    for index in usable:
        area, own = _area(scores[:, index], labels == index)
        value += area / len(usable)
        influence += own / len(usable)
    return value, influence


def standard_error(influence: np.ndarray) -> float:
    """Of a mean whose samples add these deviations ``[n]``."""
    n = len(influence)
    return float(np.sqrt((influence**2).sum() / (n - 1) / n)) if n > 1 else 0.0


def _area(scores: np.ndarray, positive: np.ndarray) -> tuple[float, np.ndarray]:
    """Area of one class, and what each sample adds to its deviation: the placement among the other kind, centred."""
    placements = np.empty(len(scores))
    for own in (positive, ~positive):
        others = np.sort(scores[~own])
        below = np.searchsorted(others, scores[own], "left")
        up_to = np.searchsorted(others, scores[own], "right")
        placements[own] = (below + up_to) / (2 * len(others))
    placements[~positive] = 1 - placements[~positive]
    area = float(placements[positive].mean())
    weights = np.where(positive, len(scores) / positive.sum(), len(scores) / (~positive).sum())
    return area, (placements - area) * weights
