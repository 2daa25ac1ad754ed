"""Two processes measure on one board, one after the other is killed or both at once: what was before comes back, and once."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .sensors.test_sensors import tree
from .session import Agent, Made, entry, plan, trust
from .test_pinning import BOARD, LONG, POLICY, governor, wait_for

SHORT = {"min_n": 20, "min_s": 0.05, "max_s": 0.5, "half_width": 0.5}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(tree(tmp_path / "root", BOARD))


def guardian(store: Path) -> int:
    """The only process that waits to restore what a run on this store pinned."""
    (found,) = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if b"restore\0--home\0" + str(store).encode() in path.read_bytes()
    ]
    return found


@contextmanager
def asleep(pid: int) -> Iterator[None]:
    """A process that is not scheduled, as on a busy computer, and ends for certain."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        deadline = time.monotonic() + 30
        while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
            assert time.monotonic() < deadline, "the guardian does not end"
            time.sleep(0.02)


def measure(agent: Agent, tiny: Made, stop: dict[str, float]) -> str:
    return agent.send("measure", plan([entry(tiny.id)], stop=stop))


def kill_one_that_measures(first: Agent, second: Agent, tiny: Made, store: Path, root: Path) -> int:
    """Both have greeted before either measures, so that nobody looks for notes when the first dies; returns its guardian."""
    first.stage(tiny)
    measure(first, tiny, LONG)
    wait_for(root, "performance")
    assert second.hello["machine"]["governor"] == "ondemand"
    return guardian(store)


def test_that_a_run_after_a_killed_one_holds_the_clock_itself_and_restores_what_was_first(
    pyz: Path, store: Path, root: Path, tiny: Made
):
    first, second = (Agent(pyz, store, root=str(root)) for _ in range(2))
    with second:
        late = kill_one_that_measures(first, second, tiny, store, root)
        with asleep(late):
            first.kill()
            result, _ = second.result(measure(second, tiny, SHORT))
            assert result["conditions"]["pinned_governor"] == "performance"
            assert governor(root) == "ondemand"
            (root / POLICY / "scaling_governor").write_text("powersave\n")  # by the user
        assert governor(root) == "powersave", "it was restored twice"
    assert not (store / "restore.json").exists()


def test_that_a_guardian_that_wakes_late_leaves_the_clock_of_a_later_run_alone(
    pyz: Path, store: Path, root: Path, tiny: Made
):
    first, second = (Agent(pyz, store, root=str(root)) for _ in range(2))
    late = kill_one_that_measures(first, second, tiny, store, root)
    with asleep(late):
        first.kill()
        note = (store / "restore.json").read_bytes()
        measure(second, tiny, LONG)
        deadline = time.monotonic() + 30
        while not (store / "restore.json").exists() or (store / "restore.json").read_bytes() == note:
            assert time.monotonic() < deadline, "the second run does not begin"
            time.sleep(0.01)
        wait_for(root, "performance")
    assert governor(root) == "performance"
    assert (store / "restore.json").exists()
    second.kill()
    wait_for(root, "ondemand")


@pytest.mark.parametrize("killed", ["first", "second"])
def test_that_two_users_who_measure_at_once_never_leave_the_clock_as_the_other_pinned_it(
    pyz: Path, store: Path, disk: Path, root: Path, tiny: Made, killed: str
):
    home = disk / "other" / ".flyweight"
    trust(home)
    agents = {"first": Agent(pyz, store, root=str(root)), "second": Agent(pyz, home, root=str(root))}
    for agent in agents.values():
        agent.stage(tiny)
    measure(agents["first"], tiny, LONG)
    wait_for(root, "performance")
    measure(agents["second"], tiny, LONG)
    deadline = time.monotonic() + 30
    while not children(agents["second"]):
        assert time.monotonic() < deadline, "the second run does not begin"
        time.sleep(0.02)
    agents.pop(killed).kill()
    if killed == "second":
        time.sleep(0.5)
        assert governor(root) == "performance"
    else:
        wait_for(root, "ondemand")
    for agent in agents.values():
        agent.kill()
    wait_for(root, "ondemand")
    for folder in (store, home):
        assert not (folder / "restore.json").exists()


def children(agent: Agent) -> list[str]:
    """Process ids below an agent."""
    return Path(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children").read_text().split()
