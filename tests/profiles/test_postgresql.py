"""The store on a real PostgreSQL server, started here on a socket of its own; skipped by name where none is installed."""

import threading
from dataclasses import replace

import pytest

from profiles import bulk
from profiles.errors import ProfileError
from profiles.reading import Origin
from profiles.store import Filter, ProfileStore, insert_rows, reading_row

from ..engine.report.sample import report
from .postgresql import INITDB, running
from .test_salvage import with_raw
from .test_stale import row


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("psycopg", reason="NOT RUN: psycopg is not installed")
    if INITDB is None:
        pytest.skip("NOT RUN: no PostgreSQL server on this machine (apt-get install postgresql)")
    with running(fsync=False) as url:
        yield url


def test_that_the_same_store_works_on_postgresql(server):
    item, raw = with_raw(1)
    with ProfileStore.open(server) as store:
        store.add_many([(item, raw), (row(1, 2, origin=Origin.PUBLISHED), None)], report().comparisons)
        store.add(item, raw)
    with ProfileStore.open(server) as store:
        assert store.readings(Filter(origin=Origin.MEASURED)) == [item]
        assert store.count() == 2
        assert store.raw(item.raw_sha256) == raw
        assert len(store.comparisons()) == len(report().comparisons)
        assert store.check() == ()
        assert store.profile("loopback").rows[0].latest == item
        import sqlalchemy as sa

        with store._database.writing() as connection:
            connection.execute(sa.text("DELETE FROM readings WHERE origin = 'published'"))
        assert [item.table for item in store.check()] == ["runs"]


@pytest.mark.parametrize(
    ("login", "code", "exit_code"),
    [
        ("stranger:secret@/postgres", "store-login", 4),
        ("nobody:secret@/postgres", "store-login", 4),
        ("flyweight@/elsewhere", "store-failed", 1),
    ],
)
def test_that_a_server_that_refuses_is_told_with_its_reason_and_without_the_password(server, login, code, exit_code):
    with pytest.raises(ProfileError) as caught:
        ProfileStore.open(f"postgresql+psycopg://{login}?{server.partition('?')[2]}")
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)
    assert "secret" not in caught.value.message + caught.value.remedy
    assert "salvage" not in caught.value.remedy


def test_that_rows_changed_behind_the_products_back_are_left_out_and_named(server):
    import sqlalchemy as sa

    rows = [replace(row(0, day), nonce=f"pg-{day}", board="tampered") for day in range(1, 6)]
    with ProfileStore.open(server) as store:
        before = store.count()
        store.add_many([(item, None) for item in (*rows, rows[0])])
        assert store.count() == before + 5  # what is there already is not stored twice
        assert [item.nonce for item in store.readings(Filter(board="tampered"))] == [f"pg-{day}" for day in range(1, 6)]
        with store._database.writing() as connection:
            faster = "UPDATE readings SET document = replace(document, '\"n\"', '\"m\"') WHERE nonce = 'pg-3'"
            assert connection.execute(sa.text(faster)).rowcount == 1
        assert [item.nonce for item in store.readings(Filter(board="tampered"))] == ["pg-1", "pg-2", "pg-4", "pg-5"]
        assert [item.table for item in store.damaged] == ["readings"]


def many(board, count=3 * bulk.COPIED):
    return [replace(row(0, 1), nonce=f"{board}-{number}", board=board) for number in range(count)]


def damaged(store, board):
    """Other tests damage rows of their own on the same server."""
    return [item for item in store.check() if item.row.startswith(board)]


def test_that_many_rows_go_in_by_copy_with_whatever_letters_they_have(server, monkeypatch):
    odd = "a\tb\nc\\N \\. \u4e2d\U0001f600 '\" %s {0}"
    rows = [replace(item, model=odd, variant=None) for item in many("copied")]
    inserted = []
    monkeypatch.setattr(bulk, "_execute", lambda connection, statement, some: inserted.extend(some) or 0)
    with ProfileStore.open(server) as store:
        store.add_many([(item, None) for item in rows])
        assert (store.readings(Filter(board="copied")), inserted) == (rows, [])
        assert damaged(store, "copied") == []


def test_that_rows_that_are_there_or_come_twice_are_stored_once_by_copy_too(server):
    rows = many("twice")
    with ProfileStore.open(server) as store:
        store.add_many([(item, None) for item in rows[:50]])
        store.add_many([(item, None) for item in (*rows, *rows)])
        assert store.readings(Filter(board="twice")) == rows
        assert damaged(store, "twice") == []


def test_that_a_row_that_does_not_fit_leaves_no_row_of_its_copy_and_is_told(server):
    rows = [reading_row(item) for item in many("misfit")]
    rows[-1] = {**rows[-1], "runtime": "x" * 41}
    with ProfileStore.open(server) as store:
        with pytest.raises(ProfileError, match="too long"), store._database.writing() as connection:
            insert_rows(connection, rows)
        assert store.readings(Filter(board="misfit")) == []
        store.add_many([(item, None) for item in many("misfit")])
        assert len(store.readings(Filter(board="misfit"))) == len(rows)


def test_that_two_programs_that_copy_the_same_rows_at_once_store_them_once(server):
    rows, copied, failures = many("race"), threading.Event(), []

    def other():
        try:
            with ProfileStore.open(server) as store:
                copied.set()
                store.add_many([(item, None) for item in rows])
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=other)
    with ProfileStore.open(server) as store:
        with store._database.writing() as connection:
            insert_rows(connection, [reading_row(item) for item in rows])
            thread.start()
            assert copied.wait(30)
            thread.join(0.3)
            assert thread.is_alive(), "it waits for the transaction that has the same keys"
        thread.join(30)
        assert (thread.is_alive(), failures) == (False, [])
        assert store.readings(Filter(board="race")) == rows
        assert damaged(store, "race") == []
