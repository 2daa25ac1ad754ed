"""Weights beside a graph: written without a second copy, the same when read back."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from engine.model.external_data import PAGE_BYTES, write_with_data


def linear():
    """x @ (2 KB of weights) + (1 KB less of bias), with metadata of every kind a graph carries."""
    random = np.random.default_rng(0)
    tensors = [
        numpy_helper.from_array(random.random((16, 32), np.float32), "weight"),
        numpy_helper.from_array(random.random((32, 32), np.float32), "square"),
        numpy_helper.from_array(random.random(32, np.float32), "bias"),
    ]
    nodes = [
        helper.make_node("MatMul", ["x", "weight"], ["a"], "first"),
        helper.make_node("MatMul", ["a", "square"], ["b"], "second"),
        helper.make_node("Add", ["b", "bias"], ["y"], "third"),
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size]) for name, size in (("x", 16), ("y", 32))
    ]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.metadata_props.add(key="made", value="here")
    return model


def test_that_a_graph_with_its_weights_beside_it_is_the_graph_and_the_given_one_is_untouched(tmp_path):
    model = linear()
    before = model.SerializeToString(deterministic=True)
    write_with_data(model, tmp_path / "net.onnx")
    assert model.SerializeToString(deterministic=True) == before
    back = onnx.load(tmp_path / "net.onnx")
    for tensor in back.graph.initializer:
        tensor.ClearField("data_location")  # onnx says that they lie inside now
    assert back.SerializeToString(deterministic=True) == before
    bare = onnx.load(tmp_path / "net.onnx", load_external_data=False).graph.initializer
    beside = {t.name: dict((e.key, e.value) for e in t.external_data) for t in bare if t.data_location}
    assert set(beside) == {"weight", "square"}
    assert [int(item["offset"]) % PAGE_BYTES for item in beside.values()] == [0, 0]
    assert (tmp_path / "net.onnx").stat().st_size < 1024


def test_that_the_runtime_reads_it_from_there(tmp_path):
    model, x = linear(), np.random.default_rng(1).random((3, 16), np.float32)
    write_with_data(model, tmp_path / "net.onnx")
    found, expected = (
        onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
        for source in (str(tmp_path / "net.onnx"), model.SerializeToString())
    )
    assert np.array_equal(found, expected)
