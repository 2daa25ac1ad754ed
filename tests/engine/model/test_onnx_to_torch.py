"""The importer: equal outputs, real layers, readable names, trainable, prunable; refusals by name."""

import io
import warnings

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from engine.errors import ModelError, UnsupportedOperatorError
from engine.model.onnx_to_torch import to_module
from engine.model.save import largest_difference, run_onnx, to_onnx
from engine.records import TensorSpec

from .zoo import ZOO, build


def spec(shape):
    return (TensorSpec("input", (None, *shape), "float32"),)


def exported_with(network, shape, *, batch=None, opset=17, training_norm=False):
    """An export like other people make it: constants folded or not, BatchNorm kept, batch fixed or free."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.rand(batch or 2, *shape),),
            buffer,
            input_names=["input"],
            output_names=["output"],
            opset_version=opset,
            dynamic_axes=None if batch else {"input": {0: "n"}, "output": {0: "n"}},
            training=torch.onnx.TrainingMode.PRESERVE if training_norm else torch.onnx.TrainingMode.EVAL,
            do_constant_folding=not training_norm,
            dynamo=False,
        )
    return onnx.load_from_string(buffer.getvalue())


def differs(module, model, shape, batch):
    generator = torch.Generator().manual_seed(5)
    images = torch.rand(batch, *shape, generator=generator) * 2 - 1
    with torch.inference_mode():
        ours = module(images).numpy()
    return float(np.abs(ours - run_onnx(model, [images.numpy()])[0]).max())


@pytest.mark.parametrize("name", ZOO)
def test_that_an_import_computes_what_onnxruntime_computes(name):
    network, shape = build(name)
    model = to_onnx(network, spec(shape))
    assert largest_difference(network, model, spec(shape)) < 1e-4
    assert differs(to_module(model), model, shape, 3) < 1e-4


@pytest.mark.parametrize("name", ZOO)
def test_that_the_round_trip_through_torch_keeps_outputs_and_names(name):
    network, shape = build(name)
    first = to_onnx(network, spec(shape))
    module = to_module(first)
    second = to_onnx(module, spec(shape))
    assert largest_difference(network, second, spec(shape)) < 1e-4
    again = to_module(second)
    assert list(again.state_dict()) == list(module.state_dict())


@pytest.mark.parametrize("opset", [9, 11, 13, 17])
@pytest.mark.parametrize("name", ["residual", "concat", "mobile"])
def test_that_old_operator_versions_are_read(name, opset):
    if name == "mobile" and opset < 14:
        pytest.skip("the exporter has no hard-swish below opset 14")
    network, shape = build(name)
    model = exported_with(network, shape, opset=opset)
    assert differs(to_module(model), model, shape, 3) < 1e-4


@pytest.mark.parametrize("name", ["residual", "concat", "unet", "waveform"])
def test_that_a_fixed_batch_becomes_free(name):
    network, shape = build(name)
    module = to_module(exported_with(network, shape, batch=1))
    images = torch.rand(4, *shape)
    with torch.inference_mode():
        assert torch.allclose(module(images), network(images), atol=1e-4)


def test_that_batch_norm_stays_a_layer_with_its_statistics_when_the_file_keeps_it():
    network, shape = build("residual")
    model = exported_with(network, shape, training_norm=True)
    module = to_module(model)
    norms = [part for part in module.modules() if isinstance(part, nn.BatchNorm2d)]
    assert len(norms) == 3
    assert torch.equal(norms[0].running_mean, network.stem[1].running_mean)
    assert differs(module, model, shape, 2) < 1e-4


def test_that_the_modules_carry_the_names_of_the_original():
    network, shape = build("residual")
    names = dict(to_module(to_onnx(network, spec(shape))).named_modules())
    assert isinstance(names["stem.0"], nn.Conv2d)
    assert isinstance(names["down"], nn.Conv2d)
    assert isinstance(names["head"], nn.Linear)


def test_that_a_matmul_with_its_bias_becomes_one_linear_layer():
    weight = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
    bias = np.arange(4, dtype=np.float32)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["m"], name="/fc/MatMul"),
        helper.make_node("Add", ["b", "m"], ["y"], name="/fc/Add"),
    ]
    model = graph_of(nodes, {"w": weight, "b": bias}, [None, 6], [None, 4])
    module = to_module(model)
    assert [type(part) for _, part in module.named_children()] == [nn.Linear]
    assert torch.allclose(module.fc.weight, torch.from_numpy(weight.T))
    assert differs(module, model, (6,), 5) < 1e-5


def graph_of(nodes, weights, input_shape, output_shape, opset=17, domain=""):
    initializers = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, output_shape)],
        initializers,
    )
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


RANDOM = np.random.default_rng(1)
CASES = {
    "asymmetric pads": (
        [helper.make_node("Conv", ["x", "w"], ["y"], pads=[0, 1, 2, 3])],
        {"w": RANDOM.standard_normal((4, 3, 3, 3)).astype(np.float32)},
    ),
    "same upper with stride": (
        [helper.make_node("Conv", ["x", "w"], ["y"], auto_pad="SAME_UPPER", strides=[2, 2])],
        {"w": RANDOM.standard_normal((4, 3, 3, 3)).astype(np.float32)},
    ),
    "same lower max pool": (
        [helper.make_node("MaxPool", ["x"], ["y"], auto_pad="SAME_LOWER", kernel_shape=[2, 2], strides=[2, 2])],
        {},
    ),
    "average without padding counted": (
        [helper.make_node("AveragePool", ["x"], ["y"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])],
        {},
    ),
    "gemm with factors": (
        [
            helper.make_node("Flatten", ["x"], ["f"]),
            helper.make_node("Gemm", ["f", "w", "b"], ["y"], alpha=0.5, beta=2.0),
        ],
        {
            "w": RANDOM.standard_normal((3 * 81, 4)).astype(np.float32),
            "b": RANDOM.standard_normal(4).astype(np.float32),
        },
    ),
    "slice with steps": (
        [helper.make_node("Slice", ["x", "s", "e", "a", "t"], ["y"])],
        {"s": np.array([1, -8]), "e": np.array([1 << 40, -1]), "a": np.array([2, 3]), "t": np.array([2, 3])},
    ),
    "gather one channel": ([helper.make_node("Gather", ["x", "i"], ["y"], axis=1)], {"i": np.array(1)}),
    "gather channels": ([helper.make_node("Gather", ["x", "i"], ["y"], axis=1)], {"i": np.array([2, 0])}),
    "pad with a value": (
        [helper.make_node("Pad", ["x", "p", "v"], ["y"])],
        {"p": np.array([0, 1, 2, 0, 0, 0, 1, 3]), "v": np.array(0.5, np.float32)},
    ),
    "hard sigmoid of its own slope": ([helper.make_node("HardSigmoid", ["x"], ["y"], alpha=0.3, beta=0.4)], {}),
    "per-channel scale and shift": (
        [helper.make_node("Mul", ["x", "w"], ["m"]), helper.make_node("Add", ["m", "b"], ["y"])],
        {
            "w": RANDOM.standard_normal((1, 3, 1, 1)).astype(np.float32),
            "b": RANDOM.standard_normal((3, 1, 1)).astype(np.float32),
        },
    ),
    "power and root": (
        [helper.make_node("Pow", ["x", "two"], ["p"]), helper.make_node("Sqrt", ["p"], ["y"])],
        {"two": np.array(2.0, np.float32)},
    ),
    "resize to half-pixel nearest": (
        [helper.make_node("Resize", ["x", "", "s"], ["y"], mode="nearest")],
        {"s": np.array([1, 1, 2, 2], np.float32)},
    ),
    "resize with aligned corners": (
        [
            helper.make_node(
                "Resize", ["x", "", "", "z"], ["y"], mode="linear", coordinate_transformation_mode="align_corners"
            )
        ],
        {"z": np.array([2, 3, 13, 20])},
    ),
    "depth to space": (
        [
            helper.make_node("Concat", ["x", "x", "x", "x"], ["c"], axis=1),
            helper.make_node("DepthToSpace", ["c"], ["y"], blocksize=2),
        ],
        {},
    ),
    "squeeze and unsqueeze": (
        [
            helper.make_node("GlobalMaxPool", ["x"], ["g"]),
            helper.make_node("Squeeze", ["g", "a"], ["s"]),
            helper.make_node("Unsqueeze", ["s", "b"], ["y"]),
        ],
        {"a": np.array([2, 3]), "b": np.array([1])},
    ),
    "reductions": (
        [
            helper.make_node("ReduceMax", ["x"], ["m"], axes=[2], keepdims=1),
            helper.make_node("ReduceSum", ["m", "a"], ["y"], keepdims=0),
        ],
        {"a": np.array([1])},
    ),
    "mish and celu": (
        [
            helper.make_node("Softplus", ["x"], ["s"]),
            helper.make_node("Tanh", ["s"], ["t"]),
            helper.make_node("Mul", ["x", "t"], ["m"]),
            helper.make_node("Celu", ["m"], ["y"], alpha=1.5),
        ],
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_that_a_rule_agrees_with_onnxruntime(case):
    nodes, weights = CASES[case]
    batch = 2 if case == "resize with aligned corners" else None
    model = graph_of(nodes, weights, [batch, 3, 9, 9], None)
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    assert differs(to_module(model), model, (3, 9, 9), 2) < 1e-5


@pytest.mark.parametrize("dynamic", [True, False])
def test_that_the_other_exporters_files_are_read_too(dynamic):
    network, shape = build("concat")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of its own tree code
        program = torch.onnx.export(
            network,
            (torch.rand(2 if dynamic else 1, *shape),),
            dynamo=True,
            verbose=False,
            dynamic_shapes=({0: torch.export.Dim("n")},) if dynamic else None,
        )
    module = to_module(program.model_proto)
    assert {"a.weight", "head.bias"} <= set(module.state_dict())
    images = torch.rand(3, *shape)
    with torch.inference_mode():
        assert torch.allclose(module(images), network(images), atol=1e-4)


class Transformer(nn.Module):
    """Patches, a class token that is repeated along the batch, attention."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 16))
        layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.size(0), -1, -1), x], 1)
        return self.head(self.encoder(x)[:, 0])


