"""The store of readings: SQLite by default, PostgreSQL by URL; every row carries a hash that is checked on reading.

SQLite itself does not notice a flipped byte inside a value, so a row whose hash does not fit is reported as damaged and never
handed out. The database runs in WAL mode with full synchronisation: what :meth:`ProfileStore.add` has acknowledged is
there after a power cut.
"""

import csv
import hashlib
import io
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import event

from .errors import ProfileError
from .reading import Latency, MemoryMb, Origin, Quality, Reading
from .schema import raw_samples, readings

APPLICATION_ID = 0x464C5957  # "FLYW"
HEAD = "0001"
BUSY_MS = 5000


def default_url() -> str:
    """``$FLYWEIGHT_PROFILES`` (a URL), else ``profiles.sqlite`` in the user's data folder."""
    if os.environ.get("FLYWEIGHT_PROFILES"):
        return os.environ["FLYWEIGHT_PROFILES"]
    from platformdirs import user_data_path

    folder = user_data_path("flyweight", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'profiles.sqlite'}"


@dataclass(frozen=True)
class Filter:
    """Which readings; None = any."""

    board: str | None = None
    target: str | None = None
    model: str | None = None
    origin: Origin | None = None


def canonical(document: dict[str, Any]) -> str:
    """The text that is stored and hashed."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class ProfileStore:
    """An open store; a context manager.

    Args:
        engine: of SQLAlchemy, with an up-to-date schema.
        url: shown to people, without a password.
    """

    def __init__(self, engine: sa.Engine, url: str) -> None:
        self._engine = engine
        self.url = url
        self.damaged: tuple[int, ...] = ()

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Open (and where needed create or migrate) the store at ``url``.

        Raises:
            ProfileError: the file is no profile store, damaged, newer than this program, or the server refuses.
        """
        url = url or default_url()
        path = Path(sa.engine.make_url(url).database or "") if url.startswith("sqlite") else None
        engine = sa.create_engine(url)
        if path is not None:
            event.listen(engine, "connect", _prepare_sqlite)
        try:
            _migrate(engine, path)
        except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
            engine.dispose()
            raise ProfileError(
                "store-damaged",
                f"{path or engine.url.render_as_string()} cannot be used: {str(error.__cause__ or error)[:200]}",
                "move the file away; a new store is made, and a backup may lie beside it (*.backup)",
            ) from None
        except ProfileError:
            engine.dispose()
            raise
        return cls(engine, engine.url.render_as_string(hide_password=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.dispose()

    def add(self, reading: Reading, raw: bytes | None = None) -> None:
        """Store one reading with its raw samples; durable when this returns.

        Args:
            reading: stored once; adding the same run again changes nothing.
            raw: compressed samples whose SHA-256 the reading names.

        Raises:
            ProfileError: ``raw`` is not what the reading names.
        """
        self.add_many([(reading, raw)])

    def add_many(self, pairs: Iterable[tuple[Reading, bytes | None]]) -> None:
        """Store several readings in one transaction: all of them or none."""
        with self._engine.begin() as connection:
            for reading, raw in pairs:
                if raw is not None:
                    self._add_raw(connection, reading, raw)
                known = sa.select(readings.c.id).where(
                    readings.c.nonce == reading.nonce,
                    readings.c.bundle == reading.bundle,
                    readings.c.runtime == reading.runtime,
                    readings.c.threads == reading.threads,
                )
                if connection.execute(known).first() is None:
                    connection.execute(sa.insert(readings).values(_row(reading)))

    def _add_raw(self, connection: sa.Connection, reading: Reading, raw: bytes) -> None:
        digest = hashlib.sha256(raw).hexdigest()
        if digest != reading.raw_sha256:
            raise ProfileError("raw-differs", "the raw samples are not those the reading names", "measure again")
        known = sa.select(raw_samples.c.sha256).where(raw_samples.c.sha256 == digest)
        if connection.execute(known).first() is None:
            connection.execute(sa.insert(raw_samples).values(sha256=digest, content=raw))

    def raw(self, sha256: str) -> bytes:
        """Compressed samples by hash.

        Raises:
            ProfileError: they are missing or damaged.
        """
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(raw_samples.c.content).where(raw_samples.c.sha256 == sha256)).first()
        if row is None or hashlib.sha256(row[0]).hexdigest() != sha256:
            raise ProfileError("raw-damaged", f"the raw samples {sha256[:16]} are missing or damaged", "measure again")
        return bytes(row[0])

    def readings(self, wanted: Filter | None = None) -> list[Reading]:
        """Readings in the order they were added. Damaged rows are left out and listed in :attr:`damaged`."""
        wanted = wanted or Filter()
        query = sa.select(readings).order_by(readings.c.id)
        for column, value in (
            (readings.c.board, wanted.board),
            (readings.c.target, wanted.target),
            (readings.c.model, wanted.model),
            (readings.c.origin, None if wanted.origin is None else str(wanted.origin)),
        ):
            if value is not None:
                query = query.where(column == value)
        found, damaged = [], []
        with self._engine.connect() as connection:
            for row in connection.execute(query).mappings():
                reading = _checked(dict(row))
                if reading is None:
                    damaged.append(int(row["id"]))
                else:
                    found.append(reading)
        self.damaged = tuple(damaged)
        return found

    def export(self, chosen: Sequence[Reading], kind: str) -> str:
        """Readings as text.

        Args:
            chosen: which.
            kind: ``json``, ``csv`` or ``markdown``.
        """
        if kind == "json":
            document = {"version": 1, "readings": [item.to_json() for item in chosen]}
            return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        rows = [_flat(item) for item in chosen]
        names = list(rows[0]) if rows else list(_COLUMNS)
        if kind == "csv":
            out = io.StringIO()
            writer = csv.DictWriter(out, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            return out.getvalue()
        lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
        lines += ["| " + " | ".join(_cell(row[name]) for name in names) + " |" for row in rows]
        return "\n".join(lines) + "\n"


_COLUMNS = (
    "origin", "board", "target", "model", "variant", "runtime", "runtime_version", "provider", "precision", "threads",
    "p50_ms", "p50_low_ms", "p50_high_ms", "p90_ms", "p99_ms", "n", "load_ms", "first_ms", "run_peak_mb",
    "temperature_c", "throttled", "governor", "quality", "measured_at", "bundle",
)  # fmt: skip


def _flat(item: Reading) -> dict[str, Any]:
    time, interval = item.latency_ms, item.latency_ms.ci95_p50 or (None, None)
    values = {
        **item.to_json(),
        "p50_ms": time.p50,
        "p50_low_ms": interval[0],
        "p50_high_ms": interval[1],
        "p90_ms": time.p90,
        "p99_ms": time.p99,
        "n": time.n,
        "run_peak_mb": item.memory_mb.run_peak,
    }
    return {name: values[name] for name in _COLUMNS}


def _cell(value: Any) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _row(reading: Reading) -> dict[str, Any]:
    document = canonical(reading.to_json())
    columns = {
        "origin": str(reading.origin),
        "board": reading.board,
        "device_id": reading.device_id,
        "target": reading.target,
        "bundle": reading.bundle,
        "model": reading.model,
        "variant": reading.variant,
        "runtime": reading.runtime,
        "threads": reading.threads,
        "p50_ms": reading.latency_ms.p50,
        "measured_at": reading.measured_at,
        "nonce": reading.nonce,
        "document": document,
    }
    return {**columns, "row_sha256": _row_hash(columns)}


def _row_hash(columns: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(columns).encode()).hexdigest()


def _checked(row: dict[str, Any]) -> Reading | None:
    """The reading of a row, None when its hash does not fit."""
    stored = row.pop("row_sha256")
    row.pop("id")
    try:
        return _reading(json.loads(row["document"])) if _row_hash(row) == stored else None
    except (ValueError, TypeError, KeyError):
        return None


def _reading(value: dict[str, Any]) -> Reading:
    time = dict(value["latency_ms"])
    time["ci95_p50"] = None if time["ci95_p50"] is None else tuple(time["ci95_p50"])
    return Reading(
        **{
            **value,
            "latency_ms": Latency(**time),
            "memory_mb": MemoryMb(**value["memory_mb"]),
            "origin": Origin(value["origin"]),
            "quality": Quality(value["quality"]),
            "reasons": tuple(value["reasons"]),
            "isa": tuple(value["isa"]),
        }
    )


def _prepare_sqlite(connection: Any, record: Any) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MS}",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: sa.Engine, path: Path | None) -> None:
    """Bring the schema to this program's version, in one transaction, after a backup of an existing file."""
    current = _version(engine)
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise ProfileError(
            "store-newer", f"the profile store has version {current}, this program knows {HEAD}", "update Flyweight"
        )
    if current is not None and path is not None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path.with_name(f"{path.name}.{stamp}.backup")),))
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files(__package__).joinpath("migrations")))
    with engine.begin() as connection:
        if path is not None:
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(engine: sa.Engine) -> str | None:
    """Schema version of a store; None for an empty database; ProfileError for somebody else's."""
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        if "alembic_version" in names:
            row = connection.execute(sa.text("SELECT version_num FROM alembic_version")).first()
            return None if row is None else str(row[0])
        if names and "readings" not in names:
            raise ProfileError("not-a-store", "the database belongs to another program", "give another file or URL")
    return None
