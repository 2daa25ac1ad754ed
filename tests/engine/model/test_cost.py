"""Parameters, non-zeros and MACs against closed forms; quantized graphs recognised whatever their style."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from engine.compress.quantization.calibration import quiet
from engine.model.cost import count_macs, count_nonzero, count_parameters, is_quantized, layer_table
from engine.model.save import to_onnx
from engine.records import TensorSpec

from .zoo import ZOO, build


def model_of(nodes, weights=None, inputs=(("x", TensorProto.FLOAT, [None, 4]),), domains=()):
    initializers = [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(*value) for value in inputs],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        initializers,
    )
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.mark.parametrize("name", [name for name in ZOO if name not in ("residual", "mobile", "waveform")])
def test_that_parameters_equal_torchs_where_nothing_is_folded(name):
    network, shape = build(name)
    model = to_onnx(network, (TensorSpec("input", (None, *shape), "float32"),))
    assert count_parameters(model) == sum(parameter.numel() for parameter in network.parameters())


def hooked_macs(network, shape):
    """MACs by watching the layers of the torch module."""
    total = 0

    def watch(layer, inputs, output):
        nonlocal total
        per_output = layer.weight[0].numel()
        if isinstance(layer, nn.ConvTranspose2d):
            total += inputs[0].numel() * per_output
        else:
            total += output.numel() * per_output

    kinds = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
    handles = [part.register_forward_hook(watch) for part in network.modules() if isinstance(part, kinds)]
    with torch.inference_mode():
        network(torch.rand(1, *shape))
    for handle in handles:
        handle.remove()
    return total


@pytest.mark.parametrize("name", ZOO)
def test_that_macs_equal_those_counted_on_the_running_layers(name):
    network, shape = build(name)
    model = to_onnx(network, (TensorSpec("input", (None, *shape), "float32"),))
    assert count_macs(model) == hooked_macs(network, shape)


def test_that_weights_count_wherever_they_live():
    fill = helper.make_node("ConstantOfShape", ["s"], ["c"], value=numpy_helper.from_array(np.array([0.5], np.float32)))
    stored = helper.make_node("Constant", [], ["k"], value=numpy_helper.from_array(np.eye(4, dtype=np.float32)))
    branch = helper.make_graph(
        [
            helper.make_node("Constant", [], ["z"], value=numpy_helper.from_array(np.ones((4, 2), np.float32))),
            helper.make_node("MatMul", ["x", "z"], ["b"]),
        ],
        "then",
        [],
        [helper.make_tensor_value_info("b", TensorProto.FLOAT, [None, 2])],
    )
    nodes = [
        fill,
        stored,
        helper.make_node("MatMul", ["x", "c"], ["m"]),
        helper.make_node("MatMul", ["m", "k"], ["n"]),
        helper.make_node("If", ["go"], ["i"], then_branch=branch, else_branch=branch),
        helper.make_node("Concat", ["n", "i"], ["y"], axis=1),
    ]
    model = model_of(
        nodes, {"s": np.array([4, 4])}, (("x", TensorProto.FLOAT, [None, 4]), ("go", TensorProto.BOOL, []))
    )
    assert count_parameters(model) == 16 + 16 + 8 + 8
    assert count_nonzero(model) == 16 + 4 + 8 + 8
    assert "If[then_branch]/" in "".join(layer.name for layer in layer_table(model))


def test_that_a_huge_fill_is_counted_without_being_built():
    fill = helper.make_node("ConstantOfShape", ["s"], ["c"])
    model = model_of([fill, helper.make_node("ReduceSum", ["c"], ["y"])], {"s": np.array([200_000, 200_000])})
    assert count_parameters(model) == 40_000_000_000
    assert count_nonzero(model) == 0


def test_that_bounds_shapes_and_running_statistics_are_no_parameters():
    nodes = [
        helper.make_node("BatchNormalization", ["x", "g", "b", "m", "v"], ["n"]),
        helper.make_node("Clip", ["n", "low", "high"], ["c"]),
        helper.make_node("Reshape", ["c", "shape"], ["y"]),
    ]
    four = np.arange(4, dtype=np.float32)
    weights = {"g": four, "b": four, "m": four, "v": four, "shape": np.array([-1, 2, 2])}
    weights |= {"low": np.array(0.0, np.float32), "high": np.array(6.0, np.float32)}
    model = model_of(nodes, weights)
    assert count_parameters(model) == 8
    assert count_nonzero(model) == 6


def test_that_integer_weights_are_zero_at_their_zero_point():
    weight = np.array([[3, 3, 5], [7, 0, 7]], np.uint8)
    nodes = [
        helper.make_node("DequantizeLinear", ["w", "s", "z"], ["d"], axis=0),
        helper.make_node("MatMul", ["x", "d"], ["y"]),
    ]
    scales = {"s": np.array([0.1, 0.2], np.float32), "z": np.array([3, 7], np.uint8)}
    model = model_of(nodes, {"w": weight, **scales}, (("x", TensorProto.FLOAT, [None, 2]),))
    assert count_parameters(model) == 6
    assert count_nonzero(model) == 2
    assert count_macs(model) == 6
    assert [(layer.op, layer.parameters) for layer in layer_table(model)] == [("MatMul", 6)]


QUANTIZED = {
    "qdq": [
        helper.make_node("QuantizeLinear", ["x", "s"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s"], ["y"]),
    ],
    "integer operator": [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "qs", "qz"]),
        helper.make_node("MatMulInteger", ["q", "w", "qz"], ["i"]),
        helper.make_node("Cast", ["i"], ["y"], to=TensorProto.FLOAT),
    ],
    "cast and scaled": [
        helper.make_node("Cast", ["w"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["f", "s"], ["d"]),
        helper.make_node("MatMul", ["x", "d"], ["y"]),
    ],
}


@pytest.mark.parametrize("style", QUANTIZED)
def test_that_a_quantized_graph_is_recognised(style):
    weights = {"w": np.ones((4, 8), np.int8), "s": np.array(0.1, np.float32)}
    model = model_of(QUANTIZED[style], weights)
    assert is_quantized(model)
    if style != "qdq":
        assert count_parameters(model) == 32


def test_that_a_float_graph_is_not_called_quantized():
    nodes = [
        helper.make_node("Cast", ["x"], ["c"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["c", "w"], ["y"]),
    ]
    assert not is_quantized(model_of(nodes, {"w": np.ones((4, 8), np.float32)}))


def test_that_sizes_computed_from_sizes_are_followed_through_the_whole_depth():
    nodes, depth, channels = [], 12, 8
    weight = numpy_helper.from_array(np.ones((channels, channels, 1, 1), np.float32), "w")
    constants = [
        weight,
        *(numpy_helper.from_array(np.asarray(v, np.int64), n) for n, v in (("two", [2]), ("one", [1]))),
    ]
    before = "x"
    for place in range(depth):
        named = {name: f"{name}{place}" for name in ("shape", "half", "split", "turned", "y", "z")}
        nodes += [  # ShuffleNet's channel shuffle as exporters write it: [n, c, h, w] to [n, 2, c / 2, h, w] and back
            helper.make_node("Conv", [before, "w"], [named["y"]]),
            helper.make_node("Shape", [named["y"]], [named["shape"]]),
            *(helper.make_node("Gather", [named["shape"], f"i{a}"], [f"s{a}_{place}"], axis=0) for a in range(4)),
            helper.make_node("Div", [f"s1_{place}", "two"], [named["half"]]),
            helper.make_node(
                "Concat", [f"s0_{place}", "two", named["half"], f"s2_{place}", f"s3_{place}"], [f"t{place}"], axis=0
            ),
            helper.make_node("Reshape", [named["y"], f"t{place}"], [named["split"]]),
            helper.make_node("Transpose", [named["split"]], [named["turned"]], perm=[0, 2, 1, 3, 4]),
            helper.make_node("Reshape", [named["turned"], named["shape"]], [named["z"]]),
        ]
        before = named["z"]
    constants += [numpy_helper.from_array(np.asarray([a], np.int64), f"i{a}") for a in range(4)]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", channels, 5, 5])]
    outputs = [helper.make_tensor_value_info(before, TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "shuffles", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    assert count_macs(model) == depth * channels * channels * 25


def test_that_macs_are_unknown_rather_than_wrong_where_a_size_is_open():
    node = helper.make_node("Conv", ["x", "w"], ["y"])
    inputs = (("x", TensorProto.FLOAT, [None, 3, "height", "width"]),)
    model = model_of([node], {"w": np.ones((2, 3, 3, 3), np.float32)}, inputs)
    assert count_macs(model) is None
    assert layer_table(model)[0].macs is None


class Rows:
    """A few calibration rows."""

    def __init__(self, shape):
        self.rows = iter(np.random.default_rng(0).normal(size=(2, 1, *shape)).astype(np.float32))

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"input": row}


class Mixed(nn.Module):
    """Convolutions, one by depth; pooling, sums and a concatenation between them; two kinds of products behind them."""

    def __init__(self):
        super().__init__()
        self.wide, self.deep = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8)
        self.pointwise, self.linear = nn.Conv2d(8, 16, 1), nn.Linear(32, 10)
        self.matrix = nn.Parameter(torch.randn(10, 6))

    def forward(self, x):
        x = self.pointwise(torch.relu(self.deep(torch.relu(self.wide(x)))))
        x = nn.functional.leaky_relu(nn.functional.avg_pool2d(x + x.sigmoid(), 2))
        x = nn.functional.gelu(torch.cat([x, x * x], 1)).mean((2, 3))
        return self.linear(x) @ self.matrix


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("form", ["QOperator", "QDQ", "dynamic", "fused"])
def test_that_a_file_of_onnxruntime_costs_what_the_float_network_costs(tmp_path, form, per_channel):
    import onnxruntime
    from onnxruntime.quantization import QuantFormat, quantize_dynamic, quantize_static

    torch.manual_seed(0)
    network, shape = Mixed().eval(), (3, 16, 16)
    wanted = hooked_macs(network, shape) + network.matrix.numel()
    source, path = tmp_path / "float.onnx", tmp_path / f"{form}.onnx"
    onnx.save(to_onnx(network, (TensorSpec("input", (None, *shape), "float32"),)), source)
    with quiet():
        if form == "fused":
            options = onnxruntime.SessionOptions()
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
            options.optimized_model_filepath = str(path)
            onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        elif form == "dynamic":
            quantize_dynamic(source, path, per_channel=per_channel)
        else:
            quantize_static(source, path, Rows(shape), quant_format=QuantFormat[form], per_channel=per_channel)
    model = onnx.load(path)
    assert any(node.domain == "com.microsoft" for node in model.graph.node) == (form in ("QOperator", "fused"))
    assert count_macs(model) == wanted
    assert count_parameters(model) == count_parameters(onnx.load(source))


@pytest.mark.parametrize("bits", [4, 8])
def test_that_block_quantized_weights_count_as_what_they_stand_for(bits):
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    weight = np.random.default_rng(0).standard_normal((64, 48)).astype(np.float32)
    weight[:, :10] = 0
    nodes = [helper.make_node("MatMul", ["x", "W"], ["h"]), helper.make_node("MatMul", ["h", "V"], ["y"])]
    other = np.ones((48, 3), np.float32)
    model = model_of(nodes, {"W": weight, "V": other}, [("x", TensorProto.FLOAT, [None, 64])])
    quantizer = MatMulNBitsQuantizer(model, block_size=32, is_symmetric=True, bits=bits, nodes_to_exclude=["", "other"])
    model.graph.node[0].name, model.graph.node[1].name = "first", "other"
    quantizer.process()
    found = quantizer.model.model
    assert "MatMulNBits" in {node.op_type for node in found.graph.node}
    assert is_quantized(found)
    assert count_parameters(found) == 64 * 48 + 48 * 3
    assert count_macs(found) == 64 * 48 + 48 * 3
    assert 64 * 38 * 0.8 < count_nonzero(found) - 48 * 3 <= 64 * 38
