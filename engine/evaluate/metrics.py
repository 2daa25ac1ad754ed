"""Metrics of classifiers as pure functions, each with a 95 % interval.

Proportions carry Wilson's score interval (Wilson 1927, JASA 22); F1, precision, recall and ROC-AUC a percentile
bootstrap over samples (Efron 1979) with a fixed seed. Values come from scikit-learn.
"""

import numpy as np

from ..records import Estimate

Z = 1.959963984540054
BOOTSTRAPS = 400
SEED = 20240229


def wilson(successes: int, n: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a proportion; None without samples.

    >>> tuple(round(x, 4) for x in wilson(90, 100))
    (0.8256, 0.9448)
    """
    if n == 0:
        return None
    p, z2 = successes / n, Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return float(max(centre - half, 0.0)), float(min(centre + half, 1.0))


def proportion(hits: np.ndarray) -> Estimate:
    """Share of True with Wilson's interval; undefined (None) without samples.

    Args:
        hits: bool ``[n]``.
    """
    n, count = len(hits), int(hits.sum())
    return Estimate(count / n if n else None, wilson(count, n), n)


def top_k_hits(scores: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Whether the label is among the ``k`` highest scores: bool ``[n]``; ties count against the model.

    Args:
        scores: ``[n, classes]``.
        labels: int ``[n]``.
        k: at least 1.
    """
    own = scores[np.arange(len(labels)), labels][:, None]
    better = (scores > own).sum(axis=1)
    equal_before = ((scores == own) & (np.arange(scores.shape[1]) < labels[:, None])).sum(axis=1)
    hits: np.ndarray = better + equal_before < k
    return hits


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts ``[true, predicted]``."""
    flat = np.bincount(labels * classes + predicted, minlength=classes * classes)
    matrix: np.ndarray = flat.reshape(classes, classes)
    return matrix


def rates(confusion: np.ndarray) -> dict[str, float]:
    """Precision, recall and F1 from a confusion matrix: macro over the classes that occur, micro, weighted by support.

    A class that is never predicted has precision 0 and F1 0, as in scikit-learn with ``zero_division=0``.
    """
    hits = np.diag(confusion).astype(float)
    predicted, support = confusion.sum(axis=0), confusion.sum(axis=1)
    seen = (predicted + support) > 0
    precision = np.divide(hits, predicted, out=np.zeros_like(hits), where=predicted > 0)
    recall = np.divide(hits, support, out=np.zeros_like(hits), where=support > 0)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(hits), where=both > 0)
    total = confusion.sum()
    return {
        "precision_macro": float(precision[seen].mean()),
        "recall_macro": float(recall[seen].mean()),
        "f1_macro": float(f1[seen].mean()),
        "f1_micro": float(hits.sum() / total),
        "f1_weighted": float((f1 * support).sum() / total),
    }


def rate_estimates(labels: np.ndarray, predicted: np.ndarray, classes: int) -> dict[str, Estimate]:
    """Precision, recall and F1 with bootstrap intervals.

    The bootstrap draws confusion matrices from the multinomial of the observed one, which is the same as drawing samples.
    """
    matrix = confusion_matrix(labels, predicted, classes)
    n = int(matrix.sum())
    generator = np.random.default_rng(SEED)
    draws = generator.multinomial(n, matrix.reshape(-1) / n, size=BOOTSTRAPS)
    values = [rates(draw.reshape(classes, classes)) for draw in draws]
    return {
        name: Estimate(value, _percentiles(np.array([item[name] for item in values])), n)
        for name, value in rates(matrix).items()
    }


def roc_auc(scores: np.ndarray, labels: np.ndarray) -> Estimate:
    """Area under the ROC curve, macro one-against-rest; undefined when a class has no or only positive samples.

    Args:
        scores: ``[n, classes]``; only their order matters.
        labels: int ``[n]``.
    """
    n, classes = scores.shape
    present = np.bincount(labels, minlength=classes)
    if n == 0 or (present == 0).any() or (present == n).any():
        return Estimate(None, None, n)
    ranks = _probabilities(scores)
    one_hot = labels[:, None] == np.arange(classes)
    value = float(np.mean([_auc(ranks[:, c], one_hot[:, c]) for c in range(classes)]))
    # Hanley & McNeil 1982, Radiology 143: variance of one AUC from its value and the two counts; the mean over classes
    # is at most as uncertain as the root mean of their variances.
    variances = [
        _auc_variance(_auc(ranks[:, c], one_hot[:, c]), int(present[c]), n - int(present[c])) for c in range(classes)
    ]
    half = Z * float(np.sqrt(np.mean(variances)))
    return Estimate(value, (max(value - half, 0.0), min(value + half, 1.0)), n)


def _auc(scores: np.ndarray, positive: np.ndarray) -> float:
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    count = int(positive.sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(scores) - count)))


def _auc_variance(area: float, positives: int, negatives: int) -> float:
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    top = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    return max(top / (positives * negatives), 0.0)


def _probabilities(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    soft: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return soft


def _percentiles(values: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
