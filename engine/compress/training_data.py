"""Training samples: held in memory where they fit, streamed where they do not; augmented views that can be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..model.data import CALIBRATION, TRAIN, Batch, DataSet

if TYPE_CHECKING:
    import torch
    from torch import Tensor

IN_MEMORY_BYTES = 1 << 30
SMALLEST_CROP = 0.7
_READ = 500
_HELD_OUT_AT_MOST = 5000


@dataclass(frozen=True)
class View:
    """One way to augment every sample: crops, offsets and flips drawn from seed and number, so that it can be made again.

    ``channels_last``: images are ``[n, h, w, c]``.
    """

    augment: str
    shift: int
    seed: int
    number: int
    channels_last: bool = False

    def apply(self, images: Tensor, rows: np.ndarray) -> Tensor:
        """Shift and flip images; what comes in from outside repeats the border. Other shapes than theirs stay."""
        import torch

        if self.augment == "none" or images.ndim != 4:
            return images
        held = images if self.channels_last else images.permute(0, 2, 3, 1)
        count, height, width = held.shape[:3]
        draw = np.random.default_rng([self.seed, self.number, 77]).random((int(rows.max(initial=0)) + 1, 3))[rows]
        y = np.tile(np.arange(height), (count, 1))
        x = np.tile(np.arange(width), (count, 1))
        if "crop" in self.augment:
            y, x = self._cropped(rows, height, width)
        if "flip" in self.augment:
            x = np.where(draw[:, 2:] < 0.5, x, width - 1 - x)
        if "shift" in self.augment:
            offsets = np.floor(draw[:, :2] * (2 * self.shift + 1)).astype(np.int64) - self.shift
            y = np.clip(y + offsets[:, :1], 0, height - 1)
            x = np.clip(x + offsets[:, 1:], 0, width - 1)
        n = torch.arange(count)[:, None, None]
        moved = held[n, torch.from_numpy(y)[:, :, None], torch.from_numpy(x)[:, None, :]]
        return moved if self.channels_last else moved.permute(0, 3, 1, 2).contiguous()

    def _cropped(self, rows: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of a part of each image, of a side between 0.7 and 1, blown up to the whole (nearest pixel)."""
        draw = np.random.default_rng([self.seed, self.number, 78]).random((int(rows.max(initial=0)) + 1, 3))[rows]
        side = 1 - (1 - SMALLEST_CROP) * draw[:, :1]
        places = [
            np.floor(start * (1 - side) * size + side * (np.arange(size) + 0.5)).astype(np.int64)
            for start, size in ((draw[:, 1:2], height), (draw[:, 2:], width))
        ]
        return places[0], places[1]


@dataclass(frozen=True)
class Minibatch:
    """Inputs ``[n, ...]`` of one update, labels or None, and the rows they come from (None when streamed)."""

    inputs: tuple[Tensor, ...]
    labels: Tensor | None
    rows: np.ndarray | None


class HeldSamples:
    """All samples in memory; the first of a seeded permutation are held out."""

    streamed = False

    def __init__(self, inputs: tuple[np.ndarray, ...], labels: np.ndarray | None, holdout: float, seed: int) -> None:
        import torch

        self.inputs = tuple(torch.from_numpy(array) for array in inputs)
        self.labels = None if labels is None else torch.from_numpy(labels)
        order = np.random.default_rng([seed, 11]).permutation(len(inputs[0]))
        held = min(round(holdout * len(order)), _HELD_OUT_AT_MOST)
        self._held, self.rows = np.sort(order[:held]), np.sort(order[held:])

    @property
    def count(self) -> int:
        """Samples trained on in one epoch."""
        return len(self.rows)

    def epoch(self, number: int, batch_size: int, seed: int) -> Iterator[Minibatch]:
        """Shuffled minibatches; a rest of one sample is left out, BatchNorm cannot take it."""
        order = self.rows[np.random.default_rng([seed, number, 3]).permutation(len(self.rows))]
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            if len(rows) > 1 or len(order) == 1:
                yield self.at(rows)

    def at(self, rows: np.ndarray) -> Minibatch:
        """The samples of some rows."""
        import torch

        index = torch.from_numpy(rows)
        labels = None if self.labels is None else self.labels[index]
        return Minibatch(tuple(tensor[index] for tensor in self.inputs), labels, rows)

    def held_out(self, batch_size: int) -> Iterator[Minibatch]:
        """The samples that are never trained on."""
        for start in range(0, len(self._held), batch_size):
            yield self.at(self._held[start : start + batch_size])


class StreamedSamples:
    """Samples read anew in every epoch; the calibration split (never test data) takes the place of held-out rows."""

    streamed = True

    def __init__(self, data: DataSet, limit: int | None) -> None:
        self._data, self._limit = data, limit
        self.count = min(data.count(TRAIN), limit or data.count(TRAIN))

    def epoch(self, number: int, batch_size: int, seed: int) -> Iterator[Minibatch]:
        """Shuffled minibatches."""
        for batch in self._data.batches(TRAIN, batch_size, seed=seed * 100_003 + number, limit=self._limit):
            if len(batch.inputs[0]) > 1:
                yield _minibatch(batch)

    def held_out(self, batch_size: int) -> Iterator[Minibatch]:
        """The calibration split."""
        if self._data.count(CALIBRATION):
            for batch in self._data.batches(CALIBRATION, batch_size, limit=_HELD_OUT_AT_MOST):
                yield _minibatch(batch)


Samples = HeldSamples | StreamedSamples


def training_samples(
    data: DataSet, *, limit: int = 0, holdout: float = 0.0, seed: int = 0, in_memory_bytes: int = IN_MEMORY_BYTES
) -> Samples:
    """The training split, at most ``limit`` samples (0 = all).

    Raises:
        DataError: the split is empty.
    """
    total = data.count(TRAIN)
    wanted = min(total, limit or total)
    batches = iter(data.batches(TRAIN, _READ, limit=limit or None))
    first = next(batches, None)
    if first is None or not wanted:
        raise DataError("empty-split", f"{data.name} has no samples to train on", "give data with a training part")
    each = sum(array.nbytes for array in first.inputs) / len(first.inputs[0])
    if each * wanted > in_memory_bytes:
        return StreamedSamples(data, limit or None)
    parts = [first, *batches]
    inputs = tuple(np.concatenate(arrays) for arrays in zip(*(part.inputs for part in parts), strict=True))
    labels = [part.labels for part in parts if part.labels is not None]
    return HeldSamples(inputs, np.concatenate(labels) if labels else None, holdout, seed)


def _minibatch(batch: Batch) -> Minibatch:
    import torch

    labels = None if batch.labels is None else torch.from_numpy(batch.labels)
    return Minibatch(tuple(torch.from_numpy(array) for array in batch.inputs), labels, None)


def mixed(batch: Minibatch, beta: float, generator: torch.Generator) -> tuple[Minibatch, Tensor, float]:
    """Mixup (Zhang et al., 2018): every sample blended with another; the other's rows and the share of the first."""
    import torch

    share = float(np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator))).beta(beta, beta))
    other = torch.randperm(len(batch.inputs[0]), generator=generator)
    inputs = tuple(x if not x.is_floating_point() else share * x + (1 - share) * x[other] for x in batch.inputs)
    return Minibatch(inputs, batch.labels, None), other, share
