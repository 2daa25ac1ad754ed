"""Folders of recordings, one sub-folder per class: PCM ``.wav`` files, decoded one at a time as batches need them.

The model takes the waveform: mono (channels are averaged), values -1..1, cut or filled with silence at its end to the
length the model takes. Splits are those of :mod:`.folder`. Recordings at another rate than the first one's are
resampled by linear interpolation, or to ``rate`` (Hz) where ``flyweight.json`` in the folder states it, as it may state
``length`` (samples) for models that take any.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from device_agent.contract.errors import ContractError
from device_agent.contract.io import InputContract, IoContract, OutputContract
from device_agent.contract.wav import MAX_RATE_HZ, MAX_SAMPLES, decode_wav, resampled, waveform

from ...errors import DataError
from ...records import TensorSpec
from ..child import printable
from ..data import Batch, RawSample
from .arrays import check_index, positions_of
from .folder import SETTINGS_FILE, ClassFolders

ENDINGS = (".wav",)
_SETTINGS = {"rate": MAX_RATE_HZ, "length": MAX_SAMPLES}
T = TypeVar("T")


def has_recordings(folder: Path) -> bool:
    """Whether there are ``.wav`` files in class sub-folders, or in those of ``train`` and ``test``."""
    return any(path.suffix.lower() in ENDINGS for depth in ("*/*", "*/*/*") for path in folder.glob(depth))


class RecordingFolder(ClassFolders):
    """A data set over recordings.

    Raises:
        DataError: a recording cannot be read, or the model takes no waveform.
    """

    def __init__(self, folder: Path, inputs: tuple[TensorSpec, ...] = ()) -> None:
        super().__init__(folder, ENDINGS)
        first = next(files[0] for files in self._splits.values() if files)
        samples, rate = _decoded(first.path)
        settings = _settings(folder)
        self._rate = settings.get("rate", rate)
        shape = list(inputs[0].shape[1:]) if inputs else [None]
        if not shape or sum(size not in (1, None) for size in shape) > 1:
            raise DataError(
                "does-not-fit",
                f"the model's input of {len(shape)} axes takes no waveform",
                "give features of that shape as .npz",
            )
        axis = next((index for index, size in enumerate(shape) if size not in (1, None)), len(shape) - 1)
        length = shape[axis] or settings.get("length") or len(resampled(samples, rate, self._rate))
        self._shape = [int(length) if index == axis else 1 for index in range(len(shape))]
        name = inputs[0].name if inputs else "input"
        output = OutputContract("classification", list(self._classes))
        own = InputContract(name, "audio", self._shape, rate_hz=self._rate)
        self.contract = IoContract([own], output)

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """Stream the first ``limit`` samples of a split in order, or those shuffled by ``seed``."""
        files = self._splits.get(split, ())
        for positions in positions_of(len(files), batch_size, seed, limit):
            chosen = [files[int(position)] for position in positions]
            waves = np.stack([self._waveform(item.path) for item in chosen])
            yield Batch((waves,), np.asarray([item.label for item in chosen], np.int64))

    def raw(self, split: str, index: int) -> RawSample:
        """One recording as the file it is."""
        check_index(self.name, split, index, self.count(split))
        item = self._splits[split][index]
        return RawSample(item.name, "wav", _readable(item.path, lambda content: content), item.label)

    def _waveform(self, path: Path) -> np.ndarray:
        return _readable(path, lambda content: waveform(content, self._rate, self._shape))


def _decoded(path: Path) -> tuple[np.ndarray, int]:
    """Mono samples -1..1 (float64) and the rate in Hz."""
    return _readable(path, decode_wav)


def _readable(path: Path, read: Callable[[bytes], T]) -> T:
    """What ``read`` makes of a file's bytes, with errors that name the file."""
    try:
        return read(path.read_bytes())
    except (ContractError, OSError) as error:
        raise DataError(
            "recording-damaged",
            f"{path} cannot be read: {printable(str(error))}",
            "replace or remove the file; PCM .wav of 8, 16, 24 or 32 bits is read",
        ) from error


def _settings(folder: Path) -> dict[str, int]:
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return {}
    remedy = f"use whole numbers for {' and '.join(sorted(_SETTINGS))}"
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError("folder-settings", f"{path} is not JSON: {error}", remedy) from error
    known = isinstance(value, dict) and set(value) <= set(_SETTINGS)
    if not known or not all(isinstance(item, int) and 0 < item <= _SETTINGS[name] for name, item in value.items()):
        raise DataError("folder-settings", f"{path} cannot be used for recordings", remedy)
    return dict(value)
