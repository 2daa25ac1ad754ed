"""A store in the hands of its users: every way in which it can refuse names the file, the reason and what helps."""

import json
import os
import sqlite3
import subprocess
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from engine.cli.main import main
from profiles import database, failures
from profiles.errors import ProfileError, StoreLoginError
from profiles.salvage import salvage
from profiles.store import ProfileStore

from .killed_writers import make_version_1
from .test_stale import row


@pytest.fixture
def path(tmp_path):
    where = tmp_path / "profiles.sqlite"
    with ProfileStore.open(where) as store:
        store.add(row(0, 1))
    for copy in tmp_path.glob("*.backup"):
        copy.unlink()
    return where


def refused(where, act=lambda store: store.add(row(0, 2))):
    with pytest.raises(ProfileError) as caught, ProfileStore.open(where) as store:
        act(store)
    return caught.value


@contextmanager
def small_disk(folder, kib):
    """A disk of its own; it takes root to mount one."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("NOT RUN: only root mounts a small disk")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder], check=False)
    if done.returncode:
        pytest.skip("NOT RUN: no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill_up(folder, left_kib=0):
    room = os.statvfs(folder)
    (folder / "other").write_bytes(b"x" * max(0, room.f_bavail * room.f_frsize - left_kib * 1024))


def test_that_a_text_file_is_left_alone_and_salvage_is_for_those_whose_store_it_was(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("these are my notes, and they stay\n" * 200)
    found = refused(text)
    assert (found.code, found.exit_code) == ("store-damaged", 1)
    assert found.message == f"sqlite:///{text} is no database of SQLite"
    assert found.remedy.startswith("name another store in FLYWEIGHT_PROFILES; if this was your store")
    assert text.read_text() == "these are my notes, and they stay\n" * 200
    assert [*tmp_path.iterdir()] == [text]


@pytest.mark.parametrize("size", [50, 20_000])
def test_that_a_cut_file_is_damaged_and_left_as_it_is(path, size):
    os.truncate(path, size)
    before = path.read_bytes()
    found = refused(path)
    assert (found.code, path.read_bytes()) == ("store-damaged", before)
    assert "profile check --salvage" in found.remedy


def test_that_a_folder_and_a_missing_folder_are_told_by_name(tmp_path):
    assert "it is a folder" in refused(tmp_path).message
    found = refused(tmp_path / "away" / "profiles.sqlite")
    assert (found.code, f"there is no folder {tmp_path}/away" in found.message) == ("store-failed", True)


def test_that_an_empty_file_becomes_a_store(tmp_path):
    (tmp_path / "new.sqlite").touch()
    with ProfileStore.open(tmp_path / "new.sqlite") as store:
        assert store.readings() == []


def test_that_a_writer_does_not_wait_forever_for_another_program(path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    found = refused(path)
    other.close()
    assert (found.code, found.remedy) == ("store-busy", "try again when it has finished")
    with ProfileStore.open(path) as store:
        assert store.count() == 1


def test_that_a_store_on_a_read_only_disk_is_read_and_not_written(path, tmp_path):
    with small_disk(tmp_path / "disk", 2000) as disk:
        (disk / "profiles.sqlite").write_bytes(path.read_bytes())
        make_version_1(disk / "old.sqlite")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with ProfileStore.open(disk / "profiles.sqlite") as store:
            assert (store.readings(), store.check(), store.read_only) == ([row(0, 1)], (), True)
            with pytest.raises(ProfileError, match="may be read and not written") as caught:
                store.add(row(0, 2))
        assert (caught.value.code, caught.value.remedy) == ("store-read-only", failures.WRITABLE)
        found = refused(disk / "old.sqlite")
        assert (found.code, "has version 0001" in found.message) == ("store-read-only", True)
        assert sorted(item.name for item in disk.iterdir()) == ["old.sqlite", "profiles.sqlite"]


def test_that_a_full_disk_is_told_and_nothing_half_written_stays(path, tmp_path):
    with small_disk(tmp_path / "disk", 2000) as disk:
        make_version_1(disk / "old.sqlite")
        fill_up(disk, left_kib=20)
        before = (disk / "old.sqlite").read_bytes()
        for name in ("new.sqlite", "old.sqlite"):
            found = refused(disk / name)
            assert (found.code, f"the disk of {disk} is full" in found.message) == ("store-disk-full", True)
        assert (disk / "old.sqlite").read_bytes() == before
        left = {item.name for item in disk.iterdir()} - {
            "old.sqlite-wal",
            "old.sqlite-shm",
        }  # SQLite's, empty, used again
        assert left == {"old.sqlite", "other"}
        (disk / "other").unlink()
        with ProfileStore.open(disk / "old.sqlite") as store:
            assert (store.count(), store.check()) == (1, ())


def test_that_a_salvage_on_a_full_disk_leaves_the_store_where_it_is(path, tmp_path):
    with small_disk(tmp_path / "disk", 2000) as disk:
        store = disk / "profiles.sqlite"
        store.write_bytes(path.read_bytes())
        fill_up(disk, left_kib=60)
        with pytest.raises(ProfileError) as caught:
            salvage(store)
        assert caught.value.code == "store-disk-full"
        assert store.read_bytes() == path.read_bytes()
        (disk / "other").unlink()
        assert salvage(store).readings == 1


def test_that_check_with_salvage_touches_no_store_that_is_only_in_the_way_of_the_disk(
    path, tmp_path, monkeypatch, capfd
):
    with small_disk(tmp_path / "disk", 2000) as disk:
        store = disk / "profiles.sqlite"
        store.write_bytes(path.read_bytes())
        fill_up(disk)
        monkeypatch.setenv("FLYWEIGHT_PROFILES", f"sqlite:///{store}")
        assert main(["profile", "check", "--salvage", "--json"]) == 1
        assert json.loads(capfd.readouterr().err)["error"]["code"] == "store-disk-full"
        assert store.read_bytes() == path.read_bytes()
        assert not [*disk.glob("*.corrupt-*")]


@pytest.mark.parametrize(
    ("url", "code", "shows"),
    [
        ("postgresql+psycopg://me:secret@127.0.0.1:1/profiles", "store-unreachable", "me:***@127.0.0.1:1"),
        ("postgresql+psycopg://me@127.0.0.1:1/profiles?password=secret", "store-unreachable", "127.0.0.1:1"),
        ("postgresql://me:secret@127.0.0.1:port/profiles", "bad-url", "postgresql://***@127.0.0.1:port"),
        ("postgresql//me:secret@host/profiles", "bad-url", "***@host"),
        ("mysql://me:secret@host/profiles", "bad-url", "mysql"),
        ("postgresql+other://me:secret@host/profiles", "bad-url", "postgresql+other"),
    ],
)
def test_that_a_server_that_is_not_there_is_told_without_the_password(url, code, shows):
    pytest.importorskip("psycopg", reason="NOT RUN: psycopg is not installed")
    found = refused(url)
    assert (found.code, shows in found.message) == (code, True)
    assert "secret" not in found.message + found.remedy
    assert "salvage" not in found.remedy
    assert "\n" not in found.message


def test_that_what_a_server_says_of_the_login_is_an_error_of_authentication():
    class Refused(Exception):
        sqlstate = None

    said = Refused('connection failed: FATAL:  password authentication failed for user "me"')
    found = failures.explained(sa.exc.OperationalError("", {}, said), sa.make_url("postgresql://me:secret@host/p"))
    assert isinstance(found, StoreLoginError)
    assert (found.code, found.exit_code, "secret" in found.message) == ("store-login", 4, False)
