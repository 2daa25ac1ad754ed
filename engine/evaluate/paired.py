"""What a variant lost against its original on the very same samples."""

from math import sqrt

import numpy as np

from ..errors import DataError
from ..records import Estimate
from .classification import Averages
from .metrics import Z95, macro_area, standard_error, top_k_correct
from .resampling import paired_loss
from .score import Evaluation, answers_of, class_scores, ranked_scores


def lost(original: Evaluation, variant: Evaluation, metric: str | None = None) -> Estimate | None:
    """What a variant lost of a metric, in hundredths (points of accuracy); None without labels.

    Args:
        original, variant: on the same samples.
        metric: one of :data:`engine.evaluate.judging.METRICS` for their task; by default the main one.
    """
    if original.correct is not None and variant.correct is not None:
        return _of_classes(original, variant, metric)
    if original.sampled is not None and variant.sampled is not None:
        return paired_loss(original.sampled, variant.sampled, metric)
    return None


def _of_classes(original: Evaluation, variant: Evaluation, metric: str | None) -> Estimate:
    assert original.correct is not None
    assert variant.correct is not None
    if metric in (None, "accuracy"):
        return loss_points(original.correct, variant.correct)
    assert original.labels is not None
    labels = original.labels
    if metric == "roc_auc_macro":
        before, after = (ranked_scores(item.outputs, softmax=item.softmax) for item in (original, variant))
        return _area_points(before, after, labels)
    first, second = (class_scores(item.outputs, softmax=item.softmax) for item in (original, variant))
    if metric == "top5_accuracy":
        return loss_points(top_k_correct(first, labels, 5), top_k_correct(second, labels, 5))
    drawn = (Averages(labels, answers_of(scores, labels), scores.shape[1]) for scores in (first, second))
    original_averages, variant_averages = drawn
    return paired_loss(original_averages, variant_averages, metric)


def _area_points(original: np.ndarray, variant: np.ndarray, labels: np.ndarray) -> Estimate:
    """The difference of two areas under the ROC curve; its interval is that of DeLong et al. (1988) for paired curves."""
    before, after = macro_area(original, labels), macro_area(variant, labels)
    if before is None or after is None:
        return Estimate(None, None, len(labels))
    value, half = before[0] - after[0], Z95 * standard_error(before[1] - after[1])
    low, high = max(-1.0, value - half), min(1.0, value + half)
    return Estimate(100 * value, (100 * low, 100 * high), len(labels))


def loss_points(baseline_correct: np.ndarray, variant_correct: np.ndarray) -> Estimate:
    """Accuracy of the original minus that of the variant, in percentage points; negative is a gain.

    Only samples that exactly one of the two gets right carry information, so the interval is much narrower than that of
    either accuracy. It is the adjusted Wald interval for matched pairs (half a count added to each cell; Agresti and
    Min, 2005), which keeps its coverage where few or no samples differ.

    Args:
        baseline_correct: bool ``[n]``.
        variant_correct: bool ``[n]``, of the same samples in the same order.

    Raises:
        DataError: the two have different lengths.

    >>> loss_points(np.array([True] * 90 + [False] * 10), np.array([True] * 88 + [False] * 12)).value
    2.0
    """
    n = len(baseline_correct)
    if n != len(variant_correct):
        raise DataError(
            "not-paired",
            f"{n} samples of the original and {len(variant_correct)} of the variant cannot be paired",
            "evaluate both on the same split with as many samples",
        )
    if n == 0:
        return Estimate(None, None, 0)
    lost = int((baseline_correct & ~variant_correct).sum())
    gained = int((~baseline_correct & variant_correct).sum())
    size, more, fewer = n + 2, lost + 0.5, gained + 0.5
    centre = (more - fewer) / size
    half = Z95 * sqrt((more + fewer) - (more - fewer) ** 2 / size) / size
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return Estimate(100 * (lost - gained) / n, (100 * low, 100 * high), n)
