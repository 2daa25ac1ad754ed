"""Which classes lost most: the metric of each class before and after, on the same samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..records import Estimate
from .detection import Detection
from .paired import loss_points
from .resampling import Sampled, estimates, paired_losses
from .score import Evaluation
from .segmentation import Segmentation


@dataclass(frozen=True)
class ClassLoss:
    """One class: recall (classification), intersection over union (segmentation) or average precision (detection)."""

    name: str
    before: float
    after: float
    loss_points: Estimate

    def to_json(self) -> dict[str, Any]:
        """One entry of ``classes``."""
        lost = self.loss_points.to_json()
        return {"class": self.name, "before": self.before, "after": self.after, "loss_points": lost}


def class_scores(evaluation: Evaluation, names: Sequence[str] = ()) -> dict[str, Estimate]:
    """AP@50:95 of each class of a detector, intersection over union of each class of a segmentation; else empty.

    The intervals come from drawing the images again.
    """
    return _named(_by_class(evaluation), names)


def class_accuracies(evaluation: Evaluation, names: Sequence[str] = ()) -> dict[str, Estimate]:
    """Share of each class's pixels that a segmentation finds, with an interval; empty for other tasks."""
    sampled = evaluation.sampled
    return _named(sampled.accuracy_per_class() if isinstance(sampled, Segmentation) else None, names)


def class_losses(original: Evaluation, variant: Evaluation, names: Sequence[str] = ()) -> tuple[ClassLoss, ...]:
    """Every class with samples, the one that lost most first; empty for tasks without classes.

    The intervals are paired: of recalls by :func:`loss_points`, of the others by drawing the images again.
    """
    first, second = _by_class(original), _by_class(variant)
    drawn = [] if first is None or second is None else _redrawn(first, second, names)
    rows = drawn or _recalls(original, variant, names)
    return tuple(sorted(rows, key=lambda row: -(row.loss_points.value or 0.0)))


def _recalls(original: Evaluation, variant: Evaluation, names: Sequence[str]) -> list[ClassLoss]:
    if original.labels is None or original.correct is None or variant.correct is None:
        return []
    rows = []
    for number in np.unique(original.labels):
        own = original.labels == number
        before, after = original.correct[own], variant.correct[own]
        lost = loss_points(before, after)
        rows.append(ClassLoss(_name(names, int(number)), float(before.mean()), float(after.mean()), lost))
    return rows


def _redrawn(original: Sampled, variant: Sampled, names: Sequence[str]) -> list[ClassLoss]:
    ones = np.ones((1, original.n))
    before, after = original.values(ones), variant.values(ones)
    return [
        ClassLoss(_name(names, int(number)), float(before[number][0]), float(after[number][0]), lost)
        for number, lost in paired_losses(original, variant).items()
    ]


def _by_class(evaluation: Evaluation) -> Sampled | None:
    sampled = evaluation.sampled
    return sampled.per_class() if isinstance(sampled, (Detection, Segmentation)) else None


def _named(by_class: Sampled | None, names: Sequence[str]) -> dict[str, Estimate]:
    found = {} if by_class is None else estimates(by_class)
    return {_name(names, int(number)): value for number, value in found.items()}


def _name(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else str(number)
