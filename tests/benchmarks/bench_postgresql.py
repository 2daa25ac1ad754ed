"""How fast rows go into a profile store on PostgreSQL: by COPY as the product does, by one INSERT a row, and into SQLite.

A server of its own keeps what it acknowledges on the disk (fsync). Each round stores one batch each way, in random order and in
one transaction, rows hashed and their runs chained; the rows are made before. Ratios are of the rates of one round, so that what
else the machine does hits all alike; the interval is a bootstrap's over rounds. Last, all of it is read back and checked.

Run: python -m tests.benchmarks.bench_postgresql [ROUNDS]
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from profiles import bulk
from profiles.store import ProfileStore, insert_rows

from ..profiles.postgresql import INITDB, running
from .bench_store import rows

ROUNDS, BATCH, BOOTSTRAPS = 20, 10_000, 2000
COPY, INSERT, SQLITE = "PostgreSQL, COPY", "PostgreSQL, INSERT a row", "SQLite"


def stored(store: ProfileStore, batch: list[dict[str, Any]], *, copied_from: int) -> float:
    """Rows a second of one durable batch; fewer rows than ``copied_from`` are inserted one by one."""
    with patch.object(bulk, "COPIED", copied_from):
        begin = time.perf_counter()
        with store._database.writing() as connection:
            insert_rows(connection, batch)
        return len(batch) / (time.perf_counter() - begin)


def ratio(one: Sequence[float], other: Sequence[float]) -> str:
    """The median ratio of rates of one round, with its 95 % interval."""
    ratios = np.array(one) / np.array(other)
    draws = np.median(np.random.default_rng(0).choice(ratios, (BOOTSTRAPS, len(ratios))), axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"{np.median(ratios):.2f}x [{low:.2f}, {high:.2f}]"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    if INITDB is None:
        print("NOT RUN: no PostgreSQL server on this machine (apt-get install postgresql)")
        return
    rates: dict[str, list[float]] = {COPY: [], INSERT: [], SQLITE: []}
    order, number = random.Random(1), 0
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = stack.enter_context(running(fsync=True))
        on_server = stack.enter_context(ProfileStore.open(server))
        on_disk = stack.enter_context(ProfileStore.open(Path(folder) / "profiles.sqlite"))
        for _ in range(rounds):
            for way in order.sample(list(rates), len(rates)):
                batch = list(rows(number, number + BATCH))
                number += BATCH
                store = on_disk if way == SQLITE else on_server
                rates[way].append(stored(store, batch, copied_from=BATCH + 1 if way == INSERT else bulk.COPIED))
        print(f"{rounds} rounds of {BATCH:,} rows, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        for way, found in rates.items():
            slow, middle, fast = np.percentile(found, [5, 50, 95])
            print(f"{way}: {middle:,.0f} rows a second (5 to 95 %: {slow:,.0f} to {fast:,.0f})")
        print(
            f"COPY against INSERT: {ratio(rates[COPY], rates[INSERT])}; against SQLite: {ratio(rates[COPY], rates[SQLITE])}"
        )
        damaged = on_server.check()
        print(f"{on_server.count():,} rows on the server, {len(damaged)} damaged")


if __name__ == "__main__":
    main()
