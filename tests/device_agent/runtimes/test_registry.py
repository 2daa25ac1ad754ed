"""Adapters are found as files; those of docs/ keep the contract."""

import ast
import sys
import types
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from device_agent.contract.errors import AgentError
from device_agent.runtimes.registry import built_in, find, plug_in, taking

from ..session import classifier, run_onnx

DOCS = Path(__file__).parents[3] / "docs" / "adapters"


def test_that_the_built_in_adapters_are_the_files_of_their_folder():
    files = {path.stem for path in (Path(plug_in.__code__.co_filename).parent / "adapters").glob("*.py")} - {"__init__"}
    assert sorted(built_in()) == ["litert", "onnxruntime", "tflite-runtime"]
    assert len(files) == len(built_in())
    assert [item.runtime for item in taking("tflite")] == ["litert", "tflite-runtime"]
    assert taking("rknn") == []


def test_that_an_unknown_runtime_names_the_known_and_the_added():
    with pytest.raises(AgentError) as caught:
        find("npu", ["/x/mine.py"])
    assert "onnxruntime" in caught.value.remedy
    assert "mine" in caught.value.remedy


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.py")), ids=lambda path: path.name)
def test_that_the_examples_keep_the_rules_and_load_without_their_runtime(path: Path):
    from engine.deploy.adapters import read

    tree = ast.parse(read(path), feature_version=(3, 8))
    assert ast.get_docstring(tree)
    adapter = plug_in(str(path))
    assert adapter.formats
    assert not path.with_name("__pycache__").exists()


def test_that_the_reference_evaluator_gives_what_onnxruntime_gives(tmp_path: Path):
    (tmp_path / "m.onnx").write_bytes(classifier())
    session = plug_in(str(DOCS / "onnx_reference.py"))(str(tmp_path / "m.onnx"), "CPU", 1, {})
    assert session.shapes() == [[-1, 1, 8, 8]]
    assert session.dtypes() == ["float32"]
    x = np.random.default_rng(0).random((1, 1, 8, 8)).astype(np.float32)
    np.testing.assert_allclose(session.run([x])[0], run_onnx(classifier(), x), rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="not on NPU"):
        plug_in(str(DOCS / "onnx_reference.py"))(str(tmp_path / "m.onnx"), "NPU", 1, {})


class StandInLite:
    """``rknnlite.api.RKNNLite`` as Rockchip documents it: numbers as return codes, lists of arrays."""

    loads = starts = 0
    seen: ClassVar[list] = []

    def load_rknn(self, path):
        return self.loads

    def init_runtime(self, core_mask=0):
        return self.starts

    def inference(self, inputs, data_format=None):
        self.seen.append(data_format)
        return [inputs[0].reshape(len(inputs[0]), -1) * 2]


@pytest.fixture
def rknn(monkeypatch):
    """The example adapter on a machine whose rknnlite is a stand-in."""
    monkeypatch.setitem(sys.modules, "rknnlite", types.ModuleType("rknnlite"))
    api = types.ModuleType("rknnlite.api")
    monkeypatch.setattr(api, "RKNNLite", type("RKNNLite", (StandInLite,), {"seen": []}), raising=False)
    monkeypatch.setitem(sys.modules, "rknnlite.api", api)
    return plug_in(str(DOCS / "rknn.py")), api.RKNNLite


def test_that_the_npu_example_runs_on_the_npu_and_nowhere_else(rknn):
    adapter, lite = rknn
    session = adapter("m.rknn", "NPU", 1, {})
    x = np.ones((1, 1, 2, 2), np.float32)
    assert session.run([x])[0].tolist() == [[2, 2, 2, 2]]
    session.run([x[0, 0]])
    assert lite.seen == [["nchw"], None]
    assert adapter.placement("m.rknn", "NPU", {}, [x]) == {}, "the runtime does not tell, so nothing is claimed"
    with pytest.raises(ValueError, match="not on CPU"):
        adapter("m.rknn", "CPU", 1, {})


@pytest.mark.parametrize(("broken", "words"), [("loads", "not for this chip"), ("starts", "NPU cannot be used")])
def test_that_return_codes_of_the_npu_example_are_errors_with_a_reason(rknn, broken: str, words: str):
    adapter, lite = rknn
    setattr(lite, broken, -1)
    with pytest.raises(RuntimeError, match=words):
        adapter("m.rknn", "NPU", 1, {})


def test_that_the_npu_example_without_its_library_says_so():
    with pytest.raises(ImportError, match="rknnlite"):
        plug_in(str(DOCS / "rknn.py")).version()
