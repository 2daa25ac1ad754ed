"""Rollouts in the project's database: every step is written before it is taken, so that a killed desktop can go on."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..errors import UsageError, WorkspaceError
from ..workspace import Workspace

SCHEMA = 2
BUSY_S = 30.0
ROLLBACK = "rollback"
TABLES = """
CREATE TABLE rollouts(
  id TEXT PRIMARY KEY, slot TEXT NOT NULL, plan TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
  created REAL NOT NULL
) STRICT;
CREATE TABLE boards(
  rollout TEXT NOT NULL REFERENCES rollouts(id), position INTEGER NOT NULL, name TEXT NOT NULL,
  bundle TEXT NOT NULL, path TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  release INTEGER, verdict TEXT, reason TEXT NOT NULL DEFAULT '', way_back TEXT, PRIMARY KEY(rollout, name)
) STRICT;
CREATE TABLE audit(id INTEGER PRIMARY KEY, rollout TEXT NOT NULL, t REAL NOT NULL, board TEXT, what TEXT NOT NULL) STRICT;
"""


SINCE_1 = "ALTER TABLE boards ADD COLUMN way_back TEXT"


class State(StrEnum):
    """Of a rollout. ``stopped``: too many boards failed; ``waiting``: only boards that are offline or busy are left."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    FINISHED = "finished"


class Fate(StrEnum):
    """Of one board in a rollout. ``busy``: somebody else works on it, as its reason says.

    ``superseded``: a later rollout of this slot has brought it another release since.
    """

    PENDING = "pending"
    UPLOADING = "uploading"
    MEASURING = "measuring"
    STAGED = "staged"
    TRIAL = "trial"
    COMMITTED = "committed"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled-back"
    FAILED = "failed"
    OFFLINE = "offline"
    BUSY = "busy"
    SUPERSEDED = "superseded"


BAD = frozenset({Fate.REJECTED, Fate.ROLLED_BACK, Fate.FAILED})
OPEN = frozenset({Fate.PENDING, Fate.STAGED})
AWAY = frozenset({Fate.OFFLINE, Fate.BUSY})
"""Neither good nor bad; a rollout that is resumed tries them again."""

UNDER_WAY = frozenset({Fate.UPLOADING, Fate.MEASURING, Fate.TRIAL})


@dataclass(frozen=True)
class BoardRow:
    """One board of a rollout: which bundle it gets, how far it is, and what takes the switch back.

    ``way_back``: ``rollback``, the bundle to deploy again, or "" where nothing ran before; None = not known.
    """

    name: str
    bundle: str
    path: str
    state: Fate = Fate.PENDING
    attempts: int = 0
    release: int | None = None
    verdict: str | None = None
    reason: str = ""
    way_back: str | None = None


@dataclass(frozen=True)
class RolloutRow:
    """A rollout as it stands."""

    id: str
    slot: str
    plan: Mapping[str, Any]
    state: State
    reason: str
    created: float
    boards: tuple[BoardRow, ...] = field(default=())


