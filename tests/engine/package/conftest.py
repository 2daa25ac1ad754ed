"""Bundles of the shipped networks, made once."""

import pytest

from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe, RecipeStep

NETWORK = sample("fashion-mobilenet")
RECIPE = Recipe((RecipeStep("static-quantization", {"granularity": "per-channel"}),), "int8")


@pytest.fixture(scope="session")
def data():
    return open_data("fashion-mnist:shipped")


@pytest.fixture(scope="session")
def key(tmp_path_factory):
    return signing_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def make(data, key, tmp_path_factory):
    def made(files, out=None, **changes):
        arguments = {"data": data, "recipe": RECIPE, "name": "net", "signing_key": key} | changes
        return make_bundle(files, out_dir=out or tmp_path_factory.mktemp("bundles"), **arguments)

    return made


@pytest.fixture(scope="session")
def bundle(make):
    """An int8 network for both runtimes."""
    return make({Format.ONNX: NETWORK.onnx_int8, Format.TFLITE: NETWORK.tflite_int8}, variant="v1", model="sample:x")
