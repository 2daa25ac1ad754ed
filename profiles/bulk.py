"""Many rows in one go: one compiled statement of SQLAlchemy Core, the rows as the driver takes them.

Building a statement's parameters row by row costs as much as storing them, so they are made by position here. A row whose key
is there already is left as it is: readings and comparisons are stored once and never changed. PostgreSQL takes many rows by COPY,
two to three times as fast as an INSERT for each; where a key turns out to be there, the COPY is undone and they are inserted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

COPIED = 100
"""Rows that are worth a COPY and the savepoint around it."""
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
    if len(rows) >= COPIED and connection.dialect.driver == "psycopg":
        try:
            with connection.begin_nested():
                return _copied(connection, table, rows)
        except sa.exc.IntegrityError:
            pass  # a key is there already, or twice among the rows
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


def _copied(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, none of which may be there, by PostgreSQL's COPY.

    Raises:
        sqlalchemy.exc.DBAPIError: what the driver raised; an IntegrityError where a key is there.
    """
    quoted = connection.dialect.identifier_preparer
    names = list(rows[0])
    columns = ", ".join(map(quoted.quote, names))
    statement = f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in map(itemgetter(*names), rows):
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(
            statement, None, error, connection.dialect.loaded_dbapi.Error, dialect=connection.dialect
        ) from error
    return len(rows)
