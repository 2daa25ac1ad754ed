"""Digits of scikit-learn on a canvas: detection and segmentation with data that is always there.

Every canvas is 32x32, gray, and holds one to three digits of 8x8 that do not overlap, drawn from a fixed seed; digits
of the test canvases occur in no training canvas.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from device_agent.contract.io import IoContract

from ...records import TensorSpec
from ..data import CALIBRATION, TEST, TRAIN
from ..task import Target, Task
from .arrays import ArrayData, Rows, encode_arrays, pass_through, tensor_contract
from .digits import digits

SIDE, DIGIT, AT_MOST = 32, 8, 3
BACKGROUND = 10
INK = 4 / 16
"""Pixels at least this dark belong to a digit."""
_COUNTS = {TRAIN: 2000, CALIBRATION: 200, TEST: 600}
_SEED = 20_261_127


def open_canvas(kind: str, inputs: tuple[TensorSpec, ...] = ()) -> ArrayData:
    """The set for ``detection`` (boxes in pixels) or ``segmentation`` (ten digits and the background)."""
    task = Task(kind)
    names = tuple(str(digit) for digit in range(10))
    target = Target(task, names if task is Task.DETECTION else (*names, "background"))
    name = inputs[0].name if inputs else "input"
    contract = IoContract([tensor_contract(name, [1, SIDE, SIDE], "float32")])
    part = 1 if task is Task.DETECTION else 2

    def rows(split: str) -> Rows:
        drawn = _drawn(split)
        return Rows((drawn[0],), drawn[part])

    splits = {split: (lambda split=split: rows(split)) for split in _COUNTS}
    return ArrayData(f"digits-{kind}", contract, splits, pass_through(["float32"]), encode_arrays([name]), target)


@cache
def _drawn(split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Canvases ``[n, 1, 32, 32]``, boxes ``[n, 3, 5]``, classes of pixels ``[n, 32, 32]``."""
    pixels, labels = digits()
    pixels = (pixels / np.float32(16)).reshape(-1, DIGIT, DIGIT)
    own = np.arange(len(pixels)) % 5 == 0
    source = np.nonzero(own if split == TEST else ~own)[0]
    random = np.random.RandomState(_SEED + list(_COUNTS).index(split))  # frozen by numpy's promise
    n = _COUNTS[split]
    canvases = np.zeros((n, 1, SIDE, SIDE), np.float32)
    boxes = np.full((n, AT_MOST, 5), -1, np.float32)
    maps = np.full((n, SIDE, SIDE), BACKGROUND, np.int64)
    cells = SIDE // (2 * DIGIT)
    for canvas, rows, areas in zip(canvases, boxes, maps, strict=True):
        quarters = random.permutation(cells * cells)[: random.randint(1, AT_MOST + 1)]  # one digit in a quarter
        for row, quarter in zip(rows, quarters, strict=False):
            digit = int(random.choice(source))
            y, x = (int(corner) * 2 * DIGIT + random.randint(0, DIGIT + 1) for corner in divmod(int(quarter), cells))
            place = np.s_[y : y + DIGIT, x : x + DIGIT]
            canvas[0][place] = pixels[digit]
            areas[place] = np.where(pixels[digit] >= INK, labels[digit], BACKGROUND)
            row[:] = labels[digit], x, y, x + DIGIT, y + DIGIT
    return canvases, boxes, maps