def test_that_a_small_vision_transformer_goes_out_and_comes_in_quietly(capfd):
    torch.manual_seed(1)
    network = Transformer().eval()
    model = to_onnx(network, spec((3, 8, 8)))
    assert largest_difference(network, model, spec((3, 8, 8))) < 1e-4
    assert differs(to_module(model), model, (3, 8, 8), 3) < 1e-4
    assert capfd.readouterr().out == ""


def test_that_an_unknown_operator_is_refused_by_name_with_the_remedy():
    model = graph_of([helper.make_node("Einsum", ["x"], ["y"], name="mix", equation="ij->ji")], {}, [None, 3], None)
    with pytest.raises(UnsupportedOperatorError, match=r"operator Einsum of node 'mix'") as caught:
        to_module(model)
    assert "--arch module:factory" in caught.value.remedy


def test_that_an_operator_of_a_foreign_domain_is_refused_even_with_a_known_name():
    node = helper.make_node("Relu", ["x"], ["y"], name="mine", domain="my.own")
    with pytest.raises(UnsupportedOperatorError, match="Relu of node 'mine'"):
        to_module(graph_of([node], {}, [None, 3], [None, 3], domain="my.own"))


def test_that_a_quantized_graph_is_refused():
    nodes = [
        helper.make_node("DequantizeLinear", ["w", "s"], ["d"]),
        helper.make_node("MatMul", ["x", "d"], ["y"]),
    ]
    weights = {"w": np.ones((3, 3), np.int8), "s": np.array(0.1, np.float32)}
    with pytest.raises(ModelError, match="already quantized"):
        to_module(graph_of(nodes, weights, [None, 3], [None, 3]))


