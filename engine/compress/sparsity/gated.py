"""S2, S6: sparsity by gates and by noise. L0 training with hard-concrete gates; targeted and variational dropout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import OPTIMIZERS_OF_NOISE, TrainingKnobs
from ..weight_masks import joined
from ..weighted_layers import prunable_weights

if TYPE_CHECKING:
    from torch import Tensor

    from .noise import Noise


@dataclass(frozen=True)
class L0Training(TrainingKnobs):
    """Knobs of L0 training."""

    gates: str = knob(
        "weight", "One gate for every weight, or for every output channel.", choices=("weight", "channel")
    )
    strength: float = knob(1e-4, "Lambda: price of one weight that is not zero.", min=0, max=100)
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(10, "Passes over the training data.", unit="epochs", min=1, max=10_000)
    learning_rate: float = knob(0.01, "Peak learning rate.", min=0, max=10)
    optimizer: str = knob(
        "adam", "Algorithm of the weight updates; gates need an adaptive one.", choices=OPTIMIZERS_OF_NOISE
    )
    keep_best: bool = knob(
        False, "End with the epoch that is best on the samples kept apart; it may have fewer zeros.", advanced=True
    )


@technique(
    "l0-training",
    name="L0 training with hard-concrete gates",
    family="sparsity",
    covers=("S2", "S5"),
    summary="Learns a gate on every weight or channel that is open or shut, at a price per open weight; smaller packed.",
    paper="Louizos, Welling, Kingma: Learning Sparse Neural Networks through L0 Regularization, 2018 (arXiv:1712.01312)",
    config=L0Training,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.MASKS, Effect.WEIGHTS),
)
def l0_training(state: ModelState, config: L0Training, context: Context) -> ModelState:
    """Minimise ``CE + lambda * E ||w||_0`` with ``w * z``, ``z = clip(s (zeta - gamma) + gamma, 0, 1)``."""
    from .noise import HardConcrete

    channels = config.gates == "channel"
    return _noisy(
        state,
        config,
        context,
        lambda weight: HardConcrete(weight, channels),
        "L0 training",
        config.strength,
        config.exclude,
    )


@dataclass(frozen=True)
class DropoutSparsity(TrainingKnobs):
    """Knobs of dropout sparsity."""

    kind: str = knob(
        "targeted",
        "targeted: the smallest weights are dropped at random, then leave; variational: every weight learns its own noise.",
        choices=("targeted", "variational"),
    )
    sparsity: float = knob(0.5, "Share of each layer's weights that leave (targeted).", min=0, max=0.99)
    rate: float = knob(0.5, "Probability with which a candidate is dropped (targeted).", min=0, max=1)
    strength: float = knob(1e-4, "Weight of the divergence in the loss (variational).", min=0, max=100)
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(10, "Passes over the training data.", unit="epochs", min=1, max=10_000)
    learning_rate: float = knob(0.01, "Peak learning rate.", min=0, max=10)
    optimizer: str = knob("adam", "Algorithm of the weight updates.", choices=OPTIMIZERS_OF_NOISE)
    keep_best: bool = knob(
        False, "End with the epoch that is best on the samples kept apart; it may have fewer zeros.", advanced=True
    )


@technique(
    "dropout-sparsity",
    name="Dropout sparsity",
    family="sparsity",
    covers=("S6", "S5"),
    summary="Trains with dropout on the weights that are to leave, so that the network learns to do without; smaller packed.",
    paper="Gomez et al.: Learning Sparse Networks Using Targeted Dropout, 2019 (arXiv:1905.13678); "
    "Molchanov, Ashukha, Vetrov: Variational Dropout Sparsifies Deep Neural Networks, 2017 (arXiv:1701.05369)",
    config=DropoutSparsity,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.MASKS, Effect.WEIGHTS),
)
def dropout_sparsity(state: ModelState, config: DropoutSparsity, context: Context) -> ModelState:
    """Drop the smallest weights while training, or learn ``alpha = variance / w^2`` and remove where it is large."""
    from .noise import TargetedDropout, VariationalDropout

    def make(weight: Tensor) -> Noise:
        if config.kind == "variational":
            return VariationalDropout(weight)
        return TargetedDropout(weight, config.sparsity, config.rate)

    return _noisy(state, config, context, make, f"{config.kind} dropout", config.strength, config.exclude)


def _noisy(
    state: ModelState,
    knobs: TrainingKnobs,
    context: Context,
    make: Callable[[Tensor], Noise],
    what: str,
    strength: float,
    exclude: list[str],
) -> ModelState:
    from .noise import trained_with_noise

    assert state.module is not None
    names, skipped = prunable_weights(state.module, what, exclude=exclude, joint=False)
    module = trained_with_noise(
        state.module, names, make, knobs, context, what=what, strength=strength, masks=state.masks
    )
    parameters = dict(module.named_parameters())
    masks, note = joined(state.masks, {name: parameters[name].detach() != 0 for name in names})
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))
