"""D5: attention transfer. The student learns where the original looks, not what it computes there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...model.save import example_inputs
from ..losses import SoftLabels, suited
from ..registry import technique
from ..teacher import required_teacher
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import AUGMENTATIONS, TrainingKnobs
from .matching import Matching, layer_pairs

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class AttentionTransfer(TrainingKnobs):
    """Knobs of attention transfer."""

    layers: list[str] = knob([], "Layers to match, as 'layer' or 'student=teacher'; empty takes four along the way.")
    weight: float = knob(1000.0, "Weight of the attention maps in the loss.", min=0, max=1e6)
    power: float = knob(2.0, "Exponent of the activations in a map; higher looks at the peaks.", min=1, max=8)
    temperature: float = knob(4.0, "Softens the outputs that are matched, too.", min=0.1, max=100)
    alpha: float = knob(0.9, "Weight of the teacher's outputs against the labels.", min=0, max=1)
    epochs: int = knob(8, "Passes over the training data.", unit="epochs", min=0, max=10_000)
    augment: str = knob("shift-flip", "Random shifts, crops and flips of images.", choices=AUGMENTATIONS)


@technique(
    "attention-transfer",
    name="Attention transfer",
    family="distillation",
    covers=("D5",),
    summary="Trains the present model to look at the same places as the original; needs no equal widths.",
    paper="Zagoruyko, Komodakis: Paying More Attention to Attention, 2017 (arXiv:1612.03928)",
    config=AttentionTransfer,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.WEIGHTS,),
)
def attention_transfer(state: ModelState, config: AttentionTransfer, context: Context) -> ModelState:
    """Soft labels plus ``weight * mean (Q_student - Q_teacher)^2`` of normalised maps ``Q = sum_c |A_c|^p``."""
    from ..training import train

    teacher = required_teacher(context)
    assert state.module is not None
    pairs = layer_pairs(state.module, teacher, config.layers, state.inputs, (3, 4))
    term = Matching(
        teacher,
        pairs,
        lambda student, teacher: (attention(student, config.power) - attention(teacher, config.power)).pow(2).mean(),
        config.weight,
        project=False,
        seed=context.seed,
        examples=example_inputs(state.inputs, batch=2),
        key=["attention", config.power],
    )
    module = train(
        state.module,
        config,
        context,
        what="attention transfer",
        soft=suited(SoftLabels(config.temperature, config.alpha), context, "attention-transfer"),
        masks=state.masks,
        teacher=teacher,
        objectives=[term],
    )
    note = "matched: " + ", ".join(mine if mine == its else f"{mine} to {its}" for mine, its in pairs)
    return replace(state, module=module, notes=(*state.notes, note))


def attention(activation: Tensor, power: float) -> Tensor:
    """Where a layer is active: ``[n, places]`` of length 1, from ``[n, c, h, w]`` or ``[n, tokens, c]``."""
    from torch.nn import functional

    channels = 1 if activation.ndim == 4 else -1
    return functional.normalize(activation.abs().pow(power).sum(channels).flatten(1), dim=1)
