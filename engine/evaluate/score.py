"""One model file on one split: outputs, which samples are right, and every metric with its interval."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..events import Cancel
from ..model.data import DataSet
from ..records import Estimate, Format, Score
from .metrics import confusion_matrix, proportion, rate_estimates, roc_auc, top_k_hits
from .predict import predict

BATCH = 250
TOP_K = 5


@dataclass(frozen=True)
class Evaluation:
    """Outputs of a model on a split, with what was computed from them; ``correct`` is None without labels."""

    outputs: tuple[np.ndarray, ...]
    labels: np.ndarray | None
    correct: np.ndarray | None
    score: Score


def evaluate_file(
    path: Path,
    format_: Format,
    data: DataSet,
    *,
    split: str = "test",
    limit: int | None = None,
    threads: int = 2,
    cancel: Cancel | None = None,
) -> Evaluation:
    """Run a model file over a split in a limited child and score it.

    Args:
        path: ONNX or TFLite file. format_: which of them.
        data: its pre-processed batches fit the model.
        split: name of the split.
        limit: only the first samples.

    Raises:
        DataError: the split is empty or its labels are no classes of the model.
        ModelError: the model does not run.
    """
    if data.count(split) == 0:
        raise DataError("empty-split", f"{data.name} has no samples in '{split}'", "give data with a test part")
    outputs, labels = predict(path, format_, data.batches(split, BATCH, limit=limit), threads=threads, cancel=cancel)
    name = f"{data.name}:{split}"
    if labels is None or outputs[0].ndim != 2 or outputs[0].shape[1] < 2:
        return Evaluation(outputs, labels, None, Score({}, name))
    return _classified(outputs, labels, name)


def _classified(outputs: tuple[np.ndarray, ...], labels: np.ndarray, name: str) -> Evaluation:
    scores = outputs[0].astype(np.float64)
    classes = scores.shape[1]
    if int(labels.max()) >= classes or int(labels.min()) < 0:
        raise DataError(
            "labels-differ",
            f"{name} has label {int(labels.max())}, the model has {classes} classes",
            "give the data set this model was trained for",
        )
    correct = scores.argmax(axis=1) == labels
    metrics: dict[str, Estimate] = {"accuracy": proportion(correct)}
    if classes > TOP_K:
        metrics[f"top{TOP_K}_accuracy"] = proportion(top_k_hits(scores, labels, TOP_K))
    metrics.update(rate_estimates(labels, scores.argmax(axis=1), classes))
    metrics["roc_auc_macro"] = roc_auc(scores, labels)
    matrix = confusion_matrix(labels, scores.argmax(axis=1), classes)
    confusion = tuple(tuple(int(value) for value in row) for row in matrix)
    return Evaluation(outputs, labels, correct, Score(metrics, name, confusion))