class RolloutStore:
    """The file ``rollouts.db`` of a project; opened for every step, so that any process may ask and order."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, workspace: Workspace) -> "RolloutStore":
        """The one of a project."""
        return cls(workspace.root / "rollouts.db")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)) as link:
                link.row_factory = sqlite3.Row
                link.execute("PRAGMA synchronous=FULL")
                link.execute("PRAGMA foreign_keys=ON")
                self._migrate(link)
                link.execute("BEGIN IMMEDIATE")
                try:
                    yield link
                except BaseException:
                    link.execute("ROLLBACK")
                    raise
                link.execute("COMMIT")
        except sqlite3.Error as error:
            raise WorkspaceError(
                "rollouts-damaged", f"{self.path}: {error}", "check the disk; a damaged file may be moved away"
            ) from None

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep the database's log in place meanwhile: else every step's end would write it back and delete it."""
        with self._open():
            pass
        with closing(sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)) as link:
            link.execute("PRAGMA user_version").fetchone()
            yield

    def _migrate(self, link: sqlite3.Connection) -> None:
        found = link.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA:
            raise WorkspaceError("rollouts-newer", f"{self.path} was written by a newer Flyweight", "update Flyweight")
        if found < SCHEMA:
            link.execute("PRAGMA journal_mode=WAL")
            link.execute("BEGIN IMMEDIATE")
            found = link.execute("PRAGMA user_version").fetchone()[0]
            if found < SCHEMA:
                for statement in filter(None, map(str.strip, (SINCE_1 if found else TABLES).split(";"))):
                    link.execute(statement)
                link.execute(f"PRAGMA user_version={SCHEMA}")
            link.execute("COMMIT")

    def create(self, id_: str, slot: str, plan: Mapping[str, Any], boards: Sequence[BoardRow]) -> None:
        """Write a new rollout with all its boards, pending."""
        with self._open() as link:
            link.execute(
                "INSERT INTO rollouts VALUES(?, ?, ?, ?, '', ?)",
                (id_, slot, json.dumps(plan), State.RUNNING, time.time()),
            )
            rows = [(id_, n, b.name, b.bundle, b.path, Fate.PENDING) for n, b in enumerate(boards)]
            link.executemany(
                "INSERT INTO boards(rollout, position, name, bundle, path, state) VALUES(?,?,?,?,?,?)", rows
            )
            _audit(link, id_, None, f"created for {len(boards)} boards")

    def load(self, id_: str) -> RolloutRow:
        """One rollout with its boards, in the order of the waves."""
        with self._open() as link:
            row = link.execute("SELECT * FROM rollouts WHERE id=?", (id_,)).fetchone()
            boards = link.execute("SELECT * FROM boards WHERE rollout=? ORDER BY position", (id_,)).fetchall()
        if row is None:
            known = ", ".join(item.id for item in self.all()[-5:]) or "none yet"
            raise UsageError("unknown-rollout", f"there is no rollout '{id_[:40]}' in this project", f"known: {known}")
        return _rollout(row, tuple(_board(item) for item in boards))

    def all(self) -> tuple[RolloutRow, ...]:
        """All rollouts without their boards, the oldest first."""
        if not self.path.exists():
            return ()
        with self._open() as link:
            return tuple(_rollout(row, ()) for row in link.execute("SELECT * FROM rollouts ORDER BY created"))

    def set_state(self, id_: str, state: State, reason: str = "", *, only_from: frozenset[State] | None = None) -> bool:
        """Change a rollout's state; False when it is in none of ``only_from``."""
        with self._open() as link:
            if only_from is not None:
                found = link.execute("SELECT state FROM rollouts WHERE id=?", (id_,)).fetchone()
                if found is None or State(found[0]) not in only_from:
                    return False
            link.execute("UPDATE rollouts SET state=?, reason=? WHERE id=?", (state, reason, id_))
            _audit(link, id_, None, f"{state} {reason}".strip())
        return True

    def set_board(self, id_: str, name: str, fate: Fate, **fields: Any) -> None:
        """Change a board's state and any of ``release``, ``verdict``, ``reason``, ``way_back``; starting counts an attempt."""
        known = {key: value for key, value in fields.items() if key in ("release", "verdict", "reason", "way_back")}
        wanted = "".join(f", {key}=?" for key in known) + (", attempts=attempts+1" if fate is Fate.UPLOADING else "")
        with self._open() as link:
            link.execute(
                f"UPDATE boards SET state=?{wanted} WHERE rollout=? AND name=?", (fate, *known.values(), id_, name)
            )
            _audit(link, id_, name, f"{fate} {fields.get('reason') or ''}".strip())

    def reset(self, id_: str, fates: frozenset[Fate], to: Mapping[Fate, Fate] | None = None) -> int:
        """Put boards in one of ``fates`` back to pending (or to what ``to`` says); how many there were."""
        count = 0
        with self._open() as link:
            for fate in sorted(fates):
                target = (to or {}).get(fate, Fate.PENDING)
                done = link.execute("UPDATE boards SET state=? WHERE rollout=? AND state=?", (target, id_, fate))
                count += done.rowcount
            if count:
                _audit(link, id_, None, f"{count} boards were put back: {', '.join(sorted(fates))}")
        return count

    def audit(self, id_: str) -> tuple[tuple[float, str | None, str], ...]:
        """Everything that happened: time, board, what."""
        with self._open() as link:
            rows = link.execute("SELECT t, board, what FROM audit WHERE rollout=? ORDER BY id", (id_,)).fetchall()
        return tuple((row["t"], row["board"], row["what"]) for row in rows)


def _audit(link: sqlite3.Connection, id_: str, board: str | None, what: str) -> None:
    link.execute("INSERT INTO audit(rollout, t, board, what) VALUES(?,?,?,?)", (id_, time.time(), board, what[:500]))


def _rollout(row: sqlite3.Row, boards: tuple[BoardRow, ...]) -> RolloutRow:
    plan = json.loads(row["plan"])
    return RolloutRow(row["id"], row["slot"], plan, State(row["state"]), row["reason"], row["created"], boards)


def _board(row: sqlite3.Row) -> BoardRow:
    return BoardRow(
        row["name"],
        row["bundle"],
        row["path"],
        Fate(row["state"]),
        row["attempts"],
        row["release"],
        row["verdict"],
        row["reason"],
        row["way_back"],
    )
