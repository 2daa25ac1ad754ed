"""Folders of recordings, one sub-folder per class: PCM ``.wav`` files, decoded one at a time as batches need them.

The model takes the waveform: mono (channels are averaged), values -1..1, cut or filled with silence at its end to the
length the model takes. Splits are those of :mod:`.folder`. Recordings at another rate than the first one's are
resampled by linear interpolation, or to ``rate`` (Hz) where ``flyweight.json`` in the folder states it, as it may state
``length`` (samples) for models that take any.
"""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device_agent.contract.io import IoContract, OutputContract

from ...errors import DataError
from ...records import TensorSpec
from ..child import printable
from ..data import Batch, RawSample
from .arrays import check_index, encode_arrays, positions_of, tensor_contract
from .folder import SETTINGS_FILE, labelled_files

ENDINGS = (".wav",)
_SETTINGS = {"rate", "length"}
_MAX_VALUES = 1 << 26


def has_recordings(folder: Path) -> bool:
    """Whether there are ``.wav`` files in class sub-folders, or in those of ``train`` and ``test``."""
    return any(path.suffix.lower() in ENDINGS for depth in ("*/*", "*/*/*") for path in folder.glob(depth))


class RecordingFolder:
    """A data set over recordings.

    Raises:
        DataError: a recording cannot be read, or the model takes no waveform.
    """

    def __init__(self, folder: Path, inputs: tuple[TensorSpec, ...] = ()) -> None:
        self.name = folder.name
        self._classes, self._splits = labelled_files(folder, ENDINGS)
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
        length = shape[axis] or settings.get("length") or len(_resampled(samples, rate, self._rate))
        self._shape = [int(length) if index == axis else 1 for index in range(len(shape))]
        self._length = int(length)
        name = inputs[0].name if inputs else "input"
        self._encode = encode_arrays([name])
        output = OutputContract("classification", list(self._classes))
        self.contract = IoContract([tensor_contract(name, self._shape, "float32")], output)

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Names of the sub-folders, sorted."""
        return self._classes

    def count(self, split: str) -> int:
        """Number of samples in a split; 0 when the split is not there."""
        return len(self._splits.get(split, ()))

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
        """One waveform as ``npy``."""
        check_index(self.name, split, index, self.count(split))
        item = self._splits[split][index]
        kind, content = self._encode((self._waveform(item.path),))
        return RawSample(item.name, kind, content, item.label)

    def _waveform(self, path: Path) -> np.ndarray:
        samples, rate = _decoded(path)
        values = _resampled(samples, rate, self._rate)[: self._length]
        return np.pad(values, (0, self._length - len(values))).astype(np.float32).reshape(self._shape)


def _decoded(path: Path) -> tuple[np.ndarray, int]:
    """Mono samples -1..1 (float64) and the rate in Hz."""
    try:
        with wave.open(str(path), "rb") as stream:
            channels, width, rate = stream.getnchannels(), stream.getsampwidth(), stream.getframerate()
            if stream.getnframes() * channels > _MAX_VALUES:
                raise _damaged(path, "it is longer than 64 million samples")
            content = stream.readframes(stream.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise _damaged(path, str(error)) from error
    values = _integers(content, width)
    if values is None or not len(values) or len(values) % channels or rate < 1:
        raise _damaged(path, f"{8 * width} bits, {channels} channels, {len(content)} bytes")
    return values.reshape(-1, channels).mean(axis=1), rate


def _integers(content: bytes, width: int) -> np.ndarray | None:
    content = content[: len(content) - len(content) % width]
    if width == 1:  # the only width without a sign
        return (np.frombuffer(content, np.uint8).astype(np.float64) - 128) / 128
    if width in (2, 4):
        return np.frombuffer(content, f"<i{width}").astype(np.float64) / (1 << (8 * width - 1))
    if width == 3:
        padded = np.zeros((len(content) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(content, np.uint8).reshape(-1, 3)
        return np.frombuffer(padded.tobytes(), "<i4").astype(np.float64) / (1 << 31)
    return None


def _resampled(samples: np.ndarray, have: int, want: int) -> np.ndarray:
    if have == want:
        return samples
    places = np.arange(max(1, round(len(samples) * want / have))) * (have / want)
    values: np.ndarray = np.interp(places, np.arange(len(samples)), samples)
    return values


def _settings(folder: Path) -> dict[str, int]:
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return {}
    remedy = f"use whole numbers for {' and '.join(sorted(_SETTINGS))}"
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError("folder-settings", f"{path} is not JSON: {error}", remedy) from error
    known = isinstance(value, dict) and set(value) <= _SETTINGS
    if not known or not all(isinstance(item, int) and 0 < item <= _MAX_VALUES for item in value.values()):
        raise DataError("folder-settings", f"{path} cannot be used for recordings", remedy)
    return dict(value)


def _damaged(path: Path, why: str) -> DataError:
    return DataError(
        "recording-damaged",
        f"{path} cannot be read: {printable(why)}",
        "replace or remove the file; PCM .wav of 8, 16, 24 or 32 bits is read",
    )
