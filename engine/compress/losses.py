"""What training minimises: labels, a teacher's outputs, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import TechniqueError

if TYPE_CHECKING:
    from torch import Tensor

SOFT_LOSSES = ("kl", "ce", "mse")


@dataclass(frozen=True)
class SoftLabels:
    """How much and in which way the teacher counts; ``alpha`` 0 is labels alone, 1 the teacher alone.

    ``student_temperature``: where the student's outputs are softened by another temperature than the teacher's.
    """

    temperature: float = 4.0
    alpha: float = 0.9
    loss: str = "kl"
    student_temperature: float | None = None


def soft_loss(student: Tensor, teacher: Tensor, soft: SoftLabels) -> Tensor:
    """Distance of the student's outputs from the teacher's, mean over the samples; the teacher gets no gradient.

    ``kl`` is ``T^2 * KL(softmax(teacher / T) || softmax(student / T))`` (Hinton et al., 2015), ``ce`` the cross-entropy
    with the same distributions (it differs by the teacher's entropy), ``mse`` compares the outputs themselves, ``hard`` is
    the cross-entropy with the class the teacher finds most likely. With a temperature each, ``T^2`` is their product.
    """
    from torch.nn import functional

    if student.shape != teacher.shape:
        raise TechniqueError(
            "outputs-differ",
            f"the model gives outputs of shape {list(student.shape[1:])}, its teacher {list(teacher.shape[1:])}",
            "distil from the model this one was made from",
        )
    teacher = teacher.detach()
    if soft.loss == "hard":
        return functional.cross_entropy(student, teacher.argmax(dim=1))
    if soft.loss == "mse":
        return functional.mse_loss(student, teacher)
    own = soft.temperature if soft.student_temperature is None else soft.student_temperature
    scaled = functional.log_softmax(student / own, dim=1)
    target = functional.log_softmax(teacher / soft.temperature, dim=1)
    weight = own * soft.temperature  # gradients shrink by both
    if soft.loss == "ce":
        return -(target.exp() * scaled).sum(dim=1).mean() * weight
    return functional.kl_div(scaled, target, reduction="batchmean", log_target=True) * weight


def label_loss(student: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Cross-entropy with class labels ``int64[n]``, mean over the samples.

    Raises:
        TechniqueError: the outputs are not one score per class, or a label is none of the classes.
    """
    from torch.nn import functional

    if student.ndim != 2 or student.shape[1] < 2:
        raise TechniqueError(
            "no-class-scores",
            f"training with labels needs one score per class, the model gives outputs of shape {list(student.shape[1:])}",
            "train it with a teacher alone (soft-label-distillation with alpha: 1), or without training (epochs: 0)",
        )
    classes = student.shape[1]
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise TechniqueError(
            "labels-differ",
            f"the data has label {int(labels.max())}, the model has {classes} classes",
            "give the data set this model was trained for",
        )
    return functional.cross_entropy(student, labels, label_smoothing=smoothing)


def combined_loss(
    student: Tensor, labels: Tensor | None, teacher: Tensor | None, soft: SoftLabels | None, smoothing: float = 0.0
) -> Tensor:
    """``(1 - alpha) * CE + alpha * soft``; without a teacher the cross-entropy alone.

    Raises:
        TechniqueError: there are neither labels nor a teacher to learn from.
    """
    alpha = 0.0 if soft is None or teacher is None else soft.alpha
    if alpha < 1 and labels is None:
        raise TechniqueError(
            "no-labels", "the training data has no labels", "give labelled data, or distil with alpha: 1"
        )
    if soft is None or teacher is None or labels is None:
        assert labels is not None or (soft is not None and teacher is not None)
        if labels is not None:
            return label_loss(student, labels, smoothing)
        return soft_loss(student, teacher, soft)  # type: ignore[arg-type]
    total = alpha * soft_loss(student, teacher, soft)
    return total if alpha == 1 else total + (1 - alpha) * label_loss(student, labels, smoothing)
