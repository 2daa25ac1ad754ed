"""``device watch``, ``device log`` and ``device history`` on the loopback board."""

import json
import threading
import time
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.messages import Release, SlotList, SlotState, decode
from engine.deploy.agent_log import parse, read_log
from engine.deploy.connect import connect
from engine.deploy.release import deploy
from engine.errors import Cancelled, RejectedError, UsageError
from engine.events import Cancel, Log, Look
from engine.verbs import device_history, device_log, device_watch
from engine.verbs.board_log import history
from engine.verbs.watching import Watched
from tests.contract.test_versions import OLD
from tests.device_agent.conftest import agent, disk, pyz, store
from tests.device_agent.session import Agent, bundle
from tests.faults.links import Fault, FaultyLine

__all__ = ["agent", "disk", "pyz", "store"]

pytestmark = pytest.mark.device


def test_that_a_board_is_watched_over_one_session_and_what_is_missing_says_why(monkeypatch):
    sessions = []
    monkeypatch.setattr("engine.verbs.watching.connect", lambda *a, **k: sessions.append(a) or connect(*a, **k))
    told: list[Look] = []
    done = device_watch(
        "loopback", every_s=0.2, for_s=1.0, emit=lambda e: told.append(e) if isinstance(e, Look) else None
    )
    assert len(sessions) == 1
    assert [look.at_s for look in told] == [look.at_s for look in done.looks]
    assert 3 <= len(told) <= 6
    assert told[0].channels
    load = next(item for item in done.sensors if item.sensor == "load:cpu")
    used = next(item for item in done.sensors if item.sensor == "memory:used")
    assert load.least is not None
    assert 0 <= load.least <= load.mean <= load.most <= 100
    total = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line)
    assert 0 < used.last < total * 1024 / 1e6
    for item in done.sensors:
        assert (item.last is None) == bool(item.channel.reason), item.sensor
    assert {item.sensor.partition(":")[0] for item in done.sensors} >= {"temperature", "frequency", "power"}
    assert done.to_json()["origin"] == "measured"


def test_that_a_watch_keeps_nobody_out_and_what_was_done_meanwhile_is_in_log_and_history(bundles):
    watching, following, ready = Cancel(), Cancel(), threading.Event()
    seen: list[Watched] = []

    def watch() -> None:
        seen.append(device_watch("loopback", every_s=0.2, for_s=60, cancel=watching, emit=lambda event: ready.set()))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        assert ready.wait(20)
        assert deploy(bundles["int8"], "loopback").state == "committed"
    finally:
        watching.finish()
        thread.join(20)
    assert seen, "finish ends it with its result"
    assert seen[0].looks
    happened = device_history("loopback")
    assert [(item.slot, item.event, item.release, item.variant) for item in happened.events] == [
        ("main", "deployed", 1, "int8")
    ]
    assert happened.current == {"main": 1}
    told: list[Log] = []

    def tell(event: object) -> None:
        if isinstance(event, Log):
            told.append(event)
            if len(told) == 2:  # the newest lines of the deployment
                with connect("loopback") as client, pytest.raises(AgentError):
                    client.commit("0" * 64)
            if event.level == "warning":
                following.finish()

    done = device_log("loopback", lines=2, follow_s=30, emit=tell, cancel=following)
    assert told[-1].message.endswith("slot.commit failed: this order is not on trial any more: the board went back")
    assert [entry.what for entry in done.lines] == ["activate", "failed"]
    assert abs(done.clock_ahead_s) < 30


def test_that_a_watch_that_is_cancelled_ends_at_once():
    cancel = Cancel()
    began: list[float] = []

    def tell(event: object) -> None:
        if isinstance(event, Look):
            began.append(time.monotonic())
            cancel.set()

    with pytest.raises(Cancelled):
        device_watch("loopback", every_s=60, for_s=600, cancel=cancel, emit=tell)
    assert time.monotonic() - began[0] < 10


@pytest.mark.parametrize(("every", "seconds"), [(0.0, 10), (0.1, 10), (4000, 10), (1, 0), (1, 1e6), (float("nan"), 1)])
def test_that_a_pace_or_a_length_without_sense_is_refused(every: float, seconds: float):
    with pytest.raises(UsageError):
        device_watch("loopback", every_s=every, for_s=seconds)


