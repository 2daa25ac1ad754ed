"""Bundles that carry the TFLite form beside the ONNX file."""

from pathlib import Path

import onnx
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


def test_that_a_network_of_integers_gets_a_twin_of_integers(home: Path, tmp_path: Path):
    twins = bundle(str(sample("fashion-resnet").onnx_int8), twin=True, project=tmp_path)
    assert [model.format for model in read_bundle(Path(twins.path))[0].models] == ["onnx", "tflite"]


def test_that_a_twin_of_a_network_without_one_is_refused_and_nothing_is_left(home: Path, tmp_path: Path):
    pixels = onnx.helper.make_tensor_value_info("pixels", onnx.TensorProto.FLOAT, [1, 4])
    scores = onnx.helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, [1, 4])
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Hardmax", ["pixels"], ["scores"])], "hard", [pixels], [scores]
    )
    path = tmp_path / "hard.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8), path)
    with pytest.raises(ModelError, match="no rule"):
        bundle(str(path), twin=True, project=tmp_path)
    assert not list(tmp_path.rglob("manifest.json"))
