"""P11: connectivity pruning. Units with few or weak connections leave; only the weights are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..channel_choice import choose
from ..dependency import Measure, Member
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from .unit_scores import remove_units


@dataclass(frozen=True)
class ConnectivityPruning(TrainingKnobs):
    """Knobs of connectivity pruning; those of training are for fine-tuning afterwards."""

    ratio: float = knob(0.25, "Share of the units that leave.", min=0, max=0.95)
    measure: str = knob(
        "degree",
        "Number of non-zero connections in and out, the sum of their absolute weights, or both multiplied.",
        choices=("degree", "strength", "product"),
    )
    scope: str = knob("local", "The same share in every layer, or the lowest of all.", choices=("local", "global"))
    round_to: int = knob(8, "Widths end at multiples of this.", unit="channels", min=1, max=128)
    exclude: list[str] = knob([], "Layers whose units all stay, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for fine-tuning."""
        return (Need.LABELS,) if self.epochs else ()


@technique(
    "connectivity-pruning",
    name="Connectivity pruning",
    family="pruning",
    covers=("P11",),
    summary="Removes units with the fewest or weakest connections, best after single weights were pruned; needs no data.",
    paper="Han et al.: Learning both Weights and Connections, 2015 (arXiv:1506.02626), section 3.5: neurons without "
    "connections; node strength: Barrat et al. 2004 (doi:10.1073/pnas.0400087101)",
    config=ConnectivityPruning,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.PATTERN,),
)
def connectivity_pruning(state: ModelState, config: ConnectivityPruning, context: Context) -> ModelState:
    """Rank units by degree or strength in the graph of the non-zero weights, and remove a share."""
    return remove_units(
        state,
        context,
        connections(config.measure),
        partial(choose, ratio=config.ratio, scope=config.scope, round_to=config.round_to),
        what="connectivity-pruning",
        exclude=config.exclude,
        training=config,
        otherwise=f"the multiple of round_to = {config.round_to} nearest to its share is its width",
    )


def connections(kind: str) -> Measure:
    """Per unit: how many non-zero weights lead to it and away from it, and how strong they are.

    A unit without any connection on one side does nothing, so degree and strength are 0 there.
    """

    def measure(members: Sequence[Member], width: int) -> np.ndarray | None:
        degree, strength = np.zeros((2, width)), np.zeros((2, width))
        sides = [False, False]
        for member in members:
            if member.role == "with":
                continue
            side = 0 if member.role == "out" else 1
            sides[side] = True
            for table, value in zip((degree, strength), _by_position(member), strict=True):
                np.add.at(table[side], member.units, value[member.indices])
        alive = np.all(degree[np.asarray(sides)] > 0, axis=0)
        ways, force = degree.sum(axis=0), strength.sum(axis=0)
        score = np.where(alive, {"degree": ways, "strength": force, "product": ways * force}[kind], 0.0)
        return np.asarray(score / max(float(score.mean()), 1e-12))

    return measure


def _by_position(member: Member) -> tuple[np.ndarray, np.ndarray]:
    """Number and strength of the weights at every output (``out``) or input (``in``) of a layer."""
    weight = np.abs(dict(member.layer.named_parameters())["weight"].detach().double().numpy())
    outputs_first = not getattr(member.layer, "transposed", False)
    if (member.role == "out") != outputs_first:
        weight = np.moveaxis(weight, 1, 0)
    groups = getattr(member.layer, "groups", 1)
    flat = weight.reshape(len(weight), -1)
    if member.role == "in" and groups > 1:
        flat = np.tile(flat, (groups, 1))
    return (flat != 0).sum(1).astype(float), flat.sum(1)
