"""Accuracy on the device: samples are cut into turns, fitted to the file's types, and the board's answers are checked."""

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from device_agent.contract.errors import ContractError
from device_agent.contract.measuring import PlanEntry, RuntimeChoice
from engine.errors import DataError, RejectedError, UsageError
from engine.evaluate.runtime import Port
from engine.measure import accuracy
from engine.measure.accuracy import OnBoard, on_board, unpacked
from engine.model.data import Batch
from engine.model.save import to_onnx
from engine.records import Format, TensorSpec
from engine.verbs import evaluate

ENTRY = PlanEntry("b" * 64, "candidate-0.onnx", RuntimeChoice("onnxruntime"))
FLOAT = np.dtype("float32")


class Board:
    """Answers each turn with ``a - b`` of its two inputs, as int8 steps of 0.5."""

    def __init__(self):
        self.hello, self.turns, self.blobs = SimpleNamespace(minor=5), [], {}

    def put_blob(self, content, digest):
        self.blobs[digest] = content

    def answers(self, request, timeout_s):
        with np.load(io.BytesIO(self.blobs[request.samples])) as arrays:
            a, b = arrays["input_0"], arrays["input_1"]
        assert (a.dtype, b.dtype) == (np.int8, np.float32)
        self.turns.append(len(a))
        answer = (2 * (a * 0.25 - b)).astype(np.int8)
        return [{"dtype": "int8", "shape": list(answer.shape)}], answer.tobytes()


def test_that_every_sample_is_answered_once_in_its_order_and_in_the_types_of_the_file(monkeypatch):
    monkeypatch.setattr(accuracy, "MOST", 30)
    board, draw = Board(), np.random.default_rng(0)
    a, b = (draw.integers(-40, 40, (100, 3)).astype(np.float32) / 4 for _ in range(2))
    ports = (Port("a", (None, 3), np.dtype("int8"), 0.25), Port("b", (None, 3), FLOAT))
    model = OnBoard(board, ENTRY, "onnxruntime 1", ports, (Port("y", (None, 3), np.dtype("int8"), 0.5),))
    batches = [Batch((b[i : i + 7], a[i : i + 7]), None) for i in range(0, 100, 7)]
    (found,) = model.answers(batches, ["b", "a"])
    assert found == pytest.approx(np.trunc(2 * (a - b)) / 2)
    assert board.turns == [8, 30, 30, 30, 2]


def test_that_data_without_samples_or_with_other_inputs_is_refused():
    model = OnBoard(Board(), ENTRY, "onnxruntime 1", (Port("a", (None, 3), FLOAT),), ())
    with pytest.raises(DataError, match="no sample"):
        model.answers([], ["a"])
    with pytest.raises(DataError, match="2 input"):
        model.answers([], ["a", "b"])


@pytest.mark.parametrize(
    ("described", "size", "said"),
    [
        ([], 24, "0 outputs"),
        ([{"dtype": "float32", "shape": [2, 3]}], 20, "shorter"),
        ([{"dtype": "float32", "shape": [2, 3]}], 28, "longer"),
        ([{"dtype": "float32", "shape": [3, 2]}], 24, "each sample"),
        ([{"dtype": "float32", "shape": [2, -3]}], 24, "each sample"),
        ([{"dtype": "object", "shape": [2, 3]}], 24, "no numbers"),
        ([{"dtype": "float32", "shape": [2, 2**40, 2**40]}], 24, "shorter"),
        ([{"dtype": 5, "shape": [2, 3]}], 24, "what its answers are"),
        (["float32"], 24, "what its answers are"),
    ],
)
def test_that_answers_that_cannot_be_the_models_are_refused(described, size, said):
    with pytest.raises(ContractError, match=said):
        unpacked(described, bytes(size), 2, 1)


def test_that_a_board_whose_agent_is_older_is_told_and_not_asked():
    with pytest.raises(RejectedError, match="cannot answer samples"):
        on_board(SimpleNamespace(hello=SimpleNamespace(minor=4)), Path("m.onnx"), Format.ONNX)


def test_that_a_runtime_without_a_device_is_refused():
    with pytest.raises(UsageError, match="of a device"):
        evaluate("m.onnx", data="digits", provider="cpu")


@pytest.mark.device
def test_that_the_board_scores_what_this_computer_scores_with_the_same_file(tmp_path: Path):
    torch.manual_seed(0)
    network, spec = torch.nn.Linear(6, 3), TensorSpec("features", (None, 6), "float32")
    (tmp_path / "m.onnx").write_bytes(to_onnx(network, (spec,)).SerializeToString())
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((300, 6)).astype(np.float32), draw.integers(0, 3, 300)
    np.savez(tmp_path / "d.npz", x=x, y=y)
    found = evaluate(str(tmp_path / "m.onnx"), data=str(tmp_path / "d.npz"), on="loopback", project=tmp_path)
    with torch.inference_mode():
        right = network(torch.from_numpy(x)).argmax(1).numpy() == y
    assert found.score.metrics["accuracy"].value == pytest.approx(right.mean())
    assert found.score.metrics["accuracy"].n == 300
    device = found.to_json()["device"]
    assert (device["target"], device["samples"], device["provider"]) == ("loopback", 300, "CPUExecutionProvider")
    assert device["runtime"].startswith("onnxruntime ")
    assert device["fidelity"]["top1_agreement"] == 1.0
    assert device["loss_points"]["value"] == 0
