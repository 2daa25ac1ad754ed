"""A selftest's capture is a case like those of tests/cases: its texts give its samples, and it names nobody."""

import json
from pathlib import Path

import pytest

from .sensors.test_sensors import CASES, tree
from .session import Agent


@pytest.mark.parametrize("case", ["pi5", "orin-nano-jp6", "pc-rapl", "nothing"])
def test_that_what_a_board_exports_is_what_was_captured_from_it(case: str, pyz: Path, store: Path, tmp_path: Path):
    captured = json.loads((CASES / f"{case}.json").read_text())
    with Agent(pyz, store, root=tree(tmp_path / "root", captured["raw"])) as agent:
        said = agent.request("selftest")
    assert said["differs"] == []
    found = {item["sensor"]: [item["value"], item["unit"], item["quality"]] for item in said["samples"]}
    assert found == {
        name: [None if value is None else pytest.approx(value), *rest]
        for name, (value, *rest) in captured["expected"].items()
    }
    from device_agent.sensors import read_all

    again = read_all(tree(tmp_path / "again", said["raw"]))
    assert {item.sensor: [item.value, item.unit, item.quality] for item in again} == found


def test_that_serial_numbers_stay_on_the_board(pyz: Path, store: Path, tmp_path: Path):
    captured = json.loads((CASES / "pi5.json").read_text())
    serial = captured["raw"]["proc/device-tree/serial-number"]
    with Agent(pyz, store, root=tree(tmp_path / "root", captured["raw"])) as agent:
        said = agent.request("selftest")
        assert agent.hello["device_id"] == serial
    assert said["raw"]["proc/device-tree/model"] == "Raspberry Pi 5 Model B Rev 1.0"
    assert serial not in json.dumps(said)


def test_that_a_sensor_whose_text_does_not_tell_its_value_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from device_agent import selftest
    from device_agent.sensors.sample import measured

    calls = []

    def read(root: str):
        calls.append(root)
        return [measured("temperature:cpu", 40.0 + len(calls), "C", "/s", "sysfs")]

    monkeypatch.setattr(selftest, "read_all", read)
    assert selftest.selftest(str(tmp_path))["differs"] == ["temperature:cpu"]
