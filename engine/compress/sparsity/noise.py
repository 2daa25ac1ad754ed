"""Weights that are noisy or gated while the network learns, so that it learns which ones it can do without."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ..objectives import Objective
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    from ..technique import Context

ORIGINAL = "parametrizations.weight.original"
BETA, GAMMA, ZETA = 2 / 3, -0.1, 1.1  # temperature and stretch of hard-concrete gates (Louizos et al., section 4.1)
K1, K2, K3 = 0.63576, 1.87320, 1.48695  # of the approximated divergence (Molchanov et al., 2017, section 4.2)
SPEED = 10.0  # gates and variances move so many times as fast as weights: a fine-tuning is short
REMOVE_ABOVE = 3.0  # log alpha: dropout rates above 0.95


class HardConcrete(nn.Module):
    """Gates in [0, 1], one per weight or output channel, that are exactly 0 or 1 with finite probability.

    Args:
        weight: what is gated.
        channels: one gate per output channel.
        open_share: probability with which gates are open at first, roughly.
    """

    def __init__(self, weight: Tensor, channels: bool, open_share: float = 0.9) -> None:
        super().__init__()
        count = len(weight) if channels else weight.numel()
        self.each = weight.numel() // count
        self.place = nn.Parameter(torch.full((count,), math.log(open_share / (1 - open_share)) / SPEED))

    @property
    def log_alpha(self) -> Tensor:
        """Where each gate stands; a large value is open."""
        return SPEED * self.place

    def forward(self, weight: Tensor) -> Tensor:
        """The gated weight; gates are drawn while training, their most likely values else."""
        raw = self.log_alpha
        if self.training:
            drawn = torch.rand_like(raw).clamp(1e-6, 1 - 1e-6)
            raw = (drawn.log() - (1 - drawn).log() + raw) / BETA
        gates = (raw.sigmoid() * (ZETA - GAMMA) + GAMMA).clamp(0, 1)
        return weight * gates.reshape(-1, *[1] * (weight.ndim - 1) if self.each > 1 else weight.shape[1:])

    def penalty(self, weight: Tensor) -> Tensor:
        """Expected number of weights that are not zero."""
        return self.each * (self.log_alpha - BETA * math.log(-GAMMA / ZETA)).sigmoid().sum()


class VariationalDropout(nn.Module):
    """Every weight has a variance of its own, learned; a weight drowned in noise goes."""

    def __init__(self, weight: Tensor, log_variance: float = -8.0) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.full((weight.numel(),), log_variance / SPEED))

    @property
    def log_variance(self) -> Tensor:
        """Logarithm of every weight's variance."""
        return SPEED * self.place

    def log_alpha(self, weight: Tensor) -> Tensor:
        """Logarithm of variance over squared weight, -10..10."""
        return (self.log_variance - weight.flatten().pow(2).add(1e-12).log()).clamp(-10, 10)

    def forward(self, weight: Tensor) -> Tensor:
        """Weight plus noise while training; else the weights whose noise does not drown them."""
        if self.training:
            deviation = self.log_variance.mul(0.5).exp().reshape(weight.shape)
            return weight + deviation * torch.randn_like(weight)
        return weight * (self.log_alpha(weight) < REMOVE_ABOVE).reshape(weight.shape)

    def penalty(self, weight: Tensor) -> Tensor:
        """Divergence from the log-uniform prior, up to a constant."""
        alpha = self.log_alpha(weight)
        return (K1 - K1 * (K2 + K3 * alpha).sigmoid() + 0.5 * (-alpha).exp().log1p()).sum()


class TargetedDropout(nn.Module):
    """The smallest weights are dropped at random while training, so that they can leave afterwards.

    Args:
        share: of the weights that are candidates, and that leave.
        rate: probability with which a candidate is dropped.
    """

    def __init__(self, weight: Tensor, share: float, rate: float) -> None:
        super().__init__()
        self.rate, self.count = rate, int(share * weight.numel())

    def forward(self, weight: Tensor) -> Tensor:
        """The weight without dropped candidates; without any candidate when not training."""
        gone = torch.zeros(weight.numel(), dtype=torch.bool)
        gone[weight.detach().abs().flatten().argsort(stable=True)[: self.count]] = True
        if self.training:
            gone &= torch.rand(weight.numel()) < self.rate
        return weight.masked_fill(gone.reshape(weight.shape), 0.0)

    def penalty(self, weight: Tensor) -> Tensor | None:
        """None: the noise alone does it."""
        return None


Noise = HardConcrete | VariationalDropout | TargetedDropout


class NoisePenalty(Objective):
    """Strength times the penalties of all noisy weights."""

    def __init__(self, strength: float) -> None:
        self.key = strength
        self._strength = strength
        self._noisy: list[tuple[Noise, Tensor]] = []

    def attach(self, student: nn.Module) -> list[nn.Parameter]:
        """Find them; their own parameters are part of the student."""
        self._noisy = [
            (item[0], item.original)
            for item in student.modules()
            if isinstance(item, parametrize.ParametrizationList) and isinstance(item[0], Noise)
        ]
        return []

    def loss(self, inputs: tuple[Tensor, ...], outputs: Tensor) -> Tensor | None:
        """What is added to the loss."""
        terms = [term for noise, weight in self._noisy if (term := noise.penalty(weight)) is not None]
        return self._strength * sum(terms[1:], terms[0]) if terms else None


def trained_with_noise(
    module: nn.Module,
    names: Mapping[str, Tensor],
    make: Callable[[Tensor], Noise],
    knobs: TrainingKnobs,
    context: Context,
    *,
    what: str,
    strength: float,
    masks: Mapping[str, Tensor],
) -> nn.Module:
    """Train a copy with noise on the named weights; what comes back has plain weights with exact zeros.

    Args:
        module: not changed.
        names: parameter names (``layer.weight``) of the weights.
        make: noise for a weight.
        knobs: of the training.
        context: data, seed and the like.
        what: is trained, for messages.
        strength: of the penalty.
        masks: by parameter name, True = kept.
    """
    from ..training import train

    student = copy.deepcopy(module)
    owners = [name.removesuffix("weight").removesuffix(".") for name in names]
    for owner in owners:
        layer = student.get_submodule(owner)
        weight = layer.weight
        assert isinstance(weight, Tensor)
        parametrize.register_parametrization(layer, "weight", make(weight.detach()))
    renamed = {name.removesuffix("weight") + ORIGINAL if name in names else name: mask for name, mask in masks.items()}
    trained = train(student, knobs, context, what=what, masks=renamed, objectives=[NoisePenalty(strength)]).eval()
    for owner in owners:
        layer = trained.get_submodule(owner)
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)
        order = module.get_submodule(owner)._parameters  # the weight came back as the last, and sums go in this order
        layer._parameters = {name: layer._parameters[name] for name in order}
    return trained
