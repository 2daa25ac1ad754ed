"""Masks over single weights: which stay by their scores, and setting the others to zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor, nn

GIVEN = 0.1
"""Share of zeros in a weight from which on they were placed on purpose; training leaves hardly any by itself."""


def keep_masks(
    scores: Mapping[str, np.ndarray], sparsity: float, threshold: float | None, scope: str
) -> dict[str, np.ndarray]:
    """Which weights stay (True): those of the highest scores. Masks keep the LARGE ones.

    Args:
        scores: importance of every weight (its absolute value, its gradient ...), arrays by name.
        sparsity: share that goes.
        threshold: score below which weights go; None = by sparsity.
        scope: ``global`` ranks all weights together, ``local`` within each array.

    Returns:
        Boolean arrays; exactly ``floor(sparsity * n)`` are False (ties are broken by position).
    """
    if threshold is not None:
        return {name: s >= threshold for name, s in scores.items()}
    if scope == "local":
        return {name: _largest(s, sparsity) for name, s in scores.items()}
    if not scores:
        return {}
    together = _largest(np.concatenate([s.reshape(-1) for s in scores.values()]), sparsity)
    masks, position = {}, 0
    for name, s in scores.items():
        masks[name] = together[position : position + s.size].reshape(s.shape)
        position += s.size
    return masks


def _largest(scores: np.ndarray, sparsity: float) -> np.ndarray:
    flat = scores.reshape(-1)
    keep = np.ones(flat.size, dtype=bool)
    keep[np.argsort(flat, kind="stable")[: int(sparsity * flat.size)]] = False
    return keep.reshape(scores.shape)


def joined(old: Mapping[str, Tensor], new: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """Masks of which each keeps what it and the earlier one of its weight keep, and in words how many weights are gone."""
    masks = {**new, **{name: new[name] & mask if name in new else mask for name, mask in old.items()}}
    gone = sum(int((~mask).sum()) for mask in masks.values())
    return masks, f"{gone} of {sum(mask.numel() for mask in masks.values())} weights became zero"


def zero(weights: Mapping[str, Tensor], kept: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """Set in place what is not kept; returns the masks as tensors (True = kept)."""
    import torch

    masks = {name: torch.from_numpy(np.ascontiguousarray(mask)) for name, mask in kept.items()}
    with torch.no_grad():
        for name, mask in masks.items():
            weights[name].masked_fill_(~mask, 0.0)
    return masks


def given_masks(module: nn.Module) -> dict[str, Tensor]:
    """Masks (True = kept) of the weights that came with zeros: a pruned network, whoever pruned it, stays pruned.

    A weight of nothing but zeros is no pruned one; it is a start, as that of residual branches.
    """
    masks = {}
    for name, parameter in module.named_parameters():
        kept = parameter.detach() != 0
        if parameter.ndim > 1 and GIVEN <= 1 - float(kept.float().mean()) < 1:
            masks[name] = kept
    return masks
