"""P4: channel pruning. Channels and everything that depends on them leave; the model really gets smaller and faster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..channel_choice import choose
from ..channel_removal import kept_widths, masks_of_zeros, prune, widths_of
from ..dependency import Measure
from ..layer_choice import check_patterns
from ..observation import accumulate_gradients
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from .entropy import activation_entropy
from .unit_scores import from_layers

if TYPE_CHECKING:
    from torch import nn

IMPORTANCES = ("l1", "l2", "taylor", "bn-scale", "entropy", "random")
ENTROPY_BINS = 32


@dataclass(frozen=True)
class ChannelPruning(TrainingKnobs):
    """Knobs of channel pruning; those of training are for fine-tuning afterwards."""

    ratio: float = knob(0.5, "Share of the channels that leave.", min=0, max=0.95)
    importance: str = knob(
        "l2",
        "What makes a channel important; entropy is that of its activations on the data, random is a control.",
        choices=IMPORTANCES,
    )
    scope: str = knob(
        "local", "The same share in every layer, or the least important of all.", choices=("local", "global")
    )
    round_to: int = knob(
        8, "Channel counts end at multiples of this; kernels like multiples of 8.", unit="channels", min=1, max=128
    )
    exclude: list[str] = knob([], "Layers whose channels all stay, by name or pattern (stem*).", advanced=True)
    stages: int = knob(
        1,
        "Prune in this many rising steps, fine-tuning after each where epochs are given.",
        unit="steps",
        min=1,
        max=50,
    )
    samples: int = knob(
        512, "Samples that Taylor and entropy importance look at.", unit="samples", min=1, max=100_000, advanced=True
    )
    epochs: int = knob(0, "Passes of fine-tuning on the labels afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for fine-tuning and for Taylor importance."""
        if self.importance == "taylor":
            return (Need.LABELS, Need.GRADIENTS)
        calibration = (Need.CALIBRATION,) if self.importance == "entropy" else ()
        return (Need.LABELS, *calibration) if self.epochs else calibration

    def passes(self, train_samples: int) -> float:
        """Sample passes of fine-tuning after every stage."""
        return self.stages * super().passes(train_samples)


@technique(
    "channel-pruning",
    name="Channel pruning",
    family="pruning",
    covers=("P4", "P8"),
    summary="Removes whole channels with everything that depends on them; smaller and faster, then needs fine-tuning.",
    paper="Li et al.: Pruning Filters for Efficient ConvNets, 2017 (arXiv:1608.08710); dependency graph: Fang et al., "
    "DepGraph, 2023 (arXiv:2301.12900); Taylor: Molchanov et al. 2019 (arXiv:1906.10771); "
    "BatchNorm scale: Liu et al., Network Slimming, 2017 (arXiv:1708.06519)",
    config=ChannelPruning,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.PATTERN,),
)
def channel_pruning(state: ModelState, config: ChannelPruning, context: Context) -> ModelState:
    """Remove the least important channels along the dependency graph, in one or several rising steps."""
    assert state.module is not None
    module, masks = state.module, dict(state.masks)
    before = widths_of(module)
    check_patterns(config.exclude, before, "channel-pruning")
    original: dict[str, int] = {}
    reasons: dict[str, str] = {}
    gradients = partial(accumulate_gradients, context=context, what="Taylor importance", samples=config.samples)
    for stage in range(1, config.stages + 1):
        context.cancel.check()
        pruned = prune(
            module,
            state.inputs,
            _measure(module, config, context),
            partial(
                choose,
                ratio=config.ratio * stage / config.stages,
                scope=config.scope,
                round_to=config.round_to,
                original=original,
            ),
            seed=context.seed + stage,
            exclude=config.exclude,
            prepare=gradients if config.importance == "taylor" else None,
        )
        original = {**pruned.widths, **original}
        module, masks = pruned.module, masks_of_zeros(pruned.module, masks)
        reasons |= pruned.kept
        if config.epochs:
            from ..training import train

            module = train(module, config, context, what="fine-tuning", masks=masks)
    skipped = [] if config.ratio == 0 else kept_widths(before, module, reasons, _few(config))
    after = widths_of(module)
    note = f"{sum(before.values()) - sum(after.values())} of {sum(before.values())} channels removed"
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))


def _measure(module: nn.Module, config: ChannelPruning, context: Context) -> str | Measure:
    """The name of the importance, or scores of the network as it is now."""
    if config.importance != "entropy":
        return config.importance
    entropy = activation_entropy(module, context, ENTROPY_BINS, config.samples)
    return from_layers(entropy, lambda rows: np.nanmean(rows, axis=0))


def _few(config: ChannelPruning) -> str:
    if config.scope == "global":
        return f"its channels are more important than others, or not more than round_to = {config.round_to}"
    return f"the multiple of round_to = {config.round_to} nearest to its share is its width"
