"""D6: distillation on a coreset. The few training samples that stand for all are chosen by what the teacher makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DataError
from ...events import Stage
from ...model.data import TRAIN
from ..losses import SOFT_LOSSES, SoftLabels, suited
from ..observation import answering
from ..registry import technique
from ..teacher import first_output, required_teacher
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import AUGMENTATIONS, TrainingKnobs
from ..training_subset import TrainingSubset

if TYPE_CHECKING:
    from torch import Tensor, nn

SELECTIONS = ("k-center", "herding", "uncertain", "random")
_BATCH = 200


@dataclass(frozen=True)
class CoresetDistillation(TrainingKnobs):
    """Knobs of the choice of samples and of the distillation on them."""

    share: float = knob(0.3, "Share of the training samples that is kept, the same of every class.", min=0.001, max=1)
    select: str = knob(
        "k-center",
        "k-center: every sample has a near one that is kept; herding: the mean stays; uncertain: what the teacher doubts; "
        "random: a control.",
        choices=SELECTIONS,
    )
    temperature: float = knob(4.0, "Softens both distributions.", min=0.1, max=100)
    alpha: float = knob(0.9, "Weight of the teacher; the rest goes to the labels.", min=0, max=1)
    loss: str = knob("kl", "How outputs are compared.", choices=SOFT_LOSSES)
    epochs: int = knob(8, "Passes over the samples that are kept.", unit="epochs", min=0, max=10_000)
    augment: str = knob("shift-flip", "Random shifts, crops and flips of images.", choices=AUGMENTATIONS)

    def needs(self) -> tuple[Need, ...]:
        """Labels, unless the teacher alone is followed."""
        return (Need.DATA,) if self.alpha == 1 else (Need.LABELS,)

    def passes(self, train_samples: int) -> float:
        """Sample passes of the training on what is kept."""
        return super().passes(int(self.share * train_samples))


@technique(
    "coreset-distillation",
    name="Distillation on a coreset",
    family="distillation",
    covers=("D6", "D1"),
    summary="Distils with the few training samples that stand for all: a fraction of the training time at little loss.",
    paper="Sener, Savarese: Active Learning for CNNs: A Core-Set Approach, 2018 (arXiv:1708.00489); Welling: Herding "
    "Dynamical Weights to Learn, 2009; mixup: Zhang et al. 2018 (arXiv:1710.09412)",
    config=CoresetDistillation,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.WEIGHTS,),
)
def coreset_distillation(state: ModelState, config: CoresetDistillation, context: Context) -> ModelState:
    """Keep ``share`` of each class in the teacher's features, then distil on these samples; masks stay in force."""
    from ..training import train

    teacher = required_teacher(context)
    assert state.module is not None
    if context.data is None or context.data.count(TRAIN) == 0:
        raise DataError(
            "no-training-data", "a coreset is chosen from training data", "give --data with a training part"
        )
    features, answers = teacher_features(teacher, context)
    rows = chosen_rows(features, answers, config.share, config.select, context)
    note = f"coreset ({config.select}): {len(rows):,} of {len(features):,} training samples"
    small = replace(context, data=TrainingSubset(context.data, rows))
    soft = suited(SoftLabels(config.temperature, config.alpha, config.loss), context, "coreset-distillation")
    module = train(
        state.module, config, small, what="distillation on a coreset", soft=soft, masks=state.masks, teacher=teacher
    )
    return replace(state, module=module, notes=(*state.notes, note))


def teacher_features(teacher: nn.Module, context: Context) -> tuple[np.ndarray, np.ndarray]:
    """What enters the teacher's last linear layer (its outputs where there is none) and its probabilities.

    Returns:
        Features float32 ``[samples, d]`` and probabilities ``[samples, classes]``, of all training samples in order.
    """
    import torch
    from torch import nn

    assert context.data is not None
    context.emit(Stage("coreset", f"features of {context.data.count(TRAIN):,} training samples"))
    last = [layer for layer in teacher.modules() if isinstance(layer, nn.Linear)][-1:]
    seen: list[Tensor] = []

    def note(layer: nn.Module, inputs: Any) -> None:
        seen.append(inputs[0])

    features, answers = [], []
    with answering(teacher, [layer.register_forward_pre_hook(note) for layer in last]):
        for batch in context.data.batches(TRAIN, _BATCH):
            context.cancel.check()
            seen.clear()
            outputs = first_output(teacher(*(torch.from_numpy(array) for array in batch.inputs))).float().flatten(1)
            inner = seen[-1] if seen and len(seen[-1]) == len(outputs) else outputs
            features.append(inner.float().flatten(1).numpy())
            answers.append(outputs.softmax(dim=1).numpy())
    return np.concatenate(features), np.concatenate(answers)


def chosen_rows(features: np.ndarray, answers: np.ndarray, share: float, select: str, context: Context) -> np.ndarray:
    """Rows that are kept, sorted: of each class of the teacher's answers ``share``, at least one."""
    kept = []
    found = answers.argmax(axis=1)
    for label in np.unique(found):
        context.cancel.check()
        rows = np.flatnonzero(found == label)
        count = max(1, round(share * len(rows)))
        kept.append(rows[_SELECT[select](features[rows], answers[rows], count, context.seed + int(label))])
    return np.sort(np.concatenate(kept))


def k_center(features: np.ndarray, answers: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Farthest first from the sample nearest to the mean: at most twice the smallest possible covering radius."""
    first = int(((features - features.mean(0)) ** 2).sum(1).argmin())
    kept = [first]
    distance = ((features - features[first]) ** 2).sum(1)
    while len(kept) < count:
        distance[kept[-1]] = -1.0  # kept once, also among equal samples
        farthest = int(distance.argmax())
        kept.append(farthest)
        distance = np.where(distance < 0, -1.0, np.minimum(distance, ((features - features[farthest]) ** 2).sum(1)))
    return np.array(kept)


def herding(features: np.ndarray, answers: np.ndarray, count: int, seed: int) -> np.ndarray:
    """One after the other, each the sample that brings the mean of those kept closest to the mean of all."""
    mean = features.mean(0, dtype=np.float64)
    total, kept = np.zeros_like(mean), []
    free = np.ones(len(features), bool)
    for number in range(1, count + 1):
        off = ((mean - (total + features) / number) ** 2).sum(1)
        best = int(np.where(free, off, np.inf).argmin())
        kept.append(best)
        free[best] = False
        total += features[best]
    return np.array(kept)


def uncertain(features: np.ndarray, answers: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Those whose two likeliest classes are closest to each other."""
    two = np.sort(answers, axis=1)[:, -2:]
    return np.argsort(two[:, -1] - two[:, 0], kind="stable")[:count]


def random(features: np.ndarray, answers: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Drawn without looking."""
    return np.random.default_rng([seed, 5]).permutation(len(features))[:count]


_SELECT = {"k-center": k_center, "herding": herding, "uncertain": uncertain, "random": random}
