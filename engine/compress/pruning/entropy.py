"""P3: entropy pruning. Units whose activations tell least leave first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..channel_choice import choose
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from .unit_scores import activations_by_layer, from_layers, remove_units

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class EntropyPruning(TrainingKnobs):
    """Knobs of entropy pruning; those of training are for fine-tuning afterwards."""

    ratio: float = knob(0.5, "Share of the units that leave.", min=0, max=0.95)
    remove: str = knob(
        "lowest",
        "Which units leave first: those that tell least, or (as a control) most.",
        choices=("lowest", "highest"),
    )
    bins: int = knob(32, "Bins of the histogram of a unit's activations.", unit="bins", min=2, max=4096)
    scope: str = knob(
        "local", "The same share in every layer, or the lowest entropy of all.", choices=("local", "global")
    )
    round_to: int = knob(8, "Widths end at multiples of this.", unit="channels", min=1, max=128)
    samples: int = knob(512, "Samples whose activations are looked at.", unit="samples", min=1, max=100_000)
    exclude: list[str] = knob([], "Layers whose units all stay, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Calibration data, labels for fine-tuning."""
        return (Need.CALIBRATION, Need.LABELS) if self.epochs else (Need.CALIBRATION,)


@technique(
    "entropy-pruning",
    name="Entropy pruning",
    family="pruning",
    covers=("P3", "P4"),
    summary="Removes the units whose activations carry the least information on the data; smaller and faster.",
    paper="Luo, Wu: An Entropy-based Pruning Method for CNN Compression, 2017 (arXiv:1706.05791)",
    config=EntropyPruning,
    takes=Takes.TORCH,
    needs=(Need.CALIBRATION,),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.PATTERN,),
)
def entropy_pruning(state: ModelState, config: EntropyPruning, context: Context) -> ModelState:
    """Rank units by the Shannon entropy of the histogram of their activations, and remove a share."""
    assert state.module is not None
    sign = 1.0 if config.remove == "lowest" else -1.0
    entropy = activation_entropy(state.module, context, config.bins, config.samples)
    return remove_units(
        state,
        context,
        from_layers(entropy, lambda rows: sign * np.nanmean(rows, axis=0)),
        partial(choose, ratio=config.ratio, scope=config.scope, round_to=config.round_to),
        what="entropy-pruning",
        exclude=config.exclude,
        training=config,
        otherwise=f"the multiple of round_to = {config.round_to} nearest to its share is its width",
    )


def activation_entropy(module: nn.Module, context: Context, bins: int, samples: int) -> dict[str, np.ndarray]:
    """Entropy in bits of every output channel of every layer: ``-sum p log2 p`` over equal bins of its own range."""
    low: dict[str, np.ndarray] = {}
    high: dict[str, np.ndarray] = {}
    counts: dict[str, np.ndarray] = {}

    def reach(name: str, values: Tensor) -> None:
        least, most = values.amin(dim=1).double().numpy(), values.amax(dim=1).double().numpy()
        low[name] = np.minimum(low.get(name, least), least)
        high[name] = np.maximum(high.get(name, most), most)

    def count(name: str, values: Tensor) -> None:
        array = values.double().numpy()
        width = np.maximum(high[name] - low[name], 1e-300)[:, None]
        place = np.minimum((array - low[name][:, None]) / width * bins, bins - 1).astype(np.int64)
        rows = np.arange(len(array))[:, None] * bins
        flat = np.bincount((place + rows).ravel(), minlength=len(array) * bins).reshape(len(array), bins)
        counts[name] = counts.get(name, 0) + flat

    activations_by_layer(module, context, "entropy pruning", samples, reach)
    activations_by_layer(module, context, "entropy pruning", samples, count)
    return {name: _entropy(table) for name, table in counts.items()}


def _entropy(counts: np.ndarray) -> np.ndarray:
    share = counts / counts.sum(axis=1, keepdims=True)
    logs = np.log2(share, out=np.zeros_like(share), where=share > 0)
    bits: np.ndarray = np.abs((share * logs).sum(axis=1))
    return bits
