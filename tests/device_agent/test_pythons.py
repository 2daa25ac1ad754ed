"""The agent on every Python from 3.8 to 3.13 that this machine has; those it has not are named as skipped."""

import functools
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError

from .session import Agent, Made

HOME = Path(pwd.getpwuid(os.getuid()).pw_dir)
"""The user's real home; the tests' own $HOME is empty."""

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


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"{version[0]}.{version[1]}")
def test_that_hello_uploads_and_refusals_are_the_same_on_every_python(
    version: tuple[int, int], pyz: Path, store: Path, tiny: Made
):
    python = interpreters().get(version)
    if python is None:
        pytest.skip(f"NOT RUN: this machine has no Python {version[0]}.{version[1]}")
    with Agent(pyz, store, python=python) as agent:
        assert agent.hello["python"].startswith(f"{version[0]}.{version[1]}.")
        content = bytes(range(256)) * 40_000
        name = agent.put(content)
        assert (store / "blobs" / name).read_bytes() == content
        assert agent.rss_bytes() < 20_000_000
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
