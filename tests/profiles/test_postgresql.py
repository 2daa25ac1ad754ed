"""The store on a real PostgreSQL server, started here on a socket of its own; skipped by name where none is installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from profiles.errors import ProfileError
from profiles.reading import Origin
from profiles.store import Filter, ProfileStore

from ..engine.report.sample import report
from .test_salvage import with_raw
from .test_stale import row

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
INITDB = shutil.which("initdb") or (str(PROGRAMS[0]) if PROGRAMS else None)


def unprivileged(folder: Path) -> dict:
    """PostgreSQL refuses to run as root: its processes then run as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("psycopg", reason="NOT RUN: psycopg is not installed")
    if INITDB is None:
        pytest.skip("NOT RUN: no PostgreSQL server on this machine (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="fwpg") as name:
        folder, control = Path(name), Path(INITDB).with_name("pg_ctl")
        who = unprivileged(folder)
        data, log = folder / "data", folder / "log"
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": name}
        run = {"check": True, "capture_output": True, "timeout": 120, "env": environment, "cwd": name, **who}
        subprocess.run([INITDB, "-D", data, "-A", "trust", "-U", "flyweight", "-E", "UTF8", "--no-sync"], **run)
        access = data / "pg_hba.conf"  # one user has to give a password
        access.write_text(f"local all stranger scram-sha-256\n{access.read_text()}")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        quiet = {**run, "capture_output": False, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([control, "-D", data, "-l", log, "-o", options, "-w", "start"], **quiet)
        yield f"postgresql+psycopg://flyweight@/postgres?host={folder}"
        subprocess.run([control, "-D", data, "-m", "immediate", "stop"], **quiet)


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
