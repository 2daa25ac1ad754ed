"""The quick part of the rollouts to lab boards; ``make faults`` has more boards and more seeds."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.device_agent.conftest import disk

from .lab import inside, why_not

__all__ = ["disk"]

REASON = why_not()
pytestmark = [pytest.mark.device, pytest.mark.slow, pytest.mark.skipif(bool(REASON), reason=f"NOT RUN: {REASON}")]


def test_that_lab_boards_under_faults_and_a_killed_desktop_end_as_the_book_says(disk: Path):
    command = inside("tests.faults.lab_rollout", str(disk), "3", "0", "1", "quick")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr[-3000:]
    (seen,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert seen["wrong"] == []
    assert seen["kills"] == 1
    assert sum(seen["fired"].values()) >= 1
    assert seen["planted"]
