"""The database under the profile store: where it is, how SQLite is told to be careful, and its migrations.

SQLite runs in WAL mode with full synchronisation; transactions begin explicitly, so a migration is all or nothing and
writers wait for one another instead of failing. An existing file is copied (``VACUUM INTO``) before it is migrated.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from .errors import ProfileError
from .failures import WRITABLE, explained, read_only, shown, shown_text
from .schema import HEAD

APPLICATION_ID = 0x464C5957  # "FLYW"
BUSY_MS = 5000
CONNECT_S = 10
"""A server that does not answer at all would be waited for for minutes."""
PAGE_BYTES, CACHE_KIB = 16384, 65536
"""A row is a kilobyte and more: large pages and a cache that holds the indexes halve the time of many rows at once."""
CHECKPOINT_PAGES = 8192
"""Pages the journal holds before they go into the file, 128 MiB: pages of the indexes change with every batch and go once."""
DAILY_KEPT = 5
LARGEST_DAILY = 256 << 20
"""Above this a store is copied before migrations only: a daily copy would make measuring wait."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Database:
    """An open database.

    Attributes:
        engine: of SQLAlchemy.
        path: of the SQLite file, None for a server.
        newer: the schema version, where a newer program made the database: it can be read and not written.
        sealed: whether this user may not write the file or its folder.
    """

    engine: sa.Engine
    path: Path | None
    newer: str | None
    sealed: bool = False

    @property
    def url(self) -> str:
        """For people, without a password."""
        return shown(self.engine.url)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state."""
        with _explained(self.engine), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is durable when the block ends, or leaves no trace.

        Raises:
            ProfileError: a newer program made the database, or it may not be written.
        """
        if self.sealed:
            raise read_only(self.url)
        if self.newer is not None:
            raise ProfileError(
                "store-newer",
                f"the profile store {self.url} has version {self.newer}, this program knows {HEAD}: it is read-only here",
                "update Flyweight, or name another store in FLYWEIGHT_PROFILES",
            )
        with _explained(self.engine), _writer(self.engine) as connection:
            yield connection

    def back_up_daily(self) -> None:
        """A copy of an SQLite file beside it, one a day, the newest five kept; a failure is logged and costs nothing else."""
        if self.path is None or self.newer is not None or self.path.stat().st_size > LARGEST_DAILY:
            return
        today = datetime.now(UTC).strftime("%Y%m%d")
        target = self.path.with_name(f"{self.path.name}.day-{today}.backup")
        if target.exists():
            return
        unfinished = target.with_name(f"{target.name}.{os.getpid()}.partial")
        try:
            _outside_transaction(self.engine, "VACUUM INTO ?", str(unfinished))
            unfinished.replace(target)
            for old in sorted(self.path.parent.glob(f"{self.path.name}.day-*.backup"))[:-DAILY_KEPT]:
                old.unlink(missing_ok=True)
        except (OSError, sqlite3.Error) as error:
            log.warning("no daily copy of %s: %s", self.url, error)
        finally:
            unfinished.unlink(missing_ok=True)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def default_url() -> sa.URL:
    """``$FLYWEIGHT_PROFILES`` (a URL), else ``profiles.sqlite`` in the user's data folder."""
    if os.environ.get("FLYWEIGHT_PROFILES"):
        return _parsed(os.environ["FLYWEIGHT_PROFILES"])
    from platformdirs import user_data_path

    folder = user_data_path("flyweight", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ProfileError(
            "not-writable", f"cannot create {folder}: {error.strerror}", "make it writable or set XDG_DATA_HOME"
        ) from None
    return sa.URL.create("sqlite", database=str(folder / "profiles.sqlite"))


def _parsed(url: str) -> sa.URL:
    remedy = "use sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE in FLYWEIGHT_PROFILES"
    try:
        found = sa.engine.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # the latter of a port that is no number
        raise ProfileError("bad-url", f"'{shown_text(url)}' is no database URL", remedy) from None
    if found.get_backend_name() not in ("sqlite", "postgresql"):
        raise ProfileError("bad-url", f"profiles are not kept in {found.get_backend_name()[:40]}", remedy)
    return found


def open_database(where: str | Path | None = None) -> Database:
    """Open, and where needed create or migrate, a database.

    Args:
        where: URL or path of an SQLite file; None = :func:`default_url`.

    Raises:
        ProfileError: it is no profile store, damaged, or the server refuses.
    """
    if where is None:
        url = default_url()
    else:
        url = sa.URL.create("sqlite", database=str(where)) if isinstance(where, Path) else _parsed(where)
    path = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    sealed = path is not None and _sealed(path)
    engine = _engine(url, path, sealed)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    new = path is not None and not path.exists()
    try:
        with _explained(engine):
            newer = _migrate(engine, path, sealed)
            if path is not None and not sealed:  # only now is it known to be ours
                _outside_transaction(engine, "PRAGMA journal_mode=WAL")
    except BaseException:
        engine.dispose()
        if new and path is not None and path.is_file() and path.stat().st_size == 0:
            path.unlink()  # nothing came of it, on a full disk for instance
        raise
    return Database(engine, path, newer, sealed)


def _engine(url: sa.URL, path: Path | None, sealed: bool) -> sa.Engine:
    try:
        if path is not None and sealed:
            where = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            return sa.create_engine(url, creator=lambda: sqlite3.connect(where, uri=True, check_same_thread=False))
        if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
            return sa.create_engine(url, connect_args={"connect_timeout": CONNECT_S})
        return sa.create_engine(url)
    except ImportError as error:
        name = error.name or "its driver"
        raise ProfileError("no-driver", f"{url.drivername}: {error}", f"pip install {name}") from None
    except sa.exc.ArgumentError:
        raise ProfileError(
            "bad-url", f"there is no driver {url.drivername[:80]}", "use sqlite:///FILE or postgresql+psycopg://..."
        ) from None


def _sealed(path: Path) -> bool:
    """Whether the file can be read only, so that no journal can be made beside it either.

    Where there is a journal, a program that may write works on the file: SQLite then has to read both.
    """
    if not path.is_file() or path.with_name(f"{path.name}-wal").exists():
        return False
    return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


@contextmanager
def _explained(engine: sa.Engine) -> Iterator[None]:
    """Errors of the database as ours."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        raise explained(error, engine.url) from None


@contextmanager
def _writer(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that takes SQLite's write lock at its beginning."""
    with engine.connect() as connection, connection.execution_options(writes=True).begin():
        yield connection


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions begin where this module says so, also around DDL
    for pragma in (
        f"page_size={PAGE_BYTES}",  # of a file that is made now
        f"cache_size=-{CACHE_KIB}",
        f"wal_autocheckpoint={CHECKPOINT_PAGES}",
        f"busy_timeout={BUSY_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: sa.Engine, path: Path | None, sealed: bool) -> str | None:
    """Bring the schema to this program's version in one transaction; returns the version if it is newer."""
    with engine.connect() as connection, connection.begin():
        current = _version(connection)
    if current == HEAD:
        return None
    if current is not None and current > HEAD:
        return current
    if sealed:
        raise ProfileError(
            "store-read-only",
            f"{shown(engine.url)} has version {current or 'none'}, has to be brought to {HEAD} and may not be written",
            WRITABLE,
        )
    if current is not None and path is not None:
        _back_up(engine, path, current)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option(
        "script_location", str(resources.files(__package__).joinpath("migrations")).replace("%", "%%")
    )
    with _writer(engine) as connection:
        if _version(connection) != current:
            return None  # another program was quicker
        if path is not None:
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
    return None


def _back_up(engine: sa.Engine, path: Path, version: str) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = path.with_name(f"{path.name}.{version}.{stamp}.backup")
    unfinished = target.with_suffix(".partial")
    try:
        _outside_transaction(engine, "VACUUM INTO ?", str(unfinished))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _outside_transaction(engine: sa.Engine, statement: str, *values: str) -> None:
    connection = engine.raw_connection()
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement, values)
            cursor.fetchall()
    finally:
        connection.close()


def _version(connection: sa.Connection) -> str | None:
    """Schema version of a store; None for an empty database; ProfileError for somebody else's."""
    names = sa.inspect(connection).get_table_names()
    if "alembic_version" in names and "readings" in names:
        row = connection.execute(sa.text("SELECT version_num FROM alembic_version")).first()
        return None if row is None else str(row[0])
    owner = 0
    if connection.dialect.name == "sqlite":
        owner = int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())
    if names or owner not in (0, APPLICATION_ID):
        where = shown(connection.engine.url)
        raise ProfileError("not-a-store", f"{where} belongs to another program", "give another file or URL")
    return None
