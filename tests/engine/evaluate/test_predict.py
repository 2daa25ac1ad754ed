"""Predictions of real files in the limited child, against the runtimes called directly."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.errors import DataError, ModelError
from engine.evaluate import predict as module
from engine.evaluate.predict import predict, predict_all
from engine.evaluate.runtime import Port
from engine.model.data import Batch
from engine.model.samples import sample
from engine.records import Format

NETWORK = sample("fashion-resnet")


def images(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 1, 28, 28)).astype(np.float32)


def batches(array, size=7):
    for start in range(0, len(array), size):
        yield Batch((array[start : start + size],), None)


def graph(nodes, inputs, outputs, initializers=()):
    def value(item):
        return helper.make_tensor_value_info(item[0], item[1], item[2])

    made = helper.make_graph(
        nodes, "g", [value(i) for i in inputs], [value(o) for o in outputs], initializer=list(initializers)
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def saved(model, folder, name="model.onnx"):
    onnx.save(model, folder / name)
    return folder / name


def direct(path, array):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: array})[0]


def test_that_an_onnx_file_answers_as_its_runtime_called_directly():
    array = images(20)
    found = predict(NETWORK.onnx, Format.ONNX, batches(array), 1)
    assert found.shape == (20, 10)
    assert np.allclose(found, direct(NETWORK.onnx, array), atol=1e-5)


def test_that_a_tflite_file_of_one_sample_answers_for_many():
    from ai_edge_litert.interpreter import Interpreter

    array = images(9)
    interpreter = Interpreter(model_path=str(NETWORK.tflite_int8), num_threads=1)
    interpreter.allocate_tensors()
    wanted = []
    for item in array:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], item[None])
        interpreter.invoke()
        wanted.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0])
    found = predict(NETWORK.tflite_int8, Format.TFLITE, batches(array), 1)
    assert np.array_equal(found, np.array(wanted))


def test_that_a_long_stream_is_cut_into_bounded_children(monkeypatch):
    array = images(40)
    monkeypatch.setattr(module, "CHUNK_BYTES", array[:20].nbytes)
    started = []
    original = module.run_limited
    monkeypatch.setattr(module, "run_limited", lambda *a, **k: started.append(1) or original(*a, **k))
    found = predict(NETWORK.onnx, Format.ONNX, batches(array, 10), 1)
    assert len(started) == 2
    assert np.allclose(found, direct(NETWORK.onnx, array), atol=1e-5)


def test_that_a_fixed_batch_is_filled_up_and_cut(tmp_path):
    weight = numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(3, 2), "w")
    model = graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        [("x", TensorProto.FLOAT, [4, 3])],
        [("y", TensorProto.FLOAT, [4, 2])],
        [weight],
    )
    array = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
    found = predict(saved(model, tmp_path), Format.ONNX, batches(array, 3))
    assert np.allclose(found, array @ numpy_helper.to_array(weight), atol=1e-6)


def test_that_a_file_whose_free_batch_is_a_promise_it_breaks_is_run_sample_by_sample(tmp_path):
    shape = numpy_helper.from_array(np.array([1, 4], np.int64), "s")
    model = graph(
        [helper.make_node("Reshape", ["x", "s"], ["y"])],
        [("x", TensorProto.FLOAT, ["n", 2, 2])],
        [("y", TensorProto.FLOAT, ["n", 4])],
        [shape],
    )
    array = np.random.default_rng(0).normal(size=(5, 2, 2)).astype(np.float32)
    assert np.array_equal(predict(saved(model, tmp_path), Format.ONNX, batches(array)), array.reshape(5, 4))


def test_that_dynamic_quantization_is_evaluated_one_sample_at_a_time_as_a_board_does(tmp_path):
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"]),
    ]
    model = graph(nodes, [("x", TensorProto.FLOAT, ["n", 3])], [("y", TensorProto.FLOAT, ["n", 3])])
    path = saved(model, tmp_path)
    array = np.array([[0.0, 1.0, 2.0], [0.0, 1000.0, 1.0]], np.float32)
    found = predict(path, Format.ONNX, batches(array))
    assert np.array_equal(found, np.concatenate([direct(path, array[i : i + 1]) for i in range(2)]))
    assert not np.array_equal(found, direct(path, array))


def test_that_inputs_are_matched_by_name_and_all_outputs_come_back(tmp_path):
    nodes = [helper.make_node("Sub", ["a", "b"], ["d"]), helper.make_node("Add", ["a", "b"], ["s"])]
    kinds = TensorProto.FLOAT, ["n", 2]
    model = graph(nodes, [("a", *kinds), ("b", *kinds)], [("d", *kinds), ("s", *kinds)])
    one, two = np.ones((3, 2), np.float32), np.full((3, 2), 2, np.float32)
    outputs = predict_all(saved(model, tmp_path), Format.ONNX, [Batch((one, two), None)], names=["b", "a"])
    assert [item[0, 0] for item in outputs] == [1, 3]


def test_that_quantized_ports_convert_to_and_from_real_numbers():
    port = Port("x", (1,), np.dtype("int8"), 0.5, 10)
    assert port.fit(np.array([1.0, -100.0, 0.3])).tolist() == [12, -128, 11]
    assert port.real(np.array([12, 10], np.int8)).tolist() == [1.0, 0.0]
    with pytest.raises(DataError, match="takes int8"):
        Port("x", (1,), np.dtype("int8")).fit(np.array([0.5]))


def test_that_data_of_the_wrong_shape_is_refused_naming_the_file():
    with pytest.raises(ModelError, match=r"fashion-resnet\.onnx"):
        predict(NETWORK.onnx, Format.ONNX, [Batch((np.zeros((2, 3, 28, 28), np.float32),), None)])


def test_that_two_arrays_for_one_input_are_refused():
    with pytest.raises(DataError, match=r"2 input\(s\), the model takes 1"):
        predict(NETWORK.onnx, Format.ONNX, [Batch((images(1), images(1)), None)])


def test_that_uneven_batches_are_refused():
    with pytest.raises(DataError, match="differ"):
        predict(NETWORK.onnx, Format.ONNX, [Batch((images(1),), None), Batch((images(1)[:, :, :5],), None)])


def test_that_no_samples_is_an_error_with_a_remedy():
    with pytest.raises(DataError) as caught:
        predict(NETWORK.onnx, Format.ONNX, iter(()))
    assert "split" in caught.value.remedy


def test_that_a_damaged_file_ends_as_a_model_error(tmp_path):
    (tmp_path / "bad.tflite").write_bytes(NETWORK.tflite.read_bytes()[:5000])
    with pytest.raises(ModelError, match=r"bad\.tflite is no complete TFLite file"):
        predict(tmp_path / "bad.tflite", Format.TFLITE, batches(images(1)))


@pytest.mark.parametrize(("name", "format_"), [("no.onnx", Format.ONNX), ("no.tflite", Format.TFLITE)])
def test_that_a_missing_file_is_named(tmp_path, name, format_):
    with pytest.raises(ModelError, match=f"{name} is not there"):
        predict(tmp_path / name, format_, batches(images(1)))


def test_that_a_format_without_a_runtime_here_is_refused():
    with pytest.raises(ModelError, match="safetensors"):
        predict(NETWORK.safetensors, Format.SAFETENSORS, iter(()))
