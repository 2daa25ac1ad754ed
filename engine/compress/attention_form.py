"""``nn.MultiheadAttention`` as four plain linear layers, which can be pruned, factorized and quantized like any others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Iterator


class PlainAttention(nn.Module):
    """What ``nn.MultiheadAttention`` computes, with a layer each for queries, keys, values and output.

    The width of a head is stored, not derived, so heads can leave. It is called like the original and has what
    ``nn.TransformerEncoderLayer`` looks at before it takes a fused kernel, which it then does not.
    """

    def __init__(self, original: nn.MultiheadAttention) -> None:
        super().__init__()
        width = original.embed_dim
        self.num_heads, self.head_dim, self.batch_first = original.num_heads, original.head_dim, original.batch_first
        self.dropout = original.dropout
        self._qkv_same_embed_dim, self.in_proj_bias = False, None
        biased = original.in_proj_bias is not None
        self.query = nn.Linear(width, width, biased)
        self.key = nn.Linear(original.kdim or width, width, biased)
        self.value = nn.Linear(original.vdim or width, width, biased)
        self.out_proj = nn.Linear(width, width, original.out_proj.bias is not None)
        with torch.no_grad():
            for number, layer in enumerate((self.query, self.key, self.value)):
                layer.weight.copy_(_input_weights(original)[number])
                if original.in_proj_bias is not None:
                    layer.bias.copy_(original.in_proj_bias.chunk(3)[number])
            self.out_proj.weight.copy_(original.out_proj.weight)
            if original.out_proj.bias is not None:
                self.out_proj.bias.copy_(original.out_proj.bias)
        self.train(original.training)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Scaled dot-product attention of every head; masks are added, or True = not looked at."""
        del is_causal  # a hint; the mask says the same
        if not self.batch_first:
            query, key, value = (item.transpose(0, 1) for item in (query, key, value))
        n, length = query.shape[0], query.shape[1]
        q, k, v = (
            layer(item).reshape(n, -1, self.num_heads, self.head_dim).transpose(1, 2)
            for layer, item in ((self.query, query), (self.key, key), (self.value, value))
        )
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if attn_mask is not None:
            mask = _added(attn_mask, scores)
            scores = scores + (mask if mask.ndim == 2 else mask.reshape(n, -1, *mask.shape[1:]))
        if key_padding_mask is not None:
            scores = scores + _added(key_padding_mask, scores)[:, None, None, :]
        weights = scores.softmax(-1)
        mixed = nn.functional.dropout(weights, self.dropout, self.training) @ v
        out = self.out_proj(mixed.transpose(1, 2).reshape(n, length, self.num_heads * self.head_dim))
        if not self.batch_first:
            out = out.transpose(0, 1)
        if not need_weights:
            return out, None
        return out, weights.mean(1) if average_attn_weights else weights


def _input_weights(original: nn.MultiheadAttention) -> tuple[Tensor, ...]:
    if original._qkv_same_embed_dim:
        return original.in_proj_weight.chunk(3)
    return original.q_proj_weight, original.k_proj_weight, original.v_proj_weight


def _added(mask: Tensor, scores: Tensor) -> Tensor:
    if mask.dtype != torch.bool:
        return mask.to(scores.dtype)
    return torch.zeros_like(mask, dtype=scores.dtype).masked_fill(mask, float("-inf"))


def plain_attention(module: nn.Module) -> Iterator[tuple[str, str | None]]:
    """Replace every ``nn.MultiheadAttention`` in place; name, and the reason where one cannot be replaced."""
    from .weighted_layers import replace_layer

    found: list[tuple[str, Any]] = [
        (name, layer) for name, layer in module.named_modules() if isinstance(layer, nn.MultiheadAttention)
    ]
    for name, layer in found:
        if layer.bias_k is not None or layer.add_zero_attn:
            yield name, "it adds keys of its own (bias_k, add_zero_attn)"
        elif not name:
            yield name, "the whole model is one attention layer"
        else:
            replace_layer(module, name, PlainAttention(layer))
            yield name, None
