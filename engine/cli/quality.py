"""How the quality of a model reads in a table: the main metric of its task, and what was lost of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..records import Estimate, Score

_NAMES = {"accuracy": "accuracy", "r2": "R2", "map50_95": "mAP@50:95", "miou": "mIoU", "wer": "word errors"}
_PLAIN = {"r2"}


def heading(scores: "Iterable[Score | None]") -> str:
    """The main metric of these models as the head of a column."""
    return next((_NAMES[score.main] for score in scores if score is not None and score.main), "accuracy")


def quality(score: "Score | None") -> str:
    """The main metric with its interval, in per cent where it is a share, or why there is none."""
    name = None if score is None else score.main
    estimate = None if score is None or name is None else score.metrics[name]
    if estimate is None or estimate.value is None:
        return "not evaluated"
    low, high = estimate.ci95 or (estimate.value, estimate.value)
    if name in _PLAIN:
        return f"{estimate.value:.4f} [{low:.3f}, {high:.3f}]"
    return f"{100 * estimate.value:.2f} % [{100 * low:.1f}, {100 * high:.1f}]"


def signed(estimate: "Estimate | None") -> str:
    """A loss in points with its interval; empty where it is not known."""
    if estimate is None or estimate.value is None:
        return ""
    low, high = estimate.ci95 or (estimate.value, estimate.value)
    return f"{estimate.value:+.2f} [{low:+.2f}, {high:+.2f}]"
