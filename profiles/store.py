"""The store of readings: SQLite by default, PostgreSQL by URL; every row carries a hash that is checked on reading.

SQLite itself does not notice a flipped byte inside a value, so a row whose hash does not fit is reported as damaged and
never handed out. What :meth:`ProfileStore.add` has acknowledged is there after a power cut.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlalchemy as sa

from . import bulk, chain
from .database import Database, default_url, open_database
from .errors import ProfileError
from .export import to_text
from .reading import Comparison, Origin, Reading
from .schema import comparisons, raw_samples, readings
from .sheet import Sheet, data_sheet
from .wellformed import comparison_fault, reading_fault, without_bad_facts

__all__ = ["Damage", "Filter", "ProfileStore", "default_url"]

log = logging.getLogger(__name__)

READING_KEY, COMPARISON_KEY = ("nonce", "bundle", "runtime", "threads"), ("nonce", "a", "b")
"""What is stored once."""
RUN_AND_HASH = itemgetter("nonce", "row_sha256")

Record = TypeVar("Record", Reading, Comparison)


@dataclass(frozen=True)
class Filter:
    """Which readings; None = any."""

    board: str | None = None
    target: str | None = None
    model: str | None = None
    variant: str | None = None
    bundle: str | None = None
    nonce: str | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class Damage:
    """A row that was left out because it is not what was stored."""

    table: str
    row: str
    reason: str


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(document: Mapping[str, Any]) -> str:
    """The text that is stored and hashed."""
    return _canonical.encode(document)


class ProfileStore:
    """An open store; a context manager.

    Args:
        database: with the schema of this program, or a newer one.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.url = database.url
        self.read_only = database.newer is not None or database.sealed
        self.damaged: tuple[Damage, ...] = ()
        """Damaged rows met by the last query or check."""

    @classmethod
    def open(cls, where: str | Path | None = None) -> Self:
        """Open (and where needed create or migrate) the store at a URL or path; default: the user's own.

        A store that a newer program made is opened for reading only.

        Raises:
            ProfileError: the file is no profile store, damaged, or the server refuses.
        """
        return cls(open_database(where))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def add(self, reading: Reading, raw: bytes | None = None) -> None:
        """Store one reading with its raw samples; durable when this returns.

        Args:
            reading: stored once; adding the same run again changes nothing.
            raw: compressed samples whose SHA-256 the reading names.

        Raises:
            ProfileError: ``raw`` is not what the reading names, or the store is read-only.
        """
        self.add_many([(reading, raw)])

    def add_many(self, pairs: Iterable[tuple[Reading, bytes | None]], compared: Iterable[Comparison] = ()) -> None:
        """Store the readings and comparisons of a run in one transaction: all of them or none."""
        held = list(pairs)
        blobs = [_raw_row(reading, raw) for reading, raw in held if raw is not None]
        rows = [reading_row(reading) for reading, _ in held]
        beside = [comparison_row(comparison) for comparison in compared]
        with self._database.writing() as connection:
            bulk.insert_new(connection, raw_samples, blobs, ("sha256",))
            insert_rows(connection, rows, beside)
        self._database.back_up_daily()

    def raw(self, sha256: str) -> bytes:
        """Compressed samples (zlib of little-endian int64 nanoseconds) by hash.

        Raises:
            ProfileError: they are missing or damaged.
        """
        with self._database.reading() as connection:
            content = connection.execute(
                sa.select(raw_samples.c.content).where(raw_samples.c.sha256 == sha256)
            ).scalar_one_or_none()
        if content is None or hashlib.sha256(content).hexdigest() != sha256:
            raise ProfileError("raw-damaged", f"the raw samples {sha256[:16]} are missing or damaged", "measure again")
        return bytes(content)

    def readings(self, wanted: Filter | None = None) -> list[Reading]:
        """Readings in the order they were added. Damaged rows are left out, listed in :attr:`damaged` and logged."""
        found: list[Reading] = []
        damaged: list[Damage] = []
        query = _matching(readings, wanted or Filter())
        with self._database.reading() as connection:
            for row in connection.execute(query).mappings():
                item = verified("readings", row, Reading, damaged)
                if item is not None:
                    found.append(item)
        self._report(damaged)
        return found

    def comparisons(self, wanted: Filter | None = None) -> list[Comparison]:
        """Comparisons in the order they were added; the filter's ``bundle`` is the one that was compared."""
        wanted = wanted or Filter()
        query = sa.select(comparisons).order_by(comparisons.c.id)
        for column, value in (("target", wanted.target), ("nonce", wanted.nonce), ("a", wanted.bundle)):
            if value is not None:
                query = query.where(comparisons.c[column] == value)
        found: list[Comparison] = []
        damaged: list[Damage] = []
        with self._database.reading() as connection:
            for row in connection.execute(query).mappings():
                item = verified("comparisons", row, Comparison, damaged)
                if item is not None:
                    found.append(item)
        self._report(damaged)
        return found

    def count(self) -> int:
        """How many readings the store holds, damaged ones included."""
        with self._database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(readings)).scalar_one())

    def boards(self) -> tuple[str, ...]:
        """Ids of the boards that have readings, sorted."""
        found: list[str] = []
        damaged: list[Damage] = []
        with self._database.reading() as connection:
            last = ""
            while True:  # from board to board through the index, not over every row
                after = sa.select(readings).where(readings.c.board > last).order_by(readings.c.board).limit(1)
                row = connection.execute(after).mappings().first()
                if row is None:
                    break
                last = str(row["board"])
                own = connection.execute(sa.select(readings).where(readings.c.board == last)).mappings()
                if any(verified("readings", item, Reading, damaged) is not None for item in own):
                    found.append(last)
        self._report(damaged)
        return tuple(found)

    def profile(self, name: str) -> Sheet:
        """The data sheet of a board (by id) or of one device (by name).

        Raises:
            ProfileError: nothing was measured there.
        """
        found = self.readings(Filter(board=name)) or self.readings(Filter(target=name))
        if not found:
            known = ", ".join(self.boards()) or "none yet"
            raise ProfileError("no-profile", f"nothing was measured on '{name}'", f"known boards: {known}")
        return data_sheet(name, found)

    def check(self) -> tuple[Damage, ...]:
        """Look at every row and every sample blob; returns what is damaged."""
        damaged: list[Damage] = []
        with self._database.reading() as connection:
            if connection.dialect.name == "sqlite":
                state = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
                damaged += [] if state == "ok" else [Damage("database", "", str(state)[:200])]
            for row in connection.execute(sa.select(readings)).mappings():
                verified("readings", row, Reading, damaged)
            for row in connection.execute(sa.select(comparisons)).mappings():
                verified("comparisons", row, Comparison, damaged)
            for digest, content in connection.execute(sa.select(raw_samples.c.sha256, raw_samples.c.content)):
                if hashlib.sha256(content).hexdigest() != digest:
                    damaged.append(Damage("raw_samples", str(digest)[:64], "the content does not have its hash"))
            damaged += [
                Damage("runs", nonce[:64], "its rows are not those that were stored together")
                for nonce in chain.broken(connection)
            ]
        self._report(damaged)
        return self.damaged

    def export(self, chosen: Sequence[Reading], kind: str) -> str:
        """Readings as ``json``, ``csv`` or ``markdown``."""
        return to_text(chosen, kind)

    def _report(self, damaged: Sequence[Damage]) -> None:
        self.damaged = tuple(damaged)
        for item in damaged:
            log.warning("damaged row left out: %s %s in %s: %s", item.table, item.row, self.url, item.reason)


