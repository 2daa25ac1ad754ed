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

from .zoo import MODULES as NETWORKS
from .zoo import ZOO, build


def run_onnx(graph, x):
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})


def run_tflite(content, x):
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(item["index"]) for item in interpreter.get_output_details()]


def graph_of(module, shape, dtype="float32"):
    torch.manual_seed(0)
    for item in module.modules():
        if isinstance(item, (nn.BatchNorm1d, nn.BatchNorm2d)):
            item.running_mean.normal_()
            item.running_var.uniform_(0.5, 2)
    return to_onnx(module.eval(), (TensorSpec("x", (None, *shape), dtype),))


def agree(graph, shape, atol=1e-4, x=None):
    if x is None:
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


def test_that_a_layer_of_more_than_a_million_weights_stays_int8():
    graph = graph_of(nn.Linear(1100, 1000), (1100,))
    assert store_as_int8(graph, {node.name for node in graph.graph.node}) == 1_100_000
    assert len(agree(graph, (1100,))) < 1.2e6


def node_graph(kind, shape, out, constants=(), opset=17, **attributes):
    """A graph of one node; whole numbers stay whole, all others are float."""
    inputs = ["x", *(name for name, _ in constants)]
    arrays = [(name, np.asarray(values)) for name, values in constants if name]
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, ["y"], "n", **attributes)],
        "one",
        [helper.make_tensor_value_info("x", 1, shape)],
        [helper.make_tensor_value_info("y", 1, out)],
        [onnx.numpy_helper.from_array(v if v.dtype == np.int64 else v.astype(np.float32), name) for name, v in arrays],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


FUNCTIONS = {
    "Elu": {},
    "Elu of another alpha": {"alpha": 0.3},
    "Selu": {},
    "Celu": {"alpha": 0.7},
    "Softplus": {},
    "Softsign": {},
    "Mish": {},
    "HardSigmoid": {},
    "HardSigmoid as torch's": {"alpha": 1 / 6},
    "HardSwish": {},
    "Erf": {},
    "Gelu": {},
    "Gelu by tanh": {"approximate": "tanh"},
    "LogSoftmax": {"axis": -1},
    "Softmax": {"axis": 1},
    "LogSoftmax over channels": {"axis": 1},
    "Tanh": {},
    "Neg": {},
    "Floor": {},
    "Ceil": {},
    "Round": {},
    "Sin": {},
    "Cos": {},
    "Exp": {},
    "Reciprocal": {},
    "ReduceSum": {"constants": [("axes", np.array([1, 3]))], "keepdims": 0},
    "ReduceMax": {"axes": [3]},
    "ReduceMean": {"axes": [1, 2]},
    "Clip": {"constants": [("low", -0.4), ("high", 1.2)]},
    "Clip from below": {"constants": [("low", -0.4)]},
    "Pow": {"constants": [("two", 2.0)]},
    "Pow of three": {"constants": [("three", 3.0)]},
    "PRelu": {"constants": [("slope", np.linspace(0, 0.5, 4).reshape(4, 1, 1))]},
    "Min": {"constants": [("other", np.linspace(-1, 1, 5))]},
    "Max": {"constants": [("other", np.linspace(-1, 1, 5)), ("third", np.full((4, 1, 1), -0.2))]},
    "Transpose": {"perm": [0, 3, 1, 2]},
    "Slice": {
        "constants": [
            ("s", np.array([1, -1])),
            ("e", np.array([9, -9])),
            ("a", np.array([1, 3])),
            ("t", np.array([2, -1])),
        ]
    },
    "Gather": {"constants": [("places", np.array(-1))], "axis": 2},
    "Expand": {"constants": [("shape", np.array([1, 3, 1, 1, 1]))]},
    "Pad": {"constants": [("pads", np.array([0, 1, 0, 2, 0, 0, 3, 1])), ("fill", 0.7)]},
    "Pad by reflection": {"constants": [("pads", np.array([0, 0, 1, 2, 0, 0, 1, 1]))], "mode": "reflect"},
    "Resize": {"constants": [("", []), ("scales", np.array([1, 1, 2, 3.0]))], "mode": "nearest"},
    "Resize between": {"constants": [("", []), ("scales", np.array([1, 1, 2, 3.0]))], "mode": "linear"},
    "Resize by corners": {
        "constants": [("", []), ("", []), ("sizes", np.array([1, 4, 5, 9]))],
        "mode": "linear",
        "coordinate_transformation_mode": "align_corners",
    },
    "DepthToSpace": {"blocksize": 2},
    "DepthToSpace as torch's": {"blocksize": 2, "mode": "CRD"},
    "InstanceNormalization": {"constants": [("scale", np.linspace(1, 2, 4)), ("shift", np.linspace(0, 1, 4))]},
    "LayerNormalization": {"constants": [("scale", np.linspace(1, 2, 5)), ("shift", np.linspace(0, 1, 5))]},
    "GlobalMaxPool": {},
    "AveragePool": {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1},
    "AveragePool with padding": {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1]},
    "AveragePool counting it": {
        "kernel_shape": [3, 3],
        "pads": [1, 1, 1, 1],
        "strides": [2, 2],
        "count_include_pad": 1,
    },
    "MaxPool": {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]},
    "MaxPool to the end": {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1},
}


