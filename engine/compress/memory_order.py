"""The order of images in memory while training: channels last is what the kernels like, where they bear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


LEAST_CHANNELS = 16
"""Of a strided 1x1 convolution whose backward pass keeps to its buffers."""


def channels_last(inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Images in the memory order the kernels like, other inputs as they are."""
    import torch

    return tuple(x.contiguous(memory_format=torch.channels_last) if x.ndim == 4 else x for x in inputs)


def channels_first(inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Images in the usual memory order, by their strides, too.

    Images of one channel count as both orders, and torch then takes the other one for the whole network.
    """
    import torch

    return tuple(x.clone(memory_format=torch.contiguous_format) if x.ndim == 4 else x for x in inputs)


def bears_channels_last(module: nn.Module) -> bool:
    """False where training in this order would damage memory, and for volumes, which have no such order of four axes.

    The backward pass of strided 1x1 convolutions of few input channels writes past its buffers (oneDNN in torch 2.13 with
    AVX-512 and two threads: 2 to 7 channels, and 8 with an odd number of samples, such as the last batch of an epoch; 16
    were never seen to). Pruned shortcuts have such shapes.
    """
    from torch import nn

    if any(parameter.ndim > 4 for parameter in module.parameters()):
        return False
    return not any(
        isinstance(layer, nn.Conv2d)
        and max(layer.kernel_size) == 1
        and max(layer.stride) > 1
        and ((channels := layer.in_channels // layer.groups) < LEAST_CHANNELS or channels % 8)
        for layer in module.modules()
    )
