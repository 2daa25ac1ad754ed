"""The latencies of a device over time."""

import pytest

from engine.errors import UsageError
from engine.verbs import profile_history
from profiles.reading import Origin

from ...profiles.test_compare import timed
from ...profiles.test_stale import row
from .test_knowledge import filed, other


def test_that_readings_of_one_device_come_in_the_order_they_were_measured():
    filed(row(0, 3, latency_ms=timed(9.0)), row(1, 1, latency_ms=timed(5.0)), other(2, 2, latency_ms=timed(1.0)))
    found = profile_history("loopback")
    assert [item.latency_ms.p50 for item in found.readings] == [5.0, 9.0]
    first = found.to_json()["readings"][0]
    assert (first["p50_ms"], first["n"], first["quality"]) == (5.0, found.readings[0].latency_ms.n, "ok")
    assert profile_history("pi5").readings[0].latency_ms.p50 == 1.0


def test_that_what_was_not_measured_or_ran_under_load_is_not_among_them():
    filed(
        row(0, 1), row(1, 2, origin=Origin.SIMULATED), row(2, 3, scenario="server"), row(3, 4, options={"beside": "x"})
    )
    assert len(profile_history("loopback").readings) == 1


def test_that_the_newest_are_kept_and_the_others_counted():
    filed(*(row(0, day, nonce=str(day), latency_ms=timed(float(day))) for day in (1, 2, 3)))
    found = profile_history("loopback", last=2)
    assert [item.latency_ms.p50 for item in found.readings] == [2.0, 3.0]
    assert found.left_out == 1
    with pytest.raises(UsageError):
        profile_history("loopback", last=0)
