"""What a training may minimise beside labels and teacher: penalties on weights, matched features, gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .teacher import first_output
from .training_knobs import PENALTIES, TrainingKnobs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor, nn


class Objective:
    """A term of the loss; subclasses override what they need.

    ``key`` is a JSON-able value of everything that decides what the term does; it names the training's checkpoints.
    """

    key: Any = None

    def attach(self, student: nn.Module) -> list[nn.Parameter]:
        """Called before the first update; returns parameters of its own that are trained, too."""
        return []

    def loss(self, inputs: tuple[Tensor, ...], outputs: Tensor) -> Tensor | None:
        """Called after the student's forward pass; what is added to the loss."""
        return None

    def updated(self, rate: float) -> None:
        """Called without gradients after every update with its learning rate."""

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint must hold beside the student; tensors are loaded in place."""
        return {}

    def detach(self) -> None:
        """Called after the last epoch: hooks go."""

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a checkpoint."""
        import torch

        with torch.no_grad():
            for name, tensor in self.state().items():
                tensor.copy_(state[name])


class Penalty(Objective):
    """A regulariser of the weights (``l1 spectral nuclear frobenius``) or of the function (``jacobian``).

    ``spectral``: squared largest singular value of every weight (Yoshida, Miyato 2017, arXiv:1705.10941);
    ``jacobian``: squared norm of the outputs' derivative by the inputs along one random direction (Hoffman, Roberts,
    Yaida 2019, arXiv:1908.02729); ``nuclear``: sum of singular values, pushes weights towards low rank.
    """

    def __init__(self, kind: str, weight: float) -> None:
        assert kind in PENALTIES
        self.key = [kind, weight]
        self._kind, self._weight = kind, weight
        self._student: nn.Module | None = None

    def attach(self, student: nn.Module) -> list[nn.Parameter]:
        """Remember whose weights are meant."""
        self._student = student
        return []

    def loss(self, inputs: tuple[Tensor, ...], outputs: Tensor) -> Tensor | None:
        """Weight times penalty."""
        assert self._student is not None
        if self._kind == "jacobian":
            return self._weight * jacobian_norm(self._student, inputs)
        terms = [weight_penalty(self._kind, weight) for weight in weights_of(self._student)]
        return self._weight * sum(terms[1:], terms[0]) if terms else None


def weights_of(module: nn.Module) -> Iterator[Tensor]:
    """Trained weights of more than one axis (no biases, no scales)."""
    return (parameter for parameter in module.parameters() if parameter.requires_grad and parameter.ndim > 1)


def weight_penalty(kind: str, weight: Tensor) -> Tensor:
    """One number for one weight ``[out, in, ...]``, seen as a matrix ``[out, in * ...]``."""
    import torch

    matrix = weight.flatten(1)
    if kind == "l1":
        size: Tensor = matrix.abs().sum()
    elif kind == "nuclear":
        size = torch.linalg.svdvals(matrix).sum()
    elif kind == "spectral":
        size = _largest_singular_value(matrix) ** 2
    else:
        size = torch.linalg.matrix_norm(matrix)
    return size


def jacobian_norm(module: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
    """Mean squared norm of ``v^T J`` with one random unit vector ``v`` per sample, times the number of outputs."""
    import torch

    first = inputs[0].detach()
    if not first.is_floating_point():
        return torch.zeros(())
    first = first.clone().requires_grad_(True)
    outputs = first_output(module(first, *inputs[1:])).flatten(1)
    direction = torch.randn_like(outputs)
    direction = direction / direction.norm(dim=1, keepdim=True)
    (gradient,) = torch.autograd.grad((outputs * direction).sum(), first, create_graph=True)
    norm: Tensor = outputs.shape[1] * gradient.flatten(1).pow(2).sum(1).mean()
    return norm


def _largest_singular_value(matrix: Tensor, rounds: int = 5) -> Tensor:
    """By power iteration from a fixed start; gradients flow through the last product only."""
    import torch

    with torch.no_grad():
        right = torch.ones(matrix.shape[1], dtype=matrix.dtype) / matrix.shape[1] ** 0.5
        right = right + 0.01 * torch.linspace(-1, 1, matrix.shape[1], dtype=matrix.dtype)
        left = right
        for _ in range(rounds):
            left = torch.nn.functional.normalize(matrix @ right, dim=0)
            right = torch.nn.functional.normalize(matrix.T @ left, dim=0)
    value: Tensor = left @ matrix @ right
    return value


def penalty_of(knobs: TrainingKnobs) -> list[Objective]:
    """The regulariser the knobs ask for, or none."""
    if knobs.penalty == "none" or knobs.penalty_weight == 0:
        return []
    return [Penalty(knobs.penalty, knobs.penalty_weight)]
