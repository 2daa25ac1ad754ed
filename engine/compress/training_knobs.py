"""The knobs every training step shares; techniques that train inherit them. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass

from .technique import knob

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw", "lbfgs")
SCHEDULES = ("constant", "cosine", "one-cycle", "step")
AUGMENTATIONS = ("none", "shift", "flip", "shift-flip")


@dataclass(frozen=True)
class TrainingKnobs:
    """How a module is trained."""

    epochs: int = knob(2, "passes over the training data; 0 trains nothing", unit="epochs", min=0, max=1000)
    learning_rate: float = knob(
        0.0, "peak learning rate; 0 takes the one that suits the optimizer", min=0.0, max=10.0, advanced=True
    )
    optimizer: str = knob("momentum", "algorithm of the weight updates", choices=OPTIMIZERS, advanced=True)
    schedule: str = knob("one-cycle", "course of the learning rate", choices=SCHEDULES, advanced=True)
    batch_size: int = knob(128, "samples per weight update", unit="samples", min=1, max=65536, advanced=True)
    weight_decay: float = knob(5e-4, "L2 penalty (decoupled for adamw)", min=0.0, max=1.0, advanced=True)
    label_smoothing: float = knob(0.0, "share of the label given to the other classes", min=0.0, max=0.5, advanced=True)
    gradient_clip: float = knob(0.0, "largest norm of the gradient; 0 does not clip", min=0.0, max=1e6, advanced=True)
    augment: str = knob(
        "none", "random shifts and horizontal flips of images while training", choices=AUGMENTATIONS, advanced=True
    )
    shift: int = knob(2, "largest shift of the augmentation", unit="pixels", min=0, max=64, advanced=True)
    mixup: float = knob(0.0, "mixup's beta parameter; 0 mixes nothing", min=0.0, max=10.0, advanced=True)
    max_samples: int = knob(0, "training samples to use at most; 0 = all", unit="samples", min=0, advanced=True)
    holdout: float = knob(
        0.05, "share of the training samples kept apart to choose the best epoch", min=0.0, max=0.5, advanced=True
    )
    keep_best: bool = knob(True, "end with the epoch that is best on the samples kept apart", advanced=True)


LEARNING_RATES = {"sgd": 0.1, "momentum": 0.05, "adam": 2e-3, "adamw": 3e-3, "lbfgs": 0.5}
"""Peak learning rates that suit the optimizers where the knob is 0."""
