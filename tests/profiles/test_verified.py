"""A fact is verified by as many boards as wrote a fixture that bears it out, and by no other."""

from typing import Any

import pytest

from profiles.board import descriptions
from profiles.verified import Verified, confirmed, count, verified_by

PI5 = next(item for item in descriptions() if item.id == "raspberry-pi-5")


def fixture(**machine: Any) -> dict[str, Any]:
    known = {
        "arch": "aarch64",
        "cpus": 4,
        "model": "Raspberry Pi 5 Model B Rev 1.1",
        "compatible": ["raspberrypi,5-model-b", "brcm,bcm2712"],
        "isa": PI5.facts["isa"],
        "ram_bytes": 8_455_000_000,
    }
    return {"machine": {**known, **machine}, "expected": {"power:soc": [3.1, "W", "estimated"]}}


def test_that_a_board_that_shows_all_of_it_confirms_all_that_can_be_seen():
    assert set(confirmed(PI5, fixture())) == {"compatible", "model", "isa", "ram_mb", "power_sensor"}


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"compatible": ["other,board"]}, "compatible"),
        ({"model": "Raspberry Pi 4 Model B"}, "model"),
        ({"isa": ["fp"]}, "isa"),
        ({"ram_bytes": 5_500_000_000}, "ram_mb"),
    ],
)
def test_that_what_a_board_shows_otherwise_is_not_confirmed(changed: dict[str, Any], missing: str):
    assert missing not in confirmed(PI5, fixture(**changed))
    assert len(confirmed(PI5, fixture(**changed))) == 4


def test_that_a_power_sensor_without_a_value_confirms_nothing():
    assert "power_sensor" not in confirmed(PI5, {**fixture(), "expected": {"power:soc": [None, "W", "unavailable"]}})


def test_that_boards_are_counted_by_their_fixtures_and_made_up_ones_are_not():
    seen = [
        fixture(),
        fixture(isa=["fp"]),
        {"board": "Raspberry Pi 5", "expected": {}},
        fixture(model="X", compatible=[]),
    ]
    found = count(seen)["boards"]
    assert set(found) == {"raspberry-pi-5"}
    assert found["raspberry-pi-5"]["boards"] == 2
    assert (found["raspberry-pi-5"]["facts"]["isa"], found["raspberry-pi-5"]["facts"]["model"]) == (1, 2)


def test_that_the_words_say_how_many():
    table = Verified(2, {"isa": 1, "model": 2})
    assert [table.of(name) for name in ("isa", "model", "ram_bandwidth_gbps")] == [
        "verified by 1 board",
        "verified by 2 boards",
        "not verified",
    ]


def test_that_a_board_nobody_tested_is_verified_by_nobody():
    assert verified_by("no-such-board") == Verified(0, {})
