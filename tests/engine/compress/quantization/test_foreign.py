"""Files that other toolkits quantized: recognised, evaluated, and not quantized twice."""

import contextlib
import importlib.util
import io
import subprocess
import sys

import numpy as np
import onnx
import pytest

from engine.compress.quantization.calibration import quiet
from engine.compress.recipe import load_recipe
from engine.compress.run import apply_recipe
from engine.compress.technique import Context, ModelState
from engine.errors import ModelError
from engine.evaluate.score import evaluate_file
from engine.model import samples
from engine.model.datasets import open_data
from engine.model.open import inspect, open_model
from engine.records import Format
from engine.verbs import compress

from .conftest import INPUT

HAS_QUANTIZER = importlib.util.find_spec("ai_edge_quantizer") is not None


class Feed:
    """Calibration images for onnxruntime's own quantizer."""

    def __init__(self, images):
        self.rows = iter(images.x[:8])

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"input": row[None]}


def of_onnxruntime(kind, path, images):
    from onnxruntime.quantization import QuantFormat, quantize_dynamic, quantize_static

    source = samples.sample("fashion-mobilenet").onnx
    with quiet(), contextlib.redirect_stdout(io.StringIO()):
        if kind == "dynamic":
            quantize_dynamic(source, path)
        else:
            form = QuantFormat.QDQ if kind == "qdq" else QuantFormat.QOperator
            quantize_static(source, path, Feed(images), quant_format=form)
    return path


@pytest.mark.parametrize("kind", ["qdq", "qoperator", "dynamic"])
def test_that_files_of_onnxruntimes_quantizer_are_recognised_evaluated_and_not_quantized_again(kind, images, tmp_path):
    path = of_onnxruntime(kind, tmp_path / f"{kind}.onnx", images)
    info = inspect(str(path))
    assert info.quantized
    assert info.parameters == pytest.approx(inspect(str(samples.sample("fashion-mobilenet").onnx)).parameters, rel=0.02)
    data = open_data("fashion-mnist:shipped", open_model(str(path)).inputs)
    score = evaluate_file(path, Format.ONNX, data, limit=40).score
    assert score.metrics["accuracy"].n == 40
    recipe = load_recipe([{"technique": "static-quantization"}])
    state = ModelState((INPUT,), onnx=onnx.load(path))
    with pytest.raises(ModelError, match="already quantized"):
        apply_recipe(state, recipe, Context(data=data, seed=0), lambda item: item.onnx)
    with pytest.raises(ModelError, match="already quantized"):
        compress(str(path), data="fashion-mnist:shipped", recipes=[recipe], project=tmp_path / "project")
    assert not (tmp_path / "project").exists(), "nothing is begun for a model that is not taken"


@pytest.mark.skipif(not HAS_QUANTIZER, reason="NOT RUN: ai-edge-quantizer is not installed")
@pytest.mark.parametrize("kind", ["static_wi8_ai8", "weight_only_wi8_afp32"])
def test_that_files_of_ai_edge_quantizer_are_recognised_evaluated_and_not_quantized_again(kind, images, tmp_path):
    np.save(tmp_path / "x.npy", images.x[:8])
    path = tmp_path / "foreign.tflite"
    program = f"""
import numpy as np
from ai_edge_quantizer import quantizer, recipe
worker = quantizer.Quantizer({str(samples.sample("fashion-mobilenet").tflite)!r}, recipe.{kind}())
x = np.load({str(tmp_path / "x.npy")!r})
ranges = worker.calibrate({{"serving_default": [{{"args_0": row[None]}} for row in x]}}) if worker.need_calibration else None
worker.quantize(ranges).export_model({str(path)!r})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    info = inspect(str(path))
    assert info.quantized
    data = open_data("fashion-mnist:shipped", info.inputs)
    score = evaluate_file(path, Format.TFLITE, data, limit=40).score
    assert score.metrics["accuracy"].value >= 0.7
    with pytest.raises(ModelError, match="not compressed"):
        open_model(str(path))
