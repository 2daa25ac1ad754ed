"""MNIST-like sets: a folder with the four idx files, gzipped or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...errors import DataError
from ...records import TensorSpec
from ..data import CALIBRATION, TEST, TRAIN
from .arrays import CALIBRATION_ROWS, ArrayData, Rows
from .images import gray_image_data

_PARTS = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_MAX_BYTES = 1 << 30


def has_idx_files(folder: Path) -> bool:
    """True where the folder holds all four files."""
    return all(_path(folder, part) is not None for part in _PARTS)


def open_idx_folder(folder: Path, inputs: tuple[TensorSpec, ...]) -> ArrayData:
    """The set in a folder: train, the first 500 of it for calibration, test; pixels scaled to 0..1."""
    size = _image_size(folder)
    splits: dict[str, Callable[[], Rows]] = {
        TRAIN: lambda: read_part(folder, "train"),
        CALIBRATION: lambda: _first(read_part(folder, "train"), CALIBRATION_ROWS),
        TEST: lambda: read_part(folder, "t10k"),
    }
    labels = [str(label) for label in range(int(read_idx(folder, "t10k-labels-idx1-ubyte").max()) + 1)]
    return gray_image_data(folder.name, splits, size, labels, (0.0, 1.0), inputs)


def read_part(folder: Path, part: str) -> Rows:
    """Images and labels of ``train`` or ``t10k``."""
    images = read_idx(folder, f"{part}-images-idx3-ubyte")
    labels = read_idx(folder, f"{part}-labels-idx1-ubyte")
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
        raise DataError(
            "idx-mismatch",
            f"images and labels of '{part}' in {folder} do not belong together ({images.shape}, {labels.shape})",
            "get the four files of one set again",
        )
    return Rows((images,), labels)


def read_idx(folder: Path, part: str) -> np.ndarray:
    """One idx file of unsigned bytes, in its own shape.

    Raises:
        DataError: the file is missing, damaged, or of another type.
    """
    path = _path(folder, part)
    if path is None:
        raise DataError("idx-missing", f"{part} is not in {folder}", "put the four idx files of the set in one folder")
    try:
        with path.open("rb") as plain, gzip.open(plain) if path.suffix == ".gz" else plain as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("idx-damaged", f"{path} cannot be read: {error}", "get the file again") from error
    axes = raw[3] if len(raw) >= 4 else 0
    shape = tuple(int(size) for size in np.frombuffer(raw[4 : 4 + 4 * axes], dtype=">u4")) if axes else ()
    expected = 4 + 4 * axes + int(np.prod(shape, dtype=object)) if shape else -1
    if raw[:3] != b"\0\0\x08" or len(shape) != axes or len(raw) != expected:
        raise DataError("idx-damaged", f"{path} is not a complete idx file of unsigned bytes", "get the file again")
    return np.frombuffer(raw, dtype=np.uint8, offset=4 + 4 * axes).reshape(shape)


def _path(folder: Path, part: str) -> Path | None:
    return next((path for path in (folder / part, folder / f"{part}.gz") if path.is_file()), None)


def _image_size(folder: Path) -> tuple[int, int]:
    shape = read_idx(folder, "t10k-images-idx3-ubyte").shape
    if len(shape) != 3:
        raise DataError("idx-damaged", f"the images in {folder} have {len(shape)} axes, not 3", "get the files again")
    return int(shape[1]), int(shape[2])


def _first(rows: Rows, count: int) -> Rows:
    return Rows(rows.inputs, rows.labels, np.arange(min(count, len(rows))))
