"""L1r: low rank by singular values. A linear layer or 1x1 convolution becomes two thinner ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes
from .replacement import (
    LowRankKnobs,
    bias_of,
    factorized,
    is_plain_convolution,
    pair_of,
    rank_of,
    weight_of,
)

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class SvdFactorization(LowRankKnobs):
    """Knobs of the factorization by singular values."""


@technique(
    "svd-factorization",
    name="Low rank by singular values",
    family="lowrank",
    covers=("L1r",),
    summary="Splits linear layers and 1x1 convolutions into two thinner ones; smaller, faster where layers are wide.",
    paper="Denton et al.: Exploiting Linear Structure Within Convolutional Networks, 2014 (arXiv:1404.0736); "
    "Xue, Li, Gong: Restructuring of Deep Neural Network Acoustic Models with SVD, Interspeech 2013",
    config=SvdFactorization,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.MASKS, Effect.PATTERN),
)
def svd_factorization(state: ModelState, config: SvdFactorization, context: Context) -> ModelState:
    """``W = U S V`` cut at the rank, as ``(U sqrt(S)) (sqrt(S) V)``."""
    from torch import nn

    def factors(name: str, layer: nn.Module) -> nn.Module | str:
        pointwise = is_plain_convolution(layer) and np.prod(weight_of(layer).shape[2:]) == 1
        if not isinstance(layer, nn.Linear) and not pointwise:
            return "no linear layer and no plain 1x1 convolution"
        weight = weight_of(layer)
        u, s, v = np.linalg.svd(weight.reshape(len(weight), -1), full_matrices=False)
        rank = rank_of(s, config)
        first, second = np.sqrt(s[:rank, None]) * v[:rank], u[:, :rank] * np.sqrt(s[:rank])
        return pair_of(layer, first, second, bias_of(layer))

    return factorized(state, config, context, "svd-factorization", factors)
