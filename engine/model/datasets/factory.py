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
from .arrays import CALIBRATION_ROWS, check_index, encode_arrays, positions_of, split_rows, tensor_contract

_REMEDY = "return a torch Dataset whose items are (input, class number), a DataLoader of it, or (train, test)"


def open_factory(spec: str, inputs: tuple[TensorSpec, ...]) -> FactoryData:
    """Call the factory and wrap what it returns.

    Raises:
        DataError: it cannot be imported, fails, or returns something else.
    """
    try:
        value = call_factory(spec)
    except FlyweightError as error:
        raise DataError("data-factory", error.message, error.remedy) from error
    return FactoryData(spec, value, inputs)


class FactoryData:
    """Items are read one at a time as batches need them."""

    def __init__(self, name: str, value: Any, inputs: tuple[TensorSpec, ...]) -> None:
        self.name = name
        self._splits = _splits(name, value)
        first = self._item(*next(iter(self._splits.values())), 0)
        arrays, label = first
        names = [spec.name for spec in inputs]
        if len(names) != len(arrays):
            names = ["input"] if len(arrays) == 1 else [f"input_{index}" for index in range(len(arrays))]
        self._names = names
        contracts = [
            tensor_contract(given, array.shape, str(array.dtype)) for given, array in zip(names, arrays, strict=True)
        ]
        self._classes = _class_names(value, label is not None)
        output = OutputContract("classification", list(self._classes or ())) if label is not None else OutputContract()
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
            yield Batch(inputs, np.asarray(known, np.int64) if len(known) == len(labels) else None)

    def raw(self, split: str, index: int) -> RawSample:
        """One item as ``npy``."""
        check_index(self.name, split, index, self.count(split))
        arrays, label = self._item(*self._splits[split], index)
        kind, content = encode_arrays(self._names)(arrays)
        return RawSample(f"{split}-{index:05d}", kind, content, label)

    def _item(self, items: Any, rows: Sequence[int], position: int) -> tuple[tuple[np.ndarray, ...], int | None]:
        try:
            item = items[int(rows[position])]
        except Exception as error:  # the user's own code
            raise DataError(
                "data-items", f"item {position} of '{self.name}' fails: {type(error).__name__}: {error}", _REMEDY
            ) from error
        values, label = (item[:-1], item[-1]) if isinstance(item, (tuple, list)) and len(item) > 1 else (item, None)
        values = values[0] if isinstance(values, (tuple, list)) and len(values) == 1 else values
        parts = values if isinstance(values, (tuple, list)) else (values,)
        return tuple(_array(self.name, part) for part in parts), None if label is None else int(label)


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


def _class_names(value: Any, labelled: bool) -> tuple[str, ...] | None:
    first = value[0] if isinstance(value, (tuple, list)) and value else value
    names = getattr(getattr(first, "dataset", first), "classes", None)
    if not labelled or not isinstance(names, (list, tuple)):
        return None
    return tuple(str(name) for name in names)