def test_that_an_output_without_input_is_refused():
    with pytest.raises(ModelError, match="does not depend on any input"):
        to_module(graph_of([helper.make_node("Identity", ["w"], ["y"])], {"w": np.ones(3, np.float32)}, [None, 3], [3]))


def test_that_an_import_trains():
    torch.manual_seed(0)
    network, shape = build("residual")
    module = to_module(to_onnx(network, spec(shape))).train()
    images, labels = torch.rand(32, *shape), torch.randint(0, 5, (32,))
    optimizer = torch.optim.Adam(module.parameters(), lr=0.02)
    losses = []
    for _ in range(40):
        loss = nn.functional.cross_entropy(module(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert all(parameter.grad is not None for parameter in module.parameters())
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("name", ["residual", "mobile", "squeeze-excite"])
def test_that_dependency_graph_pruning_shrinks_an_import(name):
    import torch_pruning

    network, shape = build(name)
    module = to_module(to_onnx(network, spec(shape)))
    before = sum(parameter.numel() for parameter in module.parameters())
    last = [part for part in module.modules() if isinstance(part, nn.Linear)]
    pruner = torch_pruning.pruner.BasePruner(
        module,
        torch.rand(2, *shape),
        importance=torch_pruning.importance.MagnitudeImportance(p=1),
        pruning_ratio=0.5,
        ignored_layers=last,
    )
    pruner.step()
    pruned = to_onnx(module, spec(shape))
    assert sum(parameter.numel() for parameter in module.parameters()) < 0.6 * before
    assert largest_difference(module, pruned, spec(shape)) < 1e-4


class Twins(nn.Module):
    """Two inputs through one tower; the normalised values have untrained norms alike."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8)
        self.wide, self.head = nn.Linear(8 * 4, 16, bias=False), nn.Linear(32, 3)

    def tower(self, x):
        return self.wide(torch.relu(self.norm(self.first(x))).flatten(1))

    def forward(self, one, two):
        return self.head(torch.cat([self.tower(one), self.tower(two)], 1))


def test_that_layers_of_one_weight_stay_one_layer_and_one_tensor():
    torch.manual_seed(0)
    network = Twins().eval()
    inputs = tuple(TensorSpec(name, (None, 1, 4, 4), "float32") for name in ("one", "two"))
    model = to_onnx(network, inputs)
    module = to_module(model)
    assert sum(isinstance(part, nn.Conv2d) for part in module.modules()) == 1
    assert sum(isinstance(part, nn.Linear) for part in module.modules()) == 2
    again = to_onnx(module, inputs)
    for graph in (model.graph, again.graph):
        shapes = sorted(tuple(tensor.dims) for tensor in graph.initializer if len(tensor.dims) > 1)
        assert len(shapes) == 3
    arrays = [np.random.default_rng(0).normal(size=(5, 1, 4, 4)).astype(np.float32) for _ in inputs]
    assert np.allclose(run_onnx(model, arrays)[0], run_onnx(again, arrays)[0], atol=1e-6)


def test_that_layers_that_begin_with_zeros_stay_two():
    network = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)).eval()
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    model = to_onnx(network, (TensorSpec("x", (None, 8), "float32"),))
    assert len([tensor for tensor in model.graph.initializer if len(tensor.dims) > 1]) == 1, "the exporter stores one"
    assert sum(isinstance(part, nn.Linear) for part in to_module(model).modules()) == 2


def test_that_lookups_in_one_table_stay_one_embedding():
    table = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "a"], ["of_a"], "first"),
            helper.make_node("Gather", ["table", "b"], ["of_b"], "second"),
            helper.make_node("Gather", ["other", "b"], ["more_of_b"], "third"),
            helper.make_node("Sum", ["of_a", "of_b", "more_of_b"], ["y"]),
        ],
        "twins",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", 4]) for name in "ab"],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4, 8])],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(table[::-1].copy(), "other")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    module = to_module(model)
    assert sum(parameter.numel() for parameter in module.parameters()) == 2 * table.size
    arrays = [np.random.default_rng(seed).integers(0, 50, (3, 4)) for seed in (1, 2)]
    told = module(*map(torch.from_numpy, arrays)).detach().numpy()
    assert np.allclose(told, run_onnx(model, arrays)[0], atol=1e-6)
