"""CSV and Parquet files: named numeric columns, a label column (``label``, ``class``, ``target``, ``y``, else the last)."""

from __future__ import annotations

import array
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from device_agent.contract.io import IoContract, OutputContract

from ...errors import DataError, MissingExtraError
from ...records import TensorSpec
from ..child import printable
from ..task import Task
from .arrays import ArrayData, encode_arrays, pass_through, split_arrays, tensor_contract
from .targets import checked, declared

_LABEL_COLUMNS = ("label", "class", "target", "y")
_MAX_VALUES = 1 << 29  # 2 GiB of float32
_REMEDY = "give a header line, numbers in every column but the label's, and one row per sample"


def open_table(path: Path, inputs: tuple[TensorSpec, ...], task: str | None = None) -> ArrayData:
    """Read a table; classes are the sorted label values, in numeric order where all are whole numbers.

    With ``task`` regression the label column is a number.

    Raises:
        DataError: names the line and column of the first bad value.
    """
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            values, labels = _read(path, csv.reader(stream, delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError("csv-damaged", f"{path} cannot be read: {error}", _REMEDY) from error
    return _data(path, values, labels, inputs, task)


def open_parquet(path: Path, inputs: tuple[TensorSpec, ...], task: str | None = None) -> ArrayData:
    """Read a Parquet file; the same rules as for CSV.

    Raises:
        MissingExtraError: pyarrow is not installed.
        DataError: it is damaged, too large, or a column holds no numbers.
    """
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise MissingExtraError("parquet", f"reading {path.name}") from error
    remedy = "write it with numeric columns and a label column"
    try:
        with parquet.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            if len(names) < 2 or not file.metadata.num_rows:
                raise DataError("parquet-empty", f"{path} has no rows of at least two columns", remedy)
            if len(names) * file.metadata.num_rows > _MAX_VALUES:
                raise DataError("parquet-too-large", f"{path} holds more values than are read at once", "split it")
            columns = file.read().columns
    except (ArrowException, OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError("parquet-damaged", f"{path} cannot be read: {printable(str(error), 200)}", remedy) from error
    label = _label_column([name.lower() for name in names])
    labels = ["" if value is None else str(value) for value in columns[label].to_pylist()]
    values = []
    for name, column in zip(names, columns, strict=True):
        if column is columns[label]:
            continue
        try:
            values.append(np.asarray(column.to_numpy(), np.float32))
        except (ArrowException, ValueError, TypeError):
            what = f"column '{printable(name, 60)}' of {path} holds {printable(str(column.type), 60)}, no numbers"
            raise DataError("parquet-value", what, remedy) from None
    return _data(path, np.stack(values, axis=1), labels, inputs, task)


def _label_column(names: Sequence[str]) -> int:
    return next((names.index(name) for name in _LABEL_COLUMNS if name in names), len(names) - 1)


def _data(
    path: Path, values: np.ndarray, labels: list[str], inputs: tuple[TensorSpec, ...], task: str | None
) -> ArrayData:
    target = declared({}, task)
    if target.task not in (Task.CLASSIFICATION, Task.REGRESSION):
        raise DataError("task-of-table", f"a table has one label for a row, {target.task} needs more", "use an .npz")
    shape = [values.shape[1]]
    if inputs and len(inputs[0].shape) > 2:
        sizes = [size or 0 for size in inputs[0].shape[1:]]
        shape = sizes if int(np.prod(sizes)) == values.shape[1] else shape
    name = inputs[0].name if inputs else "input"
    data = values.reshape(-1, *shape)
    contract, encode = tensor_contract(name, shape, "float32"), encode_arrays([name])
    if target.task is Task.REGRESSION:
        wanted = np.asarray([_number(path, row, "label", text) for row, text in enumerate(labels, start=2)], np.float32)
        splits = split_arrays((data,), checked(path.name, wanted, target.task))
        return ArrayData(path.stem, IoContract([contract]), splits, pass_through(["float32"]), encode, target)
    classes = _classes(labels)
    numbers = {name: index for index, name in enumerate(classes)}
    splits = split_arrays((data,), np.asarray([numbers[label] for label in labels], np.int64))
    io_contract = IoContract([contract], OutputContract("classification", classes))
    return ArrayData(path.stem, io_contract, splits, pass_through(["float32"]), encode)


def _read(path: Path, rows: Iterator[list[str]]) -> tuple[np.ndarray, list[str]]:
    header = next(rows, None)
    if not header or len(header) < 2:
        raise DataError("csv-header", f"{path} has no header with at least two columns", _REMEDY)
    names = [name.strip().lower() for name in header]
    label = _label_column(names)
    values, labels = array.array("f"), []
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(header):
            raise DataError(
                "csv-row", f"{path}, line {line}: {len(row)} columns where {len(header)} are named", _REMEDY
            )
        for column, text in enumerate(row):
            if column == label:
                labels.append(text.strip())
            else:
                values.append(_number(path, line, header[column], text))
        if len(values) > _MAX_VALUES:
            raise DataError("csv-too-large", f"{path} holds more values than are read at once", "convert it to .npz")
    if not labels:
        raise DataError("csv-empty", f"{path} has a header and no rows", _REMEDY)
    return np.frombuffer(values, np.float32).reshape(len(labels), len(header) - 1), labels


def _number(path: Path, line: int, column: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        where = f"{path}, line {line}, column '{printable(column, 60)}'"
        raise DataError("csv-value", f"{where}: '{printable(text, 60)}' is not a number", _REMEDY) from None


def _classes(labels: list[str]) -> list[str]:
    names = sorted(set(labels))
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else names
