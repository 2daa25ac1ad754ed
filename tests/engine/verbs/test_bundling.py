"""Bundles that carry the TFLite form beside the ONNX file."""

from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.model.samples import sample
from engine.package.bundle import read_bundle
from engine.verbs import bundle


def test_that_a_twin_is_verified_against_the_same_golden_outputs(home: Path, tmp_path: Path):
    made = bundle(str(sample("fashion-mobilenet").onnx), data="fashion-mnist:shipped", twin=True, project=tmp_path)
    manifest, files = read_bundle(Path(made.path))
    assert [model.format for model in manifest.models] == ["onnx", "tflite"]
    assert files["model.tflite"].read_bytes()[4:8] == b"TFL3"
    plain = bundle(str(sample("fashion-mobilenet").onnx), data="fashion-mnist:shipped", project=tmp_path)
    assert [model.format for model in read_bundle(Path(plain.path))[0].models] == ["onnx"]


def test_that_a_twin_of_a_network_without_one_is_refused_and_nothing_is_left(home: Path, tmp_path: Path):
    with pytest.raises(ModelError, match="no rule"):
        bundle(str(sample("fashion-resnet").onnx_int8), twin=True, project=tmp_path)
    assert not list(tmp_path.rglob("manifest.json"))
