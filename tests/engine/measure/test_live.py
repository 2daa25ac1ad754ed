"""Looks at sensors: what counters and bits mean, and what is missing with its reason."""

import json
from pathlib import Path

import pytest

from device_agent.contract.messages import Sample
from device_agent.sensors import read_all
from engine.measure.live import NOTHING_TOLD, Watcher
from tests.device_agent.sensors.test_sensors import CASES, tree

SECOND = 1_000_000_000


def sample(
    sensor: str, value: float | None, unit: str, t_s: float = 0.0, scope: str = "soc", reason: str | None = None
):
    quality = "unavailable" if value is None else "measured"
    return Sample(sensor, value, unit, "/s", "sysfs", int(t_s * SECOND), quality, scope, reason)


def test_that_a_counter_of_energy_becomes_the_mean_power_between_two_looks():
    watcher = Watcher()
    first = watcher.look([sample("energy:package-0", 100.0, "J", 1.0)])
    assert first.values["power:package-0"] is None
    assert "between two looks" in str(first.channels["power:package-0"].reason)
    second = watcher.look([sample("energy:package-0", 103.0, "J", 1.5)])
    assert second.values["power:package-0"] == pytest.approx(3.0 / 0.5)
    assert second.channels["power:package-0"].unit == "W"
    assert second.at_s == pytest.approx(0.5)


def test_that_a_counter_that_begins_anew_gives_no_power_instead_of_a_wrong_one():
    watcher = Watcher()
    watcher.prime([sample("energy:package-0", 100.0, "J", 1.0)])
    look = watcher.look([sample("energy:package-0", 2.0, "J", 2.0)])
    assert look.values["power:package-0"] is None
    assert look.channels["power:package-0"].reason == "the counter of energy began anew"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (0.0, ()),
        (float(0x50000), ()),
        (float(0x50005), ("under-voltage", "throttled")),
        (8.0, ("soft temperature limit",)),
    ],
)
def test_that_the_bits_of_a_raspberry_pi_tell_what_is_so_now(flags: float, words: tuple[str, ...]):
    assert Watcher().look([sample("throttled", flags, "flags")]).throttling == words


def test_that_a_counter_of_throttling_tells_from_the_second_look_on():
    watcher, counts = Watcher(), (7.0, 7.0, 9.0)
    seen = [watcher.look([sample("throttle_count", n, "events")]).throttling for n in counts]
    assert seen == [None, (), ("throttled",)]


def test_that_a_board_that_cannot_tell_throttling_does_not_say_no():
    assert Watcher().look([sample("throttled", None, "flags", reason="no counter")]).throttling is None


def test_that_what_an_older_agent_does_not_tell_is_listed_with_that_as_the_reason():
    look = Watcher().look([sample("temperature:cpu", 50.0, "C")])
    assert look.values == {"temperature:cpu": 50.0, "frequency": None, "load": None, "memory": None, "power": None}
    assert look.channels["load"].reason == NOTHING_TOLD


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.json")))
def test_that_every_captured_board_gives_looks_without_an_invented_value(case: str, tmp_path: Path):
    captured = json.loads((CASES / f"{case}.json").read_text())
    samples = read_all(tree(tmp_path / "root", captured["raw"]))
    look = Watcher().look(samples)
    told = {item.sensor: item.value for item in samples}
    for sensor, value in look.values.items():
        if value is None:
            assert look.channels[sensor].reason, sensor
        else:
            assert value == told[sensor]
    kinds = {sensor.partition(":")[0] for sensor in look.values}
    assert {"temperature", "frequency", "load", "memory", "power"} <= kinds
