"""Equal-sized gray images as uint8 arrays: vectorised pre-processing that does what the I/O contract says, and PNG."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import numpy as np

from device_agent.contract.io import InputContract, IoContract, OutputContract

from ...records import TensorSpec
from .arrays import ArrayData, Arrays, Rows


def gray_image_data(
    name: str,
    splits: dict[str, Callable[[], Rows]],
    size: tuple[int, int],
    labels: Sequence[str],
    normalisation: tuple[float, float],
    inputs: tuple[TensorSpec, ...],
) -> ArrayData:
    """A data set of gray images ``uint8[N, H, W]``; channels stand first unless the model wants them last."""
    mean, std = normalisation
    last = bool(inputs) and tuple(inputs[0].shape[1:]) == (*size, 1)
    contract = InputContract(
        name=inputs[0].name if inputs else "input",
        kind="image",
        shape=[*size, 1] if last else [1, *size],
        dtype="float32",
        layout="HWC" if last else "CHW",
        colour="gray",
        mean=[mean],
        std=[std],
    )
    values = ((np.arange(256, dtype=np.float32) / np.float32(255)) - np.float32(mean)) / np.float32(std)

    def prepare(arrays: Arrays) -> Arrays:
        return (np.expand_dims(values[arrays[0]], -1 if last else 1),)

    io_contract = IoContract([contract], OutputContract("classification", list(labels)))
    return ArrayData(name, io_contract, splits, prepare, _png)


def _png(arrays: Arrays) -> tuple[str, bytes]:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(arrays[0]).save(stream, "PNG")
    return "png", stream.getvalue()
