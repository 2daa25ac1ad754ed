"""The layers whose weights techniques work on: convolutions and linear layers, with what is left alone and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..records import Skip
from .layer_choice import check_patterns, matches

if TYPE_CHECKING:
    from torch import nn


def weighted_layers(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Name and module of every convolution and linear layer."""
    from torch import nn

    for name, layer in module.named_modules():
        if isinstance(layer, (nn.Linear, nn.modules.conv._ConvNd)):
            yield name, layer


def prunable_weights(
    module: nn.Module, technique: str, *, exclude: Iterable[object] = (), min_weights: int = 0
) -> tuple[dict[str, nn.Parameter], list[Skip]]:
    """Weights by parameter name, and the layers left alone with their reason.

    Raises:
        RecipeError: a pattern of ``exclude`` fits no layer.
    """
    patterns = list(exclude)
    found: dict[str, nn.Parameter] = {}
    skipped, names = [], []
    for name, layer in weighted_layers(module):
        names.append(name)
        weight: nn.Parameter = layer.weight  # type: ignore[assignment]
        if matches(name, patterns):
            skipped.append(Skip(name, "excluded by the recipe"))
        elif weight.numel() < min_weights:
            skipped.append(Skip(name, f"only {weight.numel()} weights"))
        else:
            found[f"{name}.weight" if name else "weight"] = weight
    check_patterns(patterns, names, technique)
    return found, skipped


def replace_layer(module: nn.Module, name: str, layer: nn.Module) -> None:
    """Put another layer in the place of one."""
    path, _, last = name.rpartition(".")
    setattr(module.get_submodule(path), last, layer)
