"""Scores of units from what they do on data: given per layer, summed up over the layers that share a channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..channel_removal import Pruned, Select, kept_widths, masks_of_zeros, prune, widths_of
from ..dependency import Measure, Member
from ..layer_choice import check_patterns
from ..observation import by_channel, calibration_batches, layer_activations
from ..technique import Context, ModelState
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    from torch import Tensor, nn


def from_layers(scores: Mapping[str, np.ndarray], combine: Callable[[np.ndarray], np.ndarray]) -> Measure:
    """A measure of channel sets from scores of layers.

    Args:
        scores: one value per output channel of each layer.
        combine: ``[layers, channels]`` to ``[channels]``, over the layers that make the same channels.
    """

    def measure(members: Sequence[Member], width: int) -> np.ndarray | None:
        rows = []
        for member in members:
            if member.role == "out" and member.name in scores:
                row = np.full(width, np.nan)
                row[member.units] = scores[member.name][member.indices]
                rows.append(row)
        return combine(np.stack(rows)) if rows else None

    return measure


def activations_by_layer(
    module: nn.Module, context: Context, what: str, samples: int, see: Callable[[str, Tensor], None]
) -> None:
    """Call ``see(layer, [channels, values])`` for every layer and batch; the activation after the layer is meant."""
    module.eval()
    layers = dict(module.named_modules())
    with layer_activations(module) as values:
        for inputs, _ in calibration_batches(context, what, samples):
            module(*inputs)
            for name, value in values.items():
                if value.ndim > 1:
                    see(name, by_channel(layers[name], value))


def remove_units(
    state: ModelState,
    context: Context,
    measure: Measure,
    select: Select,
    *,
    what: str,
    exclude: Sequence[object],
    training: TrainingKnobs,
    otherwise: str,
) -> ModelState:
    """The state after removal and fine-tuning, with notes and the layers that kept their width."""
    assert state.module is not None
    before = widths_of(state.module)
    check_patterns(exclude, before, what)
    pruned: Pruned = prune(state.module, state.inputs, measure, select, exclude=exclude)
    module, masks = pruned.module, masks_of_zeros(pruned.module, state.masks)
    if training.epochs:
        from ..training import train

        module = train(module, training, context, what="fine-tuning", masks=masks)
    skipped = kept_widths(before, module, pruned.kept, otherwise)
    note = f"{sum(before.values()) - sum(widths_of(module).values())} of {sum(before.values())} channels removed"
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))
