"""Fusion: the same function of fewer nodes."""

import numpy as np
import onnx
import pytest

from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.model.save import run_onnx, to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import cluttered_state, context_for
from tests.engine.model.architectures import ARCHITECTURES
from tests.engine.model.zoo import build

TECHNIQUE = find("graph-fusion")


def test_that_the_function_stays_and_folded_constant_and_dead_nodes_leave():
    state = cluttered_state()
    fused = TECHNIQUE.apply(state, TECHNIQUE.configure({}), context_for("dense"))
    kinds = [node.op_type for node in fused.onnx.graph.node]
    assert sorted(kinds) == ["Conv", "Mul", "Relu"]
    x = np.random.default_rng(1).normal(size=(2, 2, 6, 6)).astype(np.float32)
    assert np.allclose(run_onnx(state.onnx, [x])[0], run_onnx(fused.onnx, [x])[0], atol=1e-5)
    assert fused.notes == (f"{7 - len(kinds)} of 7 nodes removed",)


@pytest.mark.parametrize("simplify", [True, False])
def test_that_doing_it_twice_changes_nothing(simplify):
    config = TECHNIQUE.configure({"simplify": simplify})
    once = TECHNIQUE.apply(cluttered_state(), config, context_for("dense"))
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
