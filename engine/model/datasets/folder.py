"""Folders of images, one sub-folder per class: PNG, JPEG, BMP; decoded and resized one at a time as batches need them.

``FOLDER/train/CLASS/...`` and ``FOLDER/test/CLASS/...`` keep their split. Plain ``FOLDER/CLASS/...`` is split by the
hash of the relative file name: 80 % train, 10 % calibration, 10 % test; so adding files moves none. An optional
``flyweight.json`` in the folder states ``size`` [H, W], ``colour``, ``resize``, ``mean`` and ``std``.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from device_agent.contract.io import InputContract, IoContract, OutputContract

from ...errors import DataError, FlyweightError
from ...records import TensorSpec
from ..child import printable
from ..data import CALIBRATION, TEST, TRAIN, Batch, RawSample
from .arrays import ALL, CALIBRATION_ROWS, check_index, positions_of

KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".bmp": "bmp"}
SETTINGS_FILE = "flyweight.json"
_SETTINGS = {"size", "colour", "resize", "mean", "std"}
_MAX_IMAGE_BYTES = 64 << 20
_MAX_PIXELS = 64 << 20
_SPLIT_FOLDERS = {TRAIN: ("train", "training"), CALIBRATION: ("calibration", "val", "validation"), TEST: ("test",)}


@dataclass(frozen=True)
class LabelledFile:
    """One sample: its file, the number of its class, its name below the folder."""

    path: Path
    label: int
    name: str


class ClassFolders:
    """Files of a folder by class and split; see the module's docstring."""

    def __init__(self, folder: Path, endings: Container[str]) -> None:
        self.name = folder.name
        self._classes, self._splits = labelled_files(folder, endings)

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Names of the sub-folders, sorted."""
        return self._classes

    def count(self, split: str) -> int:
        """Number of samples in a split; 0 when the split is not there."""
        return len(self._splits.get(split, ()))


class ImageFolder(ClassFolders):
    """A data set over image files.

    Raises:
        DataError: there are no images, or ``flyweight.json`` cannot be used.
    """

    def __init__(self, folder: Path, inputs: tuple[TensorSpec, ...] = ()) -> None:
        super().__init__(folder, KINDS)
        if not any(self._splits.values()):
            raise DataError(
                "no-images",
                f"{folder} holds no class sub-folders with images ({', '.join(KINDS)})",
                "put the images of each class into a sub-folder named like the class",
            )
        first = next(images[0] for images in self._splits.values() if images)
        contract = _contract(_settings(folder), inputs, first)
        self.contract = IoContract([contract], OutputContract("classification", list(self._classes)))

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """Stream the first ``limit`` samples of a split in order, or those shuffled by ``seed``."""
        from device_agent.contract.io import preprocess

        images = self._splits.get(split, ())
        contract = self.contract.inputs[0]
        for positions in positions_of(len(images), batch_size, seed, limit):
            chosen = [images[int(position)] for position in positions]
            arrays = []
            for image in chosen:
                kind, content = _content(image.path)
                try:
                    arrays.append(preprocess(contract, content, kind))
                except FlyweightError as error:
                    raise _damaged(image.path, error.message) from error
            yield Batch((np.stack(arrays),), np.asarray([image.label for image in chosen], np.int64))

    def raw(self, split: str, index: int) -> RawSample:
        """One image file; BMP comes as PNG."""
        check_index(self.name, split, index, self.count(split))
        image = self._splits[split][index]
        kind, content = _content(image.path)
        return RawSample(image.name, kind, content, image.label)


def labelled_files(folder: Path, endings: Container[str]) -> tuple[tuple[str, ...], dict[str, list[LabelledFile]]]:
    """Classes of a folder and its files with these endings, by split; see the module's docstring."""
    parts = _split_folders(folder)
    classes = _class_names(list(parts.values()) or [folder])
    given = {split: _files(part, classes, folder, endings) for split, part in parts.items()}
    return classes, _completed(given) if given else _hashed(_files(folder, classes, folder, endings))


