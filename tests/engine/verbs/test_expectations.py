"""The forecast against what a real run of the same recipe makes."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from engine.cli.main import app
from engine.errors import DataError, ModelError, UsageError
from engine.model.save import to_onnx
from engine.records import TensorSpec
from engine.verbs import forecast

STEPS = [{"technique": "static-quantization", "knobs": {}}]


def test_that_the_size_of_an_int8_file_lies_in_the_range_that_was_told(tmp_path):
    told = forecast("sample:fashion-mobilenet", recipe=STEPS, data="fashion-mnist", project=tmp_path)
    assert told.sample_passes == (0, 0)
    assert told.based_on == 0
    shipped = Path(__file__).parents[3] / "engine" / "model" / "samples"
    int8 = next(shipped.rglob("*mobilenet*int8*.onnx"))
    assert told.size_bytes is not None
    assert told.size_bytes[0] * 0.8 < int8.stat().st_size < told.size_bytes[1] * 1.2


def test_that_a_preset_takes_longer_than_its_gentlest_candidate(tmp_path):
    told = forecast("sample:fashion-mobilenet", preset="latency", data="fashion-mnist", project=tmp_path).to_json()
    assert told["train_samples"] > 1000
    assert told["sample_passes"][0] == 0
    assert told["seconds"][0] < told["seconds"][1]
    assert told["size_bytes"] is None


def test_that_an_unknown_preset_is_refused(tmp_path):
    with pytest.raises(UsageError):
        forecast("sample:fashion-mobilenet", preset="tiny", project=tmp_path)


def test_that_the_task_is_known_before_the_job_and_labels_that_do_not_fit_are_refused(tmp_path):
    boxes = np.zeros((30, 2, 5), np.float32)
    np.savez(tmp_path / "boxes.npz", x=np.zeros((30, 1, 8, 8), np.float32), y=boxes)
    graph = to_onnx(torch.nn.Conv2d(1, 4, 3), (TensorSpec("input", (None, 1, 8, 8), "float32"),))
    (tmp_path / "net.onnx").write_bytes(graph.SerializeToString())
    given = {"recipe": STEPS, "data": str(tmp_path / "boxes.npz"), "project": tmp_path}
    told = forecast(str(tmp_path / "net.onnx"), task="detection", **given)
    assert (told.task, told.train_samples > 0) == ("detection", True)
    with pytest.raises(DataError, match="y") as caught:
        forecast(str(tmp_path / "net.onnx"), **given)
    assert "--task" in caught.value.remedy


def test_that_a_quantized_model_is_refused_before_the_job(tmp_path):
    shipped = Path(__file__).parents[3] / "engine" / "model" / "samples" / "fashion-mobilenet-int8.onnx"
    with pytest.raises(ModelError, match="already quantized"):
        forecast(str(shipped), recipe=STEPS, project=tmp_path)


def test_that_a_dry_run_tells_all_recipes_and_makes_nothing(tmp_path):
    (tmp_path / "int8.yaml").write_text("- technique: static-quantization\n")
    (tmp_path / "taught.yaml").write_text("- technique: soft-label-distillation\n  knobs: {epochs: 2, holdout: 0}\n")
    arguments = [
        "compress",
        "sample:fashion-mobilenet",
        "--data",
        "fashion-mnist",
        "--project",
        str(tmp_path),
        "--dry-run",
    ]
    both = [item for name in ("int8", "taught") for item in ("--recipe", str(tmp_path / f"{name}.yaml"))]
    shown = CliRunner().invoke(app, [*arguments, *both])
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("int8: ")
    assert "nothing of this model ran here yet" in lines[0]
    assert "  task: classification" in lines
    document = json.loads(CliRunner().invoke(app, [*arguments, *both, "--json"]).stdout)
    quick, slow = document["forecasts"]
    assert slow["sample_passes"] == [2 * slow["train_samples"]] * 2
    assert (
        f"  trains: up to {2 * slow['train_samples']:,} sample passes over {slow['train_samples']:,} samples" in lines
    )
    assert quick["seconds"][0] < quick["seconds"][1] < slow["seconds"][1]
    assert not (tmp_path / ".flyweight").exists()
