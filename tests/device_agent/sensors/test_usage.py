"""Load and memory from the texts of /proc."""

import pytest

from device_agent.sensors import usage

BEFORE = "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 1 1 1\n"
AFTER = "cpu  160 0 120 790 110 10 10 0 0 0\n"
MEMINFO = "MemTotal:        4000000 kB\nMemFree:          100000 kB\nMemAvailable:    3000000 kB\n"


def test_that_the_load_is_the_busy_share_between_two_looks():
    before, after = usage.busy_times(BEFORE), usage.busy_times(AFTER)
    # 200 ticks passed, 90 of them idle and 10 waiting for a disk
    assert usage.load(before, after).value == pytest.approx(50.0)
    assert usage.load(before, after).unit == "%"


@pytest.mark.parametrize("text", [None, "", "cpu  1 2 3\n", "cpu  a b c d e\n", "intr 1 2 3\n"])
def test_that_a_kernel_that_does_not_tell_gives_no_load(text: str | None):
    sample = usage.load((1.0, 1.0), usage.busy_times(text))
    assert (sample.value, sample.quality) == (None, "unavailable")
    assert sample.reason


def test_that_the_first_look_has_no_load_yet(tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "stat").write_text(BEFORE)
    looks = usage.Usage(str(tmp_path))
    assert looks.read()[0].reason == "it shows between two looks; this was the first"
    (tmp_path / "proc" / "stat").write_text(AFTER)
    assert looks.read()[0].value == pytest.approx(50.0)
    assert looks.read()[0].value is None, "no time passed"


def test_that_memory_is_used_and_available():
    used, available = usage.memory(MEMINFO)
    assert (used.sensor, used.value, used.unit) == ("memory:used", pytest.approx(1024.0), "MB")
    assert (available.sensor, available.value) == ("memory:available", pytest.approx(3072.0))


def test_that_a_kernel_without_the_available_memory_says_so():
    (only,) = usage.memory("MemTotal: 4000000 kB\nMemFree: 100000 kB\n")
    assert (only.value, only.quality) == (None, "unavailable")
