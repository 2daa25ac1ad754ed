"""P5: layer pruning. Whole residual blocks and transformer layers leave, those first that are missed least."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...records import Skip
from ..layer_choice import check_patterns, matches
from ..losses import label_loss
from ..observation import calibration_batches
from ..registry import technique
from ..residual import ports, removable_blocks, without_blocks
from ..teacher import first_output
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class LayerPruning(TrainingKnobs):
    """Knobs of layer pruning; those of training are for fine-tuning afterwards."""

    ratio: float = knob(0.25, "Share of the blocks that leave.", min=0, max=0.95)
    impact: str = knob(
        "loss",
        "How much a block is missed: the loss without it, or how much it turns its input (1 - cosine), which needs no labels.",
        choices=("loss", "turn"),
    )
    samples: int = knob(512, "Samples the impact is measured on.", unit="samples", min=1, max=100_000)
    exclude: list[str] = knob([], "Blocks that stay, by name or pattern (blocks.0).", advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for the loss and for fine-tuning; else calibration inputs."""
        return (Need.LABELS,) if self.impact == "loss" or self.epochs else (Need.CALIBRATION,)


@technique(
    "layer-pruning",
    name="Layer pruning",
    family="pruning",
    covers=("P5",),
    summary="Removes whole residual blocks or transformer layers by measured impact; smaller and faster.",
    paper="Veit, Wilber, Belongie: Residual Networks Behave Like Ensembles, 2016 (arXiv:1605.06431); "
    "Men et al.: ShortGPT, 2024 (arXiv:2403.03853): block influence",
    config=LayerPruning,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
)
def layer_pruning(state: ModelState, config: LayerPruning, context: Context) -> ModelState:
    """Take out the block whose absence costs least, again and again, measuring anew each time."""
    assert state.module is not None
    module = state.module
    blocks = list(removable_blocks(module, state.inputs))
    if not blocks:
        skip = Skip("(all)", "no block has an input and output of one shape")
        return replace(state, skipped=(*state.skipped, skip))
    check_patterns(config.exclude, blocks, "layer-pruning")
    skipped = [Skip(name, "excluded by the recipe") for name in blocks if matches(name, config.exclude)]
    free = [name for name in blocks if not matches(name, config.exclude)]
    removed: list[str] = []
    costs: dict[str, float] = {}
    while free and len(removed) < round(config.ratio * len(blocks)):
        costs = _impacts(module, free, config, context)
        least = min(free, key=lambda name: (costs[name], name))
        module = without_blocks(module, [least])
        removed.append(least)
        free.remove(least)
    skipped += [Skip(name, "more missed than the blocks that left") for name in free]
    kept = dict(module.named_parameters())
    masks = {name: mask for name, mask in state.masks.items() if name in kept}
    if config.epochs:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=masks)
    note = f"removed: {', '.join(removed)}" if removed else "no block removed"
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))


def _impacts(module: nn.Module, blocks: list[str], config: LayerPruning, context: Context) -> dict[str, float]:
    if config.impact == "turn":
        return turns(module, blocks, context, config.samples)
    return {name: _loss(without_blocks(module, [name]), context, config.samples) for name in blocks}


def _loss(module: nn.Module, context: Context, samples: int) -> float:
    import torch

    total, count = 0.0, 0
    with torch.no_grad():
        for inputs, labels in calibration_batches(context, "layer pruning", samples, labels=True):
            assert labels is not None
            total += float(label_loss(first_output(module(*inputs)), labels)) * len(labels)
            count += len(labels)
    return total / count


def turns(module: nn.Module, blocks: list[str], context: Context, samples: int) -> dict[str, float]:
    """``1 - cos(input, output)`` of every block, mean over samples."""
    import torch
    from torch.nn import functional

    sums = dict.fromkeys(blocks, 0.0)
    count = 0
    for inputs, _ in calibration_batches(context, "layer pruning", samples):
        for name, (before, after) in ports(module.eval(), blocks, inputs).items():
            with torch.no_grad():
                sums[name] += float((1 - functional.cosine_similarity(before.flatten(1), after.flatten(1))).sum())
        count += len(inputs[0])
    return {name: value / count for name, value in sums.items()}
