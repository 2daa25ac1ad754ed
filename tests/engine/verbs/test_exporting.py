"""A model leaves in every form, compared with its origin; nothing half-written, nothing overwritten unasked."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from engine.errors import ModelError, UsageError
from engine.model.samples import sample
from engine.model.save import run_onnx
from engine.verbs import export, inspect

NET = sample("fashion-mobilenet")


def test_that_a_program_for_torch_computes_what_the_file_computes_for_any_batch(tmp_path: Path):
    made = export(str(NET.onnx), tmp_path / "net.pt2")
    assert (made.format, made.size_bytes) == ("pt2", (tmp_path / "net.pt2").stat().st_size)
    assert made.off_by < 1e-5
    images = np.random.default_rng(0).random((7, 1, 28, 28), np.float32)
    program = torch.export.load(tmp_path / "net.pt2").module()
    answers = program(torch.from_numpy(images)).detach().numpy()
    assert np.allclose(answers, run_onnx(onnx.load(NET.onnx), [images])[0], atol=1e-4)
    assert inspect(str(tmp_path / "net.pt2")).parameters > 100_000


def test_that_a_packed_file_is_smaller_and_comes_back_bit_for_bit(tmp_path: Path):
    packed = export(str(NET.onnx_int8), tmp_path / "net.flwp")
    assert packed.size_bytes < 0.7 * NET.onnx_int8.stat().st_size
    export(str(tmp_path / "net.flwp"), tmp_path / "back.onnx")
    assert (tmp_path / "back.onnx").read_bytes() == NET.onnx_int8.read_bytes()
    with pytest.raises(ModelError, match="packed model") as refused:
        inspect(str(tmp_path / "net.flwp"))
    assert "flyweight export net.flwp net.onnx" in refused.value.remedy


def test_that_tflite_is_compared_and_a_tflite_file_is_kept_as_it_is(tmp_path: Path):
    assert export(str(NET.onnx), tmp_path / "net.tflite").off_by < 1e-5
    assert export(str(NET.tflite_int8), tmp_path / "same.tflite").off_by is None
    assert (tmp_path / "same.tflite").read_bytes() == NET.tflite_int8.read_bytes()
    with pytest.raises(ModelError, match="TFLite file can be kept or packed"):
        export(str(NET.tflite_int8), tmp_path / "net.onnx")


def test_that_a_quantized_graph_is_no_program_to_train(tmp_path: Path):
    with pytest.raises(ModelError, match="already quantized"):
        export(str(NET.onnx_int8), tmp_path / "net.pt2")
    assert list(tmp_path.iterdir()) == []


def test_that_a_form_that_computes_something_else_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from engine.model import onnx_to_tflite

    other = sample("fashion-resnet").tflite.read_bytes()
    monkeypatch.setattr(onnx_to_tflite, "to_tflite", lambda graph: other)
    with pytest.raises(ModelError, match="computes something else"):
        export(str(NET.onnx), tmp_path / "net.tflite")
    assert list(tmp_path.iterdir()) == []


def test_that_an_existing_file_is_replaced_only_when_asked(tmp_path: Path):
    out = tmp_path / "tiny.flwp"
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="is there already"):
        export(str(tiny(tmp_path)), out)
    assert out.read_bytes() == b"mine"
    assert export(str(tmp_path / "tiny.onnx"), out, force=True).size_bytes == out.stat().st_size


@pytest.mark.parametrize("content", [b"FLWP", b"FLWP\x03" + bytes(40), b"FLWP\x03" + b"\xff" * 60])
def test_that_a_damaged_packed_file_is_a_clear_error(tmp_path: Path, content: bytes):
    (tmp_path / "bad.flwp").write_bytes(content)
    with pytest.raises(ModelError, match="packed model") as refused:
        export(str(tmp_path / "bad.flwp"), tmp_path / "out.onnx")
    assert refused.value.code in ("packed-damaged", "packed-version")
    assert not (tmp_path / "out.onnx").exists()


def test_that_a_suffix_without_a_form_is_refused_with_those_there_are(tmp_path: Path):
    with pytest.raises(UsageError, match="names no form") as refused:
        export(str(NET.onnx), tmp_path / "net.txt")
    assert ".pt2" in refused.value.remedy


def tiny(folder: Path) -> Path:
    """Two inputs times a weight."""
    weight = numpy_helper.from_array(np.arange(8, dtype=np.float32).reshape(2, 4), "w")
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4])
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x], [y], [weight])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "tiny.onnx")
    return folder / "tiny.onnx"