def function_graph(name):
    """A graph of one operator, and an input."""
    settings = dict(FUNCTIONS[name])
    constants = settings.pop("constants", [])
    kind = name.partition(" ")[0]
    graph = node_graph(kind, [1, 4, 4, 5], None, constants, opset=20 if kind in ("Gelu", "Mish") else 17, **settings)
    return graph, 2 * np.random.default_rng(0).normal(size=(1, 4, 4, 5)).astype(np.float32)


@pytest.mark.parametrize("layout", ["plain", "channels last"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_that_each_operator_computes_what_it_does_in_onnxruntime(name, layout):
    """Behind a pool, whose result has its channels last, and by itself."""
    graph, x = function_graph(name)
    if layout == "channels last":
        graph.graph.node.insert(0, helper.make_node("MaxPool", ["x"], ["pooled"], "pool", kernel_shape=[1, 1]))
        graph.graph.node[1].input[0] = "pooled"
    agree(graph, (4, 4, 5), x=x)


@pytest.mark.parametrize("name", sorted(ZOO | NETWORKS))
def test_that_every_network_of_the_zoo_answers_as_in_onnxruntime(name):
    network, shape = build(name)
    graph = graph_of(network, shape, "int64" if name == "text-transformer" else "float32")
    tokens = np.random.default_rng(0).integers(0, 32, (1, *shape)) if name == "text-transformer" else None
    agree(graph, shape, x=tokens)


def test_that_functions_of_erf_become_one_operator():
    content = agree(graph_of(nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 2), nn.GELU()), (6,)), (6,))
    assert kinds_of(content) == ["FULLY_CONNECTED", "GELU", "FULLY_CONNECTED", "GELU"]


def kinds_of(content):
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    words = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    return [words[model.operatorCodes[item.opcodeIndex].builtinCode] for item in model.subgraphs[0].operators]


SIGNALS = {
    "convolutions": lambda: nn.Sequential(
        nn.Conv1d(6, 8, 5, 2, 2), nn.BatchNorm1d(8), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(8, 8, 3, 1, 2, 2, groups=8),
        nn.ReLU6(), nn.AvgPool1d(2, 1), nn.Conv1d(8, 4, 3, groups=2), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 3),
    ),
    "transposed": lambda: nn.Sequential(
        nn.ConvTranspose1d(6, 4, 4, 2, 1), nn.Tanh(), nn.Upsample(scale_factor=2), nn.Conv1d(4, 2, 3)
    ),
    "both recurrent directions": lambda: Wrapped(nn.LSTM(20, 5, bidirectional=True, batch_first=True)),
    "a GRU": lambda: Wrapped(nn.GRU(20, 5, num_layers=2, batch_first=True)),
    "a plain recurrence": lambda: Wrapped(nn.RNN(20, 5, batch_first=True)),
}  # fmt: skip


class Wrapped(nn.Module):
    """All results of a recurrent layer."""

    def __init__(self, cells):
        super().__init__()
        self.cells = cells

    def forward(self, x):
        rows, states = self.cells(x)
        return rows, *(states if isinstance(states, tuple) else (states,))


