"""What keeps a model's process in is found out by trying, so that a limit nobody keeps is not told as one."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from device_agent.children import probe_runtimes
from device_agent.runtimes import isolation, network

TRIED = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from device_agent.runtimes import isolation
if sys.argv[2] == "kept":
    for kind, value in ((resource.RLIMIT_AS, 3 << 30), (resource.RLIMIT_FSIZE, 1 << 20), (resource.RLIMIT_CPU, 77)):
        resource.setrlimit(kind, (value, value))
else:  # an emulator that says yes to every limit and keeps none
    said = {resource.RLIMIT_AS: 3 << 30, resource.RLIMIT_FSIZE: 1 << 20}
    resource.getrlimit = lambda kind: (said.get(kind, resource.RLIM_INFINITY),) * 2
print(json.dumps(isolation.what_holds(None)))
"""


def test_that_a_limit_that_is_told_but_not_kept_is_none():
    def tried(how: str) -> dict[str, int | None]:
        words = [sys.executable, "-c", TRIED, str(Path(isolation.__file__).parents[2]), how]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
        found: dict[str, int | None] = json.loads(done.stdout)
        return found

    kept = tried("kept")
    assert (kept["memory_bytes"], kept["file_bytes"], kept["cpu_s"]) == (3 << 30, 1 << 20, 77)
    loose = tried("loose")
    assert (loose["memory_bytes"], loose["file_bytes"], loose["cpu_s"]) == (None, None, None)


def test_that_a_child_is_kept_in_and_whoever_started_it_is_not():
    found = probe_runtimes([], 1 << 33)[1]
    assert found is not None
    assert found["network"] in ("namespace", "filter")
    assert found["memory_bytes"] == (1 << 33) + (6 << 30)
    assert (found["file_bytes"], found["open_files"]) == (64 << 20, 512)
    assert network.reached() == "127.0.0.1", "the control: the same attempt gets out of here"
    assert isolation.what_holds(None)["cpu_s"] is None


def test_that_a_namespace_that_walls_nothing_off_is_not_told_as_a_wall(monkeypatch: pytest.MonkeyPatch):
    class Yes:
        """A kernel that says yes to everything and does nothing."""

        def unshare(self, flags: int) -> int:
            return 0

        def prctl(self, *arguments: object) -> int:
            return 0

    assert network.wall_off(Yes()) is None  # type: ignore[arg-type]
    monkeypatch.setattr(network, "reached", lambda: None)
    assert network.wall_off(Yes()) == network.NAMESPACE  # type: ignore[arg-type]
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY, "nothing of this was done to the tests"
