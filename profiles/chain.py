"""One hash over all rows of a run: a single row's hash cannot tell that its neighbour is gone."""

import hashlib
from collections.abc import Collection, Iterable, Mapping

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
        added: for each run the hashes of the rows that were given to it now; rows of a run that is known already are read back.
    """
    made = []
    for part in bulk.chunks(sorted(added)):
        known = {str(nonce) for (nonce,) in connection.execute(sa.select(runs.c.nonce).where(runs.c.nonce.in_(part)))}
        stored = _hashes(connection, known) if known else {}
        for nonce in part:
            hashes = stored.get(nonce, added[nonce])
            made.append({"nonce": nonce, "rows": len(hashes), "chain_sha256": chain_of(nonce, hashes)})
    bulk.insert_or_replace(connection, runs, made, ("nonce",))


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
