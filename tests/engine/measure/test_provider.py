"""Which provider was asked for, whether the board has it, and what a reading says of nodes that ran elsewhere."""

from dataclasses import replace

import pytest

from device_agent.contract.messages import Runtime
from engine.deploy.provider import PROVIDERS, fallback, known_provider, offering
from engine.deploy.run_on import RunOn
from engine.errors import RejectedError, UsageError
from engine.measure.plan import measure_on
from profiles.reading import Quality, Verdict

from .board import FakeBoard, subject

CPU, CUDA, TENSORRT = PROVIDERS.values()


class Jetson(FakeBoard):
    """A board whose own onnxruntime has CUDA, beside the one of the agent's environment that has not."""

    def runtimes(self):
        own = Runtime("onnxruntime", "1.23.0", [TENSORRT, CUDA, CPU], "1.26", formats=["onnx"], default=CPU)
        return (*super().runtimes(), own)


def ran_on(table):
    """A change of the answer: where the runtime says its nodes ran."""
    return lambda result, raw: (
        replace(result, entries=[replace(item, providers=table) for item in result.entries]),
        raw,
    )


def measured(board, provider="cuda"):
    return measure_on(board, "jetson", [subject(0), subject(1)], baselines=[None, 0], run=RunOn(provider=provider))


def test_that_the_runtime_that_has_the_provider_is_taken_and_the_reading_is_filed_under_it():
    board = Jetson([200, 100], drift=0.003, change=ran_on({CUDA: 40}))
    reading = measured(board).readings[0]
    (entry, _) = board.plans[0].entries
    assert (entry.runtime.provider, entry.env, reading.provider) == (CUDA, None, CUDA)
    assert (reading.quality, reading.reasons) == (Quality.OK, ())


def test_that_nodes_that_fell_back_are_a_reason_and_the_verdict_stands():
    result = measured(Jetson([200, 100], drift=0.003, change=ran_on({CUDA: 28, CPU: 12})))
    assert result.readings[0].reasons == ("12 of 40 nodes fell back to CPU",)
    assert result.readings[0].quality is Quality.NOTED
    assert result.comparisons[0].verdict is Verdict.PASS


def test_that_a_reading_of_which_nothing_ran_there_is_rejected():
    """An older agent does not check its session: onnxruntime then ran on the CPU and only the table tells."""
    result = measured(Jetson([200, 100], drift=0.003, change=ran_on({CPU: 40})))
    assert result.readings[0].quality is Quality.REJECTED
    assert result.readings[0].reasons[0] == "nothing ran on CUDA: 40 of 40 nodes fell back to CPU"
    assert result.comparisons[0].verdict is Verdict.INCONCLUSIVE


def test_that_a_board_without_the_provider_is_told_what_it_has_and_what_helps():
    with pytest.raises(RejectedError, match=r"with cuda: onnxruntime 1\.32\.0 has CPUExecutionProvider") as caught:
        measured(FakeBoard([200, 100]))
    assert "--provider cpu" in caught.value.remedy


def test_that_the_cpu_stays_what_it_was_for_every_runtime():
    assert offering("cpu", [Runtime("litert", "2.0", ["CPU"])], "m")[1] == "CPU"
    assert offering("cpu", [Runtime("onnxruntime", "1.32", [CPU])], "m")[1] == CPU
    assert fallback(CPU, {CPU: 3}) is fallback("CPU", {}) is None


def test_that_a_table_is_told_with_most_first_and_its_absence_too():
    assert fallback(TENSORRT, {TENSORRT: 2, CPU: 1, CUDA: 5}) == "6 of 8 nodes fell back to CUDA, CPU"
    assert fallback(CUDA, {}) == "the board does not tell which nodes ran on CUDA"


def test_that_an_unknown_provider_is_a_usage_error_that_lists_the_known():
    with pytest.raises(UsageError, match="no provider 'npu'") as caught:
        known_provider("npu")
    assert "cpu, cuda, tensorrt" in caught.value.remedy


def test_that_a_vendors_provider_is_asked_for_by_the_name_onnxruntime_gives_it():
    own = "QNNExecutionProvider"
    runtime = Runtime("onnxruntime", "1.23.0", [own, CPU])
    assert offering(own, [runtime], "m") == (runtime, own)
    assert fallback(own, {own: 1, CPU: 3}) == "3 of 4 nodes fell back to CPU"
    with pytest.raises(RejectedError, match="with VitisAIExecutionProvider"):
        offering("VitisAIExecutionProvider", [runtime], "m")
    with pytest.raises(UsageError):
        known_provider("../ExecutionProvider")
