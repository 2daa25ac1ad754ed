"""The knobs every training step shares; techniques that train inherit them. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass

from .technique import knob

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw", "lbfgs")
OPTIMIZERS_OF_NOISE = tuple(name for name in OPTIMIZERS if name != "lbfgs")  # its line search compares losses
SCHEDULES = ("one-cycle", "cosine", "step", "constant")
PENALTIES = ("none", "l1", "spectral", "jacobian", "nuclear", "frobenius")
PRECISIONS = ("float32", "bfloat16")
AUGMENTATIONS = ("none", "shift", "flip", "shift-flip", "crop", "crop-flip")

LEARNING_RATES = {"sgd": 0.1, "momentum": 0.05, "adam": 2e-3, "adamw": 3e-3, "lbfgs": 0.5}
"""Peak learning rates that suit the optimizers where the knob is 0."""


@dataclass(frozen=True)
class TrainingKnobs:
    """How a module is trained."""

    epochs: int = knob(2, "Passes over the training data; 0 trains nothing.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.0, "Peak learning rate; 0 takes the one that suits the optimizer.", min=0, max=10)
    optimizer: str = knob("momentum", "Algorithm of the weight updates.", choices=OPTIMIZERS, advanced=True)
    schedule: str = knob("one-cycle", "Course of the learning rate.", choices=SCHEDULES, advanced=True)
    precision: str = knob(
        "float32",
        "Numbers the network is trained with; bfloat16 is about twice as fast where the processor has instructions for it. "
        "The weights stay float32.",
        choices=PRECISIONS,
        advanced=True,
    )
    batch_size: int = knob(128, "Samples of one weight update.", unit="samples", min=1, max=65_536, advanced=True)
    weight_decay: float = knob(5e-4, "L2 penalty on weights (decoupled for adamw).", min=0, max=1, advanced=True)
    penalty: str = knob(
        "none",
        "A regulariser beside the L2 penalty: of the weights, or of the function.",
        choices=PENALTIES,
        advanced=True,
    )
    penalty_weight: float = knob(1e-4, "Weight of that regulariser in the loss.", min=0, max=1e3, advanced=True)
    label_smoothing: float = knob(0.0, "Share of a label given to the other classes.", min=0, max=0.5, advanced=True)
    gradient_clip: float = knob(5.0, "Largest norm of the gradient; 0 does not clip.", min=0, max=1e6, advanced=True)
    augment: str = knob("none", "Random shifts, crops and flips of images.", choices=AUGMENTATIONS)
    shift: int = knob(2, "Largest shift of the augmentation.", unit="pixels", min=0, max=64, advanced=True)
    views: int = knob(
        4,
        "Augmented copies of the data the epochs go through in turn; the teacher looks at each once. 0 = a new one each.",
        unit="views",
        min=0,
        max=10_000,
        advanced=True,
    )
    mixup: float = knob(
        0.0, "Beta parameter of mixup, which blends pairs of samples; 0 = off.", min=0, max=10, advanced=True
    )
    max_samples: int = knob(
        0, "Training samples to use at most; 0 = all.", unit="samples", min=0, max=10**9, advanced=True
    )
    holdout: float = knob(
        0.05, "Share of the training samples kept apart to choose the epoch.", min=0, max=0.5, advanced=True
    )
    keep_best: bool = knob(True, "End with the epoch that is best on the samples kept apart.", advanced=True)

    def passes(self, train_samples: int) -> float:
        """Sample passes of one training: epochs times the samples that are learned from."""
        return self.epochs * min(train_samples, self.max_samples or train_samples) * (1 - self.holdout)
