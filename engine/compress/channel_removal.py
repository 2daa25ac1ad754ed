"""Removes channels from a copy of a network; what cannot lose any keeps its width, with the reason. Nothing crashes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..records import Skip, TensorSpec
from .attention import projection_names
from .channel_choice import Removal
from .dependency import Channels, ChannelSet, Measure
from .layer_choice import matches
from .trial_runs import quiet_failures

if TYPE_CHECKING:
    from torch import Tensor, nn

_CANNOT = (RuntimeError, ValueError, AttributeError, IndexError, KeyError, AssertionError, TypeError)
Select = Callable[[Sequence[ChannelSet]], Sequence[Removal]]


@dataclass(frozen=True)
class Pruned:
    """A network after removal.

    Attributes:
        module: a changed copy in evaluation mode.
        kept: layers that had to keep their width and why.
        widths: width of every channel set before, by its root.
    """

    module: nn.Module
    kept: Mapping[str, str]
    widths: Mapping[str, int]


def prune(
    module: nn.Module,
    inputs: Sequence[TensorSpec],
    measure: str | Measure,
    select: Select,
    *,
    seed: int = 0,
    exclude: Iterable[object] = (),
    prepare: Callable[[nn.Module], object] | None = None,
) -> Pruned:
    """Remove what ``select`` says of the sets that may lose channels.

    Args:
        module: not changed.
        inputs: specs of its arguments.
        measure: how channels are ranked.
        select: from the sets that may lose channels to what leaves.
        seed: for random importance.
        exclude: names or patterns of layers that stay.
        prepare: called with the copy before it is measured (gradients).
    """
    work = copy.deepcopy(module).eval()
    frozen = {name for name, parameter in work.named_parameters() if not parameter.requires_grad}
    names = list(widths_of(work))
    try:
        channels = Channels(work, inputs)
        if prepare is not None:
            prepare(work)
        found = list(channels.sets(measure, seed))
    except _CANNOT as error:
        why = f"the dependencies of this network cannot be followed: {_line(error)}"
        return Pruned(copy.deepcopy(module).eval(), dict.fromkeys(names, why), {})
    kept: dict[str, str] = {}
    free: list[ChannelSet] = []
    heads = projection_names(work)
    reason: str | None
    for item, reason in found:
        if any(matches(name, exclude) for name in item.layers):
            reason = "excluded by the recipe"
        elif reason is None and heads & set(item.layers):
            reason = "the width of attention heads; they leave whole, by head-pruning"
        if reason is None:
            free.append(item)
        else:
            kept.update(dict.fromkeys(item.layers, reason))
    reached = {name for item, _ in found for name in item.layers}
    kept |= {name: "the dependency graph does not reach it" for name in names if name not in reached}
    removals = [item for item in select(free) if len(item.units)]
    work, refused = _removed(module, channels, inputs, removals)
    kept |= refused
    for name, parameter in work.named_parameters():
        parameter.requires_grad_(name not in frozen and parameter.is_floating_point())
        parameter.grad = None
    return Pruned(work.eval(), kept, {item.root: item.width for item in free})


def _removed(
    module: nn.Module, channels: Channels, inputs: Sequence[TensorSpec], removals: Sequence[Removal]
) -> tuple[nn.Module, dict[str, str]]:
    """All removals at once; where the network then fails, those that it bears, one after the other."""
    try:
        with quiet_failures():
            if all([_one(channels, item) for item in removals]) and channels.runs() is None:
                return channels.module, {}
    except _CANNOT:
        pass  # found out one by one below
    good = copy.deepcopy(module).eval()
    refused: dict[str, str] = {}
    for item in removals:
        trial = copy.deepcopy(good)
        try:
            with quiet_failures():
                trial_channels = Channels(trial, inputs)
                reason = None if _one(trial_channels, item) else "a layer would lose all its channels"
                reason = reason or trial_channels.runs()
        except _CANNOT as error:
            reason = _line(error)
        if reason is None:
            good = trial
        else:
            refused |= dict.fromkeys(item.set.layers, f"the network does not run with fewer of its channels: {reason}")
    return good, refused


def _one(channels: Channels, item: Removal) -> bool:
    return channels.remove(item.set.root, item.units, item.set.blocks, item.set.width)


def widths_of(module: nn.Module) -> dict[str, int]:
    """Output channels of every convolution and linear layer."""
    from torch import nn

    widths = {}
    for name, layer in module.named_modules():
        if isinstance(layer, nn.modules.conv._ConvNd):
            widths[name] = layer.out_channels
        elif isinstance(layer, nn.Linear):
            widths[name] = layer.out_features
    return widths


def kept_widths(before: Mapping[str, int], module: nn.Module, reasons: Mapping[str, str], otherwise: str) -> list[Skip]:
    """Layers as wide as before with the reason, ``otherwise`` where none is known."""
    after = widths_of(module)
    return [
        Skip(name, reasons.get(name, otherwise)) for name, width in before.items() if after.get(name, width) == width
    ]


def masks_of_zeros(module: nn.Module, masks: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Masks again after channels left: weights that were masked are zero, and what is zero stays so."""
    parameters = dict(module.named_parameters())
    return {name: parameters[name].detach() != 0 for name in masks if name in parameters}


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200] or type(error).__name__
