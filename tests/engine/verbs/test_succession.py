"""The verbs that tell what came after what on one device."""

from dataclasses import replace

import pytest

from device_agent.contract.messages import Release, SlotState
from engine.errors import UsageError
from engine.verbs import profile_over_time, profile_releases, profile_variants, succession
from engine.verbs.deployment import Releases

from ...profiles.test_compare import timed
from ...profiles.test_stale import row
from .test_knowledge import filed


@pytest.fixture
def board(monkeypatch):
    """A board whose slot main went from one bundle to the next."""
    one, two = row(0, latency_ms=timed(6.0)), row(2, latency_ms=timed(2.0))
    slot = SlotState(2, [Release(2, two.bundle, "committed", "int8"), Release(1, one.bundle, "committed", "float")])
    monkeypatch.setattr(succession, "releases", lambda target, **_: Releases(target, {"main": slot}))
    filed(one, two)


def test_that_the_releases_of_a_slot_are_told_oldest_first_with_their_speed_up(board):
    found = profile_releases("loopback").to_json()
    assert (found["current"], found["slot"]) == (2, "main")
    assert [(r["label"], r["name"]) for r in found["rows"]] == [("release 1", "float"), ("release 2", "int8")]
    assert found["rows"][1]["speedup"] == pytest.approx(3)
    with pytest.raises(UsageError, match="no release") as caught:
        profile_releases("loopback", slot="ear")
    assert "main" in caught.value.remedy


def test_that_variants_of_one_device_stand_against_their_first():
    filed(*(row(i, latency_ms=timed(t)) for i, t in ((0, 6.0), (2, 3.0), (6, 1.0))))
    assert [r.ratio for r in profile_variants("loopback").rows] == [None, pytest.approx(6), pytest.approx(2)]
    with pytest.raises(UsageError, match="no reading of 'x'"):
        profile_variants("loopback", model="x")
    filed(replace(row(0, 2), model="other", bundle="b" * 64))
    with pytest.raises(UsageError, match="2 models"):
        profile_variants("loopback")
    assert profile_variants("loopback", model="other").rows[0].bundle == "b" * 64


def test_that_over_time_tells_what_changed_and_a_device_without_readings_is_refused():
    filed(row(0, 1, latency_ms=timed(6.0)), row(0, 4, kernel="9", latency_ms=timed(3.0)))
    (found,) = profile_over_time("loopback").to_json()["rows"]
    assert (found["speedup"], found["changed"]) == (pytest.approx(2), ["kernel: 6.1.0 -> 9"])
    with pytest.raises(UsageError, match="nothing was measured"):
        profile_over_time("pi9")
