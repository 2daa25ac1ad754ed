"""The quick part of the power cuts on a real ext4; ``make faults`` copies the image more than 200 times."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.device_agent.conftest import disk

from .images import why_not

__all__ = ["disk"]


def power_cuts(work: Path, *arguments: str) -> dict[str, Any]:
    if why_not():
        pytest.skip(f"NOT RUN: {why_not()}")
    command = [sys.executable, "-m", "tests.faults.images", str(work), *arguments]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=root)
    if done.returncode != 0 and "'mount', '-o', 'loop'" in done.stderr:
        pytest.skip("NOT RUN: this machine lets no image be mounted")
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_that_a_board_whose_ext4_lost_its_power_runs_the_old_release_or_the_new_one(disk: Path):
    seen = power_cuts(disk, "revert")
    assert seen["snapshots"] >= 5
    assert seen["converged"] == seen["snapshots"]
    assert set(seen["seen"]) == {"old", "new"}, seen
    assert seen["acknowledged"] == seen["goal"] == "old"


def test_that_an_agent_without_syncs_would_lose_what_it_acknowledged(disk: Path):
    seen = power_cuts(disk, "revert", "no-sync")
    assert seen["acknowledged"] != seen["goal"]
