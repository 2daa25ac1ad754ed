"""Captured /sys trees in, samples out: a new board is a new file in tests/cases/sensors."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.sensors import frequency, hwmon, load, powercap, read_all, thermal, throttling

CASES = Path(__file__).parents[2] / "cases" / "sensors"


def tree(root: Path, raw: dict[str, str]) -> str:
    for name, text in raw.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(root)


@pytest.mark.parametrize("case", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_that_a_captured_board_gives_the_expected_samples(case: Path, tmp_path: Path):
    captured: dict[str, Any] = json.loads(case.read_text())
    samples = read_all(tree(tmp_path, captured["raw"]))
    found = {item.sensor: [item.value, item.unit, item.quality] for item in samples}
    assert found == captured["expected"]
    assert all((item.value is None) == (item.quality != "measured") for item in samples)
    assert all(item.reason for item in samples if item.value is None)
    assert all(item.source.startswith("/sys/") for item in samples)


@pytest.mark.parametrize("text", ["", "N/A", "1e999", "nan", "-inf", "12 34", "\x00", "0x1f"])
def test_that_text_that_is_no_number_is_never_a_value(text: str):
    for sample in (
        thermal.parse("cpu-thermal", text, "/s"),
        frequency.parse("policy0", text, "/s"),
        hwmon.parse("power", "a/b", text, "/s"),
        powercap.parse("package-0", text, "/s"),
    ):
        assert sample.value is None
        assert sample.quality == "unavailable"


@given(st.text(max_size=30) | st.floats().map(str) | st.integers().map(str))
@settings(max_examples=200, deadline=None)
def test_that_any_text_gives_a_sample_that_can_be_true(text: str):
    temperature = thermal.parse("cpu-thermal", text, "/s").value
    assert temperature is None or -40 <= temperature <= 150
    clock = frequency.parse("policy0", text, "/s").value
    assert clock is None or 1 <= clock <= 10_000
    power = hwmon.parse("power", "a/b", text, "/s").value
    assert power is None or 0 <= power <= 2000


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("50005", 0x50005), ("0x50005", 0x50005), ("throttled=0x50000", 0x50000)]
)
def test_that_the_firmwares_bits_are_read_in_all_their_spellings(text: str, value: int):
    assert throttling.parse_pi(text).value == value


def test_that_bits_that_are_no_number_are_unavailable():
    assert throttling.parse_pi("error").quality == "unavailable"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("0", "0", False), ("0", "50005", True), ("50000", "50000", False), ("0", "40000", True), ("x", "0", None)],
)
def test_that_throttling_during_a_run_is_seen(before: str, after: str, expected: bool | None):
    """Live bits, and sticky bits that were not there before; sticky bits from earlier do not count."""
    assert throttling.happened([throttling.parse_pi(before)], [throttling.parse_pi(after)]) is expected


def test_that_a_counter_that_wrapped_gives_the_energy_between():
    assert powercap.difference(10.0, 15.0, 100.0) == 5.0
    assert powercap.difference(95.0, 5.0, 100.0) == 10.0


def test_that_stolen_time_is_a_share_of_all_cpu_time(tmp_path: Path):
    root = tree(tmp_path, {"proc/stat": "cpu  100 0 50 800 0 0 0 50 0 0\ncpu0 1 2 3\n", "proc/loadavg": "0.75 0.5 0.1"})
    before = load.cpu_times(root)
    tree(tmp_path, {"proc/stat": "cpu  150 0 50 800 0 0 0 100 0 0\n"})
    assert before == (1000.0, 50.0)
    assert load.steal_share(before, load.cpu_times(root)) == pytest.approx(0.5)
    assert load.steal_share(before, before) is None
    assert load.load_1min(root) == 0.75
    assert load.load_1min(str(tmp_path / "nothing")) is None
