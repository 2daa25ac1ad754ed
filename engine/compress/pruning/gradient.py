"""P2: gradient pruning. Weights the loss does not feel become zero."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np

from ..observation import accumulate_gradients, calibration_batches
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from ..weight_masks import joined, keep_masks, zero
from ..weighted_layers import prunable_weights


@dataclass(frozen=True)
class GradientPruning(TrainingKnobs):
    """Knobs of gradient pruning; those of training are for fine-tuning with the zeros held."""

    sparsity: float = knob(0.5, "Share of the weights that become zero.", min=0, max=0.999)
    importance: str = knob(
        "taylor", "Weight times gradient (first-order Taylor), or the gradient alone.", choices=("taylor", "gradient")
    )
    scope: str = knob("global", "One limit for all layers, or one share in each.", choices=("global", "local"))
    samples: int = knob(512, "Samples whose gradients are summed up.", unit="samples", min=1, max=100_000)
    epochs: int = knob(0, "Passes of fine-tuning with the zeros held; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    min_weights: int = knob(
        64,
        "Layers with fewer weights are left alone, where there are larger ones.",
        unit="weights",
        min=0,
        max=10**9,
        advanced=True,
    )


@technique(
    "gradient-pruning",
    name="Gradient pruning",
    family="pruning",
    covers=("P2",),
    summary="Sets the weights to zero that the loss feels least, by its gradients; smaller packed, not faster.",
    paper="Molchanov et al.: Pruning Convolutional Neural Networks for Resource Efficient Inference, 2017 (arXiv:1611.06440); "
    "Lee, Ajanthan, Torr: SNIP, 2019 (arXiv:1810.02340)",
    config=GradientPruning,
    takes=Takes.TORCH,
    needs=(Need.LABELS, Need.GRADIENTS),
    changes=(Effect.MASKS, Effect.WEIGHTS),
    idempotent=True,
)
def gradient_pruning(state: ModelState, config: GradientPruning, context: Context) -> ModelState:
    """Zero the weights of the least ``sum |g|`` or ``sum |w g|`` over calibration batches."""
    module = copy.deepcopy(state.module)
    assert module is not None
    weights, skipped = prunable_weights(
        module, "gradient-pruning", exclude=config.exclude, min_weights=config.min_weights
    )
    scores = {name: np.zeros(tuple(tensor.shape)) for name, tensor in weights.items()}
    for inputs, labels in calibration_batches(context, "gradient pruning", config.samples, labels=True):
        accumulate_gradients(module, context, "gradient pruning", batches=[(inputs, labels)])
        for name, weight in weights.items():
            assert weight.grad is not None
            slope = weight.grad.double().numpy()
            scores[name] += np.abs(slope * weight.detach().double().numpy() if config.importance == "taylor" else slope)
    module.zero_grad(set_to_none=True)
    for name, weight in weights.items():  # what is zero already goes first
        scores[name][weight.detach().numpy() == 0] = -1.0
    masks, _ = joined(state.masks, zero(weights, keep_masks(scores, config.sparsity, None, config.scope)))
    if config.epochs:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=masks)
    return replace(state, module=module.eval(), masks=masks, skipped=(*state.skipped, *skipped))
