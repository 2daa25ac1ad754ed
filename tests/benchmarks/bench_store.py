"""How fast summary rows go into a profile store, and how fast the product's queries answer once millions are there.

Goals: 50,000 rows a second in batches of SQLAlchemy Core with every row hashed as the product does, 95th percentile of the
queries <= 50 ms. Beside other work the CPU's rate tells what the machine could do. The rows (JSON, hashes) are made by another
process meanwhile. The first batches also go through plain sqlite3 into a second file of the same tables, indexes and settings,
as the rate that SQLite itself leaves. What the disk takes is measured, too: a row is written into the journal and into the
file, so its size and the disk set a limit that no program passes (a folder in memory, such as /dev/shm, has none). Ten million
need about 20 GB; where the disk has less, as many as fit are stored and the number is printed. Last, readings as the product has
them go through ``add_many`` in this one process: documents, hashes and all.

Run: python -m tests.benchmarks.bench_store [ROWS [FOLDER]]
"""

import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from profiles.chain import chain_of
from profiles.reading import Origin
from profiles.store import Filter, ProfileStore, _hashed, canonical, insert_rows, reading_row
from tests.engine.report.sample import RESNET, reading

PER_TARGET = 100
"""Readings of one device: a fleet with years of weekly measurements."""
BATCH = 10_000
BYTES_A_ROW = 2_000
PEER_BATCHES = 20
PROBED_BATCHES = 20
ADDED = 100_000
QUERIES = (
    Filter(target="device-0"),
    Filter(board="board-0", origin=Origin.MEASURED),
    Filter(board="board-0"),
    Filter(nonce="run-7"),
    Filter(variant="variant-0"),
)


def rows(start: int, stop: int) -> Iterator[dict[str, Any]]:
    """Rows as the product writes them, which differ in device, run, median and hash."""
    base = reading("fashion-resnet", RESNET[0], 0)
    text = canonical(
        replace(base, target="TARGET", board="BOARD", device_id="TARGET", variant="VARIANT", nonce="NONCE").to_json()
    )
    columns = {name: value for name, value in reading_row(base).items() if name != "row_sha256"}
    for number in range(start, stop):
        target, board, nonce = f"device-{number // PER_TARGET}", f"board-{number // PER_TARGET}", f"run-{number}"
        variant = f"variant-{number // PER_TARGET}"
        document = text.replace("TARGET", target).replace("BOARD", board).replace("NONCE", nonce)
        own = {
            "target": target,
            "board": board,
            "device_id": target,
            "variant": variant,
            "nonce": nonce,
            "document": document.replace("VARIANT", variant),
        }
        yield _hashed({**columns, **own})


def made(start: int, stop: int) -> str:
    """The rows of a batch as one text: as objects they would be unpacked whenever they come, and count as being stored."""
    return json.dumps(list(rows(start, stop)))


@dataclass
class Spent:
    """Rows stored so far, with the seconds and the seconds of processor time they took."""

    rows: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    parts_s: list[float] = field(default_factory=list)

    def __enter__(self) -> None:
        self._begin, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.parts_s.append(time.perf_counter() - self._begin)
        self.wall_s += self.parts_s[-1]
        self.cpu_s += time.process_time() - self._cpu

    def __str__(self) -> str:
        slow, middle, fast = (BATCH / np.percentile(self.parts_s, share) for share in (95, 50, 5))
        return (
            f"{self.rows / self.wall_s:,.0f} rows a second (batches: {middle:,.0f}, 5 to 95 % {slow:,.0f} to {fast:,.0f}), "
            f"{self.rows / self.cpu_s:,.0f} a second of CPU time"
        )


