"""Fusion: the same function of fewer nodes."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.model.save import run_onnx, to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import context_for
from tests.engine.model.architectures import ARCHITECTURES
from tests.engine.model.zoo import build

TECHNIQUE = find("graph-fusion")


def cluttered():
    """Conv, BatchNorm, ReLU; an identity, a constant sum and a node that nobody reads."""
    rng = np.random.default_rng(0)

    def constant(name, array):
        return numpy_helper.from_array(array.astype(np.float32), name)

    arrays = {"w": rng.normal(size=(4, 2, 3, 3)), "shift": rng.normal(size=4), "mean": rng.normal(size=4)}
    arrays |= {
        "scale": rng.uniform(0.5, 2, 4),
        "var": rng.uniform(0.5, 2, 4),
        "one": np.ones(1),
        "two": np.full(1, 2.0),
    }
    values = [constant(name, array) for name, array in arrays.items()]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c", "scale", "shift", "mean", "var"], ["n"]),
        helper.make_node("Identity", ["n"], ["i"]),
        helper.make_node("Relu", ["i"], ["r"]),
        helper.make_node("Add", ["one", "two"], ["three"]),
        helper.make_node("Mul", ["r", "three"], ["y"]),
        helper.make_node("Sigmoid", ["c"], ["nobody"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2, 6, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 4, 6, 6])],
        values,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_that_the_function_stays_and_folded_constant_and_dead_nodes_leave():
    model = cluttered()
    state = ModelState((TensorSpec("x", (None, 2, 6, 6), "float32"),), onnx=model)
    fused = TECHNIQUE.apply(state, TECHNIQUE.configure({}), context_for("dense"))
    kinds = [node.op_type for node in fused.onnx.graph.node]
    assert sorted(kinds) == ["Conv", "Mul", "Relu"]
    x = np.random.default_rng(1).normal(size=(2, 2, 6, 6)).astype(np.float32)
    assert np.allclose(run_onnx(model, [x])[0], run_onnx(fused.onnx, [x])[0], atol=1e-5)
    assert fused.notes == (f"{7 - len(kinds)} of 7 nodes removed",)


@pytest.mark.parametrize("simplify", [True, False])
def test_that_doing_it_twice_changes_nothing(simplify):
    state = ModelState((TensorSpec("x", (None, 2, 6, 6), "float32"),), onnx=cluttered())
    config = TECHNIQUE.configure({"simplify": simplify})
    once = TECHNIQUE.apply(state, config, context_for("dense"))
    twice = TECHNIQUE.apply(once, config, context_for("dense"))
    assert [n.op_type for n in once.onnx.graph.node] == [n.op_type for n in twice.onnx.graph.node]
    onnx.checker.check_model(twice.onnx)


@pytest.mark.parametrize("name", ["residual", "dense", "gru", "inception"])
def test_that_a_file_with_nothing_to_fold_does_not_grow_and_tells_each_shape_once(name):
    if name == "inception":
        network, shape = ARCHITECTURES[name]().eval(), (3, 16, 16)
    else:
        network, shape = build(name)
    specs = (TensorSpec("input", (None, *shape), "float32"),)
    model = to_onnx(network, specs)
    size = model.ByteSize()
    shapes = {value.name: value.type.tensor_type.shape.SerializeToString() for value in model.graph.value_info}
    fused = TECHNIQUE.apply(ModelState(specs, onnx=model), TECHNIQUE.configure({}), context_for("dense")).onnx
    assert fused.ByteSize() <= size
    told = [value.name for value in fused.graph.value_info]
    made = [name for node in fused.graph.node for name in node.output]
    assert len(told) == len(set(told))
    assert set(told) <= set(made)
    kept = {v.name: v.type.tensor_type.shape.SerializeToString() for v in fused.graph.value_info if v.name in shapes}
    assert kept.items() <= shapes.items()
    assert len(kept) > len(shapes) / 2
