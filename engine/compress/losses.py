"""What training minimises: labels, a teacher's outputs, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import TechniqueError
from ..events import Log
from ..model.task import Task, target_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from .technique import Context

SOFT_LOSSES = ("kl", "ce", "mse")
NO_CLASS = 255
"""A place of a mask with this label, or one below 0, does not count."""


@dataclass(frozen=True)
class SoftLabels:
    """How much and in which way the teacher counts; ``alpha`` 0 is labels alone, 1 the teacher alone.

    ``student_temperature``: where the student's outputs are softened by another temperature than the teacher's.
    """

    temperature: float = 4.0
    alpha: float = 0.9
    loss: str = "kl"
    student_temperature: float | None = None


def suited(soft: SoftLabels, context: Context, what: str) -> SoftLabels:
    """How a teacher can count for the task of the data: numbers and boxes are no classes, so their outputs are compared.

    Training sees no boxes and sequences as labels, so the teacher counts alone there unless labels alone were asked for.

    Raises:
        TechniqueError: the teacher's classes are asked for, and it has none.
    """
    task = Task.CLASSIFICATION if context.data is None else target_of(context.data).task
    if task in (Task.DETECTION, Task.SEQUENCE) and 0 < soft.alpha < 1:
        context.emit(
            Log(f"{what}: learns from the original's answers alone (alpha 1), as {task} has no labels it can use")
        )
        soft = replace(soft, alpha=1.0)
    if task not in (Task.REGRESSION, Task.DETECTION) or soft.loss == "mse":
        return soft
    if soft.loss == "hard":
        raise TechniqueError(
            "no-class-scores",
            f"{what} takes the class the teacher chooses, and a model for {task} has no classes",
            "use soft-label-distillation, which compares the outputs themselves",
        )
    context.emit(Log(f"{what}: outputs are compared by their squared error, as those of {task} are no classes"))
    return replace(soft, loss="mse")


def soft_loss(student: Tensor, teacher: Tensor, soft: SoftLabels) -> Tensor:
    """Distance of the student's outputs from the teacher's, mean over the samples; the teacher gets no gradient.

    ``kl`` is ``T^2 * KL(softmax(teacher / T) || softmax(student / T))`` (Hinton et al., 2015), ``ce`` the cross-entropy
    with the same distributions (it differs by the teacher's entropy), ``mse`` compares the outputs themselves, ``hard`` is
    the cross-entropy with the class the teacher finds most likely. With a temperature each, ``T^2`` is their product.
    Outputs with places (masks ``[n, classes, h, w]``, sequences ``[n, steps, symbols]``) count place by place.
    """
    from torch.nn import functional

    if student.shape != teacher.shape:
        raise TechniqueError(
            "outputs-differ",
            f"the model gives outputs of shape {list(student.shape[1:])}, its teacher {list(teacher.shape[1:])}",
            "distil from the model this one was made from",
        )
    teacher = teacher.detach()
    if soft.loss == "mse":
        return functional.mse_loss(student, teacher)
    student, teacher = _by_place(student), _by_place(teacher)
    if student.shape[1] < 2:
        raise TechniqueError(
            "no-class-scores",
            "the model gives one number, which has no distribution to soften",
            "use loss: mse, or give data whose task is regression",
        )
    if soft.loss == "hard":
        return functional.cross_entropy(student, teacher.argmax(dim=1))
    own = soft.temperature if soft.student_temperature is None else soft.student_temperature
    scaled = functional.log_softmax(student / own, dim=1)
    target = functional.log_softmax(teacher / soft.temperature, dim=1)
    weight = own * soft.temperature  # gradients shrink by both
    if soft.loss == "ce":
        return -(target.exp() * scaled).sum(dim=1).mean() * weight
    return functional.kl_div(scaled, target, reduction="batchmean", log_target=True) * weight


def _by_place(outputs: Tensor) -> Tensor:
    """``[places, classes]`` of outputs of any task with classes."""
    if outputs.ndim > 3:
        outputs = outputs.movedim(1, -1)
    return outputs.reshape(-1, outputs.shape[-1])


def label_tensor(labels: np.ndarray) -> Tensor:
    """Labels as losses take them: float32 where they are numbers, else int64."""
    import torch

    tensor = torch.from_numpy(labels)
    return tensor.float() if tensor.is_floating_point() else tensor.long()


def counted(labels: Tensor) -> Tensor:
    """True at the places of masks that count; every class label does."""
    return (labels >= 0) & (labels != NO_CLASS) if labels.ndim > 1 else labels == labels


def label_loss(student: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Cross-entropy with class labels ``int64[n]`` or masks ``int64[n, h, w]``; mean squared error with numbers (float).

    Means over the samples, and over the places of a mask that count or the values of a sample.

    Raises:
        TechniqueError: the outputs are no answers of that kind, or a label is none of the classes.
    """
    from torch.nn import functional

    if labels.is_floating_point():
        if student.numel() != labels.numel():
            raise TechniqueError(
                "labels-differ",
                f"the data has labels of shape {list(labels.shape[1:])}, the model gives {list(student.shape[1:])}",
                "give the data set this model was trained for",
            )
        return functional.mse_loss(student.reshape(labels.shape), labels)
    if student.ndim != labels.ndim + 1 or student.shape[1] < 2 or student.shape[2:] != labels.shape[1:]:
        raise TechniqueError(
            "no-class-scores",
            f"training with labels needs one score per class, the model gives outputs of shape {list(student.shape[1:])}",
            "train it with a teacher alone (soft-label-distillation with alpha: 1), or without training (epochs: 0); "
            "where the labels are numbers, give --task regression",
        )
    classes, counts = student.shape[1], counted(labels)
    known = labels[counts] if labels.ndim > 1 else labels
    if len(known) and not 0 <= int(known.min()) <= int(known.max()) < classes:
        raise TechniqueError(
            "labels-differ",
            f"the data has label {int(known.max())}, the model has {classes} classes",
            "give the data set this model was trained for",
        )
    if labels.ndim == 1:
        return functional.cross_entropy(student, labels, label_smoothing=smoothing)
    marked = labels.masked_fill(~counts, -1)
    total = functional.cross_entropy(student, marked, ignore_index=-1, label_smoothing=smoothing, reduction="sum")
    return total / counts.sum().clamp_min(1)


def require_labels(labelled: bool, alpha: float) -> None:
    """See that there is something to learn from beside a teacher of weight ``alpha``.

    Raises:
        TechniqueError: labels would count, and there are none.
    """
    if alpha < 1 and not labelled:
        raise TechniqueError(
            "no-labels",
            "the training data has no labels it can learn from: none, or boxes or sequences",
            "give labelled data, or distil with alpha: 1, which learns from the original's answers alone",
        )


def combined_loss(
    student: Tensor, labels: Tensor | None, teacher: Tensor | None, soft: SoftLabels | None, smoothing: float = 0.0
) -> Tensor:
    """``(1 - alpha) * label loss + alpha * soft``; without a teacher the labels alone.

    Raises:
        TechniqueError: there are neither labels nor a teacher to learn from.
    """
    alpha = 0.0 if soft is None or teacher is None else soft.alpha
    if soft is not None and labels is not None and labels.is_floating_point():
        soft = replace(soft, loss="mse")  # numbers have no distribution
    require_labels(labels is not None, alpha)
    if soft is None or teacher is None or labels is None:
        assert labels is not None or (soft is not None and teacher is not None)
        if labels is not None:
            return label_loss(student, labels, smoothing)
        return soft_loss(student, teacher, soft)  # type: ignore[arg-type]
    total = alpha * soft_loss(student, teacher, soft)
    return total if alpha == 1 else total + (1 - alpha) * label_loss(student, labels, smoothing)
