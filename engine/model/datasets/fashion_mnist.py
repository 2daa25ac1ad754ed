"""Fashion-MNIST: the complete set where it is installed, else the part that is shipped with the product.

``train`` keeps the fixed order of :mod:`engine.model.samples.make_data`, so its first 10,000 images are those shipped;
``calibration`` is the shipped 500; ``test`` is the first 5,000 test images, ``test-full`` all 10,000.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from ...errors import DataError
from ...records import TensorSpec
from ..data import CALIBRATION, TEST, TRAIN
from ..samples import LABELS, Normalisation, data_file
from ..samples.make_data import SHUFFLE_SEED, SOURCE, TEST_IMAGES, class_balanced_order
from .arrays import TEST_FULL, ArrayData, Rows
from .idx import has_idx_files, read_part
from .images import gray_image_data

SHIPPED = "shipped"
_SIZE = (28, 28)


def open_fashion_mnist(part: str, inputs: tuple[TensorSpec, ...], source: Path = SOURCE) -> ArrayData:
    """Open the built-in set.

    Args:
        part: empty, ``shipped``, or a folder with the four idx files.
        inputs: the model's inputs.
        source: where the complete set is looked for.

    Raises:
        DataError: ``part`` is neither.
    """
    if part not in ("", SHIPPED):
        source = Path(part).expanduser()
        if not has_idx_files(source):
            raise DataError(
                "idx-missing",
                f"{source} does not hold the four idx files",
                "give a folder that does, or 'fashion-mnist'",
            )
    splits: dict[str, Callable[[], Rows]] = {name: partial(_read_shipped, name) for name in (TRAIN, CALIBRATION, TEST)}
    if part != SHIPPED and has_idx_files(source):
        splits[TRAIN] = partial(_complete_train, source)
        splits[TEST_FULL] = partial(read_part, source, "t10k")
        splits[TEST] = lambda: Rows(*_slice(read_part(source, "t10k"), TEST_IMAGES))
    normal = Normalisation()
    return gray_image_data("fashion-mnist", splits, _SIZE, LABELS, (normal.mean, normal.std), inputs)


def _read_shipped(split: str) -> Rows:
    path = data_file()
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Rows((arrays[f"{split}_x"],), arrays[f"{split}_y"])
    except (OSError, KeyError, ValueError) as error:
        raise DataError(
            "shipped-data-damaged", f"{path} cannot be read: {error}", "install flyweight-studio again"
        ) from error


def _complete_train(source: Path) -> Rows:
    rows = read_part(source, "train")
    assert rows.labels is not None  # read_part always gives both
    return Rows(rows.inputs, rows.labels, class_balanced_order(rows.labels, SHUFFLE_SEED))


def _slice(rows: Rows, count: int) -> tuple[tuple[np.ndarray, ...], np.ndarray | None]:
    return (rows.inputs[0][:count],), None if rows.labels is None else rows.labels[:count]
