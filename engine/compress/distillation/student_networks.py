"""Light networks for students: residual and plain convolutions, MobileNet and ShuffleNet style, a perceptron, a bag of words.

All take one input and give one row of scores. Their width is one number, so that they can be sized to a budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SMALLEST_MAP = 4
"""Strided stages follow one another until the image is at most this wide."""
RESIDUAL_WIDTHS = (2, 5, 8, 16, 16)
"""Channels of the stages of a residual student, in halves of its width."""


def plain_network(shape: Sequence[int], classes: int, width: int, words: int | None = None) -> nn.Module:
    """Plain layers with an early stride: what every kernel library runs best.

    Args:
        shape: of one sample: ``(c, h, w)`` an image, ``(c, t)`` a signal, ``(d,)`` a vector; with ``words`` ``(t,)`` tokens.
        classes: number of scores.
        width: channels of the first stage; later ones have twice as many each, at most eight times.
        words: size of the vocabulary where the input is tokens.
    """
    if words is not None:
        return BagOfWords(words, classes, width)
    if len(shape) == 3:
        return PlainConvolutions(nn.Conv2d, nn.BatchNorm2d, shape, classes, width)
    if len(shape) == 2:
        return PlainConvolutions(nn.Conv1d, nn.BatchNorm1d, shape, classes, width)
    return nn.Sequential(
        nn.BatchNorm1d(shape[0]), nn.Linear(shape[0], 2 * width), nn.ReLU(), nn.Linear(2 * width, width), nn.ReLU(),
        nn.Linear(width, classes),
    )  # fmt: skip


def strided_stages(shape: Sequence[int]) -> int:
    """Stages of stride 2 until the last axis (or the larger side) is at most 4 wide; at least one, at most five."""
    size, stages = max(shape[1:]), 0
    while size > SMALLEST_MAP and stages < 5:
        size, stages = (size + 1) // 2, stages + 1
    return max(1, stages)


def widths(width: int, stages: int) -> list[int]:
    """Channels of each stage: doubled from stage to stage, at most eight times the first."""
    return [width * min(2**stage, 8) for stage in range(stages)]


def _mean_of_places(x: Tensor) -> Tensor:
    """``[n, c, ...]`` to ``[n, c]``, as the one operator that runtimes have an integer kernel for."""
    pool = functional.adaptive_avg_pool2d if x.ndim == 4 else functional.adaptive_avg_pool1d
    return pool(x, 1).flatten(1)


class Convolutional(nn.Module):
    """Features of places, their mean, and a linear layer that makes scores of it."""

    features: nn.Module
    head: nn.Module

    def forward(self, x: Tensor) -> Tensor:
        """``[n, c, ...]`` to scores."""
        scores: Tensor = self.head(_mean_of_places(self.features(x)))
        return scores


class PlainConvolutions(Convolutional):
    """Per stage a strided 3-convolution and one without stride (not in the first), then the mean and a linear layer."""

    def __init__(
        self,
        conv: Callable[..., nn.Module],
        norm: Callable[[int], nn.Module],
        shape: Sequence[int],
        classes: int,
        width: int,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = shape[0]
        sizes = widths(width, strided_stages(shape))
        for stage, size in enumerate(sizes):
            for stride in (2, 1)[: 1 if stage == 0 else 2]:
                layers += [conv(before, size, 3, stride=stride, padding=1, bias=False), norm(size), nn.ReLU()]
                before = size
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(before, classes)


class ChannelsFirst(nn.Module):
    """A network of channels first behind an input of channels last, as recurrent and Keras models have it."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """``[n, ..., c]`` to scores."""
        scores: Tensor = self.network(x.permute(0, x.ndim - 1, *range(1, x.ndim - 1)))
        return scores


class ResidualBlock(nn.Module):
    """Two 3-convolutions that learn what to add (He et al. 2016, arXiv:1512.03385)."""

    def __init__(self, conv: Callable[..., nn.Module], norm: Callable[[int], nn.Module], width: int) -> None:
        super().__init__()
        self.path = nn.Sequential(
            *(conv(width, width, 3, padding=1, bias=False), norm(width), nn.ReLU()),
            *(conv(width, width, 3, padding=1, bias=False), norm(width)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """``[n, width, ...]`` to the same shape."""
        return torch.relu(x + self.path(x))


class ResidualNetwork(Convolutional):
    """Strided 3-convolutions, each followed by more layers the smaller the map is: none, one convolution, a residual block.

    Nothing works at full resolution, where a narrow network spends its time and kernels are slowest; channels and depth are
    where the map is small.

    Args:
        shape: of one sample: ``(c, h, w)`` an image or ``(c, t)`` a signal.
        classes: number of scores.
        width: channels of the first stage; the next have 2.5, 4 and 8 times as many.
    """

    def __init__(self, shape: Sequence[int], classes: int, width: int) -> None:
        super().__init__()
        conv, norm = (nn.Conv2d, nn.BatchNorm2d) if len(shape) == 3 else (nn.Conv1d, nn.BatchNorm1d)
        stages = strided_stages(shape)
        layers: list[nn.Module] = []
        before = shape[0]
        for stage in range(stages):
            size = width * RESIDUAL_WIDTHS[stage] // 2
            layers += [conv(before, size, 3, stride=2, padding=1, bias=False), norm(size), nn.ReLU()]
            if stage >= 2 or stage == stages - 1:
                layers.append(ResidualBlock(conv, norm, size))
            elif stage == 1:
                layers += [conv(size, size, 3, padding=1, bias=False), norm(size), nn.ReLU()]
            before = size
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(before, classes)


class BagOfWords(nn.Module):
    """Mean and largest value of learned word vectors, a hidden layer, scores."""

    def __init__(self, words: int, classes: int, width: int) -> None:
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.hidden = nn.Linear(2 * width, 2 * width)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """``int64[n, t]`` to scores."""
        x = self.words(tokens)
        x = torch.cat([x.mean(1), x.amax(1)], dim=1)
        scores: Tensor = self.head(torch.relu(self.hidden(x)))
        return scores


def _unit(before: int, after: int, kernel: int, stride: int = 1, groups: int = 1, relu: bool = True) -> list[nn.Module]:
    layers: list[nn.Module] = [
        nn.Conv2d(before, after, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(after),
    ]
    return [*layers, nn.ReLU()] if relu else layers


class MobileNetwork(Convolutional):
    """Depthwise-separable convolutions (Howard et al.: MobileNets, 2017, arXiv:1704.04861), strided early."""

    def __init__(self, shape: Sequence[int], classes: int, width: int) -> None:
        super().__init__()
        sizes = widths(width, strided_stages(shape))
        layers = _unit(shape[0], sizes[0], 3, stride=2)
        before = sizes[0]
        for size in sizes[1:]:
            for stride in (2, 1):
                layers += _unit(before, before, 3, stride=stride, groups=before) + _unit(before, size, 1)
                before = size
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(before, classes)


class ShuffleUnit(nn.Module):
    """Half of the channels pass by, the other half goes through a bottleneck, then both are shuffled."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        half = after // 2
        self.stride, self.passed = stride, half
        inner = before if stride == 2 else half
        self.branch = nn.Sequential(
            *_unit(inner, half, 1), *_unit(half, half, 3, stride=stride, groups=half, relu=False), *_unit(half, half, 1)
        )
        self.shortcut = nn.Sequential(
            *(_unit(before, before, 3, stride=2, groups=before, relu=False) + _unit(before, half, 1))
            if stride == 2
            else ()
        )

    def forward(self, x: Tensor) -> Tensor:
        """``[n, before, h, w]`` to ``[n, after, h, w]``, a half as large where it is strided."""
        left, right = (x, x) if self.stride == 2 else (x[:, : self.passed], x[:, self.passed :])
        both = torch.stack([self.shortcut(left), self.branch(right)], dim=2)
        return both.flatten(1, 2)


class ShuffleNetwork(Convolutional):
    """ShuffleNet V2 units (Ma et al., 2018, arXiv:1807.11164), strided early."""

    def __init__(self, shape: Sequence[int], classes: int, width: int) -> None:
        super().__init__()
        sizes = widths(width, strided_stages(shape))
        layers = _unit(shape[0], sizes[0], 3, stride=2)
        before = sizes[0]
        for size in sizes[1:]:
            layers += [ShuffleUnit(before, size, 2), ShuffleUnit(size, size, 1)]
            before = size
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(before, classes)
