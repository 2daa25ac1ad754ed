"""One hash over all rows of a run: a single row's hash cannot tell that its neighbour is gone."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from . import bulk
from .schema import comparisons, readings, runs


def chain_of(nonce: str, row_hashes: Iterable[str]) -> str:
    """SHA-256 over the run's name and its rows' hashes, in sorted order."""
    return hashlib.sha256("\n".join([nonce, *sorted(row_hashes)]).encode()).hexdigest()


def update(connection: sa.Connection, added: Mapping[str, Collection[str]]) -> None:
    """Bring the hashes of some runs up to date with their rows, in the transaction that changed them.

    Args:
        connection: of that transaction.
        added: for each run the hashes of the rows that were given to it now; where one of the runs is known already, the
            rows are read back.
    """
    made = [_entry(nonce, hashes) for nonce, hashes in added.items()]
    if bulk.insert_new(connection, runs, made, ("nonce",)) == len(made):
        return
    for part in bulk.chunks(added):
        stored = [_entry(nonce, hashes) for nonce, hashes in _hashes(connection, part).items()]
        bulk.insert_or_replace(connection, runs, stored, ("nonce",))


def _entry(nonce: str, hashes: Collection[str]) -> dict[str, Any]:
    return {"nonce": nonce, "rows": len(hashes), "chain_sha256": chain_of(nonce, hashes)}


def _hashes(connection: sa.Connection, nonces: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {nonce: [] for nonce in nonces}
    for table in (readings, comparisons):
        rows = sa.select(table.c.nonce, table.c.row_sha256).where(table.c.nonce.in_(nonces))
        for nonce, digest in connection.execute(rows):
            found[str(nonce)].append(str(digest))
    return found


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
