"""Captured /sys trees in, samples out: a new board is a new file in tests/cases/sensors."""

import json
import os
import struct
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.sensors import (
    frequency,
    gpu,
    hwmon,
    ina3221,
    load,
    power_supply,
    powercap,
    raspberry_pi,
    read_all,
    tegrastats,
    thermal,
    throttling,
)

from ..test_pythons import interpreters

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "sensors"
TEXTS = ROOT / "tests" / "cases" / "texts"


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
    assert found == {name: [approx(value), *rest] for name, (value, *rest) in captured["expected"].items()}
    assert all((item.value is None) == (item.quality in ("unavailable", "rejected")) for item in samples)
    assert all(item.reason for item in samples if item.value is None)


PARSERS = {
    "tegrastats": tegrastats.parse,
    "pmic": raspberry_pi.parse_pmic,
    "measure_temp": lambda text: [raspberry_pi.parse_temperature(text)],
    "measure_clock": lambda text: [raspberry_pi.parse_clock(text)],
    "measure_volts": lambda text: [raspberry_pi.parse_volts(text)],
    "get_throttled": lambda text: [throttling.parse_pi(text)],
}


@pytest.mark.parametrize("case", sorted(TEXTS.glob("*.json")), ids=lambda path: path.stem)
def test_that_a_captured_text_gives_the_expected_samples(case: Path):
    captured: dict[str, Any] = json.loads(case.read_text())
    samples = PARSERS[captured["source"]](captured["raw"])
    found = {item.sensor: [item.value, item.unit, item.quality] for item in samples}
    assert found == {name: [approx(value), *rest] for name, (value, *rest) in captured["expected"].items()}
    assert all((item.value is None) == bool(item.reason) for item in samples)


