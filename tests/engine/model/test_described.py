"""A file is parsed by one child as long as its bytes stay the same."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.model import described, open
from engine.model.open import inspect, open_model
from engine.model.samples import sample


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files for which a child was started; nothing is known at first."""
    started: list[str] = []
    original = open.run_limited

    def run_limited(task, **given):
        started.append(given["what"])
        return original(task, **given)

    monkeypatch.setattr(open, "run_limited", run_limited)
    monkeypatch.setattr(open, "_DESCRIBED", described.Described())
    return started


def network(path: Path, factor: float, external: str | None = None) -> Path:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 400])],
        [numpy_helper.from_array(np.full((3, 400), factor, np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    more = {"save_as_external_data": True, "location": external} if external else {}
    onnx.save(model, path, **more)
    return path


def test_that_a_file_is_read_once_under_all_its_names(tmp_path: Path, children: list[str]):
    first = network(tmp_path / "a.onnx", 2.0)
    second = Path(shutil.copy(first, tmp_path / "b.onnx"))
    one, again, other = open_model(first), open_model(first), open_model(second)
    assert children == ["a.onnx"]
    assert one == again
    assert (one.name, other.name) == ("a", "b")
    assert one.onnx == other.onnx == first.read_bytes()
    assert inspect(second) == one.info


def test_that_a_file_of_the_same_size_with_other_bytes_is_read_anew(tmp_path: Path, children: list[str]):
    path = network(tmp_path / "a.onnx", 2.0)
    before = open_model(path)
    network(path, 3.0)
    after = open_model(path)
    assert children == ["a.onnx"] * 2
    assert len(before.onnx) == len(after.onnx)
    assert before.info.sha256 != after.info.sha256
    assert after.onnx == path.read_bytes()


def test_that_a_file_with_weights_beside_it_is_always_read(tmp_path: Path, children: list[str]):
    path = network(tmp_path / "a.onnx", 2.0, external="a.weights")
    before = open_model(path)
    network(path, 3.0, external="a.weights")
    assert open_model(path).onnx != before.onnx
    assert children == ["a.onnx"] * 2


def test_that_a_tflite_file_is_described_once(tmp_path: Path, children: list[str]):
    path = Path(shutil.copy(sample("fashion-mobilenet").tflite, tmp_path / "m.tflite"))
    assert inspect(path) == inspect(path)
    assert children == ["m.tflite"]


def test_that_only_the_last_files_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(described, "KEPT", 2)
    known, path = described.Described(), tmp_path / "f"
    for number in range(3):
        known.keep("onnx", bytes([number]), {"number": number})
    found = []
    for number in range(3):
        path.write_bytes(bytes([number]))
        found.append(known.find("onnx", path))
    assert found == [None, (b"\x01", {"number": 1}), (b"\x02", {"number": 2})]
    assert known.find("tflite", path) is None, "another reader may see something else in the same bytes"
