"""An ``If`` whose condition the shapes decide gives way to its branch; one that the batch decides stays."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from engine.model.cost import count_macs
from engine.model.decided_branches import decide_branches
from engine.model.onnx_to_torch import module_inputs, to_module
from engine.model.save import run_onnx, to_onnx
from engine.records import TensorSpec


def with_two_branches(axis: int, size: int) -> onnx.ModelProto:
    """If the input's ``axis`` has this ``size``: times a weight of the branch, and again in an If within; else minus one."""

    def branch(name: str, *nodes: onnx.NodeProto, weights: tuple[onnx.TensorProto, ...] = ()) -> onnx.GraphProto:
        out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
        return helper.make_graph(list(nodes), name, [], [out], list(weights))

    two, one = (numpy_helper.from_array(np.full(1, value, np.float32), "w") for value in (2, 1))
    inner = helper.make_node(
        "If",
        ["condition"],
        ["out"],
        "inner",
        then_branch=branch("a", helper.make_node("Mul", ["times", "w"], ["out"])),
        else_branch=branch("b", helper.make_node("Identity", ["times"], ["out"])),
    )
    inner.attribute[0].g.node[0].output[0] = "inner_out"
    inner.attribute[0].g.output[0].name = "inner_out"
    nodes = [
        helper.make_node("Shape", ["x"], ["shape"]),
        helper.make_node("Gather", ["shape", "axis"], ["length"]),
        helper.make_node("Equal", ["length", "size"], ["condition"]),
        helper.make_node(
            "If",
            ["condition"],
            ["y"],
            "outer",
            then_branch=branch("c", helper.make_node("Mul", ["x", "w"], ["times"]), inner, weights=(two,)),
            else_branch=branch("d", helper.make_node("Sub", ["x", "w"], ["out"]), weights=(one,)),
        ),
    ]
    graph = helper.make_graph(
        nodes,
        "branches",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
        [
            numpy_helper.from_array(np.array(axis, np.int64), "axis"),
            numpy_helper.from_array(np.array(size, np.int64), "size"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_that_a_branch_and_the_one_within_it_take_the_place_of_the_choice():
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    for size, wanted in ((3, 4 * x), (5, x - 1)):
        model = with_two_branches(1, size)
        assert np.array_equal(run_onnx(model, [x])[0], wanted)
        decided = decide_branches(model)
        assert "If" not in {node.op_type for node in decided.graph.node}
        onnx.checker.check_model(decided, full_check=True)
        assert np.array_equal(run_onnx(decided, [x])[0], wanted)


@pytest.mark.parametrize("asked", [1, 2])
def test_that_a_choice_by_the_batch_stays(asked):
    decided = decide_branches(with_two_branches(0, asked))
    assert [node.op_type for node in decided.graph.node][-1] == "If"
    for batch in (1, 2):
        x = np.ones((batch, 3), np.float32)
        assert np.array_equal(run_onnx(decided, [x])[0], 4 * x if batch == asked else x - 1)


class Attention(torch.nn.Module):
    """Queries, keys and values as slices of one tensor of five axes, as image transformers cut them."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = torch.nn.Linear(16, 48), torch.nn.Linear(16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.qkv(x).reshape(x.shape[0], 5, 3, 2, 8).permute(2, 0, 3, 1, 4)
        return self.out((q @ k.transpose(-2, -1)).softmax(-1).matmul(v).transpose(1, 2).flatten(2)).mean(1)


def test_that_an_imported_transformer_is_written_without_choices_and_its_work_is_counted():
    torch.manual_seed(0)
    original = to_onnx(Attention().eval(), (TensorSpec("x", (None, 5, 16), "float32"),))
    again = to_onnx(to_module(original), module_inputs(original))
    assert "If" not in {node.op_type for node in again.graph.node}
    assert count_macs(again) == 5 * 16 * 48 + 2 * (2 * 5 * 5 * 8) + 5 * 16 * 4
    x = np.random.default_rng(0).normal(size=(3, 5, 16)).astype(np.float32)
    assert np.allclose(run_onnx(original, [x])[0], run_onnx(again, [x])[0], atol=1e-6)
