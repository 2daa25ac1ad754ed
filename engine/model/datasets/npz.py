"""``.npz`` archives: ``x`` (and ``y``), or one array per model input; ``train_x``, ``test_x``, ... keep their split.

``task`` (a word), ``classes``, ``boxes`` and ``decoding`` say what the labels mean where they are no class numbers.
Arrays that are stored uncompressed are mapped, not read; pickled arrays are refused.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from device_agent.contract.io import IoContract, OutputContract

from ...errors import DataError
from ...records import TensorSpec
from ..child import printable
from ..data import CALIBRATION, TEST, TRAIN
from ..task import Target, Task
from .arrays import ArrayData, Rows, encode_arrays, pass_through, split_arrays, tensor_contract
from .targets import WORDS, checked, classes_of, declared

_MAX_BYTES = 4 << 30
_LOCAL_HEADER = 30
_PARTS = (TRAIN, CALIBRATION, TEST)
_REMEDY = "write it with numpy.savez(FILE, x=inputs, y=labels)"
_CLASS_REMEDY = (
    "write class numbers as y, or say what y is: --task regression, detection, segmentation or sequence; in the window: "
    "choose the task beside the data"
)


def open_npz(path: Path, inputs: tuple[TensorSpec, ...], task: str | None = None) -> ArrayData:
    """Open an archive; ``task`` goes before what it declares itself.

    Raises:
        DataError: it is damaged, holds pickles, has no usable array, or arrays of unequal length.
    """
    arrays = _Archive(path)
    target = declared(_words(arrays), task)
    if any(f"{part}_x" in arrays.names for part in _PARTS):
        return _with_parts(path, arrays, inputs, target)
    names = _input_names(path, arrays, inputs)
    values = tuple(arrays.load(name) for name in names)
    labels = arrays.load("y") if "y" in arrays.names and "y" not in names else None
    _check_lengths(path, values, labels)
    known = None if labels is None else _labels(path, labels, target)
    model_names = [spec.name for spec in inputs] if len(inputs) == len(names) else names
    return _data(path, values, known, split_arrays(values, known), model_names, inputs, target)


def _words(arrays: _Archive) -> dict[str, object]:
    """What the archive declares: its arrays of text under the names of declarations."""
    found = {name: arrays.load(name) for name in WORDS if name in arrays.names}
    return {name: value for name, value in found.items() if value.dtype.kind == "U" and value.size}


def _labels(path: Path, labels: np.ndarray, target: Target) -> np.ndarray:
    if target.task is Task.CLASSIFICATION:
        return _class_numbers(path, labels)
    return checked(path.name, labels, target.task)


def _with_parts(path: Path, arrays: _Archive, inputs: tuple[TensorSpec, ...], target: Target) -> ArrayData:
    splits: dict[str, Callable[[], Rows]] = {}
    sample: np.ndarray | None = None
    every_label: list[np.ndarray] = []
    for part in _PARTS:
        if f"{part}_x" in arrays.names:
            values = arrays.load(f"{part}_x")
            labels = arrays.load(f"{part}_y") if f"{part}_y" in arrays.names else None
            _check_lengths(path, (values,), labels)
            known = None if labels is None else _labels(path, labels, target)
            if known is not None:
                every_label.append(known if target.task is not Task.DETECTION else known.reshape(-1, 1, 5))
            rows = Rows((values,), known)
            splits[part] = lambda rows=rows: rows  # type: ignore[misc]
            sample = values if sample is None else sample
    splits.setdefault(CALIBRATION, splits.get(TRAIN) or next(iter(splits.values())))
    assert sample is not None  # the caller saw a part
    flat = target.task in (Task.SEGMENTATION, Task.SEQUENCE)  # parts may differ in the number of symbols
    joined = np.concatenate([item.reshape(-1) if flat else item for item in every_label]) if every_label else None
    names = [inputs[0].name if inputs else "input"]
    return _data(path, (sample,), joined, splits, names, inputs, target)


def _data(
    path: Path,
    values: tuple[np.ndarray, ...],
    labels: np.ndarray | None,
    splits: dict[str, Callable[[], Rows]],
    names: list[str],
    inputs: tuple[TensorSpec, ...],
    target: Target,
) -> ArrayData:
    dtypes = [spec.dtype for spec in inputs] if len(inputs) == len(names) else [_natural(v.dtype) for v in values]
    contracts = [
        tensor_contract(name, array.shape[1:], dtype) for name, array, dtype in zip(names, values, dtypes, strict=True)
    ]
    encode = encode_arrays(names)
    if target.task is not Task.CLASSIFICATION:
        target = target if labels is None else replace(target, classes=classes_of(labels, target))
        return ArrayData(path.stem, IoContract(contracts), splits, pass_through(dtypes), encode, target)
    numbers = 0 if labels is None or not len(labels) else int(labels.max()) + 1
    names_fit = len(target.classes) >= numbers > 0
    classes = list(target.classes) if names_fit else [str(index) for index in range(numbers)]
    output = OutputContract("classification", classes) if classes else OutputContract()
    return ArrayData(path.stem, IoContract(contracts, output), splits, pass_through(dtypes), encode)


def _natural(dtype: np.dtype[Any]) -> str:
    return "float32" if dtype.kind == "f" or dtype == np.uint8 else str(dtype)


def _input_names(path: Path, arrays: _Archive, inputs: tuple[TensorSpec, ...]) -> list[str]:
    wanted = [spec.name for spec in inputs]
    if wanted and all(name in arrays.names for name in wanted):
        return wanted
    if "x" in arrays.names and len(wanted) <= 1:
        return ["x"]
    if wanted:
        missing = ", ".join(printable(name, 60) for name in wanted if name not in arrays.names)
        raise DataError("npz-arrays", f"{path} has no array for the model's input(s) {missing}", _REMEDY)
    rest = [name for name in arrays.names if name not in ("y", *WORDS)]
    if not rest:
        raise DataError("npz-arrays", f"{path} has no array of inputs", _REMEDY)
    return rest


def _check_lengths(path: Path, values: tuple[np.ndarray, ...], labels: np.ndarray | None) -> None:
    everything = (*values, *(() if labels is None else (labels,)))
    if any(array.ndim < 1 for array in everything):
        raise DataError("npz-arrays", f"an array in {path} is a single number; samples go on the first axis", _REMEDY)
    lengths = {len(array) for array in everything}
    if len(lengths) != 1 or lengths == {0}:
        raise DataError(
            "npz-lengths", f"the arrays in {path} hold {sorted(lengths)} samples; they must be equal and not 0", _REMEDY
        )


def _class_numbers(path: Path, labels: np.ndarray) -> np.ndarray:
    flat = labels.reshape(len(labels), -1)
    if flat.shape[1] != 1 or labels.dtype.kind not in "iufb" or (flat < 0).any() or (flat != np.floor(flat)).any():
        raise DataError("npz-labels", f"'y' in {path} is not one class number (0, 1, ...) per sample", _CLASS_REMEDY)
    return flat[:, 0].astype(np.int64)


class _Archive:
    """Names of the arrays in an archive, and one array at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError) as error:
            raise DataError("npz-damaged", f"{path} is not a complete .npz archive: {error}", _REMEDY) from error
        self._members = {item.filename.removesuffix(".npy"): item for item in members if item.filename.endswith(".npy")}
        self.names = list(self._members)

    def load(self, name: str) -> np.ndarray:
        """One array; mapped where it lies uncompressed in the file."""
        member = self._members[name]
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(member) as stream:
                shape, fortran, dtype, header = _header(stream)
                size = int(np.prod(shape, dtype=object)) * dtype.itemsize
                if dtype.hasobject or size > _MAX_BYTES or size + header != member.file_size:
                    kind = "holds Python objects" if dtype.hasobject else "is too large or cut short"
                    raise DataError("npz-array", f"array '{printable(name, 60)}' in {self.path} {kind}", _REMEDY)
                if member.compress_type == zipfile.ZIP_STORED and size:
                    offset = _data_offset(self.path, member.header_offset) + header
                    return np.memmap(self.path, dtype, "r", offset, shape, "F" if fortran else "C")
                data = np.frombuffer(stream.read(size), dtype)
                return data.reshape(shape, order="F" if fortran else "C")
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, struct.error) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(
                "npz-damaged", f"array '{printable(name, 60)}' in {self.path} cannot be read: {error}", _REMEDY
            ) from error


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    return tuple(int(size) for size in shape), bool(fortran), dtype, stream.tell()


def _data_offset(path: Path, header_offset: int) -> int:
    with path.open("rb") as stream:
        stream.seek(header_offset)
        name, extra = struct.unpack("<26xHH", stream.read(_LOCAL_HEADER))
    return int(header_offset + _LOCAL_HEADER + name + extra)
