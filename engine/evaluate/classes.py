"""Which classes lost most: the metric of each class before and after, on the same samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..records import Estimate
from .detection import Detection
from .paired import loss_points
from .resampling import estimates, paired_losses
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
    """AP@50:95 of each class of a detector with an interval (images drawn again); empty for other tasks."""
    sampled = evaluation.sampled
    if not isinstance(sampled, Detection):
        return {}
    return {_name(names, int(number)): value for number, value in estimates(sampled.per_class()).items()}


def class_losses(original: Evaluation, variant: Evaluation, names: Sequence[str] = ()) -> tuple[ClassLoss, ...]:
    """Every class with samples, the one that lost most first; empty for tasks without classes.

    The intervals of recalls (:func:`loss_points`) and average precisions are paired; that of an overlap is not known.
    """
    rows: list[ClassLoss] = []
    if original.labels is not None and original.correct is not None and variant.correct is not None:
        for number in np.unique(original.labels):
            own = original.labels == number
            before, after = original.correct[own], variant.correct[own]
            lost = loss_points(before, after)
            rows.append(ClassLoss(_name(names, int(number)), float(before.mean()), float(after.mean()), lost))
    elif isinstance(original.sampled, Detection) and isinstance(variant.sampled, Detection):
        whole = (original.sampled.per_class(), variant.sampled.per_class())
        ones = np.ones((1, whole[0].n))
        points = [{name: float(value[0]) for name, value in item.values(ones).items()} for item in whole]
        for name, lost in paired_losses(*whole).items():
            rows.append(ClassLoss(_name(names, int(name)), points[0][name], points[1][name], lost))
    else:
        first, second = _values(original), _values(variant)
        for number in sorted(set(first) & set(second)):
            lost = Estimate(100 * (first[number] - second[number]), None, len(original.outputs))
            rows.append(ClassLoss(_name(names, number), first[number], second[number], lost))
    return tuple(sorted(rows, key=lambda row: -(row.loss_points.value or 0.0)))


def _values(evaluation: Evaluation) -> dict[int, float]:
    sampled = evaluation.sampled
    if isinstance(sampled, Segmentation):
        return {number: float(value) for number, value in enumerate(sampled.per_class()) if np.isfinite(value)}
    return {}


def _name(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else str(number)
