"""Boards without a battery for their clock start in 1970, or jump by years once they find a time server: nothing minds."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from .session import Agent, Made
from .test_trial import begin, current, wait_for

YEAR_S = 365.25 * 86_400
CLOCK = """
import os, runpy, sys, time
file, real = sys.argv.pop(1), time.time
def shifted():
    with open(file) as stream:
        return real() + float(stream.read())
time.time, time.time_ns = shifted, lambda: int(shifted() * 1e9)
gmtime, localtime = time.gmtime, time.localtime
time.gmtime = lambda seconds=None: gmtime(shifted() if seconds is None else seconds)
time.localtime = lambda seconds=None: localtime(shifted() if seconds is None else seconds)
sys.argv = sys.argv[sys.argv.index("-S") + 1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Clock:
    """The wall clock of a board, by which its agent goes; the clock that counts since its start goes on as it does."""

    def __init__(self, folder: Path) -> None:
        self._offset, self._program = folder / "offset", folder / "clock.py"
        self._program.write_text(CLOCK)
        self.python = folder / "python"
        self.python.write_text(f'#!/bin/sh\nexec {sys.executable} -S {self._program} {self._offset} "$@"\n')
        self.python.chmod(0o755)
        self.now = time.time()

    @property
    def now(self) -> float:
        return time.time() + float(self._offset.read_text())

    @now.setter
    def now(self, seconds: float) -> None:
        fresh = self._offset.with_suffix(".new")
        fresh.write_text(str(seconds - time.time()))
        fresh.replace(self._offset)


@pytest.fixture
def store(prepared: Path, disk: Path) -> Path:
    return Path(shutil.copytree(prepared, disk / "store", symlinks=True))


@pytest.fixture
def clock(disk: Path) -> Clock:
    return Clock(disk)


def log_times(agent: Agent) -> list[float]:
    return [json.loads(line)["t"] for line in (agent.home / "log" / "agent.log").read_text().splitlines()]


@pytest.mark.parametrize(("begun", "then"), [(100.0, 67 * YEAR_S), (67 * YEAR_S, 100.0)])
def test_that_a_deploy_and_a_trial_go_their_way_whatever_the_wall_clock_says(
    pyz: Path, store: Path, tiny: Made, other: Made, clock: Clock, begun: float, then: float
):
    clock.now = begun
    with Agent(pyz, store, python=str(clock.python)) as agent:
        assert agent.stage(other)["state"] == "verified"
        assert agent.activate({"main": tiny.id}, 1) == {"main": 1}
        assert abs(log_times(agent)[-1] - begun) < 600, "the agent really goes by that clock"
        name = begin(agent, other)
        clock.now = then
        assert 50 < agent.request("slot.list")["trial_left_s"] <= 60, "a jump is no end of the window"
        agent.request("slot.commit", {"order": name})
        assert current(agent.home) == other.id
        assert abs(log_times(agent)[-1] - then) < 600
        begin(agent, tiny, 3, window_s=1)
    assert wait_for(store, other) < 1 + 5, "and the window ends by the clock that counts"
    with Agent(pyz, store, python=str(clock.python)) as later:
        assert later.activate({"main": tiny.id}, 4) == {"main": 4}
        assert later.put(b"content" * 1000)


def test_that_what_was_written_under_a_clock_far_ahead_is_cleaned_up_all_the_same(
    pyz: Path, store: Path, tiny: Made, clock: Clock
):
    """A board that once knew the time and now starts in 1970 would else fill its disk with what nothing needs."""
    clock.now = 1000.0
    with Agent(pyz, store, python=str(clock.python)) as agent:
        kept, gone = (agent.put(bytes([number]) * 5000) for number in (1, 2))
        os.utime(agent.home / "blobs" / kept, (900, 900))
        assert (agent.home / "blobs" / gone).stat().st_mtime > 50 * YEAR_S
        agent.activate({"main": tiny.id}, 1)
        assert sorted(path.name for path in (agent.home / "blobs").iterdir() if path.name in (kept, gone)) == [kept]
        assert current(agent.home) == tiny.id