def approx(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("minor", [8, 13])
def test_that_every_captured_case_gives_the_same_on_other_pythons(minor: int, tmp_path: Path):
    """The sensors' files alone, on the oldest and the newest Python, against all cases at once."""
    python = interpreters().get((3, minor))
    if python is None:
        pytest.skip(f"NOT RUN: this machine has no Python 3.{minor}")
    wanted = {}
    for case in sorted(CASES.glob("*.json")):
        captured = json.loads(case.read_text())
        wanted[tree(tmp_path / case.stem, captured["raw"])] = captured["expected"]
    lines = [json.loads(case.read_text()) for case in TEXTS.glob("*.json")]
    done = subprocess.run(
        [python, "-I", "-S", "-c", OTHER_PYTHON, str(ROOT)],
        input=json.dumps([list(wanted), [[item["source"], item["raw"]] for item in lines]]),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    trees, texts = json.loads(done.stdout)
    for found, expected in zip(trees + texts, [*wanted.values(), *(item["expected"] for item in lines)], strict=True):
        assert found == {name: [approx(value), *rest] for name, (value, *rest) in expected.items()}


OTHER_PYTHON = """
import json, sys
sys.path.insert(0, sys.argv[1])
from device_agent.sensors import raspberry_pi, read_all, tegrastats, throttling
parsers = {
    "tegrastats": tegrastats.parse,
    "pmic": raspberry_pi.parse_pmic,
    "measure_temp": lambda text: [raspberry_pi.parse_temperature(text)],
    "measure_clock": lambda text: [raspberry_pi.parse_clock(text)],
    "measure_volts": lambda text: [raspberry_pi.parse_volts(text)],
    "get_throttled": lambda text: [throttling.parse_pi(text)],
}
show = lambda samples: {item.sensor: [item.value, item.unit, item.quality] for item in samples}
roots, lines = json.load(sys.stdin)
print(json.dumps([[show(read_all(root)) for root in roots], [show(parsers[source](text)) for source, text in lines]]))
"""


def test_that_the_ioctls_buffer_is_the_one_of_the_firmwares_own_program():
    """The layout that raspberrypi/utils' vcgencmd.c sends: words of size, request, tag, size, answer, code, then text."""
    words = struct.unpack_from("<6I", raspberry_pi.message("measure_temp"))
    assert words == (len(raspberry_pi.message("x")), 0, 0x00030080, 4096, 0, 0)
    assert raspberry_pi.message("measure_temp")[24:37] == b"measure_temp\0"
    assert raspberry_pi.REQUEST in (0xC0086400, 0xC0046400)


def test_that_the_answer_in_a_buffer_is_read_and_a_refusal_is_none():
    buffer = raspberry_pi.message("measure_temp")
    buffer[24:37] = b"temp=39.5'C\n\0"
    assert raspberry_pi.answer(buffer) == "temp=39.5'C"
    buffer[20] = 1
    assert raspberry_pi.answer(buffer) is None


def test_that_a_firmware_that_cannot_be_asked_is_unavailable_with_the_group_that_helps(tmp_path: Path):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/vcio").write_text("no device")
    (found,) = raspberry_pi.read(str(tmp_path))
    assert (found.value, found.quality) == (None, "unavailable")
    assert "video" in str(found.reason)


@pytest.mark.parametrize("text", ["", "N/A", "1e999", "nan", "-inf", "12 34", "\x00", "0x1f"])
def test_that_text_that_is_no_number_is_never_a_value(text: str):
    for sample in (
        thermal.parse("cpu-thermal", text, "/s"),
        frequency.parse("policy0", text, "/s"),
        hwmon.parse("power", "a/b", text, "/s"),
        powercap.parse("package-0", text, "/s"),
        ina3221.product("VDD_IN", text, "1", "/s"),
        gpu.parse_clock("1.gpu", text),
        gpu.parse_load("1.gpu", text),
        power_supply.parse("BAT0", "Discharging", text, text, text),
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
    for sample in [*tegrastats.parse("RAM 1/2MB VDD_IN " + text), *raspberry_pi.parse_pmic(text)]:
        assert sample.value is None or sample.value >= 0


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


def test_that_a_counter_larger_than_its_64_bits_is_rejected():
    assert powercap.parse("package-0", "18446744073709500000", "/s").value == pytest.approx(1.84467440737095e13)
    assert powercap.parse("package-0", "52191011101110110000", "/s").quality == "rejected"


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


SCRIPT = """#!/bin/sh
[ "$*" = "--interval 100" ] || exit 1
echo "RAM 1/2MB VDD_IN 1000mW/1000mW"
echo "RAM 1/2MB VDD_IN 2000mW/1500mW"
read line < "{first}"
echo "RAM 1/2MB VDD_IN 3000mW/2000mW"
read line < "{second}"
"""


def test_that_the_running_tegrastats_is_asked_for_its_newest_whole_line_until_it_ends(tmp_path: Path):
    first, second, program = tmp_path / "first", tmp_path / "second", tmp_path / "tegrastats"
    os.mkfifo(first)
    os.mkfifo(second)
    program.write_text(SCRIPT.format(first=first, second=second))
    program.chmod(0o755)
    running = tegrastats._Running(str(program))

    def watts(wanted: float | None) -> bool:
        found = [item.value for item in tegrastats.power(running())]
        return found == [wanted]

    for wanted, gate in ((2.0, first), (3.0, second), (None, None)):
        end = time.monotonic() + 20
        while not watts(wanted) and time.monotonic() < end:
            time.sleep(0.01)
        assert watts(wanted)
        if gate is not None:
            gate.write_text("go on\n")
    assert tegrastats.power(running())[0].reason
    assert tegrastats._Running(str(tmp_path / "missing"))() is None


def test_that_tegrastats_is_left_alone_where_a_power_monitor_can_be_read(tmp_path: Path):
    case = json.loads((CASES / "orin-nano-jp6.json").read_text())
    line = json.loads((CASES / "orin-nano-tegrastats.json").read_text())["raw"]["usr/bin/tegrastats"]
    samples = read_all(tree(tmp_path, {**case["raw"], "usr/bin/tegrastats": line}))
    assert not [item for item in samples if "tegrastats" in item.sensor]
