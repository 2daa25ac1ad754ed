"""L3c: sparse plus low rank. What a few directions cannot say of a weight is said by a few single values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob
from ..weight_masks import keep_masks
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
    from torch import Tensor, nn


@dataclass(frozen=True)
class SparsePlusLowRank(LowRankKnobs):
    """Knobs of the decomposition; ``penalty: nuclear`` keeps the low-rank part low while fine-tuning."""

    energy: float = knob(0.7, "Share of the squared singular values the low-rank part keeps.", min=0.01, max=1)
    density: float = knob(0.1, "Share of single weights in the sparse part.", min=0, max=0.9)
    rounds: int = knob(
        10, "Rounds in which the two parts are fitted in turn.", unit="rounds", min=1, max=1000, advanced=True
    )


@technique(
    "sparse-low-rank",
    name="Sparse plus low rank",
    family="lowrank",
    covers=("L3c",),
    summary="Splits weights into a low-rank and a sparse part, closer than either alone; smaller packed, not faster.",
    paper="Zhou, Tao: GoDec: Randomized Low-rank and Sparse Matrix Decomposition, ICML 2011; "
    "Yu et al.: On Compressing Deep Models by Low Rank and Sparse Decomposition, CVPR 2017",
    config=SparsePlusLowRank,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS, Effect.MASKS),
    destroys=(Effect.MASKS, Effect.PATTERN),
)
def sparse_low_rank(state: ModelState, config: SparsePlusLowRank, context: Context) -> ModelState:
    """Minimise ``|W - L - S|^2`` with ``rank L = r`` and ``nnz S = density * size``, in turn; zeros of S are held."""
    from torch import nn

    from .parallel import ParallelSum

    held: dict[str, Tensor] = {}

    def factors(name: str, layer: nn.Module) -> nn.Module | str:
        if not isinstance(layer, nn.Linear) and not is_plain_convolution(layer):
            return "no linear layer and no plain convolution"
        weight = weight_of(layer)
        matrix = weight.reshape(len(weight), -1)
        rank = rank_of(np.linalg.svd(matrix, compute_uv=False), config)
        first, second, sparse = decomposed(matrix, rank, config.density, config.rounds)
        made = ParallelSum(pair_of(layer, first, second, bias_of(layer)), layer, sparse.reshape(weight.shape))
        held[f"{name}.sparse.weight"] = made.sparse.weight.detach() != 0
        return made

    return factorized(state, config, context, "sparse-low-rank", factors, held)


def decomposed(matrix: np.ndarray, rank: int, density: float, rounds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``first [rank, in]``, ``second [out, rank]`` and the sparse rest ``[out, in]`` of a matrix."""
    sparse = np.zeros_like(matrix)
    for _ in range(rounds):
        u, s, v = np.linalg.svd(matrix - sparse, full_matrices=False)
        first, second = np.sqrt(s[:rank, None]) * v[:rank], u[:, :rank] * np.sqrt(s[:rank])
        rest = matrix - second @ first
        sparse = np.where(keep_masks({"w": np.abs(rest)}, 1 - density, None, "local")["w"], rest, 0.0)
    return first, second, sparse
