"""What can be saved of a damaged SQLite store: rows that still have their hash go into a new one, then it is moved aside.

Rows that the damaged file no longer gives come from the newest copies beside it (``*.backup``), where they are there.
"""

import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import ProfileError
from .reading import Comparison, Reading
from .store import Damage, ProfileStore, verified

KINDS = (("readings", Reading), ("comparisons", Comparison))


@dataclass(frozen=True)
class Salvaged:
    """What came of it. ``lost`` counts rows that were met and did not have their hash; vanished rows cannot be counted."""

    moved_to: Path
    readings: int
    comparisons: int
    raw: int
    lost: int


def salvage(path: Path) -> Salvaged:
    """Make a new store of what is whole, and move the damaged one aside for it.

    Args:
        path: of the SQLite file; it stays as it is where the new one cannot be made.

    Raises:
        ProfileError: there is no such file, or no room or right for another.
    """
    if not path.is_file():
        raise ProfileError(
            "no-store",
            f"there is no store at {path}",
            "nothing has to be salvaged; FLYWEIGHT_PROFILES names another store",
        )
    damaged: list[Damage] = []
    readings: dict[tuple[Any, ...], Reading] = {}
    comparisons: dict[tuple[Any, ...], Comparison] = {}
    raw: dict[str, bytes] = {}
    for source in (path, *sorted(path.parent.glob(f"{path.name}.*.backup"), key=lambda p: -p.stat().st_mtime_ns)):
        lost = damaged if source is path else []
        for item in _rows(source, "readings", Reading, lost):
            readings.setdefault((item.nonce, item.bundle, item.runtime, item.threads), item)
        for other in _rows(source, "comparisons", Comparison, lost):
            comparisons.setdefault((other.nonce, other.a, other.b), other)
        for row in _each(source, "raw_samples"):
            content = bytes(row["content"]) if isinstance(row["content"], bytes) else b""
            if hashlib.sha256(content).hexdigest() == row["sha256"]:
                raw.setdefault(str(row["sha256"]), content)
    try:
        with tempfile.TemporaryDirectory(prefix=f"{path.name}.salvage-", dir=path.parent) as folder:
            made = Path(folder) / path.name
            with ProfileStore.open(made) as store:
                store.add_many(
                    [(item, raw.get(item.raw_sha256 or "")) for item in readings.values()], comparisons.values()
                )
            aside = _moved_aside(path)
            made.rename(path)
    except OSError as error:
        raise ProfileError(
            "not-writable", f"cannot move {path}: {error.strerror}", "make the folder writable"
        ) from None
    return Salvaged(aside, len(readings), len(comparisons), len(raw), len(damaged))


def _moved_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%f')}")
    for beside in ("-wal", "-shm", ""):
        part = path.with_name(path.name + beside)
        if part.exists():
            part.rename(aside.with_name(aside.name + beside))
    return aside


def _rows(source: Path, table: str, kind: Any, damaged: list[Damage]) -> Iterator[Any]:
    for row in _each(source, table):
        item = verified(table, row, kind, damaged)
        if item is not None:
            yield item


def _each(source: Path, table: str) -> Iterator[dict[str, Any]]:
    """Rows one by one, by number: a damaged page costs its own rows only."""
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            last = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0
            for number in range(1, min(int(last), 100_000_000) + 1):
                try:
                    row = connection.execute(f"SELECT * FROM {table} WHERE rowid = ?", (number,)).fetchone()
                except sqlite3.DatabaseError:
                    continue
                if row is not None:
                    yield dict(row)
    except (sqlite3.Error, ValueError, TypeError):
        return
