"""Data sets: named splits that stream pre-processed batches; nothing is loaded that is not used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from device_agent.contract.io import IoContract

TRAIN, CALIBRATION, TEST = "train", "calibration", "test"


@dataclass(frozen=True)
class Batch:
    """Pre-processed arrays, one per model input, each ``[n, ...]``.

    Labels are int64 ``[n]`` for classification, else as :class:`engine.model.task.Target` says; or None.
    """

    inputs: tuple[np.ndarray, ...]
    labels: np.ndarray | None


@dataclass(frozen=True)
class RawSample:
    """A sample before pre-processing, as a file would hold it: ``kind`` is ``png``, ``jpeg`` or ``npy``."""

    name: str
    kind: str
    content: bytes
    label: int | None


class DataSet(Protocol):
    """What training, calibration, evaluation and packaging read from."""

    name: str
    contract: IoContract

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class names in label order; None for data without labels."""

    def count(self, split: str) -> int:
        """Number of samples in a split; 0 when the split is not there."""

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """Stream a split in order, or shuffled by ``seed``; at most ``limit`` samples."""

    def raw(self, split: str, index: int) -> RawSample:
        """One sample before pre-processing."""


class DataView:
    """A data set seen differently; whoever inherits says how in :meth:`seen`."""

    def __init__(self, data: DataSet) -> None:
        self._data = data
        self.name = data.name
        self.contract: IoContract = data.contract

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Those of the data."""
        return self._data.classes

    def count(self, split: str) -> int:
        """Number of samples in a split."""
        return self._data.count(split)

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """The batches as they are seen."""
        return map(self.seen, self._data.batches(split, batch_size, seed=seed, limit=limit))

    def raw(self, split: str, index: int) -> RawSample:
        """One sample before pre-processing."""
        return self._data.raw(split, index)

    def seen(self, batch: Batch) -> Batch:
        """One batch of this view."""
        return batch
