"""Clocks are held for a run and always come back; disturbances are seen; memory is told in full."""

import os
import signal
import time
from pathlib import Path

import pytest

from device_agent.pinning import best_cpus
from device_agent.preflight import Watch, governors, look, power_source, probe

from .sensors.test_sensors import tree
from .session import Agent, Made, entry, plan

POLICY = "sys/devices/system/cpu/cpufreq/policy0"
BOARD = {
    f"{POLICY}/scaling_governor": "ondemand\n",
    f"{POLICY}/scaling_available_governors": "ondemand performance\n",
    "proc/sys/kernel/random/boot_id": "boot-1\n",
    "proc/stat": "cpu  100 0 50 800 0 0 0 50 0 0\n",
    "proc/vmstat": "pswpin 5\npswpout 7\n",
    "proc/meminfo": "MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n",
    "proc/loadavg": "0.25 0.5 0.1\n",
}
LONG = {"min_n": 100_000, "min_s": 60.0, "max_s": 120.0, "half_width": 1e-9}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(tree(tmp_path / "root", BOARD))


def governor(root: Path) -> str:
    return (root / POLICY / "scaling_governor").read_text().strip()


def wait_for(root: Path, value: str) -> None:
    deadline = time.monotonic() + 60
    while governor(root) != value:
        assert time.monotonic() < deadline, governor(root)
        time.sleep(0.02)


def test_that_the_governor_is_held_for_a_run_recorded_and_put_back(pyz: Path, store: Path, root: Path, tiny: Made):
    with Agent(pyz, store, root=str(root)) as agent:
        agent.stage(tiny)
        result, _ = agent.result(agent.send("measure", plan([entry(tiny.id)])))
    assert governor(root) == "ondemand"
    assert not (store / "restore.json").exists()
    conditions = result["conditions"]
    assert (conditions["pinned_governor"], conditions["governor"]) == ("performance", "performance")
    assert conditions["preflight"]["governors"] == ["performance"]
    assert conditions["preflight"]["ram_available_bytes"] == 3_072_000_000
    assert conditions["probe_after_ns"] > 0
    memory = result["entries"][0]["memory"]
    assert memory["pss"] > 1_000_000


def test_that_the_governor_comes_back_when_the_agent_is_killed(pyz: Path, store: Path, root: Path, tiny: Made):
    agent = Agent(pyz, store, root=str(root))
    agent.stage(tiny)
    agent.send("measure", plan([entry(tiny.id)], stop=LONG))
    wait_for(root, "performance")
    agent.kill()
    wait_for(root, "ondemand")
    deadline = time.monotonic() + 10
    while (store / "restore.json").exists():
        assert time.monotonic() < deadline


def test_that_the_next_agent_restores_what_a_killed_guardian_left(pyz: Path, store: Path, root: Path, tiny: Made):
    agent = Agent(pyz, store, root=str(root))
    agent.stage(tiny)
    agent.send("measure", plan([entry(tiny.id)], stop=LONG))
    wait_for(root, "performance")
    (guardian,) = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if b"restore\0--home\0" + str(store).encode() in path.read_bytes()
    ]
    os.kill(guardian, signal.SIGKILL)
    agent.kill()
    assert governor(root) == "performance"
    with Agent(pyz, store, root=str(root)):
        wait_for(root, "ondemand")
    assert not (store / "restore.json").exists()


def descendants(pid: int) -> list[int]:
    try:
        children = [int(c) for path in Path(f"/proc/{pid}/task").glob("*/children") for c in path.read_text().split()]
    except OSError:
        return []
    return [*children, *(further for child in children for further in descendants(child))]


def affinity(pid: int) -> set[int]:
    try:
        return os.sched_getaffinity(pid)
    except ProcessLookupError:
        return set()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="with one processor nothing is pinned")
def test_that_only_the_process_of_a_model_is_pinned_and_it_ends_with_a_killed_agent(pyz, store, root: Path, tiny: Made):
    allowed = os.sched_getaffinity(0)
    tree(root, {"proc/stat": "".join(f"cpu{cpu} 100 0 50 800 0 0 0 0 0 0\n" for cpu in allowed)})
    agent = Agent(pyz, store, root=str(root))
    agent.stage(tiny)
    agent.send("measure", plan([entry(tiny.id)], stop=LONG))
    deadline = time.monotonic() + 60
    while not (pinned := [pid for pid in descendants(agent.process.pid) if len(affinity(pid)) == 1]):
        assert time.monotonic() < deadline, "no process of a model is pinned"
        time.sleep(0.02)
    others = {agent.process.pid, *descendants(agent.process.pid)}.difference(pinned)
    assert len(others) >= 2  # the agent and the guardian of its clock
    assert {frozenset(affinity(pid)) for pid in others} == {frozenset(allowed)}
    agent.kill()
    while any(affinity(pid) for pid in pinned):
        assert time.monotonic() < deadline, "a pinned process outlives its agent"
        time.sleep(0.02)
    wait_for(root, "ondemand")
    with Agent(pyz, store, root=str(root)) as following:
        assert affinity(following.process.pid) == allowed


