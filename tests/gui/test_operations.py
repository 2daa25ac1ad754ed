import os
import sys
import time

import pytest

from gui.bridge import WorkerProcess
from gui.operations import Operation, OperationState
from gui.protocol import WorkerState

pytestmark = pytest.mark.ui


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def finish(qtbot, operation: Operation, timeout: int = 5000):
    qtbot.waitUntil(lambda: not operation.state.busy, timeout=timeout)
    return operation.outcome


def test_that_events_arrive_as_typed_signals_in_order(qtbot, operation):
    stages, shares = [], []
    operation.stage.connect(lambda e: stages.append(e.name))
    operation.progress.connect(lambda e: shares.append(e.done / e.total))
    operation.start({"quick": True})
    assert operation.state is OperationState.RUNNING
    assert finish(qtbot, operation).state is WorkerState.SUCCEEDED
    assert stages == ["device", "compress", "train", "evaluate", "bundle", "deploy", "measure"]
    assert shares == [0.25, 0.5, 0.75, 1.0] * 7


def test_that_cancel_lets_the_worker_finish_its_step(qtbot, operation, script):
    script.scenario = "patient"
    operation.start({})
    with qtbot.waitSignal(operation.progress, timeout=5000):
        pass
    operation.cancel()
    assert operation.state is OperationState.CANCELLING
    assert finish(qtbot, operation).state is WorkerState.CANCELLED


def test_that_a_deaf_worker_is_terminated(qtbot, operation, script):
    script.scenario = "deaf"
    operation.start({})
    with qtbot.waitSignal(operation.stage, timeout=5000):
        pass
    pid = operation.pid
    operation.cancel()
    assert finish(qtbot, operation).state is WorkerState.CANCELLED
    assert not alive(pid)


def test_that_a_worker_that_ignores_everything_is_killed(qtbot, operation, script):
    script.scenario = "hang"
    operation.start({})
    with qtbot.waitSignal(operation.stage, timeout=5000):
        pass
    pid, start = operation.pid, time.monotonic()
    operation.cancel()
    assert finish(qtbot, operation).state is WorkerState.CANCELLED
    assert 0.45 < time.monotonic() - start < 3
    assert not alive(pid)


def test_that_a_crash_is_reported_with_its_signal_and_last_words(qtbot, operation, script):
    script.scenario = "crash"
    operation.start({})
    outcome = finish(qtbot, operation)
    assert outcome.state is WorkerState.CRASHED
    assert outcome.crash.signal_name == "SIGSEGV"
    assert "native library" in operation.error_tail


def test_that_a_silent_end_is_a_crash_with_its_exit_code(qtbot, operation, script):
    script.scenario = "leave"
    operation.start({})
    assert finish(qtbot, operation).crash.exit_code == 7


def test_that_a_worker_that_cannot_start_is_a_failure_with_a_remedy(qtbot):
    operation = Operation("demo", lambda: WorkerProcess(["/nowhere/python"]))
    operation.start({})
    failure = finish(qtbot, operation).failure
    assert failure.code == "worker-not-started"
    assert "/nowhere/python" in failure.remedy


def test_that_retry_runs_with_the_same_arguments_and_can_succeed(qtbot, operation, script):
    script.scenario = "error"
    operation.start({"quick": False})
    assert finish(qtbot, operation).failure.code == "no-space"
    script.scenario = "success"
    operation.retry()
    models = {v["model"] for v in finish(qtbot, operation).result["variants"]}
    assert len(models) == 2, "quick was false, so both networks ran"


def test_that_a_second_start_while_running_does_nothing(qtbot, operation, script):
    script.scenario = "patient"
    operation.start({})
    with qtbot.waitSignal(operation.stage, timeout=5000):
        pass
    pid = operation.pid
    operation.start({})
    assert operation.pid == pid


def test_that_silence_is_noticed_and_taken_back(qtbot, script):
    operation = Operation("demo", script.worker, silent_after_ms=50, terminate_after_ms=50)
    script.scenario = "deaf"
    operation.start({})
    with qtbot.waitSignal(operation.silent_changed, timeout=5000):
        pass
    assert operation.silent
    operation.cancel()
    finish(qtbot, operation)
    assert not operation.silent


@pytest.mark.parametrize("scenario", ["patient", "deaf", "hang"])
def test_that_shutting_down_leaves_no_worker(qtbot, operation, script, scenario):
    script.scenario = scenario
    operation.start({})
    with qtbot.waitSignal(operation.stage, timeout=5000):
        pass
    pid = operation.pid
    operation.shut_down()
    finish(qtbot, operation)
    assert not alive(pid)


def test_that_the_real_worker_answers_over_the_bridge(qtbot):
    operation = Operation("device_list", lambda: WorkerProcess([sys.executable, "-m", "engine.worker"]))
    operation.start({})
    outcome = finish(qtbot, operation, 20_000)
    assert outcome.result["devices"][0]["name"] == "loopback"


def test_that_the_real_worker_refuses_an_unknown_argument_with_a_remedy(qtbot):
    operation = Operation("device_list")
    operation.start({"nonsense": 1})
    assert finish(qtbot, operation, 20_000).failure.code == "unknown-argument"
