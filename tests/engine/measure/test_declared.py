"""Energy from declared power, against the same arithmetic by hand."""

from dataclasses import replace

import pytest

from engine.errors import UsageError
from engine.measure.declared import DeclaredPower
from engine.verbs import measure
from profiles.reading import Quality
from profiles.wellformed import reading_fault

from ..report.sample import RESNET, reading


def some(mean, **changes):
    item = reading("fashion-resnet", RESNET[0], 0, **changes)
    return replace(item, latency_ms=replace(item.latency_ms, mean=mean))


def test_that_energy_is_watts_times_the_mean_latency_with_the_last_digits_uncertainty():
    found = DeclaredPower.of("2.7:4.1").put_on(some(20.0))
    energy = found.energy_mj
    assert energy["total"]["value"] == pytest.approx(4.1 * 20)
    assert energy["dynamic"]["value"] == pytest.approx(1.4 * 20)
    half = 1.959964 * 0.1 / 12**0.5 * 20
    assert energy["total"]["ci95"] == pytest.approx([82 - half, 82 + half])
    assert energy["dynamic"]["ci95"] == pytest.approx([28 - half * 2**0.5, 28 + half * 2**0.5])
    assert (found.power_mw, energy["quality"], energy["scope"]) == (4100, "declared", "wall")
    assert reading_fault(found.to_json()) is None, "a pack with it is taken over"


def test_that_more_digits_are_a_smaller_uncertainty_and_the_scope_is_kept():
    fine = DeclaredPower.of("2.70:4.10@module")
    assert fine.u_load_w == pytest.approx(DeclaredPower.of("2.7:4.1").u_load_w / 10)
    assert fine.energy(some(1.0))["scope"] == "module"


def test_that_a_rejected_reading_gets_no_energy():
    assert DeclaredPower.of("1:2").put_on(some(1.0, quality=Quality.REJECTED)).energy_mj is None


@pytest.mark.parametrize("text", ["", "4.1", "4:2", "0:0", "-1:2", "1:900", "1:2@house", "1:2:3", "nan:2", "1e3:2"])
def test_that_what_no_meter_shows_is_refused(text):
    with pytest.raises(UsageError):
        DeclaredPower.of(text)


def test_that_power_is_declared_or_measured_but_not_both():
    with pytest.raises(UsageError, match="not both"):
        measure("b", ["loopback"], energy=True, declared_power="1:2")
