"""The shipped networks as graphs, the shipped images, and a context without a device."""

from dataclasses import dataclass

import numpy as np
import onnx
import pytest

from engine.compress.technique import Context, ModelState
from engine.model import samples
from engine.model.datasets import open_data
from engine.records import TensorSpec

INPUT = TensorSpec("input", (None, 1, 28, 28), "float32")


@dataclass(frozen=True)
class Images:
    """Normalised test images of the shipped set."""

    x: np.ndarray
    y: np.ndarray


@pytest.fixture(scope="session")
def images():
    from engine.model.samples.export import model_inputs

    with np.load(samples.data_file()) as archive:
        return Images(model_inputs(archive["test_x"][:1000]), archive["test_y"][:1000])


@pytest.fixture(scope="session")
def context():
    return Context(data=open_data("fashion-mnist:shipped", [INPUT]), seed=0, threads=1)


@pytest.fixture
def resnet():
    return ModelState((INPUT,), onnx=onnx.load(samples.sample("fashion-resnet").onnx))


@pytest.fixture
def mobilenet():
    return ModelState((INPUT,), onnx=onnx.load(samples.sample("fashion-mobilenet").onnx))
