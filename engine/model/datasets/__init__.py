"""Data sets behind ``--data``: a function that opens names, folders, files and factories; one that checks the fit.

    fashion-mnist            built in; the complete set where it is installed, else the shipped part
    fashion-mnist:shipped    always the shipped part (10,000 training, 500 calibration, 5,000 test images)
    digits                   built in (scikit-learn, 8x8)
    digits-detection         built in: digits on a canvas of 32x32 with their boxes
    digits-segmentation      built in: the same canvases with the class of every pixel
    FOLDER                   class sub-folders of images or of recordings (.wav), or the four idx files of an
                             MNIST-like set
    FILE.npz                 arrays ``x`` and ``y``, or one array per model input
    FILE.csv                 numeric columns and a label column; .tsv and .parquet alike
    module:factory           your own function that returns a torch Dataset or DataLoader

Archives and factories may declare another task than classification (:mod:`engine.model.task`); ``task`` goes first.
Splits are ``train``, ``calibration`` and ``test`` (and ``all`` for data without a split of its own).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import DataError
from ...records import TensorSpec
from ..child import printable
from ..data import DataSet
from ..source import is_factory
from ..task import target_of, task_named

__all__ = ["BUILT_IN", "check_fits", "open_data"]

BUILT_IN = ("fashion-mnist", "digits", "digits-detection", "digits-segmentation")


def open_data(spec: str, model_inputs: Sequence[TensorSpec] | None = None, task: str | None = None) -> DataSet:
    """Open a data set; nothing is read that is not asked for later.

    Args:
        spec: what follows ``--data``; see the module's docstring.
        model_inputs: the model's inputs, whose names, layout and sizes the data takes on where it can.
        task: what the labels mean, where the data does not say it; a word of :class:`engine.model.task.Task`.

    Raises:
        DataError: the data cannot be found or read.
    """
    inputs = tuple(model_inputs or ())
    data = _open(spec, inputs, task)
    if task is not None and target_of(data).task is not task_named(task):
        raise DataError(
            "task-of-data", f"the data '{data.name}' is for {target_of(data).task}", f"leave out --task {task}"
        )
    return data


def _open(spec: str, inputs: tuple[TensorSpec, ...], task: str | None) -> DataSet:
    if spec == "fashion-mnist" or spec.startswith("fashion-mnist:"):
        from .fashion_mnist import open_fashion_mnist

        return open_fashion_mnist(spec.partition(":")[2], inputs)
    if spec == "digits":
        from .digits import open_digits

        return open_digits(inputs)
    if spec in ("digits-detection", "digits-segmentation"):
        from .canvas import open_canvas

        return open_canvas(spec.partition("-")[2], inputs)
    try:
        path = Path(spec).expanduser()
        is_folder, is_file = bool(spec) and path.is_dir(), path.is_file()
    except (OSError, RuntimeError):  # a name no file can have
        is_folder = is_file = False
    if is_folder:
        return _folder(path, inputs)
    if is_file:
        return _file(path, inputs, task)
    if is_factory(spec):
        from .factory import open_factory

        return open_factory(spec, inputs, task)
    raise DataError(
        "data-not-found",
        f"there is no data set, file or folder '{printable(spec, 200)}'",
        "give fashion-mnist, digits, a folder of class sub-folders, an .npz, a .csv, or module:factory",
    )


def _folder(path: Path, inputs: tuple[TensorSpec, ...]) -> DataSet:
    from . import idx
    from .folder import ImageFolder
    from .recordings import RecordingFolder, has_recordings

    if idx.has_idx_files(path):
        return idx.open_idx_folder(path, inputs)
    return RecordingFolder(path, inputs) if has_recordings(path) else ImageFolder(path, inputs)


def _file(path: Path, inputs: tuple[TensorSpec, ...], task: str | None) -> DataSet:
    from .npz import open_npz
    from .table import open_parquet, open_table

    readers = {".npz": open_npz, ".csv": open_table, ".tsv": open_table, ".parquet": open_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DataError(
            "unknown-data-format", f"{path} is not a format data is read from", "convert it to .npz (x, y) or .csv"
        )
    return reader(path, inputs, task)


def check_fits(data: DataSet, inputs: Sequence[TensorSpec]) -> None:
    """Compare the shapes a data set gives with those a model takes.

    Raises:
        DataError: names the input and both shapes.
    """
    given = data.contract.inputs
    if len(given) != len(inputs):
        raise DataError(
            "does-not-fit",
            f"the data '{data.name}' has {len(given)} input(s) and the model takes {len(inputs)}",
            "give an .npz with one array per model input, named like the inputs",
        )
    for have, want in zip(given, inputs, strict=True):
        shape = tuple(want.shape[1:])
        fits = len(have.shape) == len(shape) and all(
            size is None or size == other for size, other in zip(shape, have.shape, strict=True)
        )
        if not fits:
            gives, takes = _words(have.shape), _words(shape)
            raise DataError(
                "does-not-fit",
                f"the data '{data.name}' gives {gives} for input '{want.name}', the model takes {takes}",
                "use data of the model's input size, or a folder of images, which is resized to it",
            )


def _words(shape: Sequence[int | None]) -> str:
    return " x ".join("any" if size is None else str(size) for size in shape) or "a single number"
