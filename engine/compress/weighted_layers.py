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
    module: nn.Module, technique: str, *, exclude: Iterable[object] = (), min_weights: int = 0, joint: bool = True
) -> tuple[dict[str, nn.Parameter], list[Skip]]:
    """Weights by parameter name, and the layers left alone with their reason.

    Beside convolutions and linear layers these are recurrent layers and the joint projections of ``nn.MultiheadAttention``,
    which hold several matrices; ``joint``: whether they take part. Small layers are left alone only beside larger ones: a
    linear regression is small as a whole.

    Raises:
        RecipeError: a pattern of ``exclude`` fits no layer.
    """
    patterns = list(exclude)
    found: dict[str, nn.Parameter] = {}
    skipped, names = [], []
    layers = [
        (name, weights, sum(weight.numel() for weight in weights.values())) for name, weights in _matrices(module)
    ]
    small = min_weights if any(count >= min_weights for _, _, count in layers) else 0
    for name, weights, count in layers:
        names.append(name)
        if matches(name, patterns):
            skipped.append(Skip(name, "excluded by the recipe"))
        elif count < small:
            skipped.append(Skip(name, f"only {count} weights"))
        elif not joint and "weight" not in weights:
            skipped.append(Skip(name, f"its matrices are read by one kernel, which {technique} cannot look into"))
        else:
            found |= {f"{name}.{weight}" if name else weight: values for weight, values in weights.items()}
    check_patterns(patterns, names, technique)
    return found, skipped


def _matrices(module: nn.Module) -> Iterator[tuple[str, dict[str, nn.Parameter]]]:
    """Every layer's own matrices by their name in it."""
    from torch import nn

    for name, layer in module.named_modules():
        if isinstance(layer, (nn.Linear, nn.modules.conv._ConvNd)):
            yield name, {"weight": layer.weight}  # type: ignore[dict-item]
        elif isinstance(layer, (nn.RNNBase, nn.MultiheadAttention)):
            own = {key: item for key, item in layer.named_parameters(recurse=False) if item.ndim == 2}
            if own:
                yield name, own


def replace_layer(module: nn.Module, name: str, layer: nn.Module) -> None:
    """Put another layer in the place of one.

    ``nn.TransformerEncoderLayer`` looks at the weights of its layers and remembers its activation for a fused kernel, which
    knows neither factors nor another activation: from now on it takes the plain way.
    """
    from torch import nn

    path, _, last = name.rpartition(".")
    owner = module.get_submodule(path)
    setattr(owner, last, layer)
    if isinstance(owner, nn.TransformerEncoderLayer):
        owner.activation_relu_or_gelu = 0
