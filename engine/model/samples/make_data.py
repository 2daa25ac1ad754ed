"""Make the shipped subset of Fashion-MNIST from the complete set.

Run it again with ``python -m engine.model.samples.make_data``; it needs the four idx files of Fashion-MNIST (Debian
and Ubuntu: package ``dataset-fashion-mnist``). The training split is shuffled once with a fixed seed, class by class,
so that each ten images in a row hold each class once. Its first 10,000 images are shipped as ``train``, the next 500
as ``calibration``; the last 5,000 were held back as validation when the reference networks were trained. ``test`` is
the first 5,000 images of the test split, in their own order.
"""

import argparse
import gzip
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]

SOURCE = Path("/usr/share/datasets/fashion-mnist")
TARGET = Path(__file__).with_name("fashion-mnist.npz")
SHUFFLE_SEED = 20261124
TRAIN_IMAGES = 10_000
CALIBRATION_IMAGES = 500
VALIDATION_IMAGES = 5_000
TEST_IMAGES = 5_000


@dataclass(frozen=True)
class Split:
    """Images ``uint8[N, 28, 28]`` with their labels ``uint8[N]``."""

    images: Pixels
    labels: Pixels

    def __getitem__(self, rows: slice) -> "Split":
        return Split(self.images[rows], self.labels[rows])


def read_idx(path: Path) -> Pixels:
    """One gzipped idx file of unsigned bytes, in its own shape.

    Raises:
        ValueError: the file is not idx, not of unsigned bytes, or cut short.
    """
    raw = gzip.decompress(path.read_bytes())
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08":
        msg = f"{path} is not an idx file of unsigned bytes"
        raise ValueError(msg)
    dimensions = raw[3]
    shape = tuple(int(size) for size in np.frombuffer(raw, dtype=">u4", count=dimensions, offset=4))
    return np.frombuffer(raw, dtype=np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def class_balanced_order(labels: Pixels, seed: int) -> npt.NDArray[np.int64]:
    """A permutation in which every run of ``classes`` rows holds each class once (all classes equally frequent)."""
    random = np.random.RandomState(seed)  # frozen by numpy's compatibility promise, unlike default_rng
    classes = [random.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    rounds = np.stack(classes, axis=1)
    order = [random.permutation(row) for row in rounds]
    return np.concatenate(order).astype(np.int64)


def shuffled_training_split(source: Path = SOURCE) -> Split:
    """All 60,000 training images in the fixed order."""
    labels = read_idx(source / "train-labels-idx1-ubyte.gz")
    order = class_balanced_order(labels, SHUFFLE_SEED)
    return Split(read_idx(source / "train-images-idx3-ubyte.gz")[order], labels[order])


def held_out_split(source: Path = SOURCE) -> Split:
    """All 10,000 test images in their own order."""
    return Split(read_idx(source / "t10k-images-idx3-ubyte.gz"), read_idx(source / "t10k-labels-idx1-ubyte.gz"))


def shipped(source: Path = SOURCE) -> dict[str, Split]:
    """The three parts of the shipped file, by name."""
    training = shuffled_training_split(source)
    return {
        "train": training[:TRAIN_IMAGES],
        "calibration": training[TRAIN_IMAGES : TRAIN_IMAGES + CALIBRATION_IMAGES],
        "test": held_out_split(source)[:TEST_IMAGES],
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line: write the archive with arrays ``train_x``, ``train_y``, ``calibration_x``, ... (all ``uint8``)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", type=Path, default=SOURCE, help="folder of the idx files")
    parser.add_argument("--target", type=Path, default=TARGET, help="file to write")
    options = parser.parse_args(arguments)
    arrays: dict[str, Pixels] = {}
    for name, split in shipped(options.source).items():
        arrays |= {f"{name}_x": split.images, f"{name}_y": split.labels}
    np.savez_compressed(options.target, allow_pickle=False, **arrays)
    print(f"{options.target}: {options.target.stat().st_size} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
