"""Handwritten digits of scikit-learn: 1,797 images of 8x8, 16 gray levels; a fixed split; made for unit tests."""

from __future__ import annotations

from functools import cache

import numpy as np

from device_agent.contract.io import IoContract, OutputContract

from ...errors import DataError
from ...records import TensorSpec
from .arrays import ArrayData, encode_arrays, pass_through, split_arrays, tensor_contract

LEVELS = 16


def open_digits(inputs: tuple[TensorSpec, ...] = ()) -> ArrayData:
    """Values 0..1 in the shape ``[1, 8, 8]``, or ``[64]`` for models that take vectors."""
    pixels, labels = digits()
    flat = bool(inputs) and len(inputs[0].shape) == 2
    shape = [64] if flat else [1, 8, 8]
    name = inputs[0].name if inputs else "input"
    values = (pixels / np.float32(LEVELS)).astype(np.float32).reshape(-1, *shape)
    contract = IoContract(
        [tensor_contract(name, shape, "float32")], OutputContract("classification", [str(digit) for digit in range(10)])
    )
    splits = split_arrays((values,), labels)
    return ArrayData("digits", contract, splits, pass_through(["float32"]), encode_arrays([name]))


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Pixels 0..16 ``[1797, 64]`` and labels.

    Raises:
        DataError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise DataError("no-scikit-learn", "digits come with scikit-learn", "pip install scikit-learn") from error
    pixels, labels = load_digits(return_X_y=True)
    return pixels.astype(np.float32), labels.astype(np.int64)
