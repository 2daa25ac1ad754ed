"""The store of readings: nothing acknowledged is lost, nothing damaged is handed out, old files are migrated."""

import hashlib
import json
import sqlite3
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from profiles.database import APPLICATION_ID
from profiles.errors import ProfileError
from profiles.reading import Comparison, Origin, Quality, Reading
from profiles.schema import HEAD, readings
from profiles.store import Filter, ProfileStore, _matching

from ..benchmarks.bench_store import PER_TARGET, QUERIES, fill
from ..engine.report.sample import RESNET, reading, report
from .corruptions import corrupt
from .killed_writers import make_version_1

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "profiles.sqlite"


@pytest.fixture
def store(path):
    with ProfileStore.open(path) as opened:
        yield opened


def some(index=0, **changes):
    return reading("fashion-resnet", RESNET[index], index, **changes)


def with_raw(content=b"\1\0\0\0\0\0\0\0", **changes):
    packed = zlib.compress(content)
    return some(raw_sha256=hashlib.sha256(packed).hexdigest(), **changes), packed


def test_that_a_reading_comes_back_as_it_was_stored(store):
    stored = [some(0), some(1, latency_ms=replace(some(1).latency_ms, ci95_p50=None, p99=None), options={"spin": "0"})]
    store.add_many([(item, None) for item in stored])
    assert store.readings() == stored
    assert store.damaged == ()


def test_that_json_of_a_newer_version_is_still_a_reading():
    document = {**some().to_json(), "a_later_field": 1}
    assert Reading.from_json(json.loads(json.dumps(document))) == some()


def test_that_comparisons_come_back_and_are_found_by_their_run(store):
    compared = [replace(item, nonce="ab") for item in report().comparisons]
    store.add_many([], compared)
    store.add_many([], compared)
    assert store.comparisons() == compared
    assert store.comparisons(Filter(bundle=compared[2].a)) == [compared[2]]
    assert store.comparisons(Filter(nonce="other")) == []
    assert Comparison.from_json(compared[0].to_json()) == compared[0]


def test_that_the_same_run_is_stored_once(store):
    store.add(some())
    store.add(some())
    store.add(some(nonce="another run"))
    assert len(store.readings()) == 2


def test_that_a_filter_finds_by_board_device_model_variant_and_origin(store):
    store.add_many([(some(0), None), (some(1, board="pi5", target="kitchen", origin=Origin.PUBLISHED), None)])
    assert [len(store.readings(f)) for f in (
        Filter(), Filter(board="pi5"), Filter(target="loopback"), Filter(model="sample:fashion-resnet"),
        Filter(variant="nothing"), Filter(origin=Origin.PUBLISHED), Filter(board="pi5", target="loopback"),
        Filter(bundle=some(0).bundle), Filter(nonce="ab"),
    )] == [2, 1, 1, 2, 0, 1, 0, 1, 2]  # fmt: skip


def test_that_many_rows_with_repeats_are_stored_once_each_and_their_runs_stay_whole(store):
    """Twice within one call, and again in a later one beside a new row of the same run; two rows a run, 150 runs."""
    many = [some(0, nonce=f"run-{number // 2}", threads=number % 2 + 1) for number in range(300)]
    store.add_many([(item, None) for item in [*many, *many[:50], replace(many[7], board="pi5")]])
    assert store.readings() == many
    late = replace(many[4], threads=9)
    store.add_many([(many[4], None), (late, None)])
    assert store.readings() == [*many, late]
    assert store.check() == ()


def test_that_boards_are_told_from_their_first_whole_row(store, path):
    names = ["pi5", "nano", "pi5", "agx", "nano"]
    store.add_many([(some(0, board=name, nonce=f"run-{i}"), None) for i, name in enumerate(names)])
    assert store.boards() == ("agx", "nano", "pi5")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE readings SET p50_ms = p50_ms + 1 WHERE board = 'agx' OR id = 1")
    connection.commit()
    connection.close()
    assert store.boards() == ("nano", "pi5")
    assert [item.row for item in store.damaged] == ["4", "1"]


def test_that_raw_samples_are_kept_by_their_hash_and_must_be_those_of_the_reading(store):
    item, raw = with_raw()
    store.add(item, raw)
    assert store.raw(item.raw_sha256) == raw
    with pytest.raises(ProfileError, match="not those the reading names"):
        store.add(some(nonce="other"), raw)
    assert len(store.readings()) == 1
    with pytest.raises(ProfileError, match="missing or damaged"):
        store.raw("0" * 64)


def test_that_a_run_is_stored_as_a_whole_or_not_at_all(store):
    good, raw = with_raw()
    with pytest.raises(ProfileError):
        store.add_many([(good, raw), (some(1), b"not its samples")])
    assert store.readings() == []


