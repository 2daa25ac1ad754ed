"""Damaged stores: every corruption is noticed, every whole row is saved."""

import hashlib
import random
import sqlite3
import zlib

import pytest

from profiles.errors import ProfileError
from profiles.salvage import salvage
from profiles.store import ProfileStore

from ..engine.report.sample import report
from .test_stale import row


def with_raw(number):
    packed = zlib.compress(bytes([number]) * 64)
    return row(0, 1, nonce=f"run-{number}", raw_sha256=hashlib.sha256(packed).hexdigest()), packed


@pytest.fixture
def path(tmp_path):
    where = tmp_path / "profiles.sqlite"
    with ProfileStore.open(where) as store:
        for number in range(30):
            store.add_many([with_raw(number), (row(2, 1, nonce=f"run-{number}"), None)])
        store.add_many([], report().comparisons)
    return where


def execute(path, statement, *values):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM readings WHERE id = 7",
        "DELETE FROM readings WHERE nonce = 'run-3'",
        "DELETE FROM comparisons WHERE id = 2",
        "DELETE FROM runs WHERE nonce = 'run-5'",
        "UPDATE runs SET rows = 9 WHERE nonce = 'run-5'",
        "UPDATE readings SET nonce = 'run-x' WHERE nonce = 'run-9' AND id % 2 = 0",
    ],
)
def test_that_a_row_that_vanished_or_moved_breaks_the_chain_of_its_run(path, statement):
    with ProfileStore.open(path) as store:
        assert store.check() == ()
    execute(path, statement)
    with ProfileStore.open(path) as store:
        assert store.check()


def test_that_whole_rows_are_saved_and_damaged_ones_are_counted(path):
    execute(path, "UPDATE readings SET p50_ms = 0.0001 WHERE id IN (3, 4, 5)")
    (path.parent / "x").mkdir()
    for copy in path.parent.glob("*.backup"):
        copy.unlink()
    found = salvage(path)
    assert (found.readings, found.lost, found.comparisons, found.raw) == (57, 3, 10, 30)
    assert found.moved_to.exists()
    with ProfileStore.open(path) as store:
        assert store.check() == ()
        assert len(store.readings()) == 57
        assert store.raw(with_raw(20)[0].raw_sha256) == with_raw(20)[1]


def test_that_rows_the_file_lost_come_from_a_copy_beside_it(path):
    with ProfileStore.open(path) as store:
        (copy,) = path.parent.glob("*.day-*.backup")
        copy.unlink()
        store.add(row(0, 9))  # the day's copy is made anew, with everything in it
    execute(path, "DELETE FROM readings WHERE id < 11")
    assert salvage(path).readings == 61


def test_that_a_file_that_is_no_database_any_more_is_replaced_from_the_copy(path):
    path.write_bytes(b"\0" * path.stat().st_size)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    with pytest.raises(ProfileError) as caught:
        ProfileStore.open(path)
    assert "profile check --salvage" in caught.value.remedy or caught.value.code == "store-failed"
    assert salvage(path).readings == 2  # the copy of the day is from its first write
    with pytest.raises(ProfileError, match="no store"):
        salvage(path.with_name("other.sqlite"))


def test_that_only_five_daily_copies_are_kept(path):
    for day in range(1, 9):
        path.with_name(f"{path.name}.day-2026010{day}.backup").write_bytes(b"old")
    (today,) = [p for p in path.parent.glob("*.backup") if "day-2026010" not in p.name]
    today.unlink()
    with ProfileStore.open(path) as store:
        store.add(row(0, 9))
    kept = sorted(p.name.rpartition("day-")[2] for p in path.parent.glob("*.backup"))
    assert kept[:4] == [f"2026010{day}.backup" for day in range(5, 9)]
    assert len(kept) == 5


def test_that_every_one_of_many_corruptions_of_stored_values_is_noticed(path):
    """R12: bytes inside stored values are flipped where SQLite itself sees nothing; the check must see every one."""
    with ProfileStore.open(path) as store:
        store.check()
    execute(path, "PRAGMA journal_mode=DELETE")
    whole = path.read_bytes()
    draw, tried, noticed = random.Random(1), 0, 0
    values = []
    connection = sqlite3.connect(path)
    for text in connection.execute("SELECT document FROM readings UNION ALL SELECT document FROM comparisons"):
        values.append(text[0].encode())
    for blob in connection.execute("SELECT content FROM raw_samples"):
        values.append(blob[0])
    connection.close()
    places = [(p, len(v)) for v in values if (p := whole.find(v)) >= 0]
    assert len(places) > 60
    for _ in range(150):
        start, length = draw.choice(places)
        place = start + draw.randrange(length)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ draw.randint(1, 255)]) + whole[place + 1 :])
        tried += 1
        try:
            with ProfileStore.open(path) as store:
                noticed += bool(store.check())
        except ProfileError:
            noticed += 1
    assert noticed == tried
