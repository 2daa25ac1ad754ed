"""S1, S3: sparsity training. A penalty drives weights to zero while the network learns; what is near zero then goes."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np

from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from ..weight_masks import joined, zero
from ..weighted_layers import prunable_weights
from .terms import SparsityTerm


@dataclass(frozen=True)
class LassoTraining(TrainingKnobs):
    """Knobs of L1 and group-lasso training."""

    kind: str = knob("l1", "Single weights, or whole output channels.", choices=("l1", "group-lasso"))
    strength: float = knob(1e-4, "Lambda: weight of the penalty in the loss.", min=0, max=100)
    proximal: bool = knob(True, "Apply the penalty as a soft threshold after every update, which gives exact zeros.")
    threshold: float = knob(1e-3, "What is smaller after training becomes zero.", min=0, max=10, advanced=True)
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(5, "Passes over the training data.", unit="epochs", min=1, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate.", min=0, max=10)
    keep_best: bool = knob(
        False, "End with the epoch that is best on the samples kept apart; it may have fewer zeros.", advanced=True
    )


@technique(
    "lasso-training",
    name="L1 and group-lasso training",
    family="sparsity",
    covers=("S1", "S5"),
    summary="Trains with a penalty on absolute weights or on whole channels until many are zero; smaller packed.",
    paper="Tibshirani: Regression Shrinkage and Selection via the Lasso, 1996; Wen et al.: Learning Structured Sparsity in "
    "Deep Neural Networks, 2016 (arXiv:1608.03665); proximal step: Beck, Teboulle 2009",
    config=LassoTraining,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.MASKS, Effect.WEIGHTS),
)
def lasso_training(state: ModelState, config: LassoTraining, context: Context) -> ModelState:
    """Minimise ``CE + lambda * sum |w|`` or ``lambda * sum sqrt(n) |row|``, then hold the zeros."""
    term = SparsityTerm(config.kind, config.strength, alpha=1.0, proximal=config.proximal, exclude=config.exclude)
    return _trained(state, config, context, term, config.kind, config.threshold, config.exclude)


@dataclass(frozen=True)
class ReweightedSparsity(TrainingKnobs):
    """Knobs of reweighted sparsity."""

    strength: float = knob(1e-4, "Lambda: weight of the penalty in the loss.", min=0, max=100)
    alpha: float = knob(1e-3, "Squared size at which a weight is pushed half as hard.", min=1e-8, max=100)
    form: str = knob(
        "bounded",
        "bounded is w^2/(w^2+alpha); reciprocal is 1/(w^2+alpha), a control that pushes small weights away from zero.",
        choices=("bounded", "reciprocal"),
        advanced=True,
    )
    threshold: float = knob(1e-2, "What is smaller after training becomes zero.", min=0, max=10)
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(5, "Passes over the training data.", unit="epochs", min=1, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate.", min=0, max=10)
    keep_best: bool = knob(
        False, "End with the epoch that is best on the samples kept apart; it may have fewer zeros.", advanced=True
    )


@technique(
    "reweighted-sparsity",
    name="Reweighted sparsity training",
    family="sparsity",
    covers=("S3", "S5"),
    summary="Pushes small weights to zero and leaves large ones alone while training; smaller packed.",
    paper="Geman, McClure: Statistical Methods for Tomographic Image Reconstruction, 1987 (the penalty); "
    "Candes, Wakin, Boyd: Enhancing Sparsity by Reweighted L1 Minimization, 2008 (arXiv:0711.1612)",
    config=ReweightedSparsity,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.MASKS, Effect.WEIGHTS),
)
def reweighted_sparsity(state: ModelState, config: ReweightedSparsity, context: Context) -> ModelState:
    """Minimise ``CE + lambda * sum w^2 / (w^2 + alpha)``, then zero what is below the threshold."""
    kind = "reweighted" if config.form == "bounded" else "reciprocal"
    term = SparsityTerm(kind, config.strength, alpha=config.alpha, proximal=False, exclude=config.exclude)
    return _trained(state, config, context, term, kind, config.threshold, config.exclude)


def _trained(
    state: ModelState,
    knobs: TrainingKnobs,
    context: Context,
    term: SparsityTerm,
    kind: str,
    threshold: float,
    exclude: list[str],
) -> ModelState:
    from ..training import train

    assert state.module is not None
    module = copy.deepcopy(
        train(state.module, knobs, context, what="sparsity training", masks=state.masks, objectives=[term])
    )
    weights, skipped = prunable_weights(module, "sparsity training", exclude=exclude)
    kept: dict[str, np.ndarray] = {}
    for name, weight in weights.items():
        array = weight.detach().numpy()
        if kind == "group-lasso":
            length = np.sqrt((array.reshape(len(array), -1) ** 2).mean(axis=1))
            kept[name] = np.broadcast_to((length > threshold).reshape(-1, *[1] * (array.ndim - 1)), array.shape)
        else:
            kept[name] = (np.abs(array) > threshold) & (array != 0)
    masks, note = joined(state.masks, zero(weights, kept))
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))
