"""A measuring command survives its link, its own death and the board's: over OpenSSH, through a proxy that cuts."""

import json
import threading
import time
from dataclasses import replace

import pytest

from device_agent.contract import codec
from device_agent.contract.errors import AgentError, ContractError
from device_agent.contract.messages import MeasurePlan, PlanEntry, RuntimeChoice, StopRule, encode
from engine.deploy.connect import connect
from engine.deploy.detached import InterruptedOnBoardError, Log
from engine.deploy.release import stage
from engine.errors import Cancelled, UnreachableError
from engine.events import Cancel, ignore
from engine.measure.plan import Subject, measure_on
from engine.workspace import user_data_dir

pytestmark = pytest.mark.device

SHORT = StopRule(min_n=60, min_s=0.2, max_s=1.0, half_width=0.05)
LONG = StopRule(min_n=1_000_000, min_s=60, max_s=100, half_width=1e-9)


def plan_of(bundle, stop=SHORT, nonce="nonce-1"):
    entry = PlanEntry(bundle.sha256, "model.onnx", RuntimeChoice("onnxruntime"))
    return MeasurePlan([entry], nonce, 0, stop, 0.01, 5, 0.2)


def killed(client):
    """What the kernel does to the ticket when the process is killed."""
    client._ticket.lock.close()
    client._ticket = None


def tickets():
    return list((user_data_dir() / "measuring").rglob("*.json"))


def test_that_measuring_goes_on_when_the_link_is_cut_and_the_result_is_fetched_afterwards(proxy, board, bundles):
    seen = []
    with connect("far") as client:
        stage(client, bundles["int8"], emit=ignore, cancel=Cancel())

        def on_event(event):
            if event["stage"] == "measure" and not seen:
                proxy.cut()
            seen.append(event["stage"])

        long = replace(SHORT, min_s=2.5, max_s=6.0)
        result, raw = client.measure(plan_of(bundles["int8"], long), on_event)
    assert "measure" in seen
    assert result.nonce == "nonce-1"
    assert len(raw) == result.raw_bytes
    assert result.entries[0].samples >= 60
    assert list((board.home / ".flyweight/jobs").iterdir()) == []
    assert tickets() == []


def test_that_the_same_command_fetches_what_a_killed_one_began(board, bundles):
    with connect("board") as client:
        stage(client, bundles["int8"], emit=ignore, cancel=Cancel())
        began = client.claim(plan_of(bundles["int8"]))
        assert client._ticket is not None
        client.job_start(began.nonce, "measure", encode(began), 60.0)
        killed(client)
    assert len(tickets()) == 1
    with connect("board") as client:
        again = client.claim(plan_of(bundles["int8"], nonce="nonce-2"))
        assert again.nonce == "nonce-1"
        assert client.measure(again)[0].nonce == "nonce-1"
        other = client.claim(plan_of(bundles["int8"], nonce="nonce-3"))
        assert other.nonce == "nonce-3"


def test_that_a_run_nobody_will_fetch_is_stopped_before_another_one(board, bundles):
    with connect("board") as client:
        stage(client, bundles["int8"], emit=ignore, cancel=Cancel())
        began = client.claim(plan_of(bundles["int8"], LONG))
        client.job_start(began.nonce, "measure", encode(began), 300.0)
        killed(client)
    start = time.monotonic()
    with connect("board") as client:
        result, _ = client.measure(plan_of(bundles["int8"], nonce="nonce-2"))
    assert result.nonce == "nonce-2"
    assert time.monotonic() - start < 40
    assert tickets() == []


def test_that_cancelling_stops_the_run_on_the_board(board, bundles):
    cancel = Cancel()
    with connect("board", cancel=cancel) as client:
        stage(client, bundles["int8"], emit=ignore, cancel=cancel)
        threading.Timer(1.5, cancel.set).start()
        with pytest.raises(Cancelled):
            client.measure(plan_of(bundles["int8"], LONG))
        assert list((board.home / ".flyweight/jobs").iterdir()) == []
    assert tickets() == []


@pytest.mark.usefixtures("short_warmup")
def test_that_a_restart_of_the_board_is_noted_and_the_run_made_again(board, bundles):
    with connect("board") as client:
        stage(client, bundles["int8"], emit=ignore, cancel=Cancel())
        jobs, restarted = board.home / ".flyweight/jobs", []
        look = client.job_read

        def read(job, offset, wait_s):
            if not restarted:
                facts = jobs / job / "job.json"
                facts.write_text(json.dumps({**json.loads(facts.read_text()), "boot_id": "the one before"}))
                restarted.append(job)
            return look(job, offset, wait_s)

        client.job_read = read
        measured = measure_on(client, "board", [Subject.of(bundles["int8"])], baselines=[None], stop=SHORT)
    (reading,) = measured.readings
    assert reading.nonce != restarted[0]
    assert any("started anew" in item for item in reading.reasons)


def test_that_a_board_that_forgot_the_run_is_told_from_a_link_that_is_away(proxy, bundles, monkeypatch):
    monkeypatch.setattr("engine.deploy.detached.PATIENCE_S", 0.5)
    with connect("far") as client:
        stage(client, bundles["int8"], emit=ignore, cancel=Cancel())
        began = client.claim(plan_of(bundles["int8"]))
        look, calls = client.job_read, []

        def read(job, offset, wait_s):
            calls.append(job)
            if len(calls) == 1:
                while look(job, offset, wait_s)[0] == "running":
                    continue
                client.job_drop(job)
            return look(job, offset, wait_s)

        client.job_read = read
        with pytest.raises(InterruptedOnBoardError):
            client.measure(began)
        client.job_read = look
        proxy.close()
        with pytest.raises(UnreachableError, match="while it measures"):
            client.measure(plan_of(bundles["int8"], nonce="nonce-9"))
    assert len(tickets()) <= 1


def frame(message):
    payload = codec.dumps(message)
    return codec.HEADER.pack(codec.JSON_KIND, len(payload)) + payload


CHUNK = codec.chunk_header(3) + b"abc"


def test_that_a_log_is_put_together_from_pieces_of_any_size():
    whole = frame({"event": {"stage": "load"}}) + frame({"reply": {"a": 1}, "chunks": 6}) + CHUNK + CHUNK
    for size in (1, 2, 7, len(whole)):
        log, events = Log(), []
        for start in range(0, len(whole), size):
            assert not log.complete
            log.feed(whole[start : start + size], events.append)
        assert (log.complete, log.reply, log.payload, log.offset) == (True, {"a": 1}, b"abcabc", len(whole))
        assert events == [{"stage": "load"}]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"X\0\0\0\1x", ContractError),
        (codec.HEADER.pack(b"J", 1 << 30), ContractError),
        (CHUNK, ContractError),
        (frame({"reply": {}, "chunks": 2}) + CHUNK, ContractError),
        (frame({"reply": {}, "chunks": -1}), ContractError),
        (frame({"reply": {}, "chunks": True}), ContractError),
        (frame({"reply": {}, "chunks": 1 << 40}), ContractError),
        (frame({"nothing": 1}), ContractError),
        (frame({"error": {"code": "busy"}}), AgentError),
    ],
)
def test_that_a_log_that_is_none_is_refused(data, error):
    with pytest.raises(error):
        Log().feed(data, lambda event: None)
