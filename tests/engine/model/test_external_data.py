"""Weights beside a graph: written without a second copy, the same when read back."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.errors import ModelError
from engine.model.external_data import PAGE_BYTES, inline_external_data, write_with_data
from engine.model.formats import MAX_FILE_BYTES
from engine.model.open import open_model


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


def test_that_a_model_that_is_too_large_with_its_data_is_refused_before_anything_is_read(tmp_path):
    whole = linear()
    write_with_data(whole, tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx", load_external_data=False)
    lengths = [16 * 32 * 4, 32 * 32 * 4]
    most = sum(lengths) + model.ByteSize()
    before = model.SerializeToString(deterministic=True)
    with pytest.raises(ModelError) as caught:
        inline_external_data(model, tmp_path, most - 1)
    assert caught.value.code == "too-large"
    assert f"{most:,} bytes; at most {most - 1:,}" in caught.value.message
    assert "half" in caught.value.remedy
    assert "extract_model" in caught.value.remedy
    assert model.SerializeToString(deterministic=True) == before
    assert inline_external_data(model, tmp_path, most) == sum(lengths)
    stored = {tensor.name: tensor.raw_data for tensor in model.graph.initializer}
    assert stored == {tensor.name: tensor.raw_data for tensor in whole.graph.initializer}


def test_that_gigabytes_of_weights_are_refused_without_being_read(tmp_path):
    weight = TensorProto(name="weight", dims=[20_000, 40_000], data_type=TensorProto.FLOAT)
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="net.onnx.data")
    with (tmp_path / "net.onnx.data").open("wb") as stream:
        stream.truncate(20_000 * 40_000 * 4)  # takes no disk
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, s]) for n, s in (("x", 20_000), ("y", 40_000))]
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "weight"], ["y"])], "g", ends[:1], ends[1:], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError) as caught:
        open_model(tmp_path / "net.onnx")
    assert caught.value.code == "too-large"
    assert "3,200,000," in caught.value.message
    assert f"{MAX_FILE_BYTES:,}" in caught.value.message
