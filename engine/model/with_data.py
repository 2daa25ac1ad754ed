"""A model with the data it reads: where the model does not state the shape of its input, the data does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..errors import ModelError
from ..events import Cancel
from ..records import TensorSpec
from .data import DataSet
from .datasets import check_fits, open_data
from .datasets.recordings import RecordingFolder, has_recordings
from .open import OpenedModel, open_model


def open_with_data(
    model: str,
    data: str | None,
    *,
    arch: str | None = None,
    task: str | None = None,
    cancel: Cancel | None = None,
) -> tuple[OpenedModel, DataSet | None]:
    """Open both and check that they fit.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        data: data set, or None.
        arch: ``module:factory`` for a state dict.
        task: what the labels mean, where the data does not say it.
        cancel: ends the child that reads the model.

    Raises:
        ModelError: the model cannot be opened, or neither says what its input is.
        DataError: the data cannot be read, or does not fit.
    """
    opened: OpenedModel | None = None
    try:
        opened = open_model(model, arch, cancel=cancel)
    except ModelError as error:
        if error.code != "unknown-input-shape" or data is None or Path(data).is_dir():
            raise
    if opened is None or (opened.guessed and data is not None and not Path(data).is_dir()):
        # images of a folder have no size of their own that counts: they are resized to the model's
        assert data is not None
        opened = open_model(model, arch, inputs=_inputs_of(open_data(data, None, task)), cancel=cancel)
    elif opened.guessed and data is not None and has_recordings(Path(data)):
        opened = _at_their_length(opened, Path(data), model, arch, cancel)
    if data is None:
        return opened, None
    found = open_data(data, opened.inputs, task)
    check_fits(found, opened.inputs)
    return opened, found


def _at_their_length(
    guessed: OpenedModel, folder: Path, model: str, arch: str | None, cancel: Cancel | None
) -> OpenedModel:
    """The model at the length of the recordings, which a guessed one would cut; as guessed where it takes no other."""
    first = guessed.inputs[0]
    shape = tuple(None if size not in (1, None) else size for size in first.shape)
    if len(guessed.inputs) != 1 or shape.count(None) != 2:  # the batch and the time: anything else is no waveform
        return guessed
    whole = RecordingFolder(folder, (replace(first, shape=shape),)).contract.inputs[0].shape
    try:
        return open_model(model, arch, inputs=(replace(first, shape=(None, *whole)),), cancel=cancel)
    except ModelError:
        return guessed


def _inputs_of(data: DataSet) -> tuple[TensorSpec, ...]:
    """Of a model that reads this data, in its order."""
    given = data.contract.inputs
    names = ["input"] if len(given) == 1 else [item.name for item in given]
    return tuple(TensorSpec(name, (None, *item.shape), item.dtype) for name, item in zip(names, given, strict=True))
