"""The quick part of the power cuts by model; ``make faults`` looks at 10,000 states and more."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.device_agent.conftest import disk

__all__ = ["disk"]


def power_cuts(work: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.power_loss", str(work), *arguments]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=root)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


# A way back is one rename, three changes of the disk in all: fewer of its states lose something, so more are looked at.
@pytest.mark.parametrize(("scenario", "states"), [("deploy", 160), ("trial", 160), ("revert", 320)])
def test_that_a_power_cut_leaves_the_old_release_or_the_new_one(disk: Path, scenario: str, states: int):
    result = power_cuts(disk, scenario, str(states))
    assert result["lost"] > 80, "in many states something must have been lost, or nothing was tested"
    assert set(result["seen"]) == {"old", "new"}, result
    assert result["converged"] == result["tried"] == states // 20


@pytest.mark.parametrize("without", ["sync-file", "sync-folder"])
def test_that_an_agent_without_syncs_would_be_found(disk: Path, without: str):
    assert not set(power_cuts(disk, "deploy", "120", without)["seen"]) <= {"old", "new"}
