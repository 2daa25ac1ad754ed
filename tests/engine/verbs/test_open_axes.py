"""A recurrent network whose file leaves the number of steps open gets a student and loses units, as long as the data is."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.errors import ModelError
from engine.model.onnx_to_torch import to_module
from engine.verbs import compress

STEPS, WIDTH, HIDDEN = 12, 6, 16


def network():
    """An LSTM that begins with zeros made for the batch it is given, as torch's exporter writes it."""
    draw = np.random.default_rng(0)
    floats = {"w": (1, 4 * HIDDEN, WIDTH), "r": (1, 4 * HIDDEN, HIDDEN), "b": (1, 8 * HIDDEN), "f": (3, HIDDEN)}
    numbers = {"one": [1], "two": 1, "zero": [0], "hidden": [HIDDEN], "last": -1}
    stored = [numpy_helper.from_array(draw.normal(0, 0.5, s).astype(np.float32), name) for name, s in floats.items()]
    stored += [numpy_helper.from_array(np.array(values, np.int64), name) for name, values in numbers.items()]
    make = helper.make_node
    nodes = [
        make("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        make("Shape", ["steps"], ["shape"]),
        make("Gather", ["shape", "two"], ["count"], axis=0),
        make("Unsqueeze", ["count", "zero"], ["counts"]),
        make("Concat", ["one", "counts", "hidden"], ["size"], axis=0),
        make("ConstantOfShape", ["size"], ["start"]),
        make("LSTM", ["steps", "w", "r", "b", "", "start", "start"], ["said"], "cells", hidden_size=HIDDEN),
        make("Squeeze", ["said", "one"], ["rows"]),
        make("Gather", ["rows", "last"], ["final"], axis=0),
        make("Gemm", ["final", "f"], ["y"], "head", transB=1),
    ]
    value = helper.make_tensor_value_info
    inputs = [value("x", TensorProto.FLOAT, ["N", "T", WIDTH])]
    graph = helper.make_graph(nodes, "net", inputs, [value("y", TensorProto.FLOAT, ["N", 3])], stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.fixture
def folder(tmp_path):
    onnx.save(network(), tmp_path / "net.onnx")
    x = np.random.default_rng(1).normal(size=(90, STEPS, WIDTH)).astype(np.float32)
    np.savez(tmp_path / "steps.npz", x=x, y=np.arange(90) % 3)
    return tmp_path


def made(folder, technique, **knobs):
    recipe = [{"technique": technique, "knobs": knobs}]
    done = compress(str(folder / "net.onnx"), data=str(folder / "steps.npz"), recipes=[recipe], project=folder)
    variant = done.variants[0]
    steps = onnx.load(variant.path).graph.input[0].type.tensor_type.shape.dim[1]
    return variant, steps, " ".join(variant.notes)


def test_that_steps_that_need_a_module_take_the_datas_length_and_say_so(folder):
    with pytest.raises(ModelError, match="Shape"):
        to_module(network())
    _, steps, notes = made(folder, "student", epochs=1)
    assert steps.dim_value == STEPS
    assert f"x {STEPS} x {WIDTH}" in notes
    assert "student (residual)" in notes
    _, steps, notes = made(folder, "recurrent-pruning")
    assert "8 of 16 hidden units removed" in notes
    assert steps.dim_value == STEPS


def test_that_steps_on_the_graph_leave_the_axis_open(folder):
    _, steps, notes = made(folder, "dynamic-quantization")
    assert not steps.HasField("dim_value")
    assert "open axes" not in notes
