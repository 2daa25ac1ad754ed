"""One model file on one split of a data set: predictions, metrics, and what paired comparisons need."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..events import Cancel
from ..model.task import Target, Task, target_of
from ..records import Estimate, Format, Score
from . import metrics
from .detection import Detection, boxes_of
from .predict import predict_all
from .regression import Regression
from .resampling import Sampled, estimates
from .segmentation import Segmentation, pixel_classes
from .sequence import Sequences, decoded

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
        correct: bool ``[n]``, None without labels or for another task than classification.
        labels: of every sample, None where a sample has none.
        sampled: what intervals and paired comparisons of another task than classification are drawn from.
        softmax: outputs of a classifier are logits; False: they are probabilities.
    """

    score: Score
    outputs: np.ndarray
    correct: np.ndarray | None
    labels: np.ndarray | None = None
    sampled: Sampled | None = None
    softmax: bool = True

    def goodness(self, metric: str | None = None) -> float:
        """A metric (by default the main one) as a number that is 1 for a perfect model; 0 where undefined."""
        if self.correct is not None:
            value = self.score.metrics[metric or "accuracy"].value
        else:
            value = None if self.sampled is None else self.sampled.value(metric)
        return value if value is not None and np.isfinite(value) else 0.0


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
    names = [item.name for item in data.contract.inputs]
    return evaluate_answers(
        lambda batches: predict_all(path, format_, batches, threads, names=names, cancel=cancel), data, split, limit
    )


def evaluate_answers(
    answers: "Callable[[Iterator[Batch]], Sequence[np.ndarray]]", data: "DataSet", split: str, limit: int | None = None
) -> Evaluation:
    """Score what somebody answers to a split.

    Args:
        answers: every output for every sample of some batches, each ``[n, ...]``.
        data: whose inputs they take.
        split: name of the split.
        limit: use only its first samples.

    Raises:
        DataError: the split is empty, or its labels do not fit the answers.
    """
    if data.count(split) == 0:
        raise DataError(
            "empty-split", f"the data '{data.name}' has no samples in split '{split}'", "choose another split"
        )
    labels: list[np.ndarray | None] = []
    outputs = answers(_noting(data.batches(split, _batch_size(data), limit=limit), labels))
    known = [item for item in labels if item is not None]
    if not known or len(known) != len(labels):
        return Evaluation(Score({}, data.name), outputs[0], None)
    return judged(outputs, joined(known), data)


def judged(outputs: Sequence[np.ndarray], labels: np.ndarray, data: "DataSet") -> Evaluation:
    """Metrics of the task a data set declares.

    Args:
        outputs: of the model, each ``[n, ...]``.
        labels: as :class:`engine.model.task.Target` says.
        data: which declares the task.

    Raises:
        DataError: outputs and labels do not fit the task.
    """
    target = target_of(data)
    if target.task is Task.CLASSIFICATION:
        softmax = data.contract.output.activation == "softmax"
        score, correct = score_outputs(outputs[0], labels, data.name, softmax=softmax)
        return Evaluation(score, outputs[0], correct, labels, softmax=softmax)
    sampled = _SAMPLED[target.task](outputs, labels, target)
    return Evaluation(Score(estimates(sampled), data.name), outputs[0], None, labels, sampled)


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Labels of all batches; rows of boxes or symbols are filled up with -1 to the longest."""
    longest = max((part.shape[1] for part in parts if part.ndim > 1), default=0)
    filled = [
        part
        if part.ndim < 2 or part.shape[1] == longest
        else np.concatenate(
            [part, np.full((len(part), longest - part.shape[1], *part.shape[2:]), -1, part.dtype)], axis=1
        )
        for part in parts
    ]
    return np.concatenate(filled)


def _regression(outputs: Sequence[np.ndarray], labels: np.ndarray, target: Target) -> Sampled:
    return Regression(outputs[0], labels)


def _detection(outputs: Sequence[np.ndarray], labels: np.ndarray, target: Target) -> Sampled:
    classes = max(len(target.classes), 1)
    return Detection(boxes_of(outputs, target.boxes, classes), labels, classes)


def _segmentation(outputs: Sequence[np.ndarray], labels: np.ndarray, target: Target) -> Sampled:
    predicted, classes = pixel_classes(outputs[0], labels)
    return Segmentation(predicted, labels, max(classes, len(target.classes)))


def _sequence(outputs: Sequence[np.ndarray], labels: np.ndarray, target: Target) -> Sampled:
    references = [row[row >= 0].tolist() for row in labels]
    return Sequences(decoded(outputs[0], target.decoding), references, target.classes)


_SAMPLED: dict[Task, Callable[[Sequence[np.ndarray], np.ndarray, Target], Sampled]] = {
    Task.REGRESSION: _regression,
    Task.DETECTION: _detection,
    Task.SEGMENTATION: _segmentation,
    Task.SEQUENCE: _sequence,
}


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
        one = outputs.size == len(outputs)  # one number a sample
        raise DataError(
            "label-range",
            f"the data '{data}' has label {int(labels.max() if labels.max() >= classes else labels.min())}, "
            f"the model has {classes} classes",
            "the model gives one number: where the labels are numbers too, give --task regression"
            if one
            else "use data with the model's own classes, numbered from 0",
        )
    correct = metrics.top_k_correct(scores, labels, 1)
    found: dict[str, Estimate] = {"accuracy": metrics.accuracy(correct)}
    if classes > 5:
        found["top5_accuracy"] = metrics.accuracy(metrics.top_k_correct(scores, labels, 5))
    confusion = metrics.confusion_matrix(labels, answers_of(scores, labels), classes)
    found |= metrics.averaged(confusion)
    found["roc_auc_macro"] = metrics.roc_auc_macro(ranked_scores(outputs, softmax=softmax), labels)
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


def answers_of(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The class each sample is given, int ``[n]``; no answer is a wrong answer, in every metric alike."""
    predicted: np.ndarray = np.where(np.isnan(scores), -np.inf, scores).argmax(axis=1)
    silent = np.isnan(scores).all(axis=1)
    predicted[silent] = (labels[silent] + 1) % scores.shape[1]
    return predicted


def ranked_scores(outputs: np.ndarray, *, softmax: bool) -> np.ndarray:
    """Outputs as class scores that can be ranked between samples: probabilities."""
    scores = class_scores(outputs, softmax=softmax)
    return _probabilities(scores) if softmax else scores


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
