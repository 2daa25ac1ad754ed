"""Exports: clean, old enough for boards, faithful; and honest refusals."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from engine.errors import ModelError
from engine.model.save import (
    finished,
    largest_difference,
    lift_constants,
    run_onnx,
    strip_metadata,
    to_onnx,
    write_onnx,
)
from engine.records import TensorSpec

from .zoo import build

INPUT = (TensorSpec("image", (None, 3, 16, 16), "float32"),)


@pytest.fixture(scope="module")
def network():
    return build("residual")[0]


@pytest.mark.parametrize("opset", [17, 20])
def test_that_opset_and_ir_stay_within_what_boards_read(network, opset):
    model = to_onnx(network, INPUT, opset=opset)
    assert [item.version for item in model.opset_import] == [opset]
    assert model.ir_version <= 10


def test_that_other_opsets_are_refused(network):
    with pytest.raises(ModelError, match=r"outside 17 .. 20"):
        to_onnx(network, INPUT, opset=21)


def test_that_batch_norm_is_folded_and_constants_are_initializers(network):
    operators = {node.op_type for node in to_onnx(network, INPUT).graph.node}
    assert not operators & {"BatchNormalization", "Constant", "Identity"}


def test_that_the_batch_is_free_and_names_are_kept(network):
    model = to_onnx(network, INPUT, output_names=["scores"])
    assert [value.name for value in model.graph.input] == ["image"]
    assert [value.name for value in model.graph.output] == ["scores"]
    for batch in (1, 7):
        assert run_onnx(model, [np.zeros((batch, 3, 16, 16), np.float32)])[0].shape == (batch, 5)


def test_that_no_metadata_leaves_the_machine(network):
    model = to_onnx(network, INPUT)
    text = model.SerializeToString()
    assert model.producer_name == "flyweight"
    assert b"torch" not in text
    assert str(Path.cwd()).encode() not in text
    assert b".py" not in text
    assert not any(node.doc_string or node.metadata_props for node in model.graph.node)


def test_that_shapes_are_inferred(network):
    names = {value.name for value in to_onnx(network, INPUT).graph.value_info}
    assert len(names) >= 8


def test_that_the_module_is_left_as_it_was(network):
    network.train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    to_onnx(network, INPUT)
    assert network.training
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    network.eval()


def test_that_folded_weights_are_named_after_their_layer(network):
    names = {tensor.name for tensor in to_onnx(network, INPUT).graph.initializer}
    assert {"stem.0.weight", "stem.0.bias", "head.weight", "head.bias"} <= names
    assert not any(name.startswith("onnx::") for name in names)


def test_that_equal_weights_are_stored_per_layer():
    twins = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    nn.init.zeros_(twins[0].bias)
    nn.init.zeros_(twins[1].bias)
    model = to_onnx(twins, (TensorSpec("x", (None, 4), "float32"),))
    assert len({name for node in model.graph.node for name in node.input[1:]}) == 4


class TwoInTwoOut(nn.Module):
    def forward(self, a, b):
        return a + b, a * b


def test_that_a_matrix_that_only_aliases_read_stays():
    graph = helper.make_graph(
        [
            helper.make_node("Identity", ["w"], ["a"]),
            helper.make_node("Identity", ["a"], ["b"]),
            helper.make_node("MatMul", ["x", "a"], ["h"]),
            helper.make_node("MatMul", ["h", "b"], ["y"]),
        ],
        "tied",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(np.ones((3, 3), np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    lifted = lift_constants(model)
    assert [tensor.name for tensor in lifted.graph.initializer] == ["w"]
    assert [node.op_type for node in lifted.graph.node] == ["MatMul", "MatMul"]
    assert np.array_equal(run_onnx(lifted, [np.ones((2, 3), np.float32)])[0], np.full((2, 3), 9, np.float32))


def test_that_several_inputs_and_outputs_keep_their_order():
    specs = (TensorSpec("left", (None, 3), "float32"), TensorSpec("right", (None, 3), "float32"))
    model = to_onnx(TwoInTwoOut(), specs)
    assert [value.name for value in model.graph.output] == ["output_0", "output_1"]
    assert largest_difference(TwoInTwoOut(), model, specs) == 0


class WantsOtherShape(nn.Module):
    def forward(self, x):
        return x.reshape(-1, 7)


def test_that_a_module_that_cannot_run_is_told_with_the_shape():
    with pytest.raises(ModelError, match=r"inputs of shape \[2, 3\]"):
        to_onnx(WantsOtherShape(), (TensorSpec("x", (None, 3), "float32"),))


def test_that_what_no_exporter_can_write_is_refused():
    with pytest.raises(ModelError) as caught:
        to_onnx(nn.Sequential(EigenValues()), (TensorSpec("x", (None, 4, 4), "float32"),))
    assert caught.value.code == "export-failed"
    assert "\x1b" not in caught.value.message


class EigenValues(nn.Module):
    def forward(self, x):
        return torch.linalg.eig(x)[0].real


def test_that_an_opset_above_the_limit_is_refused(network):
    model = to_onnx(network, INPUT)
    model.opset_import[0].version = 21
    with pytest.raises(ModelError, match="opset 21"):
        finished(model)


def test_that_stripping_reaches_sub_graphs():
    inner = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["x"], ["z"])], "inner", [], [], doc_string="secret"
    )
    inner.node[0].doc_string = "secret"
    node = onnx.helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner, doc_string="secret")
    model = onnx.helper.make_model(
        onnx.helper.make_graph([node], "g", [], [], doc_string="secret"), doc_string="secret"
    )
    model.metadata_props.add(key="path", value="secret")
    assert b"secret" not in strip_metadata(model).SerializeToString()


def test_that_a_written_file_is_the_model(tmp_path, network):
    model = to_onnx(network, INPUT)
    assert write_onnx(model, tmp_path / "a.onnx") == (tmp_path / "a.onnx").stat().st_size
    assert onnx.load(tmp_path / "a.onnx") == model
