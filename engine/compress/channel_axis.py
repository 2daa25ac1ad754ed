"""Where a network's samples have their channels: first (``[c, t]``, ``[c, h, w]``) or last (``[t, c]``, ``[h, w, c]``).

Shapes do not tell (six axes over 128 steps, or 128 over six?), so the network is asked: entry 0 of one axis is changed, and if
that changes one input feature of the first layer with weights, and nothing else of it, this axis holds the channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from ..model.save import example_inputs
from ..records import TensorSpec
from .trial_runs import quiet_failures

if TYPE_CHECKING:
    from torch import Tensor, nn

MOST_PLACES = 0.5
"""A channel changes at more than this share of places: all, but for those where a ReLU hides it. A step changes at one."""


def channels_are_last(module: nn.Module, inputs: Sequence[TensorSpec]) -> bool:
    """Whether the last axis of the first input holds the channels; False where the network does not tell.

    A layer may read a sequence through any number of steps that work element by element (scaling, a transposition).
    """
    import torch

    first, *rest = example_inputs(inputs, batch=2)
    if first.ndim < 3 or not first.dtype.is_floating_point:
        return False
    module = module.eval()
    with quiet_failures(), torch.no_grad():
        before = _read(module, (first, *rest))
        return _is_channel(module, first, rest, before, axis=first.ndim - 1) and not _is_channel(
            module, first, rest, before, axis=1
        )


def _is_channel(module: nn.Module, first: Tensor, rest: Sequence[Tensor], before: Tensor | None, axis: int) -> bool:
    changed = first.clone()
    changed.select(axis, 0).add_(1)
    after = _read(module, (changed, *rest))
    if before is None or after is None or before.shape != after.shape:
        return False
    touched = (before != after).flatten(0, -2)  # [places, features]
    features = touched.any(0)
    return int(features.sum()) == 1 and float(touched[:, features].float().mean()) > MOST_PLACES


def _read(module: nn.Module, examples: tuple[Tensor, ...]) -> Tensor | None:
    """What the first layer with weights reads, ``[..., features]``; None where the network has no such layer."""
    from torch import nn

    seen: list[Tensor] = []

    def watch(layer: nn.Module, args: tuple[Any, ...]) -> None:
        if not seen:
            convolves = isinstance(layer, nn.modules.conv._ConvNd)
            seen.append(args[0].movedim(1, -1) if convolves else args[0])

    kinds = (nn.Linear, nn.RNNBase, nn.modules.conv._ConvNd)
    with ExitStack() as hooks:
        for layer in module.modules():
            if isinstance(layer, kinds):
                hooks.enter_context(layer.register_forward_pre_hook(watch))
        module(*examples)
    return seen[0] if seen else None
