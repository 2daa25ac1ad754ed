"""P6: attention-head pruning. Whole heads leave, and the projections shrink with them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...records import Skip
from ..channel_removal import masks_of_zeros
from ..head_removal import Heads, head_gradients, head_magnitudes, prunable_heads, without_heads
from ..layer_choice import check_patterns, matches
from ..losses import label_loss
from ..observation import calibration_batches
from ..registry import technique
from ..teacher import first_output
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class HeadPruning(TrainingKnobs):
    """Knobs of head pruning; those of training are for fine-tuning afterwards."""

    ratio: float = knob(0.5, "Share of the heads that leave; every layer keeps one at least.", min=0, max=0.95)
    importance: str = knob(
        "gradient",
        "Which heads count: by the loss's gradient at a gate on each, or by the weights that read it; random is a control.",
        choices=("gradient", "l2", "random"),
    )
    scope: str = knob(
        "local", "The same share in every layer, or the least important of all.", choices=("local", "global")
    )
    samples: int = knob(512, "Samples the gradient is taken on.", unit="samples", min=1, max=100_000)
    exclude: list[str] = knob(
        [], "Attention layers whose heads all stay, by name or pattern (blocks.0*).", advanced=True
    )
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for gradients and fine-tuning."""
        if self.importance == "gradient":
            return (Need.LABELS, Need.GRADIENTS)
        return (Need.LABELS,) if self.epochs else ()


@technique(
    "head-pruning",
    name="Attention-head pruning",
    family="pruning",
    covers=("P6",),
    summary="Removes the attention heads that matter least; projections shrink, so transformers get smaller and faster.",
    paper="Michel, Levy, Neubig: Are Sixteen Heads Really Better than One?, 2019 (arXiv:1905.10650)",
    config=HeadPruning,
    takes=Takes.TORCH,
    needs=(Need.LABELS, Need.GRADIENTS),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.PATTERN,),
)
def head_pruning(state: ModelState, config: HeadPruning, context: Context) -> ModelState:
    """Rank the heads, remove the least important of each layer (or of all), check the function, fine-tune."""
    from ..attention_form import plain_attention

    assert state.module is not None
    context.cancel.check()
    module = copy.deepcopy(state.module).eval()
    reasons = {name: why for name, why in plain_attention(module) if why is not None}
    found = prunable_heads(module, state.inputs)
    names = [name for name, _ in found]
    if not names:
        skip = Skip(
            "(all)", "no attention layer was found: a module with a count of heads and linear layers of its own"
        )
        return replace(state, skipped=(*state.skipped, skip))
    check_patterns(config.exclude, names, "head-pruning")
    free: list[Heads] = []
    for name, heads in found:
        if matches(name, config.exclude):
            reasons[name] = "excluded by the recipe"
        elif isinstance(heads, str):
            reasons.setdefault(name, heads)
        else:
            free.append(heads)
    leaving = choose_heads(_scores(module, free, config, context), config.ratio, config.scope)
    gone = 0
    for heads in free:
        context.cancel.check()
        units = leaving[heads.layer.name]
        if not len(units):
            reasons[heads.layer.name] = "its heads are more important than others, or too few to lose one"
            continue
        made = without_heads(module, heads, units, state.inputs)
        if isinstance(made, str):
            reasons[heads.layer.name] = made
        else:
            module, gone = made, gone + len(units)
    total = sum(heads.layer.heads for heads in free)
    masks = masks_of_zeros(module, state.masks)
    if config.epochs:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=masks)
    skipped = [Skip(name, reasons[name]) for name in names if name in reasons] if config.ratio else []
    note = f"{gone} of {total} attention heads removed"
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))


def _scores(module: nn.Module, free: list[Heads], config: HeadPruning, context: Context) -> dict[str, np.ndarray]:
    if config.importance == "l2":
        return {heads.layer.name: head_magnitudes(module, heads) for heads in free}
    if config.importance == "random":
        draw = np.random.default_rng([context.seed, 6])
        return {heads.layer.name: draw.random(heads.layer.heads) for heads in free}

    def losses(network: nn.Module) -> Iterator[Tensor]:
        for inputs, labels in calibration_batches(context, "head pruning", config.samples, labels=True):
            assert labels is not None
            yield label_loss(first_output(network(*inputs)), labels) * len(labels)

    return head_gradients(module, free, losses)


def choose_heads(scores: dict[str, np.ndarray], ratio: float, scope: str) -> dict[str, np.ndarray]:
    """Heads (sorted) that leave each layer: the lowest scores, never all of a layer."""
    if scope == "local":
        return {
            name: np.sort(np.argsort(values, kind="stable")[: min(round(ratio * len(values)), len(values) - 1)])
            for name, values in scores.items()
        }
    ranked = sorted((float(value), name, head) for name, values in scores.items() for head, value in enumerate(values))
    left = {name: len(values) for name, values in scores.items()}
    gone: dict[str, list[int]] = {name: [] for name in scores}
    wanted = round(ratio * len(ranked))
    for _, name, head in ranked:
        if wanted > 0 and left[name] > 1:
            gone[name].append(head)
            left[name], wanted = left[name] - 1, wanted - 1
    return {name: np.array(sorted(units), np.int64) for name, units in gone.items()}