class Peer:
    """Plain sqlite3 into a file with the tables of a store."""

    def __init__(self, path: Path) -> None:
        with ProfileStore.open(path) as store, store._database.reading() as connection:
            pragmas = ("cache_size", "synchronous", "wal_autocheckpoint")
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas}
        self._connection = sqlite3.connect(path, isolation_level=None)
        for name, value in found.items():
            self._connection.execute(f"PRAGMA {name}={value}")
        self.spent = Spent()

    def store(self, batch: list[dict[str, Any]]) -> None:
        """Rows, and one row a run with its hash, in one transaction."""
        columns = list(batch[0])
        places = ",".join("?" * len(columns))
        with self.spent:
            self._connection.execute("BEGIN IMMEDIATE")
            values = [*map(itemgetter(*columns), batch)]
            self._connection.executemany(f"INSERT INTO readings ({','.join(columns)}) VALUES ({places})", values)
            runs = [(row["nonce"], 1, chain_of(row["nonce"], [row["row_sha256"]])) for row in batch]
            self._connection.executemany("INSERT INTO runs VALUES (?, ?, ?)", runs)
            self._connection.execute("COMMIT")
        self.spent.rows += len(batch)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def fill(path: Path, count: int) -> tuple[Spent, Spent, Spent]:
    """Store ``count`` rows in batches: what all took, what the first batches took, and what they took through plain sqlite3."""
    spent, first, peer = Spent(), Spent(), Peer(path.with_name("peer.sqlite"))
    starts = range(0, count, BATCH)
    with ProfileStore.open(path) as store, ProcessPoolExecutor(1) as other:
        coming = [other.submit(made, start, min(start + BATCH, count)) for start in starts[:2]]
        for number in range(len(starts)):
            batch = json.loads(coming.pop(0).result())
            if number + 2 < len(starts):
                coming.append(other.submit(made, starts[number + 2], min(starts[number + 2] + BATCH, count)))
            with spent, store._database.writing() as connection:
                insert_rows(connection, batch)
            spent.rows += len(batch)
            if number < PEER_BATCHES:
                peer.store(batch)
                first = replace(spent, parts_s=[*spent.parts_s])
    peer.close()
    return spent, first, peer.spent


def added(path: Path, count: int) -> Spent:
    """Readings through the product's own door, one run each, in batches."""
    base, spent = reading("fashion-resnet", RESNET[0], 0), Spent()
    with ProfileStore.open(path) as store:
        for start in range(0, count, BATCH):
            batch = [(replace(base, nonce=f"added-{number}"), None) for number in range(start, start + BATCH)]
            with spent:
                store.add_many(batch)
            spent.rows += len(batch)
    return spent


def disk_bytes_per_s(folder: str) -> float:
    """What the disk takes, written in pieces of a batch's size and synced after each, as the journal is."""
    piece = b"\1" * (BATCH * BYTES_A_ROW)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        begin = time.perf_counter()
        for _ in range(PROBED_BATCHES):
            file.write(piece)
            os.fsync(file.fileno())
        return PROBED_BATCHES * len(piece) / (time.perf_counter() - begin)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        fitting = int(shutil.disk_usage(folder).free * 0.6) // BYTES_A_ROW
        if fitting < count:
            print(f"only {fitting:,} rows fit on the disk, not {count:,}")
        count, path = min(count, fitting), Path(folder) / "profiles.sqlite"
        rate = disk_bytes_per_s(folder)
        spent, first, peer = fill(path, count)
        print(f"{count:,} rows: {spent}")
        size = path.stat().st_size / count
        print(
            f"{size:,.0f} bytes a row; the disk took {rate / 1e6:,.0f} MB/s before, which is {rate / size / 2:,.0f} rows a second"
            " into journal and file"
        )
        print(f"the first {first.rows:,}: {first}")
        print(f"the same through plain sqlite3: {peer}; ours takes {first.cpu_s / peer.cpu_s:.2f}x its CPU time")
        print(
            f"readings through add_many, documents and hashes included: {added(path.with_name('added.sqlite'), ADDED)}"
        )
        chance, taken, busy = np.random.default_rng(3), [], []
        with ProfileStore.open(path) as store:
            for _ in range(200):
                number = int(chance.integers(count // PER_TARGET))
                wanted = [
                    Filter(target=f"device-{number}"),
                    Filter(board=f"board-{number}"),
                    Filter(nonce=f"run-{number}"),
                    Filter(variant=f"variant-{number}"),
                ]
                for item in wanted:
                    begin, cpu = time.perf_counter(), time.process_time()
                    found = store.readings(item)
                    taken.append((time.perf_counter() - begin) * 1000)
                    busy.append((time.process_time() - cpu) * 1000)
                    if len(found) != (1 if item.nonce else PER_TARGET):
                        raise RuntimeError(json.dumps([str(item), len(found)]))
        for what, values in (("queries", taken), ("their CPU time", busy)):
            print(f"{what}: median {np.median(values):.1f} ms, 95th percentile {np.percentile(values, 95):.1f} ms")


if __name__ == "__main__":
    main()
