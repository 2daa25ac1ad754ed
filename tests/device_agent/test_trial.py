"""A release on trial: committed when it is well, gone back by itself when not, whatever happens to desktop and board."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError

from .session import Agent, Made, bundle, classifier, order, sha256

PROC = "proc/sys/kernel/random/boot_id"


@pytest.fixture(scope="module")
def serving(pyz: Path, prepared: Path, tiny: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store on which the first of the verified bundles serves."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("serving") / "store", symlinks=True))
    with Agent(pyz, folder) as agent:
        agent.activate({"main": tiny.id}, 1)
    return folder


@pytest.fixture
def agent(pyz: Path, serving: Path, disk: Path):
    with Agent(pyz, Path(shutil.copytree(serving, disk / "store", symlinks=True))) as session:
        yield session


def begin(agent: Agent, made: Made, counter: int = 2, *, slot: str = "main", **trial: object) -> str:
    """Switch on trial; returns the order's name."""
    signed = order(agent.hello["device_id"], {slot: made.id}, counter, trial={"window_s": 60, **trial})
    assert agent.request("slot.activate", signed)["placements"] == {slot: counter}
    return sha256(signed["order"].encode())


def current(home: Path, slot: str = "main") -> str:
    return Path(os.path.realpath(home / "slots" / slot / "current")).name


def wait_for(home: Path, made: Made, limit_s: float = 8.0) -> float:
    start = time.monotonic()
    while current(home) != made.id:
        assert time.monotonic() - start < limit_s, "the board did not go back"
        time.sleep(0.02)
    return time.monotonic() - start


def test_that_a_trial_serves_at_once_and_stays_when_it_is_committed(agent: Agent, other: Made):
    name = begin(agent, other)
    assert current(agent.home) == other.id
    assert 50 < agent.request("slot.list")["trial_left_s"] <= 60
    assert agent.request("slot.check", {"order": name}) == {"healthy": True, "detail": ""}
    for _ in range(2):
        assert agent.request("slot.commit", {"order": name}) == {"placements": {"main": 2}}
    assert agent.request("slot.list")["trial_left_s"] is None
    assert agent.slots()["main"]["current"] == 2


def test_that_a_trial_nobody_commits_goes_back_although_the_desktop_is_gone(agent: Agent, tiny: Made, other: Made):
    begin(agent, other, window_s=1)
    agent.kill()
    assert current(agent.home) == other.id
    assert wait_for(agent.home, tiny) < 1 + 5


def test_that_nothing_of_the_agent_has_a_socket_open(agent: Agent, other: Made):
    """No port, ever: the session speaks over its pipes, the watcher with nobody."""
    begin(agent, other)
    ours = [item for item in Path("/proc").iterdir() if item.name.isdigit() and str(agent.home) in _command(item)]
    words = " ".join(_command(item) for item in ours)
    assert " serve " in words
    assert " watch " in words
    open_files = [str(item.readlink()) for process in ours for item in (process / "fd").iterdir()]
    assert any(item.startswith("pipe:") for item in open_files)
    assert not [item for item in open_files if item.startswith("socket:")]


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().decode().replace("\0", " ")
    except OSError:
        return ""


def test_that_a_trial_that_went_back_cannot_be_committed_or_ordered_again(agent: Agent, tiny: Made, other: Made):
    signed = order(agent.hello["device_id"], {"main": other.id}, 2, trial={"window_s": 60})
    agent.request("slot.activate", signed)
    name = sha256(signed["order"].encode())
    assert agent.request("slot.revert", {"order": name}) == {"placements": {"main": 1}}
    assert current(agent.home) == tiny.id
    with pytest.raises(AgentError) as caught:
        agent.request("slot.commit", {"order": name})
    assert caught.value.code == "trial-over"
    with pytest.raises(AgentError) as caught:
        agent.request("slot.activate", signed)
    assert caught.value.code == "old-order"
    states = [(item["release"], item["state"]) for item in agent.slots()["main"]["releases"]]
    assert states == [(2, "rolled-back"), (1, "committed")]


