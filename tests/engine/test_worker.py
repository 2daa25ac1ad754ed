import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.worker import MAX_EVENT_BYTES, PART_BYTES, PROTOCOL_VERSION

PROGRAM = """
import os, sys, time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from engine.errors import ModelError
from engine.events import Log, Metric, Progress, Stage, Artifact
from engine import worker

class Answer:
    def __init__(self, value): self.value = value
    def to_json(self): return self.value

def add(*, a, b=1):
    return Answer({"sum": a + b})

def talk(*, emit, cancel):
    print("a library prints this")
    os.system("echo a child prints this")
    emit(Stage("compress", "int8"))
    emit(Progress(1, 4, "steps", 12.5))
    emit(Metric("loss", float("nan"), 1))
    emit(Log("x" * 200_000))
    return Answer({"said": True, "stdin": sys.stdin.read()})

class Kind(StrEnum):
    CAMERA = "camera"

@dataclass(frozen=True)
class Asked:
    kind: Kind
    seconds: float = 10.0

def ask(*, asked: Asked | None = None, where: Path | None = None):
    return Answer({"kind": str(asked.kind is Kind.CAMERA), "seconds": asked.seconds, "where": type(where).__name__})

def refuse():
    raise ModelError("bad-model", "net.onnx is empty", "export it again")

def fault():
    raise ZeroDivisionError("by zero")

def overfill():
    with open("/dev/full", "w") as full:
        full.write("x")

def lock():
    raise PermissionError(13, "Permission denied", "/somewhere/" + "x" * 300)

def leave():
    sys.exit(0)

def patient(*, emit, cancel):
    emit(Stage("train"))
    while True:
        cancel.check()
        time.sleep(0.01)

def improving(*, emit, cancel):
    emit(Stage("train"))
    while not cancel.finishing:
        cancel.check()
        time.sleep(0.01)
    return Answer({"best": 3})

def deaf(*, emit):
    emit(Stage("train"))
    while True:
        time.sleep(0.05)

def wide():
    return Answer({"x": "y" * (17 << 20)})

def many():
    return Answer({"short": [1, 2], "rows": [{"n": n, "text": "x" * 300} for n in range(2000)], "one": ["y" * 200_000], "k": 3})

VERBS = {f.__name__: f for f in (add, talk, ask, refuse, fault, overfill, lock, leave, patient, improving, deaf, wide, many)}
worker._Verbs = lambda: VERBS
sys.exit(worker.main())
"""