@pytest.mark.parametrize("name", SIGNALS)
def test_that_signals_are_answered_as_by_onnxruntime(name):
    agree(graph_of(SIGNALS[name](), (6, 20)), (6, 20))


def test_that_convolutions_over_signals_turn_the_layout_at_the_ends_alone():
    content = to_tflite(graph_of(SIGNALS["convolutions"](), (6, 20)))
    assert kinds_of(content).count("TRANSPOSE") == 1


def test_that_a_recurrent_network_answers_the_same_twice():
    x = np.random.default_rng(0).normal(size=(1, 6, 20)).astype(np.float32)
    interpreter = Interpreter(model_content=to_tflite(graph_of(SIGNALS["a GRU"](), (6, 20))))
    interpreter.allocate_tensors()
    answers = []
    for _ in range(2):
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
        interpreter.invoke()
        answers.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    assert (answers[0] == answers[1]).all()


def sequence_graph(kind, steps, width, weights, **attributes):
    """A recurrent node behind the transposition that puts the time first."""
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
            helper.make_node(kind, ["t", *(name for name, _ in weights)], ["y", "last"], "n", **attributes),
        ],
        "one",
        [helper.make_tensor_value_info("x", 1, [1, steps, width])],
        [helper.make_tensor_value_info(name, 1, None) for name in ("y", "last")],
        [onnx.numpy_helper.from_array(np.asarray(values, np.float32), name) for name, values in weights if name],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_that_a_gru_whose_reset_comes_first_starts_where_the_graph_says(direction):
    random = np.random.default_rng(0)
    ways = 2 if direction == "bidirectional" else 1
    shapes = {"w": (ways, 9, 4), "r": (ways, 9, 3), "b": (ways, 18), "": None, "start": (ways, 1, 3)}
    weights = [(name, random.normal(size=shape) if shape else None) for name, shape in shapes.items()]
    agree(sequence_graph("GRU", 7, 4, weights, hidden_size=3, linear_before_reset=0, direction=direction), (7, 4))


CHOICES = {
    "where": "c = Greater (x, half) y = Where (c, x, slopes)",
    "where behind a window": "p = MaxPool <kernel_shape = [1, 1]> (x) c = LessOrEqual (p, slopes) y = Where (c, half, p)",
    "truths": """a = Greater (x, half) b = Less (x, slopes) both = And (a, b) n = Not (both) e = Equal (a, n)
        o = Or (e, both) y = Cast <to = 1> (o)""",
    "sign": "y = Sign (x)",
    "tile": "y = Tile (x, twice)",
    "place of the largest": "p = MaxPool <kernel_shape = [2, 2]> (x) y = ArgMax <axis = 1, keepdims = 0> (p)",
    "place of the smallest": "y = ArgMin <axis = -1> (x)",
    "einsum with weights": 'y = Einsum <equation = "bchw,cd->bdhw"> (x, matrix)',
    "einsum of a head": 'y = Einsum <equation = "bhqd,bhkd->bhqk"> (x, x)',
    "einsum that sums": 'y = Einsum <equation = "...hw,...hv->...w"> (x, x)',
    "einsum of one": 'y = Einsum <equation = "bchw->bh"> (x)',
    "einsum outside": 'y = Einsum <equation = "bchw,de->behwdc"> (x, matrix)',
    "a branch its shape decides": """s = Shape <start = 1, end = 2> (x) c = Equal (s, four)
        y = If (c) <then_branch = a () => (float[1, 4, 4, 5] t) { t = Neg (x) },
                    else_branch = b () => (float[1, 4, 4, 5] e) { e = Abs (x) }>""",
}


def choice_graph(name):
    """A graph of a few operators."""
    kind = "int64" if "place" in name else "float"
    graph = onnx.parser.parse_model(f"""<ir_version: 8, opset_import: ["" : 17]>
        g (float[1, 4, 4, 5] x) => ({kind} y)
        <float half = {{0.5}}, int64[4] twice = {{1, 2, 1, 3}}, int64[1] four = {{4}}, float[5] slopes = {{-1, 0, 1, 2, 0.5}},
         float[4, 3] matrix = {{1, 2, 3, -1, 0.5, 0.25, 3, -2, 1, 0, 1, 4}}> {{ {CHOICES[name]} }}""")
    del graph.graph.output[0].type.tensor_type.shape.dim[:]
    graph.graph.output[0].type.tensor_type.ClearField("shape")
    return graph


