"""Results that nothing reads as integers stay float."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from engine.compress.quantization import idle_pairs
from engine.compress.quantization.calibration import Scheme, activation_ranges, quantized
from engine.compress.quantization.coverage import coverage
from engine.compress.quantization.idle_pairs import without_idle_pairs
from engine.events import Cancel
from engine.model.noted_steps import noted_steps
from engine.model.save import run_onnx, to_onnx
from engine.records import TensorSpec

RANDOM = np.random.default_rng(0)
PICTURE, ROW = (3, 8, 8), (16,)
CONVOLUTIONS = (nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
POOLED = (*CONVOLUTIONS, nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Offset(nn.Module):
    """A product, a sum with a parameter, a function that has no integer kernel."""

    def __init__(self):
        super().__init__()
        self.product, self.offset = nn.Linear(16, 5, bias=False), nn.Parameter(nn.init.normal_(nn.Linear(1, 5).bias))

    def forward(self, x):
        return (self.product(x) + self.offset).exp()


def made(network, shape, samples=32):
    specs = (TensorSpec("input", (None, *shape), "float32"),)
    graph = to_onnx(network.eval(), specs)
    x = RANDOM.normal(size=(samples, *shape)).astype(np.float32)
    return graph, quantized(graph, activation_ranges(graph, [x], "min-max", 99.99, Cancel()), Scheme()), x


def kinds(model):
    return [node.op_type for node in model.graph.node]


def maker(model, name):
    return next(node for node in model.graph.node if name in node.output)


def after_the_last(model, *operators):
    """What stands behind the last node of these kinds."""
    found = kinds(model)
    return found[max(index for index, kind in enumerate(found) if kind in operators) + 1 :]


@pytest.mark.parametrize(
    ("network", "shape", "behind"),
    [
        (nn.Sequential(*POOLED, nn.Linear(8, 5)), PICTURE, []),
        (nn.Sequential(*POOLED, nn.Linear(8, 5), nn.Softmax(1)), PICTURE, ["Softmax"]),
        (nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 5), nn.Sigmoid()), ROW, ["Sigmoid"]),
        (Offset(), ROW, ["QuantizeLinear", "Add", "Exp"]),
    ],
    ids=["logits", "softmax", "sigmoid", "sum"],
)
def test_that_what_stands_behind_the_last_product_is_in_float_and_the_product_is_one_of_integers(
    network, shape, behind
):
    graph, result, x = made(network, shape)
    assert [kind for kind in after_the_last(result, "Gemm", "MatMul") if kind != "DequantizeLinear"] == behind
    assert not coverage(result).floating
    onnx.checker.check_model(result, full_check=True)
    exact, found = run_onnx(graph, [x])[0], run_onnx(result, [x])[0]
    assert np.abs(found - exact).max() < 0.1 * np.abs(exact).max()
    used = {name for node in result.graph.node for name in node.input}
    assert {item.name for item in result.graph.initializer} <= used


def test_that_logits_of_a_wide_range_differ_where_8_bits_would_tie_them():
    network = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 5))
    with_pairs = RANDOM.normal(size=(2000, 16)).astype(np.float32)
    with_pairs[0] *= 100  # one certain sample sets the range
    specs = (TensorSpec("input", (None, 16), "float32"),)
    graph = to_onnx(network.eval(), specs)
    result = quantized(graph, activation_ranges(graph, [with_pairs], "min-max", 99.99, Cancel()), Scheme())
    scale, zero = noted_steps(result)[result.graph.output[0].name]
    logits = run_onnx(result, [with_pairs])[0]
    rounded = scale * np.clip(np.rint(logits / scale), -128 - zero, 127 - zero)

    def ties(values):
        ordered = np.sort(values, axis=1)
        return np.count_nonzero(ordered[:, -1] == ordered[:, -2])

    assert ties(rounded) > 200
    assert ties(logits) < ties(rounded) / 2


def test_that_the_steps_noted_are_those_of_the_calibrated_range():
    graph, result, x = made(nn.Sequential(*POOLED, nn.Linear(8, 5)), PICTURE)
    scale, zero = noted_steps(result)[result.graph.output[0].name]
    logits = run_onnx(graph, [x])[0]
    low, high = min(0.0, logits.min()), max(0.0, logits.max())
    assert scale == pytest.approx((high - low) / 255, rel=1e-4)
    assert zero == pytest.approx(-128 - low / scale, abs=0.51)


def test_that_a_last_convolution_and_a_sum_of_activations_keep_their_pairs():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.other = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 3)

        def forward(self, x):
            return self.one(x) + self.other(x)

    for network in (nn.Sequential(*CONVOLUTIONS), Sum()):
        _, result, _ = made(network, PICTURE)
        assert maker(result, result.graph.output[0].name).op_type == "DequantizeLinear"
        assert noted_steps(result) == {}
        assert not coverage(result).floating


def test_that_a_product_another_layer_reads_as_integers_keeps_its_pair():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(16, 16), nn.Linear(16, 5)

        def forward(self, x):
            hidden = self.first(x)
            return hidden, self.second(hidden)

    _, result, _ = made(Two(), ROW)
    hidden, last = (maker(result, item.name) for item in result.graph.output)
    assert hidden.op_type == "DequantizeLinear"
    assert last.op_type == "Gemm"


def test_that_a_value_a_branch_reads_keeps_its_pair():
    """``y = Relu(DequantizeLinear(QuantizeLinear(x . w)))``, and a branch that gives ``x . w`` itself."""
    inner = helper.make_graph(
        [helper.make_node("Identity", ["product"], ["same"])],
        "branch",
        [],
        [helper.make_tensor_value_info("same", TensorProto.FLOAT, None)],
    )
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["product"]),
        helper.make_node("QuantizeLinear", ["product", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["dq"]),
        helper.make_node("Exp", ["dq"], ["y"]),
        helper.make_node("If", ["which"], ["z"], then_branch=inner, else_branch=inner),
    ]
    floats, booleans = TensorProto.FLOAT, TensorProto.BOOL
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", floats, [1, 2]), helper.make_tensor_value_info("which", booleans, [])],
        [helper.make_tensor_value_info("y", floats, None), helper.make_tensor_value_info("z", floats, None)],
        [
            numpy_helper.from_array(np.eye(2, dtype=np.float32), "w"),
            numpy_helper.from_array(np.float32(0.5), "scale"),
            numpy_helper.from_array(np.uint8(3), "zero"),
        ],
    )
    model = helper.make_model(graph)
    alone = onnx.ModelProto()
    alone.CopyFrom(model)
    del alone.graph.node[4], alone.graph.output[1], alone.graph.input[1]
    assert without_idle_pairs(model) == {}
    assert len(model.graph.node) == 5
    assert without_idle_pairs(alone) == {"dq": (0.5, -125)}
    assert kinds(alone) == ["MatMul", "Exp"]
    assert [item.name for item in alone.graph.initializer] == ["w"]


def chain(length, last=()):
    """``Flatten`` after ``Flatten``, a pair behind each: one is idle only once the pair behind the next one is gone."""
    nodes = []
    for number in range(length):
        nodes += [
            helper.make_node("Flatten", [f"v{number}"], [f"f{number}"]),
            helper.make_node("QuantizeLinear", [f"f{number}", "scale", "zero"], [f"q{number}"]),
            helper.make_node("DequantizeLinear", [f"q{number}", "scale", "zero"], [f"v{number + 1}"]),
        ]
    side = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in ("v0", f"v{length}")]
    tensors = [numpy_helper.from_array(np.float32(0.5), "scale"), numpy_helper.from_array(np.uint8(3), "zero")]
    return helper.make_model(helper.make_graph(nodes, "g", side[:1], [*side[1:], *last], tensors))


def test_that_pairs_before_one_that_goes_are_looked_at_again_and_no_others(monkeypatch):
    asked, judge = [], idle_pairs._Readers.is_idle
    monkeypatch.setattr(idle_pairs._Readers, "is_idle", lambda self, node: asked.append(node) or judge(self, node))
    model = chain(30)
    assert len(without_idle_pairs(model)) == 30
    assert kinds(model) == ["Flatten"] * 30
    onnx.checker.check_model(model)
    assert [*model.graph.node[0].input, *model.graph.node[-1].output] == ["v0", "v30"]
    assert len(asked) <= 3 * 30


def test_that_integers_the_graph_gives_keep_their_pair():
    model = chain(1, [helper.make_tensor_value_info("q0", TensorProto.UINT8, [1, 2])])
    assert without_idle_pairs(model) == {}
    assert kinds(model) == ["Flatten", "QuantizeLinear", "DequantizeLinear"]
