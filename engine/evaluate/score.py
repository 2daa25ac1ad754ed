"""One model file on one split of a data set: predictions, metrics, and what paired comparisons need."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..events import Cancel
from ..records import Estimate, Format, Score
from . import metrics
from .predict import predict_all

if TYPE_CHECKING:
    from ..model.data import Batch, DataSet

BATCH = 256
MAX_BATCH_BYTES = 64 << 20
MAX_CONFUSION_CLASSES = 256


@dataclass(frozen=True)
class Evaluation:
    """A score with what it was made of.

    Attributes:
        score: the metrics; empty for data without labels.
        outputs: first output of every sample, ``[n, ...]``.
        correct: bool ``[n]``, None without labels.
    """

    score: Score
    outputs: np.ndarray
    correct: np.ndarray | None


def evaluate_file(
    path: Path,
    format_: Format,
    data: "DataSet",
    *,
    split: str = "test",
    limit: int | None = None,
    threads: int = 2,
    cancel: Cancel | None = None,
) -> Evaluation:
    """Predict on a split and score the answers.

    Args:
        path: ONNX or TFLite file.
        format_: of the file.
        data: whose inputs fit the model.
        split: name of the split.
        limit: use only its first samples.
        threads: of the runtime.
        cancel: ends the work.

    Raises:
        DataError: the split is empty, or its labels do not fit the model's outputs.
        ModelError: the file cannot be run.
    """
    if data.count(split) == 0:
        raise DataError(
            "empty-split", f"the data '{data.name}' has no samples in split '{split}'", "choose another split"
        )
    labels: list[np.ndarray | None] = []
    names = [item.name for item in data.contract.inputs]
    batches = _noting(data.batches(split, _batch_size(data), limit=limit), labels)
    outputs = predict_all(path, format_, batches, threads, names=names, cancel=cancel)[0]
    known = [item for item in labels if item is not None]
    if not known or len(known) != len(labels):
        return Evaluation(Score({}, data.name), outputs, None)
    score, correct = score_outputs(
        outputs, np.concatenate(known), data.name, softmax=data.contract.output.activation == "softmax"
    )
    return Evaluation(score, outputs, correct)


def score_model(path: Path, format_: Format, data: "DataSet", split: str = "test", limit: int | None = None) -> Score:
    """The metrics of :func:`evaluate_file` alone."""
    return evaluate_file(path, format_, data, split=split, limit=limit).score


def score_outputs(
    outputs: np.ndarray, labels: np.ndarray, data: str, *, softmax: bool = True
) -> tuple[Score, np.ndarray]:
    """Metrics of classification outputs, and which samples are right (bool ``[n]``).

    Args:
        outputs: ``[n, classes]``, or ``[n]`` / ``[n, 1]`` for two classes (a logit, or a probability).
        labels: int ``[n]``.
        data: name for the record.
        softmax: outputs are logits; False: they are probabilities.

    Raises:
        DataError: the outputs are no classes, or a label has no class.
    """
    scores = class_scores(outputs, softmax=softmax)
    classes = scores.shape[1]
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(
            "label-range",
            f"the data '{data}' has label {int(labels.max() if labels.max() >= classes else labels.min())}, "
            f"the model has {classes} classes",
            "use data with the model's own classes, numbered from 0",
        )
    correct = metrics.top_k_correct(scores, labels, 1)
    found: dict[str, Estimate] = {"accuracy": metrics.accuracy(correct)}
    if classes > 5:
        found["top5_accuracy"] = metrics.accuracy(metrics.top_k_correct(scores, labels, 5))
    predicted = np.where(np.isnan(scores), -np.inf, scores).argmax(axis=1)
    silent = np.isnan(scores).all(axis=1)  # no answer is a wrong answer, in every metric alike
    predicted[silent] = (labels[silent] + 1) % classes
    confusion = metrics.confusion_matrix(labels, predicted, classes)
    found |= metrics.averaged(confusion)
    found["roc_auc_macro"] = metrics.roc_auc_macro(_probabilities(scores) if softmax else scores, labels)
    table = tuple(tuple(int(cell) for cell in row) for row in confusion) if classes <= MAX_CONFUSION_CLASSES else None
    return Score(found, data, table), correct


def class_scores(outputs: np.ndarray, *, softmax: bool) -> np.ndarray:
    """Outputs as float64 ``[n, classes]``.

    Raises:
        DataError: they have another shape.
    """
    scores = outputs.astype(np.float64)
    if scores.ndim > 2 and all(size == 1 for size in scores.shape[2:]):
        scores = scores.reshape(scores.shape[:2])
    if scores.ndim == 1:
        scores = scores[:, None]
    if scores.ndim != 2:
        raise DataError(
            "not-classes",
            f"the model's output of shape {outputs.shape[1:]} is no list of classes",
            "evaluate without labels (fidelity), or use a classification model",
        )
    if scores.shape[1] == 1:
        other = np.zeros_like(scores) if softmax else 1 - scores
        scores = np.concatenate([other, scores], axis=1)
    return scores


def _probabilities(scores: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # infinite scores have no probability: NaN, and no ranking
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def _batch_size(data: "DataSet") -> int:
    values = sum(int(np.prod(item.shape)) for item in data.contract.inputs)
    return max(1, min(BATCH, MAX_BATCH_BYTES // max(8 * values, 1)))


def _noting(batches: "Iterator[Batch]", labels: list[np.ndarray | None]) -> "Iterator[Batch]":
    """Keep the labels of batches that pass by."""
    for batch in batches:
        labels.append(batch.labels)
        yield batch
