"""Data in arrays, in memory or mapped from a file: splits are row numbers, batches are prepared as they are read."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device_agent.contract.io import InputContract, IoContract

from ...errors import DataError
from ..data import CALIBRATION, TEST, TRAIN, Batch, RawSample
from ..task import Target, Task

CALIBRATION_ROWS = 500
ALL, TEST_FULL = "all", "test-full"
_SPLIT_SEED = 20_261_124
Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Rows:
    """One split: arrays with samples on the first axis, labels or None, and which rows of them (None = all)."""

    inputs: Arrays
    labels: np.ndarray | None
    order: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.inputs[0]) if self.order is None else len(self.order)

    def pick(self, positions: np.ndarray) -> tuple[Arrays, np.ndarray | None]:
        """Samples at these positions of the split."""
        rows = positions if self.order is None else self.order[positions]
        labels = None if self.labels is None else np.asarray(self.labels[rows])
        if labels is not None and labels.dtype.kind in "iub":
            labels = labels.astype(np.int64, copy=False)
        return tuple(np.asarray(array[rows]) for array in self.inputs), labels


class ArrayData:
    """A data set over arrays.

    Args:
        name: what messages and records call it.
        contract: pre-processing and meaning of the outputs; its labels are the classes.
        splits: for each split a function that gives its rows, called when the split is first used.
        prepare: raw arrays of a batch to model inputs.
        encode: one raw sample to ``(kind, bytes)``.
        target: what the labels mean; None: class numbers.
    """

    def __init__(
        self,
        name: str,
        contract: IoContract,
        splits: Mapping[str, Callable[[], Rows]],
        prepare: Callable[[Arrays], Arrays],
        encode: Callable[[Arrays], tuple[str, bytes]],
        target: Target | None = None,
    ) -> None:
        self.name = name
        self.contract = contract
        self.target = target or Target(classes=tuple(contract.output.labels))
        self._splits = splits
        self._opened: dict[str, Rows] = {}
        self._prepare, self._encode = prepare, encode

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class names in label order; None for data without labels."""
        return self.target.classes or None

    def rows(self, split: str) -> Rows:
        """The rows of a split; empty where the split is not there."""
        if split not in self._splits:
            return Rows((np.empty(0),), None)
        if split not in self._opened:
            self._opened[split] = self._splits[split]()
        return self._opened[split]

    def count(self, split: str) -> int:
        """Number of samples in a split; 0 when the split is not there."""
        return len(self.rows(split))

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """Stream the first ``limit`` samples of a split in order, or those shuffled by ``seed``."""
        rows = self.rows(split)
        for positions in positions_of(len(rows), batch_size, seed, limit):
            inputs, labels = rows.pick(positions)
            yield Batch(self._prepare(inputs), labels)

    def raw(self, split: str, index: int) -> RawSample:
        """One sample before pre-processing."""
        rows = self.rows(split)
        check_index(self.name, split, index, len(rows))
        inputs, labels = rows.pick(np.asarray([index]))
        kind, content = self._encode(tuple(array[0] for array in inputs))
        single = labels is not None and self.target.task is Task.CLASSIFICATION
        return RawSample(
            f"{split}-{index:05d}", kind, content, int(labels[0]) if single and labels is not None else None
        )


def positions_of(count: int, batch_size: int, seed: int | None, limit: int | None) -> Iterator[np.ndarray]:
    """Positions of each batch: the first ``limit`` in order, or exactly those in the order a seed gives."""
    if batch_size < 1:
        raise DataError(
            "bad-batch", f"a batch of {batch_size} samples is not possible", "use a batch size of 1 or more"
        )
    total = count if limit is None else min(count, max(limit, 0))
    order = np.arange(total) if seed is None else np.random.default_rng(seed).permutation(total)
    for start in range(0, total, batch_size):
        yield order[start : start + batch_size]


def check_index(name: str, split: str, index: int, count: int) -> None:
    """Refuse a sample number outside its split.

    Raises:
        DataError: names the split and its size.
    """
    if not 0 <= index < count:
        raise DataError(
            "no-such-sample",
            f"split '{split}' of '{name}' has {count} samples, none at {index}",
            "use a smaller number",
        )


def split_rows(count: int) -> dict[str, np.ndarray]:
    """A fixed split of data that has none: 80 % train (its first 500 calibrate), 20 % test, and ``all``.

    The same count gives the same split on every machine.
    """
    order = np.random.RandomState(_SPLIT_SEED).permutation(count)  # frozen by numpy's promise, unlike default_rng
    cut = count - count // 5 if count > 1 else count
    train, test = np.sort(order[:cut]), np.sort(order[cut:])
    if not len(test):
        test = train
    return {TRAIN: train, CALIBRATION: order[:cut][:CALIBRATION_ROWS], TEST: test, ALL: np.arange(count)}


def split_arrays(inputs: Arrays, labels: np.ndarray | None) -> dict[str, Callable[[], Rows]]:
    """:func:`split_rows` for arrays."""
    return {
        name: (lambda order=order: Rows(inputs, labels, order))  # type: ignore[misc]
        for name, order in split_rows(len(inputs[0])).items()
    }


def pass_through(dtypes: Sequence[str]) -> Callable[[Arrays], Arrays]:
    """Prepare arrays by casting alone."""
    return lambda arrays: tuple(
        np.ascontiguousarray(array, dtype=dtype) for array, dtype in zip(arrays, dtypes, strict=True)
    )


def encode_arrays(names: Sequence[str]) -> Callable[[Arrays], tuple[str, bytes]]:
    """Encode a raw sample as ``npy``, or ``npz`` where the model has several inputs."""

    def encode(arrays: Arrays) -> tuple[str, bytes]:
        stream = io.BytesIO()
        if len(arrays) == 1:
            np.save(stream, arrays[0], allow_pickle=False)
            return "npy", stream.getvalue()
        np.savez(stream, allow_pickle=False, **dict(zip(names, arrays, strict=True)))
        return "npz", stream.getvalue()

    return encode


def tensor_contract(name: str, shape: Sequence[int], dtype: str) -> InputContract:
    """The contract of an input that is taken as it is."""
    return InputContract(name=name, kind="tensor", shape=[int(size) for size in shape], dtype=dtype)
