"""Temperature and clocks while models run."""

from pathlib import Path

import pytest

from device_agent import warmth
from device_agent.warmth import Warmth

from .test_board import board

ZONE, CLOCK = "sys/class/thermal/thermal_zone0", "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq"


def test_that_each_look_adds_the_temperature_near_the_processor_and_the_slowest_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(warmth, "EACH_S", 0.0)
    files = {f"{ZONE}/type": b"cpu-thermal\n", "sys/class/thermal/thermal_zone1/type": b"gpu-thermal\n"}
    root = board(tmp_path, {**files, "sys/class/thermal/thermal_zone1/temp": b"30000\n"})
    seen = Warmth(root)
    for temperature, clock in ((45000, 2400000), (60500, 1800000)):
        fast = {CLOCK.replace("policy0", "policy4"): b"2500000\n"}
        board(tmp_path, {f"{ZONE}/temp": b"%d\n" % temperature, CLOCK: b"%d\n" % clock, **fast})
        seen.look()
    board(
        tmp_path, {f"{ZONE}/temp": b"-256000\n", CLOCK: b"\n", CLOCK.replace("policy0", "policy4"): b"\n"}
    )  # switched off: no value rather than a false one
    seen.look()
    told = {item.sensor: item for item in seen.traces()}
    assert told["temperature:cpu-thermal"].values == [45.0, 60.5]
    assert told["frequency:slowest"].values == [2400.0, 1800.0]
    assert told["frequency:slowest"].t_ns == sorted(told["frequency:slowest"].t_ns)
    assert told["temperature:gpu-thermal"].values == [30.0]  # of the look at which the other was off


def test_that_it_looks_once_a_second_at_most_and_tells_nothing_where_no_sensor_does(tmp_path: Path):
    often = Warmth(board(tmp_path, {f"{ZONE}/temp": b"45000\n"}))
    for _ in range(5):
        often.look()
    assert [len(item.values) for item in often.traces()] == [1]
    bare = Warmth(str(tmp_path / "bare"))
    bare.look()
    assert bare.traces() == []


def test_that_a_run_of_hours_keeps_as_many_looks_as_a_reply_has_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    clock = [0.0]
    monkeypatch.setattr(warmth.time, "monotonic", lambda: clock[0])
    seen = Warmth(board(tmp_path, {f"{ZONE}/type": b"cpu-thermal\n", f"{ZONE}/temp": b"40000\n"}))
    for second in range(1, 5001):
        clock[0] = float(second)
        if second % 5 == 0:  # as rounds do
            board(tmp_path, {f"{ZONE}/temp": b"%d\n" % (40000 + second)})
        seen.look()
    (told,) = seen.traces()
    assert 300 <= len(told.values) < 600
    assert told.values == sorted(told.values)
    assert (told.values[0], told.values[-1]) == (40.0, pytest.approx(45.0, abs=0.1))
