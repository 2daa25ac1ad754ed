"""The agent on every Python from 3.8 to 3.13 that this machine has; those it has not are named as skipped."""

import functools
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import device_agent
from device_agent.contract.errors import AgentError

from .session import Agent, Made

HOME = Path(pwd.getpwuid(os.getuid()).pw_dir)
"""The user's real home; the tests' own $HOME is empty."""

IDLE_BYTES = 15 << 20
ADDED_BYTES = 6_100_000
"""A waiting agent in all, and what of it is not the bare interpreter. Measured: 11.7 to 15.0 MB, of it 4.8 to 5.8 (3.13)."""

LARGE_UPLOAD_BYTES = 6_000_000
"""What the first large upload adds: OpenSSL's library, mapped for its speed (4.5 MB), and the chunk under way."""

VERSIONS = [(3, minor) for minor in range(8, 14)]


@functools.cache
def interpreters() -> dict[tuple[int, int], str]:
    """A working interpreter for each version, from PATH and the version managers' folders."""
    found: dict[tuple[int, int], str] = {}
    for major, minor in VERSIONS:
        name = f"python{major}.{minor}"
        candidates = [
            shutil.which(name),
            *sorted(HOME.glob(f".pyenv/versions/{major}.{minor}.*/bin/{name}"), reverse=True),
        ]
        for candidate in filter(None, candidates):
            if _version(str(candidate)) == (major, minor):
                found[major, minor] = str(candidate)
                break
    return found


def _version(python: str) -> tuple[int, int] | None:
    try:
        done = subprocess.run(
            [python, "-I", "-S", "-c", "import sys; print(sys.version_info[0], sys.version_info[1])"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        major, minor = done.stdout.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def bare_bytes(python: str) -> int:
    """Resident memory of an interpreter that does nothing."""
    program = "print(open('/proc/self/status').read().split('VmRSS:')[1].split()[0])"
    return int(subprocess.check_output([python, "-I", "-S", "-c", program], timeout=10)) * 1024


def least_added(pyz: Path, store: Path, python: str, idle: int) -> int:
    """What a waiting agent holds beyond the interpreter, at least: pages the kernel maps around others vary by 0.1 MB."""
    added = idle - bare_bytes(python)
    for _ in range(3):
        if added < ADDED_BYTES:
            break
        with Agent(pyz, store, python=python) as another:
            assert another.hello
            added = min(added, another.rss_bytes() - bare_bytes(python))
    return added


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"{version[0]}.{version[1]}")
def test_that_hello_uploads_and_refusals_are_the_same_on_every_python(
    version: tuple[int, int], pyz: Path, store: Path, tiny: Made
):
    python = interpreters().get(version)
    if python is None:
        pytest.skip(f"NOT RUN: this machine has no Python {version[0]}.{version[1]}")
    with Agent(pyz, store, python=python) as agent:
        assert agent.hello["python"].startswith(f"{version[0]}.{version[1]}.")
        idle = agent.rss_bytes()
        assert idle < IDLE_BYTES
        assert least_added(pyz, store, python, idle) < ADDED_BYTES
        content = bytes(range(256)) * 40_000
        name = agent.put(content)
        assert (store / "blobs" / name).read_bytes() == content
        once = agent.rss_bytes()
        assert once - idle < LARGE_UPLOAD_BYTES
        agent.put(content + b"another")
        assert agent.rss_bytes() - once < len(content) // 10, "an upload must not stay in memory"
        runtimes = agent.request("runtimes")["runtimes"]
        if any(item["id"] == "onnxruntime" for item in runtimes):
            assert agent.stage(tiny)["state"] == "verified"
            assert agent.activate({"main": tiny.id}, 1) == {"main": 1}
        else:
            with pytest.raises(AgentError) as caught:
                agent.stage(tiny)
            assert caught.value.code == "no-runtime"
            assert "onnxruntime" in caught.value.message
        assert agent.request("sensors")["samples"]
        assert agent.request("shutdown") == {}


def test_that_at_least_one_python_was_found():
    assert interpreters()


def test_that_an_agent_that_waits_has_not_loaded_the_records_of_rare_operations():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import device_agent.server, device_agent.generations; "
        "print(sorted(name for name in sys.modules if name.startswith('device_agent.contract.'))); "
        "from device_agent.contract.messages import MeasurePlan, Wheel; print(MeasurePlan.__module__, Wheel.__module__)"
    )
    package = str(Path(device_agent.__file__).parents[1])
    said = subprocess.check_output([sys.executable, "-I", "-S", "-c", program, package], text=True, timeout=10)
    waiting, asked = said.splitlines()
    assert "messages" in waiting
    assert "measuring" not in waiting
    assert "releasing" not in waiting
    assert asked == "device_agent.contract.measuring device_agent.contract.releasing"
