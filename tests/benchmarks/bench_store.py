"""How fast summary rows go into a profile store, and how fast the product's queries answer once millions are there.

Goals: 50,000 rows a second in batches of SQLAlchemy Core with every row hashed as the product does, 95th percentile of the
queries <= 50 ms. Beside other work the CPU's rate tells what the machine could do. Making the rows (JSON, hashes) is timed
apart. Ten million need about 25 GB; where the disk has less, as many as fit are stored and the number is printed.

Run: python -m tests.benchmarks.bench_store [ROWS [FOLDER]]
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from profiles.reading import Origin
from profiles.store import Filter, ProfileStore, _hashed, canonical, insert_rows, reading_row
from tests.engine.report.sample import RESNET, reading

PER_TARGET = 100
"""Readings of one device: a fleet with years of weekly measurements."""
BATCH = 10_000
BYTES_A_ROW = 2_600
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


def fill(path: Path, count: int) -> tuple[float, float, float]:
    """Store ``count`` rows in batches: seconds of making them, of storing them with their chains, and of CPU for the latter."""
    made = stored = spent = 0.0
    with ProfileStore.open(path) as store:
        for start in range(0, count, BATCH):
            begin = time.perf_counter()
            batch = list(rows(start, min(start + BATCH, count)))
            made += time.perf_counter() - begin
            begin, cpu = time.perf_counter(), time.process_time()
            with store._database.writing() as connection:
                insert_rows(connection, batch)
            stored += time.perf_counter() - begin
            spent += time.process_time() - cpu
    return made, stored, spent


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        fitting = int(shutil.disk_usage(folder).free * 0.6) // BYTES_A_ROW
        if fitting < count:
            print(f"only {fitting:,} rows fit on the disk, not {count:,}")
        count, path = min(count, fitting), Path(folder) / "profiles.sqlite"
        made, stored, spent = fill(path, count)
        print(
            f"{count:,} rows: {count / stored:,.0f} stored a second, {count / spent:,.0f} a second of CPU time"
            f" ({count / (made + stored):,.0f} with making them)"
        )
        chance, taken = np.random.default_rng(3), []
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
                    begin = time.perf_counter()
                    found = store.readings(item)
                    taken.append((time.perf_counter() - begin) * 1000)
                    if len(found) != (1 if item.nonce else PER_TARGET):
                        raise RuntimeError(json.dumps([str(item), len(found)]))
        print(f"queries: median {np.median(taken):.1f} ms, 95th percentile {np.percentile(taken, 95):.1f} ms")


if __name__ == "__main__":
    main()
