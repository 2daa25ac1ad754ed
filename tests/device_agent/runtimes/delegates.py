"""A real external delegate, compiled here: it takes LOGISTIC operators and adds a bias to what they give."""

import functools
import shutil
import subprocess
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).with_name("tiny_delegate.c")


@functools.cache
def compiler() -> str | None:
    return shutil.which("cc") or shutil.which("gcc")


def build(folder: Path) -> Path:
    """The shared library."""
    path = folder / "libtiny.so"
    command = [compiler() or "cc", "-shared", "-fPIC", "-O1", "-o", str(path), str(SOURCE), "-lm"]
    subprocess.run(command, check=True, timeout=60)
    return path


def network() -> bytes:
    """``sigmoid(x - 0.5)`` of [1, 4] as a TFLite file: one ADD, one LOGISTIC."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    from engine.model.onnx_to_tflite import to_tflite

    weight = numpy_helper.from_array(np.full((1, 4), -0.5, np.float32), "w")
    nodes = [helper.make_node("Add", ["x", "w"], ["a"]), helper.make_node("Sigmoid", ["a"], ["y"])]
    ports = [[helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4])] for name in "xy"]
    graph = helper.make_graph(nodes, "g", *ports, [weight])
    model: onnx.ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return to_tflite(model)


def expected(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(0.5 - x))
