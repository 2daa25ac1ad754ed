"""ONNX graphs written as TFLite: LiteRT's outputs against onnxruntime's."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from ai_edge_litert.interpreter import Interpreter
from onnx import helper
from torch import nn

from engine.compress.quantization.stored_weights import store_as_int8
from engine.errors import ModelError
from engine.model.onnx_to_tflite import to_tflite
from engine.model.samples import sample
from engine.model.save import to_onnx
from engine.records import TensorSpec


def run_onnx(graph, x):
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})


def run_tflite(content, x):
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(item["index"]) for item in interpreter.get_output_details()]


def graph_of(module, shape):
    torch.manual_seed(0)
    for item in module.modules():
        if isinstance(item, nn.BatchNorm2d):
            item.running_mean.normal_()
            item.running_var.uniform_(0.5, 2)
    return to_onnx(module.eval(), (TensorSpec("x", (None, *shape), "float32"),))


def agree(graph, shape, atol=1e-4):
    x = np.random.default_rng(0).normal(size=(1, *shape)).astype(np.float32)
    content = to_tflite(graph)
    wanted, found = run_onnx(graph, x), run_tflite(content, x)
    assert len(found) == len(wanted)
    for a, b in zip(wanted, found, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(b, a, atol=atol, rtol=1e-4)
    return content


class Concat(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 5, 3, padding=1), nn.Conv2d(3, 4, 1)
        self.norm, self.head = nn.BatchNorm2d(12), nn.Linear(12 * 16, 6)

    def forward(self, x):
        y = torch.cat([self.a(x), x, self.b(x).tanh()], 1)
        return self.head(torch.flatten(torch.relu(self.norm(y)), 1))


class Gated(nn.Module):
    """Squeeze and excite, hard-swish, a pooled tail that keeps its picture."""

    def __init__(self):
        super().__init__()
        self.conv, self.down, self.up = nn.Conv2d(3, 8, 3, 2, 1), nn.Linear(8, 4), nn.Linear(4, 8)
        self.last = nn.Conv2d(8, 6, 5, 1, 2)
        self.act = nn.Hardswish()

    def forward(self, x):
        y = self.act(self.conv(x))
        gate = torch.sigmoid(self.up(torch.relu(self.down(y.mean((2, 3))))))
        return self.last(y * gate[:, :, None, None])


class Skips(nn.Module):
    """Two outputs, a residual sum, scalars, a softmax."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 3, 3, padding=1, bias=False), nn.Conv2d(3, 3, 3, padding=2, dilation=2)
        self.head = nn.Linear(3, 5)

    def forward(self, x):
        y = torch.relu(self.a(x) + x) * 2.0 - 1.0
        y = self.b(y) / 3.0 + y
        return torch.softmax(self.head(y.mean((2, 3))), 1), y


MODULES = {
    "concat": (Concat, (3, 4, 4)),
    "squeeze and excite": (Gated, (3, 9, 7)),
    "residual, two outputs": (Skips, (3, 6, 6)),
    "pools": (
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3), nn.MaxPool2d(2), nn.LeakyReLU(0.2), nn.AvgPool2d(2, 1), nn.Flatten(), nn.Linear(36, 3)
        ),
        (2, 10, 10),
    ),
    "depth-wise, strides": (
        lambda: nn.Sequential(
            nn.Conv2d(4, 4, 3, 2, 1, groups=4, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU6(),
            nn.Conv2d(4, 8, (1, 3), (1, 2), (0, 1)),
            nn.Conv2d(8, 16, 5, 2, 2, groups=8),
        ),
        (4, 11, 12),
    ),
    "dense": (lambda: nn.Sequential(nn.Linear(7, 9), nn.ReLU(), nn.Linear(9, 2), nn.Tanh()), (7,)),
}


@pytest.mark.parametrize("name", MODULES)
def test_that_litert_answers_as_onnxruntime_does(name):
    make, shape = MODULES[name]
    agree(graph_of(make(), shape), shape)


@pytest.mark.parametrize("name", ["fashion-resnet", "fashion-mobilenet"])
def test_that_the_shipped_networks_agree_and_int8_weights_stay_int8(name):
    graph = onnx.load(sample(name).onnx)
    plain = agree(graph, (1, 28, 28))
    layers = {node.name for node in graph.graph.node if node.op_type in ("Conv", "Gemm")}
    store_as_int8(graph, layers)
    stored = agree(graph, (1, 28, 28))
    assert len(stored) < 0.36 * len(plain)


def test_that_every_weight_of_a_channel_has_its_own_scale():
    graph = graph_of(nn.Conv2d(8, 8, 3), (8, 5, 5))
    weights = np.random.default_rng(1).normal(size=(8, 8, 3, 3)) * 10.0 ** np.arange(-4, 4).reshape(-1, 1, 1, 1)
    tensor = next(item for item in graph.graph.initializer if len(item.dims) == 4)
    tensor.CopyFrom(onnx.numpy_helper.from_array(weights.astype(np.float32), tensor.name))
    store_as_int8(graph, {node.name for node in graph.graph.node})
    x = np.random.default_rng(0).normal(size=(1, 8, 5, 5)).astype(np.float32)
    wanted, found = run_onnx(graph, x)[0], run_tflite(to_tflite(graph), x)[0]
    for channel in range(8):
        scale = np.abs(wanted[:, channel]).max()
        np.testing.assert_allclose(found[:, channel] / scale, wanted[:, channel] / scale, atol=1e-5)


def node_graph(kind, shape, out, constants=(), **attributes):
    inputs = ["x", *(name for name, _ in constants)]
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, ["y"], "n", **attributes)],
        "one",
        [helper.make_tensor_value_info("x", 1, shape)],
        [helper.make_tensor_value_info("y", 1, out)],
        [onnx.numpy_helper.from_array(np.asarray(values, np.float32), name) for name, values in constants],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


REFUSED = {
    "an operator without a rule": (node_graph("Erf", [1, 3], [1, 3]), "Erf"),
    "groups": (
        node_graph("Conv", [1, 4, 5, 5], None, [("w", np.zeros((4, 2, 3, 3)))], group=2),
        "2 groups over 4 channels",
    ),
    "one-dimensional": (node_graph("Conv", [1, 4, 5], None, [("w", np.zeros((4, 4, 3)))]), "over 1 axes"),
    "a clip to other limits": (node_graph("Clip", [1, 3], None, [("a", -1), ("b", 1)]), "other limits"),
    "a softmax over channels": (node_graph("Softmax", [1, 3, 4], None, axis=1), "last"),
    "a free size": (node_graph("Relu", ["n", 3, "h", "w"], None), "fixed shape"),
    "weights as input": (node_graph("MatMul", [1, 3], None, []), "input|weight|MatMul"),
}
REFUSED["weights as input"][0].graph.node[0].input.append("x")


@pytest.mark.parametrize("name", REFUSED)
def test_that_what_has_no_rule_is_refused_by_name_with_a_way_out(name):
    graph, said = REFUSED[name]
    with pytest.raises(ModelError, match=said) as caught:
        to_tflite(graph)
    assert "flyweight-studio[tflite]" in caught.value.remedy


def test_that_a_graph_of_onnxruntimes_own_integer_operators_is_refused():
    graph = onnx.load(sample("fashion-resnet").onnx_int8)
    node = next(node for node in graph.graph.node if node.op_type == "Add")
    node.op_type, node.domain = "QLinearAdd", "com.microsoft"
    graph.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    with pytest.raises(ModelError, match="QLinearAdd has no rule"):
        to_tflite(graph)
