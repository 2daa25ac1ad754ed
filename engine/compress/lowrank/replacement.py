"""Layers become factors where that is smaller; the others are named with the reason."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...records import Skip
from ..layer_choice import check_patterns, matches
from ..technique import Context, ModelState, Need, knob
from ..training_knobs import TrainingKnobs
from ..weighted_layers import replace_layer, weighted_layers

if TYPE_CHECKING:
    from torch import Tensor, nn

Factors = Callable[[str, "nn.Module"], "nn.Module | str"]
"""Name and layer to what takes its place, or the reason why nothing does."""


@dataclass(frozen=True)
class LowRankKnobs(TrainingKnobs):
    """Knobs all factorizations share; those of training are for fine-tuning afterwards."""

    energy: float = knob(0.9, "Share of the squared singular values that is kept; gives the rank.", min=0.01, max=1)
    ratio: float | None = knob(None, "Share of the full rank that is kept instead; overrides energy.", min=0.01, max=1)
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for fine-tuning."""
        return (Need.LABELS,) if self.epochs else ()


def rank_of(singular_values: np.ndarray, knobs: LowRankKnobs) -> int:
    """Smallest rank that keeps the wanted energy, or the wanted share of the full rank; at least 1."""
    full = len(singular_values)
    if knobs.ratio is not None:
        return max(1, round(knobs.ratio * full))
    energy = np.cumsum(np.asarray(singular_values, np.float64) ** 2)
    return int(np.searchsorted(energy, knobs.energy * energy[-1] * (1 - 1e-12)) + 1) if energy[-1] > 0 else 1


def factorized(
    state: ModelState,
    knobs: LowRankKnobs,
    context: Context,
    technique: str,
    factors: Factors,
    held: Mapping[str, Tensor] | None = None,
) -> ModelState:
    """Replace every layer that gets smaller, then fine-tune.

    Masks of replaced layers end with them; every other layer keeps its own. ``held`` are masks of what takes the place
    of layers, by parameter name; ``factors`` may fill it as it goes.
    """
    module = copy.deepcopy(state.module)
    assert module is not None
    layers = list(weighted_layers(module))
    check_patterns(knobs.exclude, [name for name, _ in layers], technique)
    skipped, replaced = _recurrent(module), []
    shared = _shared(layers)
    for name, layer in layers:
        context.cancel.check()
        made: nn.Module | str
        if matches(name, knobs.exclude):
            made = "excluded by the recipe"
        elif name in shared:
            made = "its weight is shared with another layer"
        elif not name:
            made = "the layer is the whole model; give a module that holds it"
        elif _is_read_by_its_owner(module, name):
            made = "the layer that holds it reads its weight directly"
        else:
            made = factors(name, layer)
        if not isinstance(made, str) and _nonzero(made) >= _size(layer):
            made = f"the factors have {_nonzero(made)} weights, not fewer than its {_size(layer)}"
        if isinstance(made, str):
            skipped.append(Skip(name, made))
        else:
            replace_layer(module, name, made.train(layer.training))
            replaced.append(name)
    masks = {name: mask for name, mask in state.masks.items() if name.rpartition(".")[0] not in replaced}
    masks |= {
        name: mask for name, mask in (held or {}).items() if any(name.startswith(f"{item}.") for item in replaced)
    }
    if knobs.epochs:
        from ..training import train

        module = train(module, knobs, context, what="fine-tuning", masks=masks)
    note = f"{len(replaced)} of {len(layers)} layers became factors"
    return replace(
        state, module=module.eval(), masks=masks, skipped=(*state.skipped, *skipped), notes=(*state.notes, note)
    )


def _recurrent(module: nn.Module) -> list[Skip]:
    from torch import nn

    found = [name for name, layer in module.named_modules() if isinstance(layer, nn.RNNBase)]
    return [Skip(name, "a recurrent layer: its matrices are read by one kernel") for name in found]


def _size(layer: nn.Module) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())


def _nonzero(layer: nn.Module) -> int:
    """What a file has to hold: a sparse part counts by its values that are not zero."""
    return sum(int((parameter != 0).sum()) for parameter in layer.parameters())


def _shared(layers: Sequence[tuple[str, nn.Module]]) -> set[str]:
    owners: dict[int, list[str]] = {}
    for name, layer in layers:
        owners.setdefault(id(layer.weight), []).append(name)
    return {name for names in owners.values() if len(names) > 1 for name in names}


def _is_read_by_its_owner(module: nn.Module, name: str) -> bool:
    """``nn.MultiheadAttention`` reads ``out_proj.weight`` itself."""
    from torch import nn

    return isinstance(module.get_submodule(name.rpartition(".")[0]), nn.MultiheadAttention)


def pair_of(layer: nn.Module, first: np.ndarray, second: np.ndarray, bias: np.ndarray | None) -> nn.Module:
    """``second @ first`` as two layers of the kind of ``layer``; ``first [rank, ...]`` may be flat, ``second [out, rank]``."""
    from torch import nn

    if isinstance(layer, nn.Linear):
        return linear_pair(layer, first, second, bias)
    return conv_pair(layer, first.reshape(len(first), *weight_of(layer).shape[1:]), second, bias)


def linear_pair(layer: nn.Linear, first: np.ndarray, second: np.ndarray, bias: np.ndarray | None) -> nn.Module:
    """``second @ first`` as two Linear layers: ``first [rank, in]``, ``second [out, rank]``."""
    import torch
    from torch import nn

    pair: Any = nn.Sequential(
        nn.Linear(layer.in_features, len(first), bias=False),
        nn.Linear(len(first), layer.out_features, bias is not None),
    )
    with torch.no_grad():
        _copy(pair[0].weight, first)
        _copy(pair[1].weight, second)
        if bias is not None:
            _copy(pair[1].bias, bias)
    made: nn.Module = pair
    return made


def conv_pair(layer: Any, first: np.ndarray, second: np.ndarray, bias: np.ndarray | None) -> nn.Module:
    """A convolution to ``rank`` channels with its kernel ``first [rank, in, ...]``, then a 1x1 one, ``second [out, rank]``."""
    import torch
    from torch import nn

    kind: Any = type(layer)
    pair: Any = nn.Sequential(
        kind(
            layer.in_channels, len(first), layer.kernel_size, layer.stride, layer.padding, layer.dilation, bias=False,
            padding_mode=layer.padding_mode,
        ),
        kind(len(first), layer.out_channels, 1, bias=bias is not None),
    )  # fmt: skip
    with torch.no_grad():
        _copy(pair[0].weight, first)
        _copy(pair[1].weight, second.reshape(tuple(pair[1].weight.shape)))
        if bias is not None:
            _copy(pair[1].bias, bias)
    made: nn.Module = pair
    return made


def is_plain_convolution(layer: nn.Module) -> bool:
    """A convolution without groups that is not transposed."""
    from torch import nn

    return (
        isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Conv3d)) and layer.groups == 1 and isinstance(layer.padding, tuple)
    )


def bias_of(layer: nn.Module) -> np.ndarray | None:
    """The bias as float64, or None."""
    bias = dict(layer.named_parameters()).get("bias")
    return None if bias is None else bias.detach().double().numpy()


def weight_of(layer: nn.Module) -> np.ndarray:
    """The weight as float64."""
    array: np.ndarray = dict(layer.named_parameters())["weight"].detach().double().numpy()
    return array


def _copy(parameter: Tensor, array: np.ndarray) -> None:
    import torch

    parameter.copy_(torch.from_numpy(array.copy()))  # a copy strides forwards, whatever the array did