def test_that_an_unwell_trial_is_back_before_the_answer_comes(agent: Agent, tiny: Made, other: Made, disk: Path):
    hooked = disk / "hooked"
    name = begin(agent, other, window_s=2, health=["false"], hook=["sh", "-c", f"echo x >> {hooked}"])
    answer = agent.request("slot.check", {"order": name})
    assert answer["healthy"] is False
    assert answer["detail"].startswith("health: ")
    assert current(agent.home) == tiny.id
    assert hooked.read_text() == "x\nx\n", "the hook runs after the switch and after the way back"


def test_that_a_hook_whose_watcher_was_killed_runs_again_and_only_until_it_ended(
    agent: Agent, pyz: Path, tiny: Made, other: Made, disk: Path
):
    hooked = disk / "hooked"
    begin(
        agent, other, window_s=1, hook=["sh", "-c", f"echo $$ >> {hooked}; [ $(wc -l < {hooked}) -ge 2 ] || sleep 60"]
    )
    agent.kill()
    wait_for(agent.home, tiny)
    end = time.monotonic() + 8
    while not hooked.exists() or not hooked.read_text():
        assert time.monotonic() < end, "the watcher ran no hook"
        time.sleep(0.02)
    (watcher,) = [item for item in Path("/proc").iterdir() if f" watch --home {agent.home} " in _command(item)]
    for killed in (watcher.name, hooked.read_text()):
        os.kill(int(killed), signal.SIGKILL)
    for _ in range(2):
        with Agent(pyz, agent.home) as later:
            assert later.slots()["main"]["current"] == 1
        assert len(hooked.read_text().splitlines()) == 2, "one that did not end, one that did"


def test_that_a_hook_that_never_ends_is_given_up_after_three_attempts(agent: Agent, pyz: Path, other: Made, disk: Path):
    """One that restarts the board, say, would do so for ever."""
    hooked = disk / "hooked"
    name = begin(agent, other, hook=["sh", "-c", f"echo x >> {hooked}; kill -9 $PPID"])
    with pytest.raises(EOFError):
        agent.request("slot.revert", {"order": name})
    agent.kill()
    for _ in range(4):  # the watcher makes an attempt, too, unless one of these comes first
        subprocess.run([sys.executable, "-I", "-S", pyz, "start", "--home", agent.home], check=False, timeout=20)
    with Agent(pyz, agent.home) as later:
        lines = later.result(later.send("log.read", {"limit": 100_000, "cursor": ""}))[1].decode()
    assert hooked.read_text() == "x\n" * 3
    assert "it did not end in 3 attempts" in lines


def test_that_health_must_hold_three_times_in_a_row(agent: Agent, other: Made, disk: Path):
    script = f"echo x >> {disk}/asked; [ $(wc -l < {disk}/asked) -ge 3 ]"
    name = begin(agent, other, window_s=6, health=["sh", "-c", script])
    assert agent.request("slot.check", {"order": name})["healthy"] is True
    assert (disk / "asked").read_text() == "x\n" * 5


def test_that_a_command_that_does_not_exist_or_hangs_counts_as_unwell(agent: Agent, tiny: Made, other: Made):
    name = begin(agent, other, hook=["/no/such/program"])
    answer = agent.request("slot.check", {"order": name})
    assert answer == {"healthy": False, "detail": "hook: /no/such/program: No such file or directory"}
    name = begin(agent, other, 3, window_s=1, hook=["sleep", "60"])
    start = time.monotonic()
    assert agent.request("slot.check", {"order": name})["healthy"] is False
    assert time.monotonic() - start < 12
    assert current(agent.home) == tiny.id


def test_that_a_reboot_ends_every_trial_that_was_not_committed(
    agent: Agent, pyz: Path, tiny: Made, other: Made, disk: Path
):
    begin(agent, other, window_s=3600)
    agent.close()
    rebooted = disk / "root"
    (rebooted / PROC).parent.mkdir(parents=True)
    (rebooted / PROC).write_text("another-boot\n")
    command = [sys.executable, "-I", "-S", pyz, "start", "--home", agent.home, "--root"]
    subprocess.run([*command, "/"], check=True, timeout=20)
    assert current(agent.home) == other.id, "within the window of the same boot nothing happens"
    subprocess.run([*command, rebooted], check=True, timeout=20)
    assert current(agent.home) == tiny.id


