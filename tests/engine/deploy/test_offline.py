"""One file for a board nobody can reach: installed with one command, checked like everything else."""

import errno
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from device_agent import offline
from device_agent.contract.errors import AgentError
from engine.deploy.agent_archive import build
from engine.deploy.offline import write_offline
from engine.errors import RejectedError, UsageError


def started(file: Path, home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(file), "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_that_one_command_installs_agent_and_release(bundles, tmp_path: Path):
    card = write_offline(bundles["int8"], tmp_path / "card.pyz", slot="eye")
    assert card.runtimes_for == ()
    home = tmp_path / "board" / ".flyweight"
    first = started(Path(card.path), home)
    assert (first.returncode, first.stdout.splitlines()[-2]) == (0, "slot eye runs int8 as release 1"), first.stderr
    assert (home / "slots/eye/current").resolve().name == bundles["int8"].sha256
    assert (home / "agent/current.pyz").read_bytes() == build().path.read_bytes()
    told, python, run, file = first.stdout.splitlines()[-1].split()
    assert (told, python, file) == ("next", "python3", "FILE")
    helped = subprocess.run([sys.executable, run, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert "Predict with this bundle" in helped.stdout, helped.stderr
    again = started(Path(card.path), home)
    assert (again.returncode, again.stdout.splitlines()[-2]) == (0, "slot eye runs int8 as release 1")
    other = write_offline(bundles["float"], tmp_path / "next.pyz", slot="eye")
    assert started(Path(other.path), home).stdout.splitlines()[-2] == "slot eye runs float as release 2"


def test_that_a_changed_file_or_a_strangers_is_refused_and_changes_nothing(bundles, tmp_path: Path):
    card = Path(write_offline(bundles["int8"], tmp_path / "card.pyz").path)
    home = tmp_path / "board" / ".flyweight"
    assert started(card, home).returncode == 0
    before = (home / "active").readlink()
    with zipfile.ZipFile(card) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    index = json.loads(files["payload/index.json"])
    strange = {**index, "key": "11" * 32, "key_id": "02d449a31fbb267c"}
    changed = f"payload/{index['manifest']}"
    for name, content, said in (
        ("payload/index.json", json.dumps(strange).encode(), "not the key 02d449a31fbb267c"),
        ("payload/index.json", json.dumps({**index, "signature": "00" * 64}).encode(), "signature"),
        ("payload/index.json", b"{}", "schema"),
        (changed, files[changed][:-1] + b"!", "announced content"),
    ):
        bad = tmp_path / "bad.pyz"
        with zipfile.ZipFile(bad, "w") as archive:
            for key, value in files.items():
                archive.writestr(key, content if key == name else value)
        if name == changed:
            (home / "blobs" / index["manifest"]).unlink()
        done = started(bad, home)
        assert done.returncode == 1
        assert said in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        assert (home / "active").readlink() == before


def test_that_what_has_no_wheels_is_refused_before_anything_is_written(bundles, tmp_path: Path):
    with pytest.raises(RejectedError, match=r"Python 3\.7"):
        write_offline(bundles["int8"], tmp_path / "x.pyz", pythons=["3.7"])
    with pytest.raises(UsageError):
        write_offline(bundles["int8"], tmp_path / "x.pyz", arch="sparc")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(errno.EIO, "file-damaged"), (errno.ENOSPC, "no-space")])
def test_that_a_stick_that_cannot_be_read_is_not_told_as_a_worn_disk(number, code, tmp_path: Path, monkeypatch):
    def unreadable(file):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(zipfile, "ZipFile", unreadable)
    with pytest.raises(AgentError) as raised:
        offline.install("stick.pyz", str(tmp_path), print)
    assert raised.value.code == code
