"""A graph that is run piece by piece gives what it gives as a whole, and runs each node once."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.compress.quantization import piecewise
from engine.compress.quantization.piecewise import layer_outputs
from engine.model.save import run_onnx

from .graphs import graph_of


def normal(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def branched():
    """Two layers, what lies between them in a branch, and an output that is read on."""
    inside = helper.make_tensor_value_info("inside", TensorProto.FLOAT, None)
    kept = helper.make_graph([helper.make_node("Relu", ["a"], ["inside"])], "kept", [], [inside])
    other = helper.make_graph([helper.make_node("Neg", ["a"], ["inside"])], "other", [], [inside])
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["a"], name="first"),
        helper.make_node("ReduceSum", ["a"], ["sum"], keepdims=0, name="sum"),
        helper.make_node("Greater", ["sum", "zero"], ["positive"], name="positive"),
        helper.make_node("If", ["positive"], ["b"], then_branch=kept, else_branch=other, name="branches"),
        helper.make_node("Add", ["b", "z"], ["c"], name="sum of inputs"),
        helper.make_node("Gemm", ["c", "w2", "b2"], ["y"], name="second"),
    ]
    tensors = {"w1": normal(6, 6), "b1": normal(6), "w2": normal(6, 3), "b2": normal(3), "zero": np.float32(0)}
    inputs = {"x": (None, 6), "z": (None, 6)}
    return graph_of(nodes, tensors, inputs, {"y": (None, 3), "a": (None, 6)}), [normal(5, 6), -normal(5, 6)]


def recurrent():
    """A layer behind an LSTM of which one output and several inputs are left out."""
    nodes = [
        helper.make_node("Clip", ["x", "", "most"], ["clipped"], name="clip"),
        helper.make_node("Transpose", ["clipped"], ["steps"], perm=[1, 0, 2], name="steps"),
        helper.make_node("LSTM", ["steps", "w", "r"], ["", "last"], hidden_size=4, name="lstm"),
        helper.make_node("Squeeze", ["last", "axis"], ["state"], name="state"),
        helper.make_node("Gemm", ["state", "w1", "b1"], ["a"], name="first"),
        helper.make_node("Clip", ["a", "", "most"], ["b"], name="clip again"),
        helper.make_node("Gemm", ["b", "w2", "b2"], ["y"], name="second"),
    ]
    tensors = {
        "most": np.float32(2), "w": normal(1, 16, 3), "r": normal(1, 16, 4), "axis": np.array([0]),
        "w1": normal(4, 4), "b1": normal(4), "w2": normal(4, 2), "b2": normal(2),
    }  # fmt: skip
    return graph_of(nodes, tensors, {"x": (None, 6, 3)}, {"y": (None, 2)}), [normal(5, 6, 3)]


@pytest.mark.parametrize("made", [branched, recurrent])
def test_that_pieces_give_what_the_whole_gives_and_each_node_runs_once(made, monkeypatch):
    graph, arrays = made()
    run, ran = piecewise._Pieces._model, []
    monkeypatch.setattr(
        piecewise._Pieces, "_model", lambda self, nodes, *rest: ran.extend(nodes) or run(self, nodes, *rest)
    )
    found = {name: np.concatenate(output) for name, output in layer_outputs(graph, ["first", "second"], arrays)}
    assert list(found) == ["first", "second"]
    np.testing.assert_allclose(found["second"], by_sample(graph, arrays), atol=1e-5)
    assert sorted(node.name for node in ran) == sorted(node.name for node in graph.graph.node)


def by_sample(graph, arrays):
    return np.concatenate(
        [run_onnx(graph, [array[row : row + 1] for array in arrays])[0] for row in range(len(arrays[0]))]
    )


def test_that_what_is_changed_in_place_is_what_the_next_layer_reads():
    graph, arrays = recurrent()
    plain = {name: np.concatenate(output) for name, output in layer_outputs(graph, ["first", "second"], arrays)}
    changed = {}
    for name, output in layer_outputs(graph, ["first", "second"], arrays):
        for item in output:
            item += 0.25
        changed[name] = np.concatenate(output) - 0.25
    weight = next(numpy_helper.to_array(item) for item in graph.graph.initializer if item.name == "w2")
    moved = np.minimum(plain["first"] + 0.25, 2) - np.minimum(plain["first"], 2)
    np.testing.assert_allclose(changed["second"], plain["second"] + moved @ weight, atol=1e-5)


def test_that_every_node_is_looked_at_once_however_many_layers_there_are(monkeypatch):
    """Asking all that is left at each layer who still reads what takes minutes for a network of 14,000 nodes."""
    nodes = []
    for number in range(20):
        nodes.append(helper.make_node("Gemm", [f"v{number}", "w", "b"], [f"g{number}"], name=f"layer{number}"))
        nodes.append(helper.make_node("Relu", [f"g{number}"], [f"v{number + 1}"]))
    tensors = {"w": np.eye(2, dtype=np.float32), "b": np.zeros(2, np.float32)}
    graph = graph_of(nodes, tensors, {"v0": (None, 2)}, {"v20": (None, 2)})
    read, asked = piecewise._read, []
    monkeypatch.setattr(piecewise, "_read", lambda node: asked.append(node) or read(node))
    names = {f"layer{number}" for number in range(20)}
    assert len(list(layer_outputs(graph, names, [np.ones((1, 2), np.float32)]))) == 20
    assert len(asked) == len(nodes)
