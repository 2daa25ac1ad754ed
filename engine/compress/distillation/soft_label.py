"""D1: soft-label distillation. The original is the teacher and is never trained; the present model is the student."""

from dataclasses import dataclass, replace

from ...errors import TechniqueError
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob


@dataclass(frozen=True)
class SoftLabelDistillation:
    """Knobs of soft-label distillation."""

    temperature: float = knob(
        4.0, "Softens both distributions; higher shows more of the teacher's doubts.", min=0.1, max=100
    )
    alpha: float = knob(0.9, "Weight of the teacher; the rest goes to the labels.", min=0, max=1)
    loss: str = knob("kl", "How outputs are matched.", choices=("kl", "ce", "mse"))
    epochs: int = knob(8, "Passes over the training data.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.05, "Peak of the schedule.", min=1e-7, max=10)
    batch_size: int = knob(128, "Samples per step.", unit="samples", min=2, max=65_536)
    optimizer: str = knob("momentum", "How weights are updated.", choices=("sgd", "momentum", "adam", "adamw"))
    schedule: str = knob(
        "one-cycle", "Course of the learning rate.", choices=("one-cycle", "cosine", "step", "constant")
    )
    weight_decay: float = knob(1e-4, "L2 penalty on weights.", min=0, max=1, advanced=True)
    augmentation: str = knob(
        "flip-shift", "Variations of images; 'none' for other data.", choices=("flip-shift", "shift", "none")
    )
    views: int = knob(4, "Augmented copies whose teacher outputs are cached.", min=1, max=1000, advanced=True)
    mixup: float = knob(0.0, "Blends pairs of images; 0 = off.", min=0, max=10, advanced=True)


@technique(
    "soft-label-distillation",
    name="Soft-label distillation",
    family="distillation",
    covers=("D1", "O1"),
    summary="Trains the present model to give the original's probabilities, not only its labels.",
    paper="Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, 2015 (arXiv:1503.02531)",
    config=SoftLabelDistillation,
    takes=Takes.TORCH,
    needs=(Need.LABELS, Need.DATA),
    changes=(Effect.WEIGHTS,),
)
def soft_label_distillation(state: ModelState, config: SoftLabelDistillation, context: Context) -> ModelState:
    """Alpha * T^2 * KL(teacher/T, student/T) + (1 - alpha) * CE, on the samples the teacher labelled."""
    from ..training import TrainingPlan, distillation, train

    if context.teacher is None:
        raise TechniqueError(
            "no-teacher",
            "distillation needs the original as a torch module",
            "give the PyTorch code, or an ONNX file of known operators",
        )
    assert state.module is not None
    plan = TrainingPlan(
        epochs=config.epochs,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        optimizer=config.optimizer,
        schedule=config.schedule,
        weight_decay=config.weight_decay,
        augmentation=config.augmentation,
        views=config.views,
        mixup=config.mixup,
    )
    loss = distillation(config.temperature, config.alpha, config.loss)
    module = train(state.module, plan, loss, context, tag="distillation", masks=state.masks, teacher=context.teacher)
    return replace(state, module=module)
