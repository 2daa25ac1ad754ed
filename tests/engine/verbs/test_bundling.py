"""Bundles that carry the TFLite form beside the ONNX file."""

import json
import shlex
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from engine.cli.main import app
from engine.errors import ModelError
from engine.model.samples import sample
from engine.model.save import to_onnx
from engine.package.bundle import read_bundle
from engine.records import TensorSpec
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


def test_that_the_next_command_after_compressing_a_regression_packs_its_samples(home: Path, tmp_path: Path):
    draw = np.random.default_rng(0)
    torch.manual_seed(0)
    model = to_onnx(nn.Linear(3, 1), (TensorSpec("input", (None, 3), "float32"),))
    onnx.save(model, tmp_path / "line.onnx")
    x = draw.normal(size=(40, 3)).astype(np.float32)
    np.savez(tmp_path / "line.npz", x=x, y=draw.normal(size=40).astype(np.float32))
    (tmp_path / "r.json").write_text('[{"technique": "magnitude-pruning"}]')
    data = ["--data", str(tmp_path / "line.npz"), "--task", "regression", "--project", str(tmp_path), "--quiet"]
    runner = CliRunner()
    shown = runner.invoke(app, ["compress", str(tmp_path / "line.onnx"), "--recipe", str(tmp_path / "r.json"), *data])
    line = next(line for line in shown.stdout.splitlines() if line.startswith("next "))
    command = shlex.split(line)[2:]
    assert command[0] == "bundle"
    assert command[-2:] == ["--task", "regression"]
    made = runner.invoke(app, [*command, "--project", str(tmp_path), "--json"])
    assert made.exit_code == 0, made.stderr
    again = runner.invoke(app, [*command[:-2], "--project", str(tmp_path), "--json"])
    assert again.exit_code == 0, "what the labels mean is known from the variant: " + again.stderr
    boxes = {"x": x, "y": np.array([[[0, 0, 0, 1, 1]]] * 40, np.float32), "task": "detection"}
    np.savez(tmp_path / "boxes.npz", **boxes)
    other = [*command[:2], "--data", str(tmp_path / "boxes.npz"), "--project", str(tmp_path), "--json"]
    assert runner.invoke(app, other).exit_code == 0, "what the data says goes first"
    raw = [np.load(file) for file in Path(json.loads(made.stdout)["path"]).glob("golden-*.npy")]
    assert raw
    assert all((x == row.reshape(-1)).all(axis=1).any() for row in raw), "golden samples are rows of the data"


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
