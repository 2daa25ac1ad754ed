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
from engine.model.packed import pack
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


def of_eight(values, number):
    """The values, each at the nearest of eight levels: other ones for each number."""
    inner = np.random.default_rng(number).uniform(values.min(), values.max(), 6)
    levels = (
        np.array([values.min(), *inner, values.max()]).round(0 if values.dtype == "int8" else 9).astype(values.dtype)
    )
    return levels[np.abs(values[:, None].astype(float) - levels.astype(float)).argmin(axis=1)]


def of_onnxruntime(kind, path, images, source=None, *, per_channel=False):
    from onnxruntime.quantization import QuantFormat, quantize_dynamic, quantize_static

    source = source or samples.sample("fashion-mobilenet").onnx
    with quiet(), contextlib.redirect_stdout(io.StringIO()):
        if kind == "dynamic":
            quantize_dynamic(source, path)
        else:
            form = QuantFormat.QDQ if kind == "qdq" else QuantFormat.QOperator
            quantize_static(source, path, Feed(images), quant_format=form, per_channel=per_channel)
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


def test_that_a_network_another_tool_clustered_is_recognised_and_what_ends_it_is_told(images, tmp_path):
    from sklearn.cluster import KMeans

    model = onnx.load(samples.sample("fashion-mobilenet").onnx)
    count = 0
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.ndim > 1 and values.size >= 4096:
            means = KMeans(8, n_init=1, random_state=0).fit(values.reshape(-1, 1))
            shared = means.cluster_centers_[means.labels_].reshape(values.shape).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(shared, tensor.name))
            count += 1
    onnx.save(model, tmp_path / "clustered.onnx")
    (told,) = inspect(str(tmp_path / "clustered.onnx")).warnings
    assert told.startswith(f"{count} weight tensors came clustered, with 8 values at most")
    state, context = ModelState((INPUT,), onnx=model), Context(data=images, seed=0)
    notes = {}
    for technique in ("dynamic-quantization", "weight-clustering"):
        recipe = load_recipe([{"technique": technique, "knobs": {}}])
        notes[technique] = apply_recipe(state, recipe, context, lambda item: item.onnx).notes
    assert told in notes["dynamic-quantization"]
    assert told not in notes["weight-clustering"]
    assert not inspect(str(samples.sample("fashion-mobilenet").onnx)).warnings


@pytest.mark.parametrize(
    ("per_channel", "clusters", "told"),
    [(False, 16, "16 values at most; "), (True, 32, "32 values at most in a channel; ")],
)
def test_that_what_was_clustered_is_recognised_behind_the_int8_of_another_tool(
    images, tmp_path, per_channel, clusters, told
):
    model, count = onnx.load(samples.sample("fashion-resnet").onnx), 0
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.ndim > 1 and values.size >= 4096:
            levels = np.quantile(values, np.linspace(0, 1, clusters)).astype(np.float32)
            shared = levels[np.abs(values[..., None] - levels).argmin(axis=-1)]
            tensor.CopyFrom(onnx.numpy_helper.from_array(shared, tensor.name))
            count += 1
    onnx.save(model, tmp_path / "clustered.onnx")
    found = {}
    for name, source in (("clustered", tmp_path / "clustered.onnx"), ("plain", samples.sample("fashion-resnet").onnx)):
        path = of_onnxruntime("qdq", tmp_path / f"{name}8.onnx", images, source, per_channel=per_channel)
        found[name] = inspect(str(path)).warnings
    (note,) = found["clustered"]
    assert note.startswith(f"{count} weight tensors came clustered, with "), note
    assert told in note
    assert not found["plain"]


@pytest.mark.parametrize(
    ("kind", "dtype", "channels"),
    [("tflite", "float32", False), ("tflite_int8", "int8", False), ("tflite_int8", "int8", True)],
)
def test_that_a_tflite_file_another_tool_clustered_is_recognised(tmp_path, kind, dtype, channels):
    from ai_edge_litert import schema_py_generated as schema

    path = getattr(samples.sample("fashion-mobilenet"), kind)
    content = bytearray(path.read_bytes())
    graph, count = schema.Model.GetRootAs(content, 0).Subgraphs(0), 0
    start = np.frombuffer(content, np.uint8).ctypes.data
    for tensor in (graph.Tensors(index) for index in range(graph.TensorsLength())):
        buffer = schema.Model.GetRootAs(content, 0).Buffers(tensor.Buffer())
        if tensor.ShapeLength() < 2 or tensor.Type() != {"float32": 0, "int8": 9}[dtype] or not buffer.DataLength():
            continue
        values = buffer.DataAsNumpy().view(dtype)
        if values.size >= 512:
            rows = values.reshape(tensor.Shape(0) if channels else 1, -1)
            if rows.shape[1] < 64:
                continue
            nearest = [of_eight(row, number) for number, row in enumerate(rows)]
            place = values.ctypes.data - start
            content[place : place + values.nbytes] = np.stack(nearest).tobytes()
            count += 1
    (tmp_path / "clustered.tflite").write_bytes(content)
    many = "8 values at most in a channel; they stay so"
    if not channels:
        many = "8 values at most; they stay so, and a packed file (.flwp) is small by it"
    told = inspect(str(tmp_path / "clustered.tflite"))
    assert told.warnings == (f"{count} weight tensors came clustered, with {many}",)
    assert not inspect(str(path)).warnings
    packed, before = (len(pack(item, Format.TFLITE)) for item in (bytes(content), path.read_bytes()))
    assert packed < 0.7 * before
