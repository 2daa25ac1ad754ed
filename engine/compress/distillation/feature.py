"""D3: feature distillation. The student's intermediate layers learn to say what the original's say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...errors import TechniqueError
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
class FeatureDistillation(TrainingKnobs):
    """Knobs of feature distillation."""

    layers: list[str] = knob([], "Layers to match, as 'layer' or 'student=teacher'; empty takes four along the way.")
    weight: float = knob(1.0, "Weight of the matched layers in the loss.", min=0, max=1e4)
    temperature: float = knob(4.0, "Softens the outputs that are matched, too.", min=0.1, max=100)
    alpha: float = knob(0.9, "Weight of the teacher's outputs against the labels.", min=0, max=1)
    epochs: int = knob(8, "Passes over the training data.", unit="epochs", min=0, max=10_000)
    augment: str = knob("shift-flip", "Random shifts, crops and flips of images.", choices=AUGMENTATIONS)


@technique(
    "feature-distillation",
    name="Feature distillation",
    family="distillation",
    covers=("D3",),
    summary="Trains the present model to follow the original layer by layer; helps thin and deep students most.",
    paper="Romero et al.: FitNets: Hints for Thin Deep Nets, 2015 (arXiv:1412.6550)",
    config=FeatureDistillation,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.WEIGHTS,),
)
def feature_distillation(state: ModelState, config: FeatureDistillation, context: Context) -> ModelState:
    """Soft labels plus ``weight * mean |map(student) - teacher|^2``; a learned 1x1 map where widths differ."""
    from ..training import train

    teacher = required_teacher(context)
    assert state.module is not None
    pairs = layer_pairs(state.module, teacher, config.layers, state.inputs, (2, 3, 4))
    term = Matching(
        teacher,
        pairs,
        squared_distance,
        config.weight,
        project=True,
        seed=context.seed,
        examples=example_inputs(state.inputs, batch=2),
        key="features",
    )
    module = train(
        state.module,
        config,
        context,
        what="feature distillation",
        soft=suited(SoftLabels(config.temperature, config.alpha), context, "feature-distillation"),
        masks=state.masks,
        teacher=teacher,
        objectives=[term],
    )
    note = "matched: " + ", ".join(mine if mine == its else f"{mine} to {its}" for mine, its in pairs)
    return replace(state, module=module, notes=(*state.notes, note))


def squared_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean squared difference, in units of the teacher's own mean square, so that every layer counts alike.

    Raises:
        TechniqueError: the shapes differ in more than their channels.
    """
    if student.shape != teacher.shape:
        raise TechniqueError(
            "layers-differ",
            f"a pair of layers gives {list(student.shape[1:])} and {list(teacher.shape[1:])}",
            "name pairs of layers at the same resolution",
        )
    return (student - teacher).pow(2).mean() / teacher.pow(2).mean().clamp_min(1e-12)
