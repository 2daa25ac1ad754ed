"""Many rows in one go: one compiled statement of SQLAlchemy Core, the rows as the driver takes them.

Building a statement's parameters row by row costs as much as storing them, so they are made by position here. A row whose key
is there already is left as it is: readings and comparisons are stored once and never changed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

CHUNK = 500
"""Keys asked for in one statement: below the 999 parameters an old SQLite takes."""


def insert_new(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> int:
    """Insert the rows whose key is not there yet.

    Args:
        connection: in a transaction that writes.
        table: its unique constraint over ``key`` tells which rows are known, whoever stores them at the same time.
        rows: all with the same columns.
        key: names of columns.

    Returns:
        How many were not there; -1 where the driver does not tell.
    """
    return _execute(connection, _statement(connection, table).on_conflict_do_nothing(index_elements=list(key)), rows)


def insert_or_replace(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """Insert rows; where the key is there, its other columns become those of the row."""
    statement = _statement(connection, table)
    others = {name: statement.excluded[name] for name in (rows[0] if rows else ()) if name not in key}
    _execute(connection, statement.on_conflict_do_update(index_elements=list(key), set_=others), rows)


def chunks(items: Iterable[str]) -> Iterator[list[str]]:
    """Parts small enough to be asked for in one statement."""
    left = iter(items)
    while part := list(islice(left, CHUNK)):
        yield part


def _statement(connection: sa.Connection, table: sa.Table) -> Any:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _execute(connection: sa.Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    if not rows:
        return 0
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    if compiled.positional:
        values = [*map(itemgetter(*compiled.positiontup), rows)]
        return int(connection.exec_driver_sql(compiled.string, values).rowcount)
    return int(connection.exec_driver_sql(compiled.string, [dict(row) for row in rows]).rowcount)
