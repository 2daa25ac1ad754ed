"""Losses against numpy."""

import numpy as np
import pytest
import torch

from engine.compress.losses import SoftLabels, combined_loss, label_loss, soft_loss
from engine.errors import TechniqueError

GENERATOR = np.random.default_rng(0)
STUDENT, TEACHER = GENERATOR.normal(size=(2, 6, 4)) * 2
LABELS = np.array([0, 3, 1, 1, 2, 0])


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def entropy_cross(p, q):
    return -(p * np.log(q)).sum(1).mean()


def expected(kind, t):
    p, q = softmax(TEACHER / t), softmax(STUDENT / t)
    return {
        "kl": (entropy_cross(p, q) - entropy_cross(p, p)) * t**2,
        "ce": entropy_cross(p, q) * t**2,
        "mse": ((STUDENT - TEACHER) ** 2).mean(),
        "hard": entropy_cross(np.eye(4)[TEACHER.argmax(1)], softmax(STUDENT)),
    }[kind]


@pytest.mark.parametrize("kind", ["kl", "ce", "mse", "hard"])
@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_that_soft_losses_equal_numpy(kind, temperature):
    value = soft_loss(torch.from_numpy(STUDENT), torch.from_numpy(TEACHER), SoftLabels(temperature, 1.0, kind))
    assert float(value) == pytest.approx(expected(kind, temperature))


def test_that_teacher_and_student_may_have_a_temperature_each():
    p, q = softmax(TEACHER / 5.0), softmax(STUDENT / 2.0)
    soft = SoftLabels(5.0, 1.0, "kl", 2.0)
    value = soft_loss(torch.from_numpy(STUDENT), torch.from_numpy(TEACHER), soft)
    assert float(value) == pytest.approx((entropy_cross(p, q) - entropy_cross(p, p)) * 5.0 * 2.0)


def test_that_the_whole_is_alpha_times_soft_and_the_rest_labels():
    hard = entropy_cross(np.eye(4)[LABELS], softmax(STUDENT))
    value = combined_loss(
        torch.from_numpy(STUDENT), torch.from_numpy(LABELS), torch.from_numpy(TEACHER), SoftLabels(3.0, 0.7)
    )
    assert float(value) == pytest.approx(0.7 * expected("kl", 3.0) + 0.3 * hard)


def test_that_label_smoothing_gives_its_share_to_all_classes():
    target = 0.8 * np.eye(4)[LABELS] + 0.2 / 4
    value = label_loss(torch.from_numpy(STUDENT), torch.from_numpy(LABELS), 0.2)
    assert float(value) == pytest.approx(entropy_cross(target, softmax(STUDENT)))


def test_that_the_teacher_gets_no_gradient():
    student = torch.from_numpy(STUDENT).requires_grad_()
    teacher = torch.from_numpy(TEACHER).requires_grad_()
    soft_loss(student, teacher, SoftLabels()).backward()
    assert student.grad is not None
    assert teacher.grad is None


@pytest.mark.parametrize(
    ("student", "labels", "teacher", "soft", "message"),
    [
        (torch.zeros(2, 3), torch.tensor([0, 5]), None, None, "label 5"),
        (torch.zeros(2, 3, 4), torch.tensor([0, 1]), None, None, "score per class"),
        (torch.zeros(2, 3), None, torch.zeros(2, 3), SoftLabels(alpha=0.5), "no labels"),
        (torch.zeros(2, 3), None, torch.zeros(2, 4), SoftLabels(alpha=1.0), "shape"),
    ],
)
def test_that_what_does_not_fit_is_told(student, labels, teacher, soft, message):
    with pytest.raises(TechniqueError, match=message):
        combined_loss(student, labels, teacher, soft)
