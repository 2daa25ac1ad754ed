"""Compiled modules are kept beside an installed agent, and are never a reason to fail."""

import marshal
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from device_agent import bytecode

from .session import sha256

MODULE = "device_agent.contract.version"
TAG = str(sys.implementation.cache_tag)


@pytest.fixture
def installed(disk: Path, pyz: Path) -> Path:
    """An agent where the enrolment puts it."""
    content = pyz.read_bytes()
    path = disk / ".flyweight" / "agent" / f"{sha256(content)}.pyz"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def told(agent: Path, *flags: str, before: Callable[[], None] | None = None) -> str:
    """What the agent says of its version; the module of the version is the one that is looked at here."""
    command = [sys.executable, "-I", "-S", *flags, str(agent), "version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=before)
    assert done.stderr == ""
    return done.stdout


def kept(agent: Path) -> Path:
    return agent.parent / "compiled" / agent.stem / TAG


def other_version(path: Path) -> None:
    """Put code into the place of the module that says other numbers."""
    body = marshal.dumps(compile("MAJOR, MINOR = 77, 7", MODULE, "exec"))
    path.write_bytes(MAGIC_NUMBER + zlib.crc32(body).to_bytes(4, "little") + body)


def test_that_a_second_start_runs_what_the_first_one_compiled(installed: Path):
    first = told(installed)
    names = {item.name for item in kept(installed).iterdir()}
    assert {MODULE, "device_agent.__main__"} <= names
    assert "device_agent.server" not in names, "what was not loaded was not compiled"
    assert told(installed) == first
    other_version(kept(installed) / MODULE)
    assert "protocol 77.7" in told(installed), "it runs what was kept"


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "other Python"])
def test_that_kept_code_that_was_damaged_is_compiled_anew(installed: Path, damage: str):
    first = told(installed)
    other_version(kept(installed) / MODULE)
    whole = (kept(installed) / MODULE).read_bytes()
    broken = {
        "empty": b"",
        "cut": whole[:-1],
        "changed": whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:],
        "other Python": b"\0" + whole[1:],
    }
    (kept(installed) / MODULE).write_bytes(broken[damage])
    assert told(installed) == first
    assert (kept(installed) / MODULE).read_bytes()[:4] == MAGIC_NUMBER
    assert len((kept(installed) / MODULE).read_bytes()) > len(whole), "and kept again"


@pytest.mark.parametrize("place", ["open to others", "of another user", "a link", "a file"])
def test_that_code_in_a_folder_that_others_may_change_is_not_run(installed: Path, place: str):
    first, folder = told(installed), kept(installed)
    other_version(folder / MODULE)
    if place == "open to others":
        folder.chmod(0o777)
    elif place == "of another user":
        if os.geteuid() != 0:
            pytest.skip("NOT RUN: only root can give a folder away")
        os.chown(folder, 65534, -1)
    elif place == "a link":
        folder.rename(folder.parent / "moved")
        folder.symlink_to("moved")
    else:
        shutil.rmtree(folder)
        folder.write_text("in the way")
    assert told(installed) == first


def no_writing() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_that_an_agent_that_cannot_write_starts_as_ever(installed: Path):
    first = told(installed, before=no_writing)
    assert "protocol" in first
    assert all(item.suffix == ".new" and item.stat().st_size == 0 for item in kept(installed).iterdir())
    shutil.rmtree(installed.parent / "compiled")
    (installed.parent / "compiled").write_text("in the way")
    assert told(installed) == first


def test_that_nothing_is_kept_where_no_agent_is_installed_or_python_shall_keep_nothing(installed: Path, tmp_path: Path):
    told(installed, "-B")
    loose = shutil.copy(installed, tmp_path)
    told(Path(loose))
    assert not (installed.parent / "compiled").exists()
    assert [item.name for item in tmp_path.iterdir()] == [installed.name]


def test_that_nothing_is_kept_when_the_disk_is_nearly_full(disk: Path, monkeypatch: pytest.MonkeyPatch):
    folder = disk / "agent" / "compiled" / "id" / TAG
    folder.parents[2].mkdir()
    monkeypatch.setattr(bytecode, "LEAST_FREE_BYTES", 1 << 60)
    with pytest.raises(OSError, match="room"):
        bytecode._make(str(folder))
    assert not folder.exists()


def test_that_code_of_agents_that_are_gone_goes_with_the_first_start_of_a_new_one(installed: Path):
    told(installed)
    old = kept(installed).parent
    content = installed.read_bytes() + b"\0"  # another archive: a comment at its end changes nothing else
    newer = installed.with_name(f"{sha256(content)}.pyz")
    newer.write_bytes(content)
    told(newer)
    assert old.exists(), "its agent is still there"
    installed.unlink()
    shutil.rmtree(kept(newer))
    told(newer)
    assert [item.name for item in old.parent.iterdir()] == [newer.stem]
