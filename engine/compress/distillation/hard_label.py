"""D2: hard-label distillation. The student learns the class that the original would choose; labels are not needed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..losses import SoftLabels, suited
from ..registry import technique
from ..teacher import required_teacher
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import AUGMENTATIONS, TrainingKnobs


@dataclass(frozen=True)
class HardLabelDistillation(TrainingKnobs):
    """Knobs of hard-label distillation."""

    alpha: float = knob(1.0, "Weight of the teacher's classes; the rest goes to the labels.", min=0, max=1)
    epochs: int = knob(8, "Passes over the training data.", unit="epochs", min=0, max=10_000)
    augment: str = knob("shift-flip", "Random shifts, crops and flips of images.", choices=AUGMENTATIONS)

    def needs(self) -> tuple[Need, ...]:
        """Inputs alone, unless labels count too."""
        return (Need.DATA,) if self.alpha == 1 else (Need.LABELS,)


@technique(
    "hard-label-distillation",
    name="Hard-label distillation",
    family="distillation",
    covers=("D2",),
    summary="Trains the present model on the classes the original chooses; for data without labels.",
    paper="Bucila, Caruana, Niculescu-Mizil: Model Compression, KDD 2006; "
    "Touvron et al.: DeiT, 2021 (arXiv:2012.12877), section 4: hard-label distillation",
    config=HardLabelDistillation,
    takes=Takes.TORCH,
    needs=(Need.DATA,),
    changes=(Effect.WEIGHTS,),
)
def hard_label_distillation(state: ModelState, config: HardLabelDistillation, context: Context) -> ModelState:
    """Minimise ``alpha * CE(student, argmax teacher) + (1 - alpha) * CE(student, labels)``; masks stay in force."""
    from ..training import train

    teacher = required_teacher(context)
    assert state.module is not None
    soft = suited(SoftLabels(1.0, config.alpha, "hard"), context, "hard-label-distillation")
    module = train(state.module, config, context, what="distillation", soft=soft, masks=state.masks, teacher=teacher)
    return replace(state, module=module)