def test_that_the_history_tells_deployments_a_way_back_and_a_trial_that_went_back(agent: Agent):
    """The board's own log and list are read as the desktop reads them; the agent is the real one."""
    first, second = bundle(), bundle().changed(name="second")
    for made in (first, second):
        assert agent.stage(made)["state"] == "verified"
    for number, made in enumerate((first, second, first), 1):
        agent.activate({"main": made.id}, number)
    words = ["sh", "-c", "echo too hot; exit 1"]
    agent.activate({"main": second.id}, 4, trial={"window_s": 1.0, "health": words, "hook": []})
    order = json.loads((agent.home / "active" / "state.json").read_text())["order"]
    assert agent.request("slot.check", {"order": order})["healthy"] is False
    agent.activate({"eye": second.id}, 1, trial={"window_s": 60, "health": [], "hook": []})
    order = json.loads((agent.home / "active" / "state.json").read_text())["order"]
    agent.request("slot.commit", {"order": order})
    payload = agent.result(agent.send("log.read", {"limit": 1 << 16, "cursor": ""}))[1]
    entries = [entry for line in payload.splitlines() if (entry := parse(line))]
    told = history(entries, decode(SlotList, agent.request("slot.list")).slots)
    name = json.loads(first.manifest)["name"]
    assert [(item.slot, item.event, item.release, item.variant) for item in told] == [
        ("eye", "committed", 1, "second"),
        ("eye", "on-trial", 1, "second"),
        ("main", "went-back", 4, "second"),
        ("main", "on-trial", 4, "second"),
        ("main", "rolled-back", 3, name),
        ("main", "deployed", 2, "second"),
        ("main", "deployed", 1, name),
    ]
    assert told[2].reason.endswith("too hot")
    assert all(item.t is not None for item in told)


def test_that_an_agent_from_before_the_log_is_told_from_one_that_did_nothing(store, pyz):
    line = FaultyLine(OLD, store, Fault("none", True, -1))
    from engine.deploy.agent_client import AgentClient

    with pytest.raises(RejectedError, match="keeps no log"):
        read_log(AgentClient(line, line, timeout_s=30))
    line.end()


def test_that_releases_from_before_the_log_are_listed_without_a_time():
    slots = {"main": SlotState(2, [Release(2, "b" * 64, "committed", "new"), Release(1, "a" * 64, "committed", "old")])}
    entry = parse(b'{"t": 5, "what": "activate", "slots": {"main": [2, "b", "new"]}, "trial": false}')
    assert entry is not None
    assert [(item.t, item.release) for item in history([entry], slots)] == [(5.0, 2), (None, 1)]


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"{", b"[1]", b'"x"', b'{"t": 1}', b'{"t": true, "what": "x"}', b'{"t": -1, "what": "x"}'),
        *(b'{"t": NaN, "what": "x"}', b'{"t": 1e300, "what": "x"}', b'{"t": 1, "what": 5}', b"[" * 100_000),
    ],
)
def test_that_a_line_nobody_wrote_is_left_out(line: bytes):
    assert parse(line) is None


def test_that_a_hostile_line_cannot_steer_a_terminal_or_flood_it():
    entry = parse(
        b'{"t": 1, "what": "revert\\u001b[2J", "said": "\\u001b]0;owned\\u0007' + b"y" * 9000 + b'", '
        b'"slots": {"a": [{"b": {"c": [1]}}]}, "tried": {"main": "x", "eye": true}, "big": 1e308}'
    )
    assert entry is not None
    assert entry.text.isprintable()
    assert len(entry.text) < 1000
    for what in (
        "activate",
        "commit",
        "revert",
        "hook-failed",
        "failed",
        "bundle.stage",
        "env.install",
        "measure",
        "keys.change",
    ):
        odd = parse(b'{"t": 1, "what": "%s", "slots": [1], "releases": 3, "tried": {"m": "x"}}' % what.encode())
        assert odd is not None
        assert odd.text
        assert list(history([odd], {})) is not None
