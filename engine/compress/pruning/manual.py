"""P13: manual pruning. What the user names leaves: layers, channels, single connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...errors import RecipeError
from ...records import Skip
from ..channel_choice import Removal
from ..channel_removal import masks_of_zeros, prune, widths_of
from ..dependency import ChannelSet
from ..registry import technique
from ..residual import removable_blocks, without_blocks
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from ..weight_masks import joined

if TYPE_CHECKING:
    from torch import Tensor, nn

_HELP = "flyweight inspect MODEL lists the layers"


@dataclass(frozen=True)
class ManualPruning(TrainingKnobs):
    """Knobs of manual pruning; those of training are for fine-tuning afterwards."""

    layers: list[str] = knob([], "Blocks that leave whole; each must have an input and output of one shape.")
    channels: list[str] = knob([], "Channels that leave, as 'layer: 0, 3, 8-15'; what depends on them goes, too.")
    connections: list[str] = knob(
        [], "Weights that become zero, as 'layer: out,in; out,in', a convolution's with all its kernel."
    )
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for fine-tuning."""
        return (Need.LABELS,) if self.epochs else ()

    @property
    def idempotent(self) -> bool:
        """A connection is cut once; where channels left, their numbers are those of others."""
        return not (self.layers or self.channels or self.epochs)


@technique(
    "manual-pruning",
    name="Manual pruning",
    family="pruning",
    covers=("P13", "X8"),
    summary="Removes exactly the layers, channels and connections you name, for whoever knows better than any measure.",
    paper="The user's own choice; dependencies after Fang et al., DepGraph, 2023 (arXiv:2301.12900)",
    config=ManualPruning,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.PATTERN,),
)
def manual_pruning(state: ModelState, config: ManualPruning, context: Context) -> ModelState:
    """Remove blocks, then channels, then connections; what cannot leave is named with its reason."""
    assert state.module is not None
    module: nn.Module = state.module
    skipped: list[Skip] = []
    if config.layers:
        known = removable_blocks(module, state.inputs)
        _known(config.layers, dict(module.named_modules()), "layers")
        wanted = [name for name in config.layers if name in known]
        skipped += [
            Skip(name, "its input and output are not one tensor of the same shape")
            for name in config.layers
            if name not in known
        ]
        module = without_blocks(module, wanted)
    gone = dict(_indices(item, "channels") for item in config.channels)
    if gone:
        widths = widths_of(module)
        _known(gone, widths, "channels")
        for name, numbers in gone.items():
            if max(numbers) >= widths[name]:
                raise RecipeError(
                    "no-such-channel", f"{name} has channels 0 to {widths[name] - 1}, not {max(numbers)}", _HELP
                )
        pruned = prune(module, state.inputs, "l2", lambda sets: _chosen(sets, gone))
        after = widths_of(pruned.module)
        skipped += [
            Skip(name, pruned.kept.get(name, "its channels are in blocks and leave only one of each"))
            for name in gone
            if after.get(name) == widths[name]
        ]
        module = pruned.module
    masks = masks_of_zeros(module, state.masks)
    if config.connections:
        module, cut = _cut(module, config.connections)
        masks, _ = joined(masks, cut)
    if config.epochs:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=masks)
    return replace(state, module=module.eval(), masks=masks, skipped=(*state.skipped, *skipped))


def _chosen(sets: Sequence[ChannelSet], gone: dict[str, list[int]]) -> list[Removal]:
    removals = []
    for item in sets:
        units = sorted({number for name in item.layers for number in gone.get(name, [])})
        if units and item.blocks == 1:
            removals.append(Removal(item, np.asarray(units)))
    return removals


def _indices(text: object, knob_name: str) -> tuple[str, list[int]]:
    """``'layer: 0, 3, 8-15'`` to the layer and its numbers."""
    layer, _, numbers = str(text).rpartition(":")
    found: list[int] = []
    try:
        for part in numbers.split(","):
            first, _, last = part.strip().partition("-")
            found += range(int(first), int(last or first) + 1)
    except ValueError:
        found = []
    if not layer.strip() or not found:
        raise RecipeError(
            "bad-knob", f"manual-pruning: {knob_name}={text!r} cannot be read", "write 'layer: 0, 3, 8-15'"
        )
    return layer.strip(), found


def _known(wanted: Sequence[str] | dict[str, list[int]], names: dict[str, object] | dict[str, int], what: str) -> None:
    for name in wanted:
        if name not in names:
            raise RecipeError("no-such-layer", f"manual-pruning: {what} names '{name}', which is not there", _HELP)


def _cut(module: nn.Module, connections: Sequence[object]) -> tuple[nn.Module, dict[str, Tensor]]:
    import copy

    import torch

    module = copy.deepcopy(module)
    parameters = dict(module.named_parameters())
    masks = {}
    for text in connections:
        layer, _, pairs = str(text).rpartition(":")
        weight = parameters.get(f"{layer.strip()}.weight")
        if weight is None or weight.ndim < 2:
            raise RecipeError(
                "no-such-layer", f"manual-pruning: connections names '{layer}', which has no weights", _HELP
            )
        mask = torch.ones(weight.shape, dtype=torch.bool)
        try:
            for pair in pairs.split(";"):
                row, column = (int(number) for number in pair.split(","))
                mask[row, column] = False
        except (ValueError, IndexError):
            raise RecipeError(
                "bad-knob",
                f"manual-pruning: connections={text!r} cannot be read or is outside {list(weight.shape[:2])}",
                "write 'layer: out,in; out,in'",
            ) from None
        with torch.no_grad():
            weight.masked_fill_(~mask, 0.0)
        masks[f"{layer.strip()}.weight"] = mask
    return module, masks