def test_that_the_database_is_told_to_be_careful(store, path):
    store.add(some())
    with store._database.reading() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in (
            "journal_mode", "synchronous", "foreign_keys", "trusted_schema", "application_id", "busy_timeout")]  # fmt: skip
    assert found == ["wal", 2, 1, 0, APPLICATION_ID, 5000]


def flip(path, table, column, value):
    """Change a stored value behind the store's back, as a failing disk would."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(f"UPDATE {table} SET {column} = ?", (value,))
    connection.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [("document", None), ("p50_ms", 0.0001), ("model", "another"), ("threads", 64),
     ("row_sha256", "0" * 64), ("measured_at", ""), ("document", "{")],
)  # fmt: skip
def test_that_a_changed_value_is_noticed_and_never_handed_out(store, path, column, value):
    store.add(some())
    if value is None:
        value = json.dumps(some().to_json(), sort_keys=True, separators=(",", ":")).replace("0.2391", "0.1391")
    flip(path, "readings", column, value)
    assert store.readings() == []
    assert [(d.table, d.row) for d in store.damaged] == [("readings", "1")]
    assert store.check()[0].table == "readings"


def test_that_damaged_samples_and_comparisons_are_noticed(store, path):
    item, raw = with_raw()
    store.add_many([(item, raw)], [replace(report().comparisons[0], nonce="ab")])
    flip(path, "raw_samples", "content", raw[:-1] + b"x")
    flip(path, "comparisons", "document", "{}")
    assert {d.table for d in store.check()} == {"raw_samples", "comparisons"}
    assert store.comparisons() == []
    with pytest.raises(ProfileError, match="damaged"):
        store.raw(item.raw_sha256)


def test_that_no_single_flipped_byte_of_the_file_changes_a_figure(path):
    """60 bytes spread over the file, flipped one at a time: every reading handed out is still one that was stored."""
    stored = [some(i % 3, nonce=f"run-{i}") for i in range(40)]
    with ProfileStore.open(path) as store:
        store.add_many([(item, None) for item in stored])
    whole, noticed = path.read_bytes(), 0
    for place in range(40, len(whole), len(whole) // 60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        try:
            with ProfileStore.open(path) as store:
                found = store.readings()
                noticed += bool(store.damaged)
        except ProfileError:
            noticed += 1
        else:
            assert all(item in stored for item in found), place
    assert noticed >= 3  # the control: the flips do hit rows


def test_that_a_file_of_another_program_is_refused_untouched(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (name)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ProfileError, match="belongs to another program"):
        ProfileStore.open(path)
    assert path.read_bytes() == before
    path.write_bytes(b"this is no database at all, but long enough to look at" * 20)
    before = path.read_bytes()
    with pytest.raises(ProfileError) as caught:
        ProfileStore.open(path)
    assert caught.value.code in ("store-damaged", "store-failed")
    assert path.read_bytes() == before


def test_that_an_old_file_is_copied_then_migrated(path):
    make_version_1(path)
    with ProfileStore.open(path) as store:
        assert len(store.readings()) == 1
        assert store.comparisons() == []
    (backup,) = path.parent.glob("*.backup")
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert connection.execute("SELECT count(*) FROM readings").fetchone() == (1,)
    connection.close()
    with ProfileStore.open(path):
        assert len(list(path.parent.glob("*.backup"))) == 1


def test_that_a_store_of_version_3_is_copied_and_gets_its_index(path):
    with ProfileStore.open(path) as store:
        store.add(some())
    connection = sqlite3.connect(path)
    connection.execute("DROP INDEX readings_by_variant")
    connection.execute("UPDATE alembic_version SET version_num = '0003'")
    connection.commit()
    connection.close()
    with ProfileStore.open(path) as store:
        assert store.readings() == [some()]
        assert store.check() == ()
        with store._database.reading() as connection:
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars().all()
    assert "readings_by_variant" in names
    assert len(list(path.parent.glob("*.0003.*.backup"))) == 1


def test_that_the_migrations_give_the_tables_the_program_expects(store):
    import sqlalchemy as sa

    from profiles.schema import metadata

    found = sa.inspect(store._database.engine)
    for table in metadata.sorted_tables:
        columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table.name)}
        expected = {c.name: (str(c.type.compile(store._database.engine.dialect)), c.nullable) for c in table.columns}
        assert columns == expected
        assert {i["name"] for i in found.get_indexes(table.name)} == {i.name for i in table.indexes}
    assert {u["name"] for u in found.get_unique_constraints("readings")} == {"one_reading_per_run"}


def test_that_a_newer_store_can_be_read_and_not_written(path):
    with ProfileStore.open(path) as store:
        store.add(some())
    flip(path, "alembic_version", "version_num", "9999")
    with ProfileStore.open(path) as store:
        assert store.read_only
        assert store.readings() == [some()]
        with pytest.raises(ProfileError, match=f"version 9999, this program knows {HEAD}") as caught:
            store.add(some(1))
    assert "update Flyweight" in caught.value.remedy


def test_that_two_writers_wait_for_one_another(path):
    with ProfileStore.open(path) as one, ProfileStore.open(path) as other:
        for number in range(10):
            one.add(some(nonce=f"one-{number}"))
            other.add(some(nonce=f"other-{number}"))
        assert len(one.readings()) == 20


def run_script(folder, what, count):
    command = [sys.executable, "-m", "tests.profiles.killed_writers", str(folder), what, str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_that_no_acknowledged_row_is_lost_when_writers_are_killed(tmp_path):
    outcome = run_script(tmp_path, "writers", 20)
    assert len(outcome) == 20
    assert {run["signal"] for run in outcome} == {9}
    assert sum(run["acknowledged"] for run in outcome) >= 20
    assert [(run["lost"], run["halves"], run["damage"]) for run in outcome] == [(0, 0, 0)] * 20


def test_that_every_changed_value_and_every_missing_row_is_noticed(tmp_path):
    noticed, missed = corrupt(tmp_path, 60)
    assert (noticed, missed) == (60, [])


def test_that_the_queries_of_a_large_store_use_its_indexes(path):
    """No timing: the plan must search an index for every way in which the product asks; a scan of the table would not do."""
    fill(path, 5_000)
    store = ProfileStore.open(path)
    with store._database.reading() as connection:
        for wanted in QUERIES:
            asked = _matching(readings, wanted).compile(connection, compile_kwargs={"literal_binds": True})
            steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
            assert any(step.startswith("SEARCH readings USING INDEX") for step in steps), (wanted, steps)
    assert len(store.readings(QUERIES[0])) == PER_TARGET
    assert store.check() == ()
    store.close()


def test_that_a_migration_killed_at_any_statement_leaves_the_old_store_or_the_new_one(tmp_path):
    outcome = run_script(tmp_path, "migrations", 60)
    assert not outcome[-1]["killed"]
    assert sum(run["killed"] for run in outcome) >= 8
    assert {(run["rows"], run["damage"]) for run in outcome} == {(1, 0)}
    assert all(run["backups"] >= 1 for run in outcome)


def test_that_the_default_store_is_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("FLYWEIGHT_PROFILES", raising=False)
    with ProfileStore.open() as store:
        assert store.url == f"sqlite:///{tmp_path}/flyweight/profiles.sqlite"
    monkeypatch.setenv("FLYWEIGHT_PROFILES", f"sqlite:///{tmp_path}/elsewhere.sqlite")
    with ProfileStore.open() as store:
        assert store.url.endswith("elsewhere.sqlite")


def test_that_a_bad_url_and_a_missing_folder_are_clear_errors(tmp_path):
    for where in ("no url", tmp_path / "missing" / "profiles.sqlite"):
        with pytest.raises(ProfileError) as caught:
            ProfileStore.open(where)
        assert caught.value.remedy


def test_that_the_schema_compiles_for_postgresql():
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql

    from profiles.schema import metadata

    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(sa.schema.CreateTable(table).compile(dialect=postgresql.dialect()))


def test_that_rejected_and_simulated_readings_stay_in_the_store_but_out_of_the_sheet(store):
    store.add_many(
        [(some(0), None), (some(1, origin=Origin.SIMULATED), None), (some(2, quality=Quality.REJECTED), None)]
    )
    sheet = store.profile("pc-intel-xeon-2c")
    assert ([row.latest.variant for row in sheet.rows], sheet.left_out) == ([some(0).variant], 2)
    assert store.profile("loopback").rows[0].latest == some(0)
    with pytest.raises(ProfileError, match="nothing was measured on 'mars'"):
        store.profile("mars")


def test_that_a_server_without_its_driver_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ProfileError, match="psycopg") as caught:
        ProfileStore.open("postgresql+psycopg://someone:secret@localhost/profiles")
    assert caught.value.code == "no-driver"
    assert "secret" not in str(caught.value)


def test_that_a_damaged_row_is_logged_once_per_query(store, path, caplog):
    store.add(some())
    flip(path, "readings", "model", "another")
    store.readings()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "damaged row left out: readings 1" in caplog.text


def test_that_a_malformed_energy_of_an_older_import_costs_itself_and_not_the_latency(store, path):
    """Rows whose hash fits, as a program that did not look would have taken them over."""
    bad, worse, good = some(0, energy_mj={"total": 1}, nonce="bad"), some(1, measured_at="soon", nonce="worse"), some(2)
    store.add_many([(bad, None), (worse, None), (good, None)])
    assert store.readings() == [replace(bad, energy_mj=None), good]
    assert [(item.row, item.reason) for item in store.damaged] == [
        ("1", "its energy_mj is malformed and left out"),
        ("2", "it is not well formed: measured_at is malformed"),
    ]
    assert store.profile(good.board).rows
    assert len(store.check()) == 2
