"""The processor of a round: the one that others use least, the same for all entries."""

import os
import subprocess
import sys

import pytest

from device_agent import seat
from device_agent.seat import Seat, busy_s


class Machine:
    """Processors with ticks that a test lets pass, and what was pinned where."""

    def __init__(self, root, monkeypatch):
        self.root, self.now, self.pinned = root, 100.0, []
        self.ticks = {0: [0.0] * 8, 1: [0.0] * 8, 2: [0.0] * 8}
        (root / "proc").mkdir()
        monkeypatch.setattr(seat, "TICK_S", 0.01)
        monkeypatch.setattr(seat.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(seat.os, "sched_setaffinity", lambda pid, cpus: self.pinned.append((pid, list(cpus))))
        self.write()

    def write(self):
        lines = ["cpu  1 2 3 4 5 6 7 8", *(f"cpu{n} {' '.join(map(str, t))}" for n, t in self.ticks.items()), "ctxt 5"]
        (self.root / "proc/stat").write_text("\n".join(lines))

    def pass_s(self, seconds, **busy):
        """Let time pass with each processor busy for a share of it, the rest idle."""
        self.now += seconds
        for number, ticks in self.ticks.items():
            share = busy.get(f"cpu{number}", 0.0)
            ticks[0] += 100 * seconds * share
            ticks[3] += 100 * seconds * (1 - share)
        self.write()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


def test_that_idle_and_waiting_time_is_not_busy_time(machine):
    machine.ticks[1] = [10, 20, 30, 400, 500, 60, 70, 80]
    machine.write()
    assert busy_s(str(machine.root)) == {0: 0.0, 1: pytest.approx(2.7), 2: 0.0}


def test_that_all_entries_go_where_others_do_least_and_their_own_work_does_not_count(machine):
    place = Seat(str(machine.root), [0, 1, 2])
    machine.pass_s(1, cpu0=0.9, cpu1=0.2, cpu2=0.5)
    place.take([7, 8], 0.0)
    assert machine.pinned == [(7, [1]), (8, [1])]
    machine.pass_s(1, cpu0=0.9, cpu1=1.0, cpu2=0.5)
    place.take([7, 8], 0.8)
    assert machine.pinned[2:] == [], "what keeps it busy are the entries themselves"
    machine.pass_s(1, cpu0=0.9, cpu1=1.0, cpu2=0.1)
    place.take([7, 8], 0.6)
    assert machine.pinned[2:] == [(7, [2]), (8, [2])]
    place.leave([7, 8])
    assert machine.pinned[4:] == [(7, [0, 1, 2]), (8, [0, 1, 2])]


def test_that_processes_that_start_later_are_brought_there_and_what_they_took_to_start_is_nobody_s(machine):
    place = Seat(str(machine.root), [0, 1])
    place.bring([5])
    assert machine.pinned == [], "nothing has run yet"
    machine.pass_s(1, cpu0=0.3)
    place.take([7], 0.0)
    place.bring([8, 9])
    assert machine.pinned == [(7, [1]), (8, [1]), (9, [1])]
    machine.pass_s(1, cpu0=0.3, cpu1=1.0)  # the models load
    place.look()
    machine.pass_s(1, cpu0=0.3, cpu1=0.5)
    place.take([8, 9], 0.5)
    assert len(machine.pinned) == 3


def test_that_it_stays_for_a_while_and_for_a_small_difference(machine):
    place = Seat(str(machine.root), [0, 1])
    machine.pass_s(1, cpu0=0.3)
    place.take([7], 0.0)
    assert machine.pinned == [(7, [1])]
    machine.pass_s(0.1, cpu1=1.0)
    place.take([7], 0.0)
    machine.pass_s(1, cpu0=0.3, cpu1=0.35)
    place.take([7], 0.1)
    assert machine.pinned == [(7, [1])]


@pytest.mark.parametrize("cpus", [[], [3]])
def test_that_nothing_is_pinned_where_there_is_no_choice(machine, cpus):
    place = Seat(str(machine.root), cpus)
    machine.pass_s(1, cpu0=0.3)
    place.take([7], 0.0)
    place.leave([7])
    assert machine.pinned == []


def test_that_a_kernel_that_tells_nothing_or_something_else_pins_nothing(machine):
    for text in ("", "cpu0 a b c d", "garbage"):
        (machine.root / "proc/stat").write_text(text)
        place = Seat(str(machine.root), [0, 1])
        machine.now += 1
        place.take([7], 0.0)
        assert machine.pinned == []


def test_that_a_real_process_is_pinned_and_one_that_is_gone_is_no_error():
    allowed = sorted(os.sched_getaffinity(0))
    process = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    try:
        seat.pin([process.pid, 2**22 - 1], allowed[:1])
        assert os.sched_getaffinity(process.pid) == set(allowed[:1])
    finally:
        process.communicate(b"\n")
