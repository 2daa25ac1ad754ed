"""P12: recurrent pruning. Hidden units of LSTM, GRU and plain recurrent layers leave; every gate shrinks."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...records import Skip
from ..channel_removal import masks_of_zeros
from ..layer_choice import check_patterns, matches
from ..observation import accumulate_gradients
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class RecurrentPruning(TrainingKnobs):
    """Knobs of recurrent pruning; those of training are for fine-tuning afterwards."""

    ratio: float = knob(0.5, "Share of the hidden units that leave.", min=0, max=0.95)
    importance: str = knob(
        "l2",
        "What makes a unit important: the size of its gates' weights, or weight times gradient; random is a control.",
        choices=("l2", "taylor", "random"),
    )
    round_to: int = knob(8, "Numbers of units end at multiples of this.", unit="units", min=1, max=128)
    samples: int = knob(512, "Samples the gradient is taken on.", unit="samples", min=1, max=100_000, advanced=True)
    exclude: list[str] = knob([], "Recurrent layers that stay, by name or pattern (decoder*).", advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for gradients and fine-tuning."""
        if self.importance == "taylor":
            return (Need.LABELS, Need.GRADIENTS)
        return (Need.LABELS,) if self.epochs else ()


@technique(
    "recurrent-pruning",
    name="Recurrent pruning",
    family="pruning",
    covers=("P12",),
    summary="Removes hidden units of LSTM and GRU layers from every gate and from what reads them; smaller and faster.",
    paper="Wen et al.: Learning Intrinsic Sparse Structures within LSTM, 2018 (arXiv:1709.05027): what one unit consists of; "
    "Taylor: Molchanov et al. 2019 (arXiv:1906.10771)",
    config=RecurrentPruning,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.PATTERN,),
)
def recurrent_pruning(state: ModelState, config: RecurrentPruning, context: Context) -> ModelState:
    """Rank the units of each layer and direction, remove the least important, check the function, fine-tune."""
    from torch import nn

    assert state.module is not None
    context.cancel.check()
    module = copy.deepcopy(state.module).eval()
    cells = [name for name, layer in module.named_modules() if isinstance(layer, nn.RNNCellBase)]
    layers = [name for name, layer in module.named_modules() if isinstance(layer, nn.RNNBase)]
    skipped = [Skip(name, "a single cell that the network's own code steps through") for name in cells]
    if not layers:
        skipped = skipped or [Skip("(all)", "there is no recurrent layer")]
        return replace(state, skipped=(*state.skipped, *skipped))
    check_patterns(config.exclude, layers, "recurrent-pruning")
    if config.importance == "taylor":
        accumulate_gradients(module, context, "Taylor importance", config.samples)
    before, after = 0, 0
    for number, name in enumerate(layers):
        context.cancel.check()
        units = _units(module, name)
        made: nn.Module | str = "excluded by the recipe"
        if not matches(name, config.exclude):
            made = _pruned(module, name, state, config, context.seed + number)
        if not isinstance(made, str):
            module = made
        elif config.ratio:
            skipped.append(Skip(name or "(model)", made))
        before, after = before + units, after + _units(module, name)
    for parameter in module.parameters():
        parameter.grad = None
    masks = masks_of_zeros(module, state.masks)
    if config.epochs:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=masks)
    note = f"{before - after} of {before} hidden units removed"
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))


def _units(module: nn.Module, name: str) -> int:
    """Hidden units of all layers and directions that one module holds."""
    from torch import nn

    layer = module.get_submodule(name)
    assert isinstance(layer, nn.RNNBase)
    return layer.hidden_size * layer.num_layers * (2 if layer.bidirectional else 1)


def _pruned(module: nn.Module, name: str, state: ModelState, config: RecurrentPruning, seed: int) -> nn.Module | str:
    """The network with fewer units in one layer, or why it stays."""
    from torch import nn

    from ..recurrent_units import readers_of, unit_scores, without_units

    layer = module.get_submodule(name)
    assert isinstance(layer, nn.RNNBase)
    if not name:
        return "the whole model is one recurrent layer, whose units are its output"
    if layer.proj_size:
        return "it projects its states (proj_size)"
    gone = layer.hidden_size - kept_units(layer.hidden_size, config.ratio, config.round_to)
    if gone == 0:
        return f"the multiple of round_to = {config.round_to} nearest to its share is its width"
    readers = readers_of(module, name, state.inputs)
    if isinstance(readers, str):
        return readers
    if config.importance == "random":
        draw = np.random.default_rng([seed, 12])
        scores = {place: draw.random(len(values)) for place, values in unit_scores(layer, "l2").items()}
    else:
        scores = unit_scores(layer, config.importance)
    leaving = {place: np.sort(np.argsort(values, kind="stable")[:gone]) for place, values in scores.items()}
    return without_units(module, name, leaving, readers, state.inputs)


def kept_units(hidden: int, ratio: float, round_to: int) -> int:
    """Nearest multiple of ``round_to`` to the share that stays, one multiple at least; a narrower layer stays."""
    if hidden <= round_to:
        return hidden
    return min(hidden, max(round_to, math.floor(hidden * (1 - ratio) / round_to + 0.5) * round_to))