def _matching(table: sa.Table, wanted: Filter) -> sa.Select[Any]:
    query = sa.select(table).order_by(table.c.id)
    for name in ("board", "target", "model", "variant", "bundle", "nonce", "origin"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(table.c[name] == str(value))
    return query


def insert_rows(
    connection: sa.Connection, rows: Sequence[Mapping[str, Any]], compared: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Store rows of :func:`reading_row` and :func:`comparison_row`, and the hashes of the runs they belong to."""
    added: dict[str, list[str]] = {}
    for table, key, given in ((readings, READING_KEY, rows), (comparisons, COMPARISON_KEY, compared)):
        bulk.insert_new(connection, table, given, key)
        for nonce, digest in map(RUN_AND_HASH, _stored_ones(given, key)):
            if nonce in added:
                added[nonce].append(digest)
            else:
                added[nonce] = [digest]
    chain.update(connection, added)


def _stored_ones(rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    """The first of the rows with each key: that one is stored."""
    keys = [*map(itemgetter(*key), rows)]
    if len(set(keys)) == len(keys):
        return rows
    return {own: row for own, row in zip(reversed(keys), reversed(rows), strict=True)}.values()


def _raw_row(reading: Reading, raw: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(raw).hexdigest()
    if digest != reading.raw_sha256:
        raise ProfileError("raw-differs", "the raw samples are not those the reading names", "measure again")
    return {"sha256": digest, "content": raw}


def reading_row(reading: Reading) -> dict[str, Any]:
    """The row of a reading, with its hash."""
    return _hashed(
        {
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
            "document": canonical(reading.to_json()),
        }
    )


def comparison_row(comparison: Comparison) -> dict[str, Any]:
    """The row of a comparison, with its hash."""
    return _hashed(
        {
            "nonce": comparison.nonce,
            "target": comparison.target,
            "a": comparison.a,
            "b": comparison.b,
            "document": canonical(comparison.to_json()),
        }
    )


def _hashed(columns: dict[str, Any]) -> dict[str, Any]:
    return {**columns, "row_sha256": _row_hash(columns)}


def _row_hash(columns: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(columns).encode()).hexdigest()


def verified(table: str, row: Mapping[Any, Any], kind: type[Record], damaged: list[Damage]) -> Record | None:
    """The record of a row; None, and an entry in ``damaged``, when the row is not what was stored."""
    columns: dict[str, Any] = {str(name): value for name, value in row.items()}
    stored, key = columns.pop("row_sha256", None), str(columns.pop("id", ""))
    try:
        if _row_hash(columns) == stored:
            return kind.from_json(_whole(table, key, json.loads(columns["document"]), damaged))
        reason = "the row does not have its hash"
    except ProfileError as error:
        reason = error.message
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        reason = f"it cannot be read ({type(error).__name__})"
    damaged.append(Damage(table, key, reason))
    return None


def _whole(table: str, key: str, document: Any, damaged: list[Damage]) -> Mapping[str, Any]:
    """A row's document; a fact that is malformed is left out of it and told as damage."""
    fault = comparison_fault(document) if table == "comparisons" else reading_fault(document, facts=False)
    if fault is not None:
        raise ProfileError(
            "row-malformed", f"it is not well formed: {fault}", "save what is whole: flyweight profile check --salvage"
        )
    if table == "comparisons":
        return dict(document)
    kept, bad = without_bad_facts(document)
    damaged += [Damage(table, key, f"its {name} is malformed and left out") for name in bad]
    return kept
