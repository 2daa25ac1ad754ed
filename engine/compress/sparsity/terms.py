"""Terms of the loss that drive weights to zero: L1, group lasso, and a bounded reweighted penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..objectives import Objective
from ..weighted_layers import prunable_weights

if TYPE_CHECKING:
    from torch import Tensor, nn


class SparsityTerm(Objective):
    """One penalty on the weights of all convolutions and linear layers.

    Args:
        kind: ``l1``, ``group-lasso`` (one group per output channel), ``reweighted`` or ``reciprocal``.
        strength: lambda.
        alpha: of the reweighted penalty.
        proximal: instead of a term of the loss, the proximal step after every update (``l1``, ``group-lasso``).
        exclude: layers left alone.
    """

    def __init__(self, kind: str, strength: float, *, alpha: float, proximal: bool, exclude: list[str]) -> None:
        self.key = [kind, strength, alpha, proximal, exclude]
        self._kind, self._strength, self._alpha, self._proximal = kind, strength, alpha, proximal
        self._exclude = exclude
        self._weights: list[Tensor] = []

    def attach(self, student: nn.Module) -> list[nn.Parameter]:
        """Remember the weights."""
        self._weights = list(prunable_weights(student, "sparsity", exclude=self._exclude)[0].values())
        return []

    def loss(self, inputs: tuple[Tensor, ...], outputs: Tensor) -> Tensor | None:
        """Lambda times the penalty, unless it is applied as a proximal step."""
        if self._proximal or not self._weights:
            return None
        terms = [penalty(self._kind, weight, self._alpha) for weight in self._weights]
        return self._strength * sum(terms[1:], terms[0])

    def updated(self, rate: float) -> None:
        """The proximal step of size rate times lambda."""
        if self._proximal:
            for weight in self._weights:
                weight.copy_(shrunk(self._kind, weight, rate * self._strength))


def penalty(kind: str, weight: Tensor, alpha: float) -> Tensor:
    """One number for one weight.

    ``reweighted`` is ``sum w^2 / (w^2 + alpha)``: small weights are pushed hard, large ones left alone. ``reciprocal`` is
    the literal ``sum 1 / (w^2 + alpha)``, which pushes small weights away from zero; it is a control.
    """
    if kind == "l1":
        value: Tensor = weight.abs().sum()
    elif kind == "group-lasso":
        rows = weight.flatten(1)
        value = rows.shape[1] ** 0.5 * rows.pow(2).sum(1).clamp_min(1e-24).sqrt().sum()
    elif kind == "reweighted":
        square = weight.pow(2)
        value = (square / (square + alpha)).sum()
    else:
        value = (1 / (weight.pow(2) + alpha)).sum()
    return value


def shrunk(kind: str, weight: Tensor, by: float) -> Tensor:
    """Soft threshold of every weight (``l1``) or of the length of every output's row (``group-lasso``)."""
    result: Tensor
    if kind == "l1":
        result = weight.sign() * (weight.abs() - by).clamp_min(0)
        return result
    rows = weight.flatten(1)
    length = rows.pow(2).sum(dim=1, keepdim=True).sqrt()
    factor = (1 - by * rows.shape[1] ** 0.5 / length.clamp_min(1e-24)).clamp_min(0)
    result = (rows * factor).reshape(weight.shape)
    return result
