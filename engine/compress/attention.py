"""Where the attention layers of a network are, whoever wrote them: by their count of heads and their projections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

_COUNTS = ("num_heads", "n_heads", "num_attention_heads", "n_head", "nhead", "heads")
_OUT = ("out_proj", "proj", "o_proj", "out", "c_proj", "dense", "to_out", "output")


@dataclass(frozen=True)
class AttentionLayer:
    """An attention layer.

    Attributes:
        name: of the module.
        module: the module.
        heads: how many there are.
        counter: the attribute that holds this number.
        inner: names of the Linear layers that make queries, keys and values (one where they are fused).
        out: name of the Linear layer that mixes the heads, or None where it lies elsewhere.
    """

    name: str
    module: nn.Module
    heads: int
    counter: str
    inner: tuple[str, ...]
    out: str | None


def attention_layers(module: nn.Module) -> tuple[AttentionLayer, ...]:
    """All modules with a count of heads and Linear layers of their own, and every ``nn.MultiheadAttention``."""
    from torch import nn

    found = []
    for name, layer in module.named_modules():
        counter = next((item for item in _COUNTS if type(getattr(layer, item, None)) is int), None)
        if counter is None:
            continue
        dot = f"{name}." if name else ""
        linear = {child: item for child, item in layer.named_children() if isinstance(item, nn.Linear)}
        if isinstance(layer, nn.MultiheadAttention):
            found.append(AttentionLayer(name, layer, layer.num_heads, counter, (), f"{dot}out_proj"))
        elif linear:
            out = next((child for child in _OUT if child in linear), None)
            inner = tuple(f"{dot}{child}" for child in linear if child != out)
            found.append(
                AttentionLayer(name, layer, getattr(layer, counter), counter, inner, None if out is None else dot + out)
            )
    return tuple(found)


def projection_names(module: nn.Module) -> frozenset[str]:
    """Linear layers whose width is heads times the size of a head."""
    return frozenset(name for layer in attention_layers(module) for name in layer.inner)
