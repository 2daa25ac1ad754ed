"""The quick part of links that fail at a frame; ``make faults`` tries every frame."""

import time
from pathlib import Path

import pytest

from engine.deploy.transport import Deadline
from tests.device_agent.conftest import disk, pyz, store

from .links import MODES, Fault, attempt

__all__ = ["disk", "pyz", "store"]

FRAMES = [(True, 1), (True, 2), (True, 5), (False, 1), (False, 3)]


CASES = [(mode, up, frame) for mode in MODES for up, frame in FRAMES if (mode, frame) != ("stall", 1)]
"""A greeting that stalls takes as long as an interpreter may take to start; only the full part waits for that."""


@pytest.mark.parametrize(("mode", "up", "frame"), CASES, ids=lambda value: str(value))
def test_that_a_link_that_fails_at_a_frame_ends_in_time_and_loses_nothing(
    pyz: Path, store: Path, mode: str, up: bool, frame: int
):
    seen = attempt(pyz, store, Fault(mode, up, frame), deadline_s=1.0 if mode == "stall" else 20.0)
    assert seen["fired"]
    assert seen["arrived"]
    assert seen["late_s"] < 2
    assert (seen["error"] is None) == (mode == "slow"), seen
    if mode != "garbage":
        assert seen["resent"] <= 262_144


def test_that_a_client_without_deadlines_would_be_found(pyz: Path, store: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Deadline, "check", lambda self, what: max(self.left, 0.05))
    monkeypatch.setattr(Deadline, "over", property(lambda self: time.monotonic() > self._end + 3))
    seen = attempt(pyz, store, Fault("stall", False, 2), deadline_s=0.5)
    assert seen["fired"]
    assert seen["late_s"] > 2
