"""A part of a data set's training samples as a data set of its own: coresets and the folds of cross-validation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from device_agent.contract.io import IoContract

from ..model.data import CALIBRATION, TRAIN, Batch, DataSet, RawSample
from ..model.datasets.arrays import positions_of
from ..model.task import Target, target_of

_READ = 500


class TrainingSubset:
    """Some training samples, in memory; the calibration split of the whole set stays unless it must not be seen.

    Args:
        data: the whole set; its test split is not part of the subset.
        rows: numbers of the training samples that are kept, each once.
        calibrates: calibrate with the kept samples instead of the whole set's calibration split, which may hold samples
            that are left out here.
    """

    def __init__(self, data: DataSet, rows: np.ndarray, *, calibrates: bool = False) -> None:
        self._whole, self._rows, self._calibrates = data, np.sort(rows), calibrates
        digest = hashlib.sha256(self._rows.astype(np.int64).tobytes()).hexdigest()[:16]
        self.name = f"{data.name}[{len(rows)} of {data.count(TRAIN)}, {digest}]"
        self.contract: IoContract = data.contract
        self.target: Target = target_of(data)
        self._held: Batch | None = None

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class names in label order."""
        return self._whole.classes

    def count(self, split: str) -> int:
        """Number of samples in a split."""
        if self._is_part(split):
            return len(self._rows)
        return self._whole.count(split) if split == CALIBRATION else 0

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """Stream the kept samples in order, or those shuffled by ``seed``."""
        if not self._is_part(split):
            if self.count(split):
                yield from self._whole.batches(split, batch_size, seed=seed, limit=limit)
            return
        held = self.samples()
        for places in positions_of(len(self._rows), batch_size, seed, limit):
            labels = None if held.labels is None else held.labels[places]
            yield Batch(tuple(array[places] for array in held.inputs), labels)

    def raw(self, split: str, index: int) -> RawSample:
        """One sample before pre-processing."""
        return self._whole.raw(TRAIN, int(self._rows[index])) if self._is_part(split) else self._whole.raw(split, index)

    def samples(self) -> Batch:
        """All kept samples, read once; what is left out is dropped batch by batch."""
        if self._held is None:
            parts, start = [], 0
            for batch in self._whole.batches(TRAIN, _READ):
                here = self._rows[(self._rows >= start) & (self._rows < start + len(batch.inputs[0]))] - start
                start += len(batch.inputs[0])
                if len(here):
                    parts.append(
                        Batch(
                            tuple(array[here] for array in batch.inputs),
                            None if batch.labels is None else batch.labels[here],
                        )
                    )
            labels = [part.labels for part in parts if part.labels is not None]
            inputs = tuple(np.concatenate(arrays) for arrays in zip(*(part.inputs for part in parts), strict=True))
            self._held = Batch(inputs, np.concatenate(labels) if labels else None)
        return self._held

    def _is_part(self, split: str) -> bool:
        return split == TRAIN or (split == CALIBRATION and self._calibrates)
