"""A fleet at a glance: counts, and what needs a look, against readings made up for the purpose."""

from dataclasses import replace

from profiles.fleet import fleet
from profiles.reading import Origin, Quality

from .test_compare import timed
from .test_stale import row


def on(device, day, value=1.0, index=0, **changes):
    names = {"target": device, "device_id": device, "board": "raspberry-pi-5", "nonce": f"{device}-{day}-{index}"}
    return row(index, day, latency_ms=timed(value, 0.001), **{**names, **changes})


def test_that_each_device_counts_its_own_readings_and_the_fresh_bundles_among_them():
    old, new = on("a", 1, index=2), on("a", 5, kernel="6.6.1")
    bad = on("a", 6, index=3, kernel="6.6.1", quality=Quality.REJECTED)
    (found,) = fleet([new, old, bad, replace(new, origin=Origin.SIMULATED)], {})
    assert (found.target, found.board, found.readings, found.bundles) == ("a", "raspberry-pi-5", 3, 1)
    assert (found.stale, found.rejected, found.last_measured) == (1, 1, bad.measured_at)
    assert found.needs == ("1 stale",)


def test_that_a_device_that_was_added_and_never_measured_stands_first_and_says_so():
    first, second = fleet([on("a", 1)], {"z": "raspberry-pi-4b", "a": None})
    assert (first.target, first.board, first.readings, first.needs) == (
        "z",
        "raspberry-pi-4b",
        0,
        ("nothing measured yet",),
    )
    assert second.needs == ()


def test_that_a_slower_device_and_one_unlike_its_sisters_come_before_the_others():
    steady = [on(name, day) for name in "abcdef" for day in range(1, 7)]
    slower = [on("g", day) for day in range(1, 7)] + [on("g", 9, 1.4)]
    rows = {item.target: item for item in fleet(steady + slower, {})}
    assert [name for name, item in rows.items() if item.needs] == ["g"]
    assert next(iter(rows)) == "g"
    assert [round(item.change, 3) for item in rows["g"].changed] == [0.4]
    assert round(rows["g"].ratio, 3) == 1.4
    said = rows["g"].to_json()["needs"]
    assert said[0].endswith("+40.0%")
    assert said[1] == "1.40x the time of its sisters"
