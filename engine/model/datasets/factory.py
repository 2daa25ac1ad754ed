"""The user's own data: ``module:factory`` returns a torch Dataset or DataLoader, or two of them (train, test)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from device_agent.contract.io import IoContract, OutputContract

from ...errors import DataError, FlyweightError
from ...records import TensorSpec
from ..data import CALIBRATION, TEST, TRAIN, Batch, RawSample
from ..source import call_factory
from ..task import Task
from .arrays import CALIBRATION_ROWS, check_index, encode_arrays, positions_of, split_rows, tensor_contract
from .targets import WORDS, checked, declared

_REMEDY = "return a torch Dataset whose items are (input, class number), a DataLoader of it, or (train, test)"
_Label = int | np.ndarray | None


def open_factory(spec: str, inputs: tuple[TensorSpec, ...], task: str | None = None) -> FactoryData:
    """Call the factory and wrap what it returns.

    Raises:
        DataError: it cannot be imported, fails, or returns something else.
    """
    try:
        value = call_factory(spec)
    except FlyweightError as error:
        raise DataError("data-factory", error.message, error.remedy) from error
    return FactoryData(spec, value, inputs, task)


class FactoryData:
    """Items are read one at a time as batches need them.

    Attributes ``task``, ``classes``, ``boxes`` and ``decoding`` of the user's Dataset say what its labels mean; boxes
    and symbols may differ in number from item to item.
    """

    def __init__(self, name: str, value: Any, inputs: tuple[TensorSpec, ...], task: str | None = None) -> None:
        self.name = name
        self._splits = _splits(name, value)
        said = {word: getattr(_declaring(value), word, None) for word in WORDS}
        kinds = {"classes": (list, tuple)}
        self.target = declared({word: v for word, v in said.items() if isinstance(v, kinds.get(word, (str,)))}, task)
        first = self._item(*next(iter(self._splits.values())), 0)
        arrays, label = first
        names = [spec.name for spec in inputs]
        if len(names) != len(arrays):
            names = ["input"] if len(arrays) == 1 else [f"input_{index}" for index in range(len(arrays))]
        self._names = names
        contracts = [
            tensor_contract(given, array.shape, str(array.dtype)) for given, array in zip(names, arrays, strict=True)
        ]
        self._classes = self.target.classes if label is not None and self.target.classes else None
        labelled = label is not None and self.target.task is Task.CLASSIFICATION
        output = OutputContract("classification", list(self._classes or ())) if labelled else OutputContract()
        self.contract = IoContract(contracts, output)

    @property
    def classes(self) -> tuple[str, ...] | None:
        """The ``classes`` attribute of the user's Dataset; None where it has none."""
        return self._classes

    def count(self, split: str) -> int:
        """Number of samples in a split; 0 when the split is not there."""
        return len(self._splits[split][1]) if split in self._splits else 0

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """Stream the first ``limit`` samples of a split in order, or those shuffled by ``seed``."""
        for positions in positions_of(self.count(split), batch_size, seed, limit):
            items = [self._item(*self._splits[split], int(position)) for position in positions]
            labels = [label for _, label in items]
            try:
                inputs = tuple(np.stack([arrays[index] for arrays, _ in items]) for index in range(len(self._names)))
            except (ValueError, IndexError) as error:
                raise DataError("data-items", f"items of '{self.name}' differ in shape: {error}", _REMEDY) from error
            known = [label for label in labels if label is not None]
            yield Batch(inputs, self._stacked(known) if len(known) == len(labels) else None)

    def raw(self, split: str, index: int) -> RawSample:
        """One item as ``npy``."""
        check_index(self.name, split, index, self.count(split))
        arrays, label = self._item(*self._splits[split], index)
        kind, content = encode_arrays(self._names)(arrays)
        return RawSample(f"{split}-{index:05d}", kind, content, label if isinstance(label, int) else None)

    def _stacked(self, labels: Sequence[int | np.ndarray]) -> np.ndarray:
        """Labels of a batch; rows of boxes and symbols are filled up with -1 to the longest."""
        if self.target.task is Task.CLASSIFICATION:
            return np.asarray(labels, np.int64)
        arrays = [np.asarray(label) for label in labels]
        if self.target.task in (Task.DETECTION, Task.SEQUENCE):
            rest = (5,) if self.target.task is Task.DETECTION else ()
            arrays = [array.reshape(-1, *rest) if array.size else np.empty((0, *rest), array.dtype) for array in arrays]
            longest = max(1, *(len(array) for array in arrays))
            filled = np.full((len(arrays), longest, *rest), -1, np.result_type(*arrays))
            for row, array in zip(filled, arrays, strict=True):
                row[: len(array)] = array
            return checked(self.name, filled, self.target.task)
        try:
            return checked(self.name, np.stack(arrays), self.target.task)
        except ValueError as error:
            raise DataError("data-items", f"labels of '{self.name}' differ in shape: {error}", _REMEDY) from error

    def _item(self, items: Any, rows: Sequence[int], position: int) -> tuple[tuple[np.ndarray, ...], _Label]:
        try:
            item = items[int(rows[position])]
        except Exception as error:  # the user's own code
            raise DataError(
                "data-items", f"item {position} of '{self.name}' fails: {type(error).__name__}: {error}", _REMEDY
            ) from error
        values, label = (item[:-1], item[-1]) if isinstance(item, (tuple, list)) and len(item) > 1 else (item, None)
        values = values[0] if isinstance(values, (tuple, list)) and len(values) == 1 else values
        parts = values if isinstance(values, (tuple, list)) else (values,)
        arrays = tuple(_array(self.name, part) for part in parts)
        if label is None or self.target.task is Task.CLASSIFICATION:
            return arrays, None if label is None else int(label)
        return arrays, np.asarray(label.detach().cpu().numpy() if hasattr(label, "detach") else label)