@contextmanager
def worker(tmp_path: Path, *request: object, command: list[str] | None = None) -> Iterator[subprocess.Popen]:
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(PROGRAM))
    process = subprocess.Popen(
        command or [sys.executable, str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        for line in request:
            process.stdin.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")
        process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if not stream.closed:
                stream.close()


def lines(process: subprocess.Popen) -> list[dict]:
    return [json.loads(line) for line in process.stdout]


def until(process: subprocess.Popen, event: str) -> dict:
    for line in process.stdout:
        if json.loads(line)["event"] == event:
            return json.loads(line)
    pytest.fail(f"no {event}")


def test_that_long_lists_of_a_result_come_before_it_in_portions(tmp_path):
    with worker(tmp_path, {"verb": "many"}) as process:
        raw = process.stdout.readlines()
        assert process.wait(5) == 0
    said = [json.loads(line) for line in raw]
    told: dict[str, list] = {}
    for line in said:
        if line["event"] == "part":
            told.setdefault(line["name"], []).extend(line["items"])
    assert told == {"rows": [{"n": n, "text": "x" * 300} for n in range(2000)], "one": ["y" * 200_000]}
    assert said[-1]["event"] == "result"
    assert said[-1]["result"] == {"short": [1, 2], "rows": [], "one": [], "k": 3}
    assert max(len(line) for line in raw if b'"rows"' in line) < 1.5 * PART_BYTES
    assert [line["seq"] for line in said] == list(range(len(said)))


def test_that_a_verb_runs_and_its_document_is_the_closing_line(tmp_path):
    with worker(tmp_path, {"verb": "add", "arguments": {"a": 2}}) as process:
        said = lines(process)
        assert process.wait(5) == 0
    assert [line["event"] for line in said] == ["accepted", "result"]
    assert said[0]["verb"] == "add"
    assert said[1]["result"] == {"sum": 3}
    assert [line["seq"] for line in said] == [0, 1]
    assert {line["v"] for line in said} == {PROTOCOL_VERSION}
    assert all(abs(line["t"] - time.time()) < 60 for line in said)


def test_that_objects_and_texts_become_the_records_and_paths_a_verb_takes(tmp_path):
    asked = {"asked": {"kind": "camera", "seconds": 2}, "where": "/a"}
    with worker(tmp_path, {"verb": "ask", "arguments": asked}) as process:
        result = until(process, "result")["result"]
    assert result == {"kind": "True", "seconds": 2.0, "where": "PosixPath"}


def test_that_prints_of_libraries_and_children_stay_off_the_channel(tmp_path):
    with worker(tmp_path, {"verb": "talk"}) as process:
        said = lines(process)
        noise = process.stderr.read().decode()
    assert [line["event"] for line in said] == ["accepted", "stage", "progress", "metric", "log", "result"]
    assert "a library prints this" in noise
    assert "a child prints this" in noise
    assert said[2]["eta_s"] == 12.5
    assert said[3]["value"] is None, "NaN has no JSON"
    assert "left out" in said[4]["message"]
    assert said[4]["level"] == "warning"
    assert said[-1]["result"] == {"said": True, "stdin": ""}, "the control channel is not the verb's stdin"
    assert all(len(json.dumps(line)) < MAX_EVENT_BYTES for line in said)


@pytest.mark.parametrize(
    ("request_line", "code", "exit_code"),
    [
        ({"verb": "refuse"}, "bad-model", 1),
        ({"verb": "fault"}, "internal", 1),
        ({"verb": "leave"}, "internal", 1),
        ({"verb": "overfill"}, "system", 1),
        ({"verb": "lock"}, "system", 1),
        ({"verb": "nothing"}, "unknown-verb", 2),
        ({"verb": "add", "arguments": {"a": 1, "c": 2}}, "unknown-argument", 2),
        ({"verb": "add"}, "missing-argument", 2),
        ({"verb": "ask", "arguments": {"asked": {"kind": "radio"}}}, "bad-argument", 2),
        ({"verb": "ask", "arguments": {"asked": {}}}, "bad-argument", 2),
        ({"verb": "talk", "arguments": {"emit": 1}}, "unknown-argument", 2),
        ({"verb": ["add"]}, "bad-request", 2),
        (b"not json", "bad-request", 2),
        (b"[" * 100_000, "bad-request", 2),
        ({"verb": "wide"}, "result-too-large", 1),
    ],
)
def test_that_every_failure_is_one_closing_error_with_a_remedy(tmp_path, request_line, code, exit_code):
    with worker(tmp_path, request_line) as process:
        said = lines(process)
        assert process.wait(5) == exit_code
    closing = [line for line in said if line["event"] in ("result", "error", "cancelled")]
    assert len(closing) == 1
    assert closing[0] == said[-1]
    assert closing[0]["error"]["code"] == code
    assert closing[0]["error"]["message"]
    assert closing[0]["error"]["remedy"]


@pytest.mark.parametrize(("verb", "words"), [("overfill", "no space left"), ("lock", "no permission: /somewhere/x")])
def test_that_what_the_system_refuses_is_not_called_a_fault_of_the_program(tmp_path, verb, words):
    with worker(tmp_path, {"verb": verb}) as process:
        error = lines(process)[-1]["error"]
    assert error["message"].startswith(words)
    assert len(error["message"]) < 300, "a long name is cut"
    assert "fault" not in error["remedy"]
    assert "--project" in error["remedy"]


def test_that_a_cancel_message_stops_the_work_at_its_next_step(tmp_path):
    with worker(tmp_path, {"verb": "patient"}) as process:
        until(process, "stage")
        process.stdin.write(b'nonsense\n{"control":"cancel"}\n')
        process.stdin.flush()
        assert until(process, "cancelled")["error"]["code"] == "cancelled"
        assert process.wait(2) == 130


def test_that_a_finish_message_ends_the_work_with_what_it_has(tmp_path):
    with worker(tmp_path, {"verb": "improving"}) as process:
        until(process, "stage")
        process.stdin.write(b'{"control":"finish"}\n')
        process.stdin.flush()
        assert until(process, "result")["result"] == {"best": 3}
        assert process.wait(2) == 0


def test_that_sigterm_cancels(tmp_path):
    with worker(tmp_path, {"verb": "patient"}) as process:
        until(process, "stage")
        process.send_signal(signal.SIGTERM)
        assert until(process, "cancelled")
        assert process.wait(2) == 130


@pytest.mark.parametrize("verb", ["patient", "deaf"])
def test_that_the_worker_ends_when_its_parent_is_gone(tmp_path, verb):
    with worker(tmp_path, {"verb": verb}) as process:
        until(process, "stage")
        start = time.monotonic()
        process.stdin.close()
        assert process.wait(5) == 130
        assert time.monotonic() - start < 3.5


def test_that_a_deaf_verb_still_beats(tmp_path):
    with worker(tmp_path, {"verb": "deaf"}) as process:
        assert until(process, "heartbeat")["seq"] == 2


def test_that_the_real_worker_runs_a_real_verb_by_name(tmp_path):
    command = [sys.executable, "-m", "engine.worker"]
    with worker(tmp_path, {"verb": "device_list", "arguments": {}}, command=command) as process:
        said = lines(process)
        assert process.wait(20) == 0, process.stderr.read()
    assert said[-1]["result"]["devices"]


def test_that_the_real_worker_names_the_verbs_it_has(tmp_path):
    command = [sys.executable, "-m", "engine.worker"]
    with worker(tmp_path, {"verb": "os.system"}, command=command) as process:
        said = lines(process)
    assert said[-1]["error"]["code"] == "unknown-verb"
    assert "demo" in said[-1]["error"]["remedy"]


def test_that_the_command_line_starts_the_same_worker(tmp_path):
    command = [str(Path(sys.executable).with_name("flyweight")), "worker"]
    if not os.access(command[0], os.X_OK):
        pytest.skip("the command is not installed beside this interpreter")
    with worker(tmp_path, {"verb": "device_list"}, command=command) as process:
        said = lines(process)
    assert said[-1]["event"] == "result"
