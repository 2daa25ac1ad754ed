"""A power cut or a failing disk at any moment leaves the old release or the new one, and a second attempt finishes.

Every point is tried, not some random ones; planted mistakes show that the test would find one.
"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from device_agent.contract import codec
from tests.faults.syscalls import everywhere

from .session import Agent, Made, bundle, classifier, sha256

DRIVER = Path(__file__).with_name("crash_points.py")


def crash_everywhere(
    work: Path, failure: str = "kill", bug: str = "none", points: int = 0, scenario: str = "deploy"
) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(work), failure, bug, str(points), scenario],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_that_a_kill_at_any_change_of_the_disk_leaves_the_old_release_or_the_new_one(disk: Path):
    result = crash_everywhere(disk)
    assert result["points"] > 60
    assert set(result["seen"]) == {"old", "new"}
    assert result["fired"] == result["converged"] == result["points"] - 1


@pytest.mark.parametrize(("scenario", "points"), [("trial", 80), ("revert", 2), ("revert-anew", 12)])
def test_that_a_kill_while_a_trial_begins_or_ends_leaves_one_release_or_the_other(
    disk: Path, scenario: str, points: int
):
    result = crash_everywhere(disk, scenario=scenario)
    assert result["points"] > points
    assert set(result["seen"]) == {"old", "new"}
    assert result["fired"] == result["converged"] == result["points"] - 1


def test_that_a_kill_between_the_way_back_and_the_end_of_its_hook_leaves_the_hook_to_the_next_start(disk: Path):
    result = crash_everywhere(disk, scenario="hook")
    assert result["points"] > 10
    assert set(result["seen"]) == {"new", "old, and its hook has to run", "old"}
    assert result["fired"] == result["converged"] == result["points"] - 1


def test_that_a_hook_that_counts_as_run_before_it_ran_is_found(disk: Path):
    assert "old, and its hook never runs" in crash_everywhere(disk, bug="hook-cleared-first", scenario="hook")["seen"]


@pytest.mark.parametrize("failure", ["ENOSPC", "EIO"])
def test_that_an_error_of_the_disk_at_any_change_does_no_harm(disk: Path, failure: str):
    result = crash_everywhere(disk, failure, points=70)
    assert result["fired"] > 50
    assert set(result["seen"]) <= {"old", "new"}
    assert result["converged"] == result["points"]


@pytest.mark.parametrize("bug", ["unlink-first", "write-in-place", "environment-deleted-in-place"])
def test_that_planted_mistakes_are_found(disk: Path, bug: str):
    assert not set(crash_everywhere(disk, bug=bug)["seen"]) <= {"old", "new"}


def test_that_an_empty_record_in_place_of_one_that_cannot_be_read_is_found(disk: Path):
    """The mistake this agent once made: an error while reading took what other slots ran from them."""
    found = set(crash_everywhere(disk, "EMFILE", "unreadable-is-empty", 70)["seen"])
    assert any("not touched" in what for what in found), found


def test_that_an_upload_goes_on_after_the_agent_was_killed(agent: Agent, pyz: Path):
    content = bytes(range(256)) * 8192
    name = sha256(content)
    agent.request("blob.open", {"sha256": name, "size": len(content)})
    agent.send("blob.put", {"sha256": name, "size": len(content), "offset": 0})
    for start in range(0, 1 << 20, 1 << 16):
        agent.send_raw(codec.chunk_header(1 << 16) + content[start : start + (1 << 16)])
    part = agent.home / "staging" / f"{name}.part"
    deadline = time.monotonic() + 10
    while not (part.exists() and part.stat().st_size >= 1 << 19):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    agent.kill()
    with Agent(pyz, agent.home) as again:
        place = again.request("blob.open", {"sha256": name, "size": len(content)})
        assert place["offset"] >= 1 << 19
        assert not place["complete"]
        assert again.put(content) == name
        assert (again.home / "blobs" / name).read_bytes() == content


def test_that_a_damaged_prefix_is_found_and_the_upload_starts_anew(agent: Agent):
    content = b"weights" * 1000
    name = sha256(content)
    (agent.home / "staging" / f"{name}.part").write_bytes(b"damaged" * 100)
    with pytest.raises(Exception, match="announced content"):
        agent.put(content)
    assert agent.put(content) == name


def test_that_a_killed_agent_takes_its_child_with_it(agent: Agent):
    import numpy as np

    from .session import endless_loop

    looping = bundle(endless_loop(), expected=np.zeros((16, 1, 8, 8), np.float32))
    for content in [*looping.files.values(), looping.manifest]:
        agent.put(content)
    request = {"manifest": looping.id, "signature": looping.signature, "key": agent.hello["keys"][0], "timeout_s": 50.0}
    agent.send("bundle.stage", request)
    child = _child_of(agent.process.pid, busy=True)
    agent.kill()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and _state(child) != "Z":
        assert time.monotonic() < deadline, "the child outlived the agent"
        time.sleep(0.02)


def test_that_closing_stdin_ends_an_operation_under_way(agent: Agent):
    import numpy as np

    from .session import endless_loop

    looping = bundle(endless_loop(), expected=np.zeros((16, 1, 8, 8), np.float32))
    for content in [*looping.files.values(), looping.manifest]:
        agent.put(content)
    request = {"manifest": looping.id, "signature": looping.signature, "key": agent.hello["keys"][0], "timeout_s": 50.0}
    agent.send("bundle.stage", request)
    _child_of(agent.process.pid, busy=True)
    start = time.monotonic()
    assert agent.close() == 0
    assert time.monotonic() - start < 3


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _child_of(agent: int, *, busy: bool) -> int:
    """Process id of the agent's child that is at work (has used some CPU time)."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for text in Path(f"/proc/{agent}/task/{agent}/children").read_text().split():
            try:
                used = Path(f"/proc/{text}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            command = Path(f"/proc/{text}/cmdline").read_bytes()
            if b"child" in command and int(used[11]) >= (40 if busy else 0):
                return int(text)
        time.sleep(0.02)
    pytest.fail("the agent started no child")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: apt-get install strace")
def test_that_a_kill_inside_the_system_calls_of_the_real_agent_is_survived(pyz: Path, store: Path, disk: Path):
    """The same with the real agent and the kernel's own calls, for the switch itself; all calls are in ``make faults``."""
    found = everywhere(pyz, store, disk, ("rename", "symlink", "fsync"), 4)
    assert found["fired"] >= 7
    assert set(found["seen"]) <= {"old", "new"}
    assert found["converged"] == found["fired"]


def test_that_the_prepared_bundles_differ():
    """The crash tests tell old from new by content."""
    assert bundle().id != bundle(classifier(seed=2)).id
    assert isinstance(bundle(), Made)
