"""Timing candidates on a board whose runtime this desktop brought."""

import re

import pytest

from device_agent.contract.messages import Runtime
from engine.deploy.run_on import RunOn
from engine.errors import RejectedError
from engine.events import Cancel
from engine.measure import candidates
from engine.model.samples import sample

from .board import FakeBoard


@pytest.fixture
def models(monkeypatch):
    monkeypatch.setattr(candidates, "stage", lambda *_, **__: None)
    return [sample("fashion-resnet").onnx.read_bytes()] * 3


def test_that_candidates_run_in_the_environment_that_was_brought_to_the_board(models):
    board = FakeBoard([100, 110, 120])
    assert len(candidates.time_candidates(board, models, threads=1, seed=0, cancel=Cancel())) == 3
    assert {entry.env for entry in board.plans[0].entries} == {"env-1"}


def test_that_one_reason_for_all_is_told_once(models):
    def fail(result, raw):
        for item in result.entries:
            object.__setattr__(item, "error", "ModuleNotFoundError: No module named 'numpy'")
        return result, raw

    with pytest.raises(RejectedError) as caught:
        candidates.time_candidates(FakeBoard([100, 110, 120], change=fail), models, threads=1, seed=0, cancel=Cancel())
    assert re.search(r"measure candidate-0\.onnx and 2 more: ModuleNotFound[^;]*$", caught.value.message)


def test_that_a_delegate_for_an_onnx_model_is_told_what_it_needs():
    have = [Runtime("onnxruntime", "1.32.0", ["CPUExecutionProvider"], "2.4", None, ["onnx"], None)]
    with pytest.raises(
        RejectedError, match="a delegate is TFLite's, and the board runs small by onnxruntime"
    ) as caught:
        RunOn.of(delegate="libedgetpu.so.1").entry(["onnx"], have, "small")
    assert "--twin" in caught.value.remedy
