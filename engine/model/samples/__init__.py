"""The reference networks and the part of Fashion-MNIST that come with the product: ``sample:fashion-resnet`` ...

Importing this package loads no torch. The networks are in :mod:`.networks`, trained by :mod:`.train`, exported
by :mod:`.export` and measured by :mod:`.scoring`; the data file is made by :mod:`.make_data`.

    >>> names()
    ('fashion-resnet', 'fashion-mobilenet')
    >>> sample("sample:fashion-resnet").architecture
    'engine.model.samples.networks:fashion_resnet'
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ...errors import ModelError

PREFIX = "sample:"
DATA_SET = "fashion-mnist"
LABELS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_ABOUT = {
    "fashion-resnet": ("ResNet 16-32-64-128 for Fashion-MNIST", 308_538),
    "fashion-mobilenet": ("MobileNetV2-like network for Fashion-MNIST", 107_258),
}


@dataclass(frozen=True)
class Accuracy:
    """Top-1 accuracy as counted: ``right`` of ``n`` images, with Wilson's 95 % interval."""

    value: float
    ci95: tuple[float, float]
    right: int
    n: int


@dataclass(frozen=True)
class Normalisation:
    """``(pixel / 255 - mean) / std``, the input of both networks."""

    mean: float = 0.2860
    std: float = 0.3530


@dataclass(frozen=True)
class Sample:
    """One reference network with its files."""

    name: str
    title: str
    architecture: str
    parameters: int
    safetensors: Path
    onnx: Path
    onnx_int8: Path
    tflite: Path
    tflite_int8: Path
    data: str
    normalisation: Normalisation
    input_shape: tuple[int, ...]
    labels: tuple[str, ...]

    @property
    def accuracy(self) -> Accuracy:
        """Of the float ONNX form on all 10,000 test images, as measured on :attr:`measured_on`."""
        return accuracy(self.name, "onnx", "test")

    @property
    def measured_on(self) -> str:
        """The day of the measurement, ISO 8601."""
        return str(_record()["measured_on"])


def names() -> tuple[str, ...]:
    """Names of the samples, without the prefix ``sample:``."""
    return tuple(_ABOUT)


def sample(name: str) -> Sample:
    """The sample called ``name``, with or without the prefix ``sample:``.

    Raises:
        ModelError: there is no such sample.
    """
    plain = name.removeprefix(PREFIX)
    if plain not in _ABOUT:
        known = ", ".join(PREFIX + other for other in names())
        raise ModelError("unknown-sample", f"there is no built-in model {name!r}", f"use one of {known}")
    title, parameters = _ABOUT[plain]
    return Sample(
        name=plain,
        title=title,
        architecture=f"{__name__}.networks:{plain.replace('-', '_')}",
        parameters=parameters,
        safetensors=_file(f"{plain}.safetensors"),
        onnx=_file(f"{plain}.onnx"),
        onnx_int8=_file(f"{plain}-int8.onnx"),
        tflite=_file(f"{plain}.tflite"),
        tflite_int8=_file(f"{plain}-int8.tflite"),
        data=DATA_SET,
        normalisation=Normalisation(),
        input_shape=(1, 28, 28),
        labels=LABELS,
    )


def accuracy(name: str, form: str, split: str) -> Accuracy:
    """The recorded accuracy of one form of a sample.

    Args:
        name: a name of :func:`names`.
        form: ``torch``, ``onnx``, ``onnx_int8``, ``tflite`` or ``tflite_int8``.
        split: ``test`` (all 10,000 test images) or ``test_shipped`` (the first 5,000, the ones in :func:`data_file`).
    """
    found = _record()["networks"][name]["accuracy_top1"][form][split]
    low, high = found["ci95"]
    return Accuracy(value=found["value"], ci95=(low, high), right=found["right"], n=found["n"])


def data_file() -> Path:
    """``fashion-mnist.npz``: ``{train,calibration,test}_{x,y}``, images ``uint8[N, 28, 28]``, labels ``uint8[N]``."""
    return _file(f"{DATA_SET}.npz")


def licence_file() -> Path:
    """The licence notice that must travel with the images."""
    return _file(f"{DATA_SET}-LICENSE.txt")


def _file(name: str) -> Path:
    return Path(str(resources.files(__name__).joinpath(name)))


@cache
def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(_file("accuracy.json").read_text("utf-8"))
    return record
