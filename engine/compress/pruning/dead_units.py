"""P10: removal of dead units. What is zero for all calibration data, or nearly always, leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..channel_choice import Removal
from ..dependency import ChannelSet
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from .unit_scores import activations_by_layer, from_layers, remove_units

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class DeadUnitRemoval(TrainingKnobs):
    """Knobs of dead-unit removal; those of training are for fine-tuning afterwards."""

    zeros: float = knob(1.0, "Units whose share of zeros (APoZ) reaches this leave; 1 = never active.", min=0.01, max=1)
    samples: int = knob(512, "Samples whose activations are looked at.", unit="samples", min=1, max=100_000)
    exclude: list[str] = knob([], "Layers whose units all stay, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Calibration data, labels for fine-tuning."""
        return (Need.CALIBRATION, Need.LABELS) if self.epochs else (Need.CALIBRATION,)

    @property
    def idempotent(self) -> bool:
        """A unit that is never active feeds no other; without one that sometimes is, the others change."""
        return self.zeros == 1 and not self.epochs


@technique(
    "dead-unit-removal",
    name="Removal of dead units",
    family="pruning",
    covers=("P10",),
    summary="Removes units that are never (or hardly ever) active on the data; smaller and faster where there are such.",
    paper="Hu, Peng, Tai, Tang: Network Trimming, 2016 (arXiv:1607.03250)",
    config=DeadUnitRemoval,
    takes=Takes.TORCH,
    needs=(Need.CALIBRATION,),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.PATTERN,),
)
def dead_unit_removal(state: ModelState, config: DeadUnitRemoval, context: Context) -> ModelState:
    """Remove units whose average percentage of zeros over all samples and places reaches the limit."""
    assert state.module is not None
    shares = share_of_zeros(state.module, context, config.samples)
    return remove_units(
        state,
        context,
        # a channel that several layers make (residual) is dead only where all of them are
        from_layers({name: 1 - share for name, share in shares.items()}, lambda rows: np.nanmax(rows, axis=0)),
        lambda sets: _dead(sets, config.zeros),
        what="dead-unit-removal",
        exclude=config.exclude,
        training=config,
        otherwise=f"none of its units is zero in {config.zeros:.0%} of all cases",
    )


def share_of_zeros(module: nn.Module, context: Context, samples: int) -> dict[str, np.ndarray]:
    """APoZ of every output channel of every layer, 0..1."""
    zeros: dict[str, np.ndarray] = {}
    seen: dict[str, int] = defaultdict(int)

    def count(name: str, values: Tensor) -> None:
        zeros[name] = zeros.get(name, 0) + (values == 0).sum(dim=1).double().numpy()
        seen[name] += values.shape[1]

    activations_by_layer(module, context, "removal of dead units", samples, count)
    return {name: counted / seen[name] for name, counted in zeros.items()}


def _dead(sets: Sequence[ChannelSet], limit: float) -> list[Removal]:
    removals = []
    for item in sets:
        units = np.flatnonzero(item.scores <= 1 - limit + 1e-12)
        if len(units) == len(item.scores):  # a layer keeps one unit, the most active
            units = np.delete(units, int(np.argmax(item.scores)))
        if len(units):
            removals.append(Removal(item, units))
    return removals
