"""D1: soft-label distillation. The original is the teacher and is never trained; the present model is the student."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..losses import SOFT_LOSSES, SoftLabels, suited
from ..registry import technique
from ..teacher import required_teacher
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import AUGMENTATIONS, TrainingKnobs


@dataclass(frozen=True)
class SoftLabelDistillation(TrainingKnobs):
    """Knobs of soft-label distillation."""

    temperature: float = knob(
        4.0, "Softens both distributions; higher shows more of the teacher's doubts.", min=0.1, max=100
    )
    student_temperature: float | None = knob(
        None,
        "Softens the student's outputs by another temperature than the teacher's.",
        min=0.1,
        max=100,
        advanced=True,
    )
    alpha: float = knob(0.9, "Weight of the teacher; the rest goes to the labels.", min=0, max=1)
    loss: str = knob("kl", "How outputs are compared.", choices=SOFT_LOSSES)
    epochs: int = knob(8, "Passes over the training data.", unit="epochs", min=0, max=10_000)
    augment: str = knob("shift-flip", "Random shifts, crops and flips of images.", choices=AUGMENTATIONS)

    def needs(self) -> tuple[Need, ...]:
        """Labels, unless the teacher alone is followed."""
        return (Need.DATA,) if self.alpha == 1 else (Need.LABELS,)


@technique(
    "soft-label-distillation",
    name="Soft-label distillation",
    family="distillation",
    covers=("D1", "O1"),
    summary="Trains the present model to give the original's probabilities, not only its labels.",
    paper="Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, 2015 (arXiv:1503.02531)",
    config=SoftLabelDistillation,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.WEIGHTS,),
)
def soft_label_distillation(state: ModelState, config: SoftLabelDistillation, context: Context) -> ModelState:
    """Minimise ``alpha * T^2 * KL(teacher/T || student/T) + (1 - alpha) * CE``; masks stay in force."""
    from ..training import train

    teacher = required_teacher(context)
    assert state.module is not None
    asked = SoftLabels(config.temperature, config.alpha, config.loss, config.student_temperature)
    soft = suited(asked, context, "soft-label-distillation")
    module = train(state.module, config, context, what="distillation", soft=soft, masks=state.masks, teacher=teacher)
    return replace(state, module=module)