def test_that_the_next_session_applies_the_start_up_rule_too(
    agent: Agent, pyz: Path, tiny: Made, other: Made, disk: Path
):
    begin(agent, other, window_s=3600)
    agent.close()
    (disk / "root" / PROC).parent.mkdir(parents=True)
    (disk / "root" / PROC).write_text("another-boot\n")
    with Agent(pyz, agent.home, root=str(disk / "root")) as later:
        assert later.slots()["main"]["current"] == 1
        assert later.hello["counters"] == {"main": 2}, "the number of the lost release is not used again"
    assert current(agent.home) == tiny.id


def test_that_a_slot_that_was_empty_before_is_empty_again(agent: Agent, other: Made):
    name = begin(agent, other, 1, slot="ear")
    assert agent.request("slot.revert", {"order": name}) == {"placements": {"ear": None}}
    assert agent.slots()["ear"]["current"] is None
    assert not (agent.home / "slots/ear/current").exists()


def test_that_a_group_goes_back_as_one(agent: Agent, tiny: Made, other: Made):
    agent.activate({"main": tiny.id, "ear": tiny.id}, 2)
    slots = {"main": other.id, "ear": other.id}
    signed = order(agent.hello["device_id"], slots, 3, trial={"window_s": 60})
    agent.request("slot.activate", signed)
    assert current(agent.home, "ear") == other.id
    agent.request("slot.revert", {"order": sha256(signed["order"].encode())})
    assert (current(agent.home), current(agent.home, "ear")) == (tiny.id, tiny.id)


def test_that_another_order_ends_an_open_trial_first(agent: Agent, tiny: Made, other: Made):
    begin(agent, other, 2, slot="ear")
    agent.activate({"main": other.id}, 3)
    slots = agent.slots()
    assert slots["main"]["current"] == 3
    assert slots["ear"]["current"] is None


def test_that_what_serves_is_kept_however_many_trials_went_back(agent: Agent, pyz: Path, tiny: Made):
    for counter in range(2, 4):
        made = bundle(classifier(seed=counter), name=f"try{counter}")
        agent.stage(made)
        agent.request("slot.revert", {"order": begin(agent, made, counter)})
    agent.close()
    for path in [*agent.home.glob("blobs/*"), *agent.home.glob("bundles/*/verified.json")]:
        os.utime(path, (1, 1))
    with Agent(pyz, agent.home) as later:
        made = bundle(classifier(seed=9), name="last")
        later.stage(made)
        later.request("slot.revert", {"order": begin(later, made, 4)})
        assert (later.home / "slots/main/current/model.onnx").read_bytes() == tiny.files["model.onnx"]


def test_that_a_loop_of_trials_is_broken(agent: Agent, tiny: Made, other: Made):
    name = begin(agent, other)
    agent.request("slot.revert", {"order": name})
    state = agent.home / "active" / "state.json"
    told = {**json.loads(state.read_text()), "reverts": 20}
    del told["check"]
    state.write_text(json.dumps(told))
    with pytest.raises(AgentError) as caught:
        begin(agent, other, 3)
    assert caught.value.code == "trial-loop"
    assert current(agent.home) == tiny.id
    assert agent.activate({"main": other.id}, 4) == {"main": 4}
    assert begin(agent, tiny, 5)


@pytest.mark.parametrize(
    "trial",
    [
        True,
        {},
        {"window_s": 0},
        {"window_s": "60"},
        {"window_s": True},
        {"window_s": 60, "health": "reboot"},
        {"window_s": 60, "hook": [""]},
        {"window_s": 60, "hook": ["a\0b"]},
        {"window_s": 60, "health": ["x"] * 65},
    ],
)
def test_that_a_trial_of_another_form_is_refused_before_anything_changes(
    agent: Agent, tiny: Made, other: Made, trial: object
):
    with pytest.raises(AgentError) as caught:
        agent.request("slot.activate", order(agent.hello["device_id"], {"main": other.id}, 2, trial=trial))
    assert caught.value.code == "bad-order"
    assert current(agent.home) == tiny.id