@pytest.mark.parametrize("name", CHOICES)
def test_that_choices_and_sums_are_written(name):
    agree(choice_graph(name), (4, 4, 5))


VOLUMES = {
    "convolutions and pools": lambda: nn.Sequential(
        nn.Conv3d(2, 6, 3, (1, 2, 1), (1, 0, 2)), nn.BatchNorm3d(6), nn.ReLU(), nn.MaxPool3d((2, 3, 2), 2, (1, 1, 0)),
        nn.Conv3d(6, 4, (1, 3, 2), groups=2, padding=(0, 2, 1), dilation=(1, 2, 1)), nn.AvgPool3d(2, 1, 1),
        nn.PReLU(4), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(4, 3),
    ),
    "transposed": lambda: nn.Sequential(nn.ConvTranspose3d(2, 6, 3, 2, 1, 1, groups=2), nn.ELU(), nn.Conv3d(6, 2, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", VOLUMES)
def test_that_volumes_are_answered_as_by_onnxruntime(name):
    agree(graph_of(VOLUMES[name](), (2, 5, 9, 6)), (2, 5, 9, 6))


def test_that_transposed_convolutions_take_groups_dilation_and_a_wider_end():
    network = nn.Sequential(
        nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2), nn.ReLU(), nn.ConvTranspose2d(6, 4, (2, 3), 3, 0, 2, dilation=2)
    )
    agree(graph_of(network, (4, 5, 4)), (4, 5, 4))


REFUSED = {
    "an operator without a rule": (node_graph("Det", [1, 3, 3], [1]), "Det"),
    "a diagonal": (node_graph("Einsum", [1, 3, 3], None, equation="bii->bi"), "diagonal"),
    "four axes": (node_graph("Conv", [1, 4, 5, 5, 5, 5], None, [("w", np.zeros((4, 4, 3, 3, 3, 3)))]), "over 4 axes"),
    "a branch": (
        onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]> g (float[1, 3] x) => (float[1, 3] y) {
            c = ReduceMax <keepdims = 0> (x)
            d = Cast <to = 9> (c)
            y = If (d) <then_branch = a () => (float[1, 3] t) { t = Neg (x) },
                        else_branch = b () => (float[1, 3] e) { e = Abs (x) }>
        }"""),
        "chooses between two branches while the model runs",
    ),
    "a free size": (node_graph("Relu", ["n", 3, "h", "w"], None), "fixed shape"),
    "weights as input": (node_graph("Conv", [1, 1, 3, 3], None, []), "computed while the model runs"),
    "a transposed convolution of a stated size": (
        node_graph(
            "ConvTranspose", [1, 4, 5, 5], None, [("w", np.zeros((4, 2, 3, 3)))], output_shape=[9, 9], strides=[2, 2]
        ),
        "automatic padding",
    ),
    "a long recurrence": (
        sequence_graph("RNN", 300, 3, [("w", np.zeros((1, 2, 3))), ("r", np.zeros((1, 2, 2)))], hidden_size=2),
        "300 steps",
    ),
}
REFUSED["weights as input"][0].graph.node[0].input.append("x")


@pytest.mark.parametrize("name", REFUSED)
def test_that_what_has_no_rule_is_refused_by_name_with_a_way_out(name):
    graph, said = REFUSED[name]
    with pytest.raises(ModelError, match=said) as caught:
        to_tflite(graph)
    assert "pip install -c constraints.txt '.[tflite]'" in caught.value.remedy


def test_that_a_graph_of_onnxruntimes_own_integer_operators_is_refused():
    graph = onnx.load(sample("fashion-resnet").onnx_int8)
    node = next(node for node in graph.graph.node if node.op_type == "Add")
    node.op_type, node.domain = "QLinearAdd", "com.microsoft"
    graph.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    with pytest.raises(ModelError, match="QLinearAdd has no rule"):
        to_tflite(graph)
