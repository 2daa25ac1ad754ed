"""P7: N:M sparsity. Exactly N weights stay in every M consecutive ones of a row."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np

from ...errors import RecipeError
from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from ..weight_masks import joined, zero
from ..weighted_layers import prunable_weights


@dataclass(frozen=True)
class NmSparsity(TrainingKnobs):
    """Knobs of N:M sparsity; those of training are for fine-tuning with the pattern held."""

    n: int = knob(2, "Weights that stay in every group.", unit="weights", min=1, max=31)
    m: int = knob(4, "Consecutive weights of a row that make a group.", unit="weights", min=2, max=32)
    epochs: int = knob(0, "Passes of fine-tuning with the pattern held; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)

    def needs(self) -> tuple[Need, ...]:
        """Labels for fine-tuning."""
        return (Need.LABELS,) if self.epochs else ()


@technique(
    "n-m-sparsity",
    name="N:M sparsity",
    family="pruning",
    covers=("P7",),
    summary="Keeps N of every M consecutive weights of a row; smaller packed, faster only on hardware with sparse units.",
    paper="Mishra et al.: Accelerating Sparse Deep Neural Networks, 2021 (arXiv:2104.08378); "
    "Zhou et al.: Learning N:M Fine-grained Structured Sparse Neural Networks, 2021 (arXiv:2102.04010)",
    config=NmSparsity,
    takes=Takes.TORCH,
    changes=(Effect.MASKS, Effect.PATTERN, Effect.WEIGHTS),
    idempotent=True,
)
def n_m_sparsity(state: ModelState, config: NmSparsity, context: Context) -> ModelState:
    """Keep the N largest of every M weights along the inputs of each output; rows that M does not divide are skipped."""
    if config.n >= config.m:
        raise RecipeError("bad-knob", f"n-m-sparsity: n={config.n} is not below m={config.m}", "use n: 2 and m: 4")
    module = copy.deepcopy(state.module)
    assert module is not None
    weights, skipped = prunable_weights(module, "n-m-sparsity", exclude=config.exclude)
    masks = {}
    for name, weight in weights.items():
        if weight.shape[1] % config.m:
            reason = f"its {weight.shape[1]} inputs do not divide by {config.m}"
            skipped.append(Skip(name.removesuffix(".weight"), reason))
            continue
        masks[name] = n_of_m(weight.detach().numpy(), config.n, config.m)
    kept, _ = joined(state.masks, zero(weights, masks))
    if config.epochs:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=kept)
    return replace(state, module=module.eval(), masks=kept, skipped=(*state.skipped, *skipped))


def n_of_m(weight: np.ndarray, n: int, m: int) -> np.ndarray:
    """True at the ``n`` largest absolute values of every ``m`` consecutive inputs of an output.

    Args:
        weight: ``[out, in]``, or ``[out, in, ...]`` of a convolution, grouped along its input channels at every place of
            the kernel, as sparse kernels read them.
        n: how many stay.
        m: size of a group; divides ``in``.
    """
    moved = np.moveaxis(weight, 1, -1) if weight.ndim > 2 else weight
    groups = np.abs(moved).reshape(-1, m)
    order = np.argsort(-groups, axis=1, kind="stable")
    kept = np.zeros(groups.shape, dtype=bool)
    np.put_along_axis(kept, order[:, :n], True, axis=1)
    mask = kept.reshape(moved.shape)
    return np.moveaxis(mask, -1, 1) if weight.ndim > 2 else mask
