"""Which metric may judge a model: those of its task, the main one first."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..model.task import Task, target_of
from .sequence import SPACE

if TYPE_CHECKING:
    from ..model.data import DataSet

METRICS: Mapping[Task, tuple[str, ...]] = {
    Task.CLASSIFICATION: (
        "accuracy", "top5_accuracy", "f1_macro", "f1_weighted", "precision_macro", "recall_macro", "roc_auc_macro",
    ),
    Task.REGRESSION: ("r2", "rmse", "mae"),
    Task.DETECTION: ("map50_95", "map50", "recall50"),
    Task.SEGMENTATION: ("miou", "pixel_accuracy"),
    Task.SEQUENCE: ("wer", "cer", "exact"),
}  # fmt: skip
"""Metrics that say something of their own: the micro F1 is the accuracy, the mean squared error is R2 in other words."""
TOP = 5


def metrics_of(data: "DataSet") -> tuple[str, ...]:
    """The metrics that can judge a model on this data; the first one does where nothing else is asked for."""
    target = target_of(data)
    left_out = set()
    if target.task is Task.CLASSIFICATION and 0 < len(target.classes) <= TOP:
        left_out.add("top5_accuracy")
    if target.task is Task.SEQUENCE and SPACE not in target.classes:
        left_out.add("cer")
    return tuple(name for name in METRICS[target.task] if name not in left_out)


def judge(metric: str | None, data: "DataSet | None") -> str | None:
    """The metric a person named; None for the main one of the task.

    Raises:
        UsageError: there is no data, or its task has no such metric.
    """
    if metric is None:
        return None
    if data is None:
        raise UsageError(
            "metric-without-data", f"without data nothing has a {metric}", "give --data, or leave --metric"
        )
    known = metrics_of(data)
    if metric not in known:
        raise UsageError(
            "unknown-metric",
            f"the data '{data.name}' ({target_of(data).task}) has no metric '{metric[:80]}'",
            f"use one of: {', '.join(known)}",
        )
    return None if metric == known[0] else metric
