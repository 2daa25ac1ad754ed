"""Measuring goes on when the session that asked for it ends, and is told from what a power cut left behind."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.messages import MeasureResult, decode
from engine.deploy.detached import Log

from .session import Agent, Made, entry, plan

LONG = {"min_n": 100_000, "min_s": 60.0, "max_s": 120.0, "half_width": 1e-9}


def start(agent: Agent, made: Made, job: str = "job-1", **more) -> str:
    wanted = {"job": job, "op": "measure", "args": plan([entry(made.id)], nonce=job, **more), "deadline_s": 60}
    return agent.request("job.start", wanted)["state"]


def read(agent: Agent, offset: int, job: str = "job-1", wait_s: float = 5.0) -> tuple[str, bytes]:
    reply, data = agent.result(agent.send("job.read", {"job": job, "offset": offset, "wait_s": wait_s}))
    return reply["state"], data


def follow(agent: Agent, log: Log, job: str = "job-1") -> list[dict]:
    events: list[dict] = []
    while not log.complete:
        state, data = read(agent, log.offset, job)
        log.feed(data, events.append)
        assert data or state == "running"
    return events


def process_of(job: str) -> int | None:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[-2:] == [job.encode(), b""] and b"job" in words:
            return int(path.parent.name)
    return None


@pytest.fixture
def placed(agent: Agent, tiny: Made) -> Made:
    assert agent.stage(tiny)["state"] == "verified"
    return tiny


def test_that_a_session_fetches_what_another_one_started(pyz: Path, agent: Agent, placed: Made):
    assert start(agent, placed) == "running"
    agent.kill()
    with Agent(pyz, agent.home) as later:
        log = Log()
        assert any(item["stage"] == "load" for item in follow(later, log))
        result = decode(MeasureResult, log.reply)
        assert result.nonce == "job-1"
        assert len(log.payload) == result.raw_bytes > 0
        assert result.entries[0].samples >= 50
        assert 0 < result.ended_ns <= later.request("ping")["t_ns"]
        # An upload may lock the store again: nothing holds it any more.
        later.put(b"after the job")
        later.request("job.drop", {"job": "job-1"})
        with pytest.raises(AgentError) as caught:
            read(later, 0)
        assert caught.value.code == "no-job"


def test_that_asking_twice_starts_nothing_twice_and_any_offset_can_be_read(agent: Agent, placed: Made):
    assert {start(agent, placed), start(agent, placed)} <= {"running", "done"}
    log = Log()
    follow(agent, log)
    whole = (agent.home / "jobs" / "job-1" / "log").read_bytes()
    assert len(whole) == log.offset
    assert read(agent, 17, wait_s=0) == ("done", whole[17:])
    assert start(agent, placed) == "done"
    assert (agent.home / "jobs" / "job-1" / "log").read_bytes() == whole


def test_that_a_job_is_stopped_when_asked_and_leaves_no_process(agent: Agent, placed: Made):
    start(agent, placed, "job-long", stop=LONG)
    deadline = time.monotonic() + 60
    while not read(agent, 0, "job-long")[1]:
        assert time.monotonic() < deadline
    assert process_of("job-long") is not None
    assert agent.request("job.cancel", {"job": "job-long"})["state"] == "done"
    log = Log()
    with pytest.raises(AgentError) as caught:
        follow(agent, log, "job-long")
    assert caught.value.code == "cancelled"
    deadline = time.monotonic() + 10
    while process_of("job-long") is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_that_a_killed_job_and_one_from_before_a_restart_are_interrupted(agent: Agent, placed: Made):
    start(agent, placed, "job-killed", stop=LONG)
    deadline = time.monotonic() + 10
    while (process := process_of("job-killed")) is None:
        assert time.monotonic() < deadline
    os.kill(process, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while read(agent, 0, "job-killed", 0)[0] == "running":
        assert time.monotonic() < deadline
    assert read(agent, 0, "job-killed", 0)[0] == "interrupted"
    start(agent, placed)
    follow(agent, Log())
    facts = agent.home / "jobs" / "job-1" / "job.json"
    facts.write_text(json.dumps({**json.loads(facts.read_text()), "boot_id": "the one before"}))
    assert read(agent, 0, wait_s=0)[0] == "interrupted"


@pytest.mark.parametrize(
    "wanted",
    [
        {"job": "../x", "op": "measure", "args": {}, "deadline_s": 5},
        {"job": "j", "op": "slot.activate", "args": {}, "deadline_s": 5},
        {"job": "j", "op": "measure", "args": [], "deadline_s": 5},
        {"job": "j", "op": "measure", "args": {}, "deadline_s": None},
    ],
)
def test_that_only_measuring_is_detached_and_names_are_checked(agent: Agent, wanted: dict):
    with pytest.raises(AgentError) as caught:
        agent.request("job.start", wanted)
    assert caught.value.code == "contract"
    assert not list((agent.home / "jobs").glob("*")) if (agent.home / "jobs").exists() else True


def test_that_a_plan_that_is_refused_is_the_answer_of_the_job(agent: Agent, placed: Made):
    agent.request("job.start", {"job": "empty", "op": "measure", "args": plan([]), "deadline_s": 9})
    with pytest.raises(AgentError) as caught:
        follow(agent, Log(), "empty")
    assert caught.value.code == "bad-plan"


def test_that_only_the_newest_results_nobody_fetched_are_kept(agent: Agent, placed: Made):
    start(agent, placed)
    follow(agent, Log())
    whole = agent.home / "jobs" / "job-1"
    for number in range(10):
        shutil.copytree(whole, whole.with_name(f"n-{number}"))
        os.utime(whole.with_name(f"n-{number}") / "log", (number, number))
    agent.request("job.start", {"job": "new", "op": "measure", "args": plan([]), "deadline_s": 9})
    left = {item.name for item in whole.parent.iterdir()}
    assert left == {"new", "job-1", *(f"n-{number}" for number in range(4, 10))}
