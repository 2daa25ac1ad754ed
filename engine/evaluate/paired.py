"""What a variant lost against its original on the very same samples."""

from math import sqrt

import numpy as np

from ..errors import DataError
from ..records import Estimate
from .metrics import Z95
from .resampling import paired_loss
from .score import Evaluation


def lost(original: Evaluation, variant: Evaluation) -> Estimate | None:
    """What a variant lost of the main metric, in hundredths (points of accuracy); None without labels."""
    if original.correct is not None and variant.correct is not None:
        return loss_points(original.correct, variant.correct)
    if original.sampled is not None and variant.sampled is not None:
        return paired_loss(original.sampled, variant.sampled)
    return None


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
            "evaluate both on the same split with the same limit",
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