def _splits(name: str, value: Any) -> dict[str, tuple[Any, Sequence[int]]]:
    if isinstance(value, Mapping):
        value = tuple(value[key] for key in (TRAIN, TEST) if key in value)
    if isinstance(value, (tuple, list)) and len(value) == 2 and all(_readable(part) for part in value):
        train, test = (_items(name, part) for part in value)
        return {
            TRAIN: (train, range(len(train))),
            CALIBRATION: (train, range(min(CALIBRATION_ROWS, len(train)))),
            TEST: (test, range(len(test))),
        }
    items = _items(name, value)
    return {split: (items, rows.tolist()) for split, rows in split_rows(len(items)).items()}


def _readable(value: Any) -> bool:
    return hasattr(value, "__getitem__") or hasattr(value, "dataset") or isinstance(value, Iterable)


def _items(name: str, value: Any) -> Any:
    """Something with a length and items by number: a Dataset, or a DataLoader's."""
    if not hasattr(value, "__getitem__"):  # a DataLoader; a Subset has both and is meant as it is
        value = getattr(value, "dataset", value)
    if hasattr(value, "__getitem__") and hasattr(value, "__len__") and len(value):
        return value
    raise DataError("data-factory", f"'{name}' returned {type(value).__name__} without items", _REMEDY)


def _array(name: str, value: Any) -> np.ndarray:
    array = np.asarray(value.detach().cpu().numpy() if hasattr(value, "detach") else value)
    if array.dtype.kind not in "fiub":
        raise DataError("data-items", f"'{name}' gives items of type {array.dtype}, not numbers", _REMEDY)
    return array.astype(np.float32) if array.dtype == np.float64 else array


def _declaring(value: Any) -> Any:
    """The Dataset whose attributes say what its labels mean."""
    if isinstance(value, Mapping):
        value = next(iter(value.values()), None)
    first = value[0] if isinstance(value, (tuple, list)) and value else value
    return getattr(first, "dataset", first)