@pytest.mark.parametrize("offered", ["ondemand powersave\n", None])
def test_that_a_governor_that_cannot_be_set_is_left_alone(pyz, store, root: Path, tiny: Made, offered: str | None):
    if offered is None:
        (root / POLICY / "scaling_governor").unlink()
    else:
        (root / POLICY / "scaling_available_governors").write_text(offered)
    with Agent(pyz, store, root=str(root)) as agent:
        agent.stage(tiny)
        result, _ = agent.result(agent.send("measure", plan([entry(tiny.id)])))
    assert result["conditions"]["pinned_governor"] is None


def test_that_a_note_opens_no_other_file(pyz: Path, store: Path, root: Path):
    import json

    victim = root / "victim"
    victim.write_text("untouched")
    note = {"schema": 1, "boot_id": "boot-1", "governors": {str(victim): "owned"}}
    (store / "restore.json").write_text(json.dumps(note))
    with Agent(pyz, store, root=str(root)):
        assert victim.read_text() == "untouched"
    assert not (store / "restore.json").exists()


def test_that_stolen_time_swapping_and_throttling_are_seen_between_two_looks(root: Path):
    watch = Watch(str(root))
    assert watch.since() == ""
    (root / "proc/stat").write_text("cpu  190 0 50 800 0 0 0 54 0 0\n")
    assert watch.since() == ""  # 4 of 94 ticks
    (root / "proc/stat").write_text("cpu  280 0 50 800 0 0 0 64 0 0\n")
    assert watch.since() == "steal"  # 10 of 100
    (root / "proc/vmstat").write_text("pswpin 6\npswpout 7\n")
    assert watch.since() == "swap"
    flags = root / "sys/devices/platform/soc/soc:firmware/get_throttled"
    flags.parent.mkdir(parents=True)
    flags.write_text("50000\n")  # sticky bits of earlier do not count
    assert watch.since() == ""
    flags.write_text("50004\n")
    assert watch.since() == "throttled"
    flags.write_text("50000\n")
    watch.since()
    flags.write_text("70000\n")  # it was frequency-capped between two looks
    assert watch.since() == "throttled"


@pytest.mark.parametrize("file", ["proc/stat", "proc/vmstat", "sys/devices/platform/soc/soc:firmware/get_throttled"])
def test_that_a_source_that_falls_silent_is_a_gap_until_it_tells_again(root: Path, file: str):
    tree(root, {"sys/devices/platform/soc/soc:firmware/get_throttled": "0\n"})
    watch, text = Watch(str(root)), (root / file).read_text()
    for broken in ("", "no figures\n"):
        (root / file).write_text(broken)
        assert watch.since() == "gap"
    (root / file).unlink()
    assert watch.since() == "gap"
    (root / file).write_text(text)
    assert watch.since() == ""


def test_that_a_board_that_never_told_has_no_gap(tmp_path: Path):
    assert Watch(str(tmp_path)).since() == ""


def test_that_a_core_that_counts_throttling_is_seen_between_two_looks(root: Path):
    counter = "sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count"
    tree(root, {counter: "7"})
    watch = Watch(str(root))
    assert watch.since() == ""
    tree(root, {counter: "8"})
    assert watch.since() == "throttled"
    assert watch.since() == ""


def test_that_the_state_of_the_board_is_told(root: Path):
    found = look(str(root))
    assert (found.load_1min, found.ram_bytes, found.swap_used_bytes) == (0.25, 4_096_000_000, 61_440)
    assert (found.power_source, governors(str(root))) == ("unknown", ["ondemand"])
    tree(root, {"sys/class/power_supply/BAT0/type": "Battery", "sys/class/power_supply/BAT0/status": "Discharging"})
    assert power_source(str(root)) == "battery"
    tree(root, {"sys/class/power_supply/BAT0/status": "Charging"})
    assert power_source(str(root)) == "mains"
    assert probe() > 0


def test_that_the_fastest_cluster_is_chosen_where_clusters_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)))
    root = tree(
        tmp_path,
        {f"sys/devices/system/cpu/cpu{i}/cpu_capacity": "414" if i < 4 else "1024" for i in range(8)},
    )
    assert best_cpus(root, 2) == [4, 5, 6, 7]
    assert best_cpus(root, 5) == []
    same = tree(tmp_path / "same", {f"sys/devices/system/cpu/cpu{i}/cpu_capacity": "1024" for i in range(4)})
    assert best_cpus(same, 1) == []
