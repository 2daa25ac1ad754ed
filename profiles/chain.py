"""One hash over all rows of a run: a single row's hash cannot tell that its neighbour is gone."""

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from .schema import comparisons, readings, runs


def chain_of(nonce: str, row_hashes: Iterable[str]) -> str:
    """SHA-256 over the run's name and its rows' hashes, in sorted order."""
    return hashlib.sha256("\n".join([nonce, *sorted(row_hashes)]).encode()).hexdigest()


def update(connection: sa.Connection, nonces: Iterable[str]) -> None:
    """Bring the hashes of some runs up to date with their rows, in the transaction that changed them."""
    for nonce in sorted(set(nonces)):
        hashes = _hashes(connection, nonce)
        values = {"rows": len(hashes), "chain_sha256": chain_of(nonce, hashes)}
        done = connection.execute(sa.update(runs).where(runs.c.nonce == nonce).values(values))
        if done.rowcount == 0:
            connection.execute(sa.insert(runs).values(nonce=nonce, **values))


def broken(connection: sa.Connection) -> list[str]:
    """The runs whose rows are not all those that were stored, or are more than those."""
    found: dict[str, list[str]] = {}
    for table in (readings, comparisons):
        for nonce, digest in connection.execute(sa.select(table.c.nonce, table.c.row_sha256)):
            found.setdefault(str(nonce), []).append(str(digest))
    wrong = []
    for nonce, count, chain in connection.execute(sa.select(runs.c.nonce, runs.c.rows, runs.c.chain_sha256)):
        own = found.pop(str(nonce), [])
        if len(own) != count or chain_of(str(nonce), own) != chain:
            wrong.append(str(nonce))
    return wrong + sorted(found)


def _hashes(connection: sa.Connection, nonce: str) -> list[str]:
    return [
        str(digest)
        for table in (readings, comparisons)
        for (digest,) in connection.execute(sa.select(table.c.row_sha256).where(table.c.nonce == nonce))
    ]