def _split_folders(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for split, names in _SPLIT_FOLDERS.items():
        for name in names:
            if (folder / name).is_dir():
                found.setdefault(split, folder / name)
    return found if TRAIN in found or TEST in found else {}


def _class_names(folders: list[Path]) -> tuple[str, ...]:
    names = {entry.name for folder in folders for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."}
    return tuple(sorted(names, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name)))


def _files(folder: Path, classes: tuple[str, ...], root: Path, endings: Container[str]) -> list[LabelledFile]:
    images = []
    for label, name in enumerate(classes):
        for path in sorted((folder / name).rglob("*")):
            if path.suffix.lower() in endings and path.is_file():
                images.append(LabelledFile(path, label, path.relative_to(root).as_posix()))
    # classes alternate, so that the first images of a split show all of them
    return sorted(images, key=lambda image: hashlib.sha256(image.name.encode()).digest())


def _hashed(images: list[LabelledFile]) -> dict[str, list[LabelledFile]]:
    splits: dict[str, list[LabelledFile]] = {TRAIN: [], CALIBRATION: [], TEST: [], ALL: images}
    for image in images:
        tenth = int.from_bytes(hashlib.sha256(b"split:" + image.name.encode()).digest()[:4], "big") % 10
        splits[TRAIN if tenth < 8 else CALIBRATION if tenth == 8 else TEST].append(image)
    return splits


def _completed(splits: dict[str, list[LabelledFile]]) -> dict[str, list[LabelledFile]]:
    if not splits.get(CALIBRATION):
        splits[CALIBRATION] = (splits.get(TRAIN) or splits.get(TEST) or [])[:CALIBRATION_ROWS]
    return splits


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            "folder-settings", f"{path} is not JSON: {error}", f"use the keys {sorted(_SETTINGS)}"
        ) from error
    if not isinstance(value, dict) or set(value) - _SETTINGS:
        raise DataError("folder-settings", f"{path} has unknown keys", f"use the keys {', '.join(sorted(_SETTINGS))}")
    return value


def _contract(settings: dict[str, Any], inputs: tuple[TensorSpec, ...], first: LabelledFile) -> InputContract:
    shape = list(inputs[0].shape[1:]) if inputs else []
    if inputs and len(shape) != 3:
        raise DataError(
            "does-not-fit",
            f"images do not fit the model's input of {len(shape)} axes",
            "give data of that shape as .npz",
        )
    last = bool(shape) and shape[2] in (1, 3) and shape[0] not in (1, 3)
    channels, *sizes = (shape[2], shape[0], shape[1]) if last else (shape or (None, None, None))
    height, width = settings.get("size") or (sizes[0], sizes[1])
    if height is None or width is None:
        height, width = height or _size(first.path)[0], width or _size(first.path)[1]
    colour = settings.get("colour") or ("gray" if channels == 1 else "rgb")
    channels = channels or (1 if colour == "gray" else 3)
    return InputContract(
        name=inputs[0].name if inputs else "input",
        kind="image",
        shape=[int(height), int(width), channels] if last else [channels, int(height), int(width)],
        dtype=inputs[0].dtype if inputs else "float32",
        layout="HWC" if last else "CHW",
        colour=colour,
        resize=settings.get("resize", "stretch"),
        mean=[float(value) for value in settings.get("mean", [0.0] * channels)],
        std=[float(value) for value in settings.get("std", [1.0] * channels)],
    )


def _size(path: Path) -> tuple[int, int]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return image.height, image.width
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        raise _damaged(path, str(error)) from error


def _content(path: Path) -> tuple[str, bytes]:
    kind = KINDS[path.suffix.lower()]
    try:
        if path.stat().st_size > _MAX_IMAGE_BYTES:
            raise _damaged(path, "the file is larger than 64 MiB")
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(path, str(error.strerror)) from error
    return ("png", _as_png(path, content)) if kind == "bmp" else (kind, content)


def _as_png(path: Path, content: bytes) -> bytes:
    from PIL import Image, UnidentifiedImageError

    stream = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content), formats=["BMP"]) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise _damaged(path, "it has more than 64 million pixels")
            image.convert("RGB").save(stream, "PNG")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        if isinstance(error, DataError):
            raise
        raise _damaged(path, str(error)) from error
    return stream.getvalue()


def _damaged(path: Path, why: str) -> DataError:
    return DataError("image-damaged", f"{path} cannot be read: {printable(why)}", "replace or remove the file")
