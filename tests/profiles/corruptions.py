"""Changes of one value, or a row taken away, behind the back of a profile store; says which the store noticed."""

import hashlib
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

from profiles.reading import Comparison, Verdict
from profiles.store import ProfileStore
from tests.engine.report.sample import RESNET, reading

COLUMNS = {
    "readings": ("origin", "board", "device_id", "target", "bundle", "model", "variant", "runtime", "threads", "p50_ms",
                 "measured_at", "nonce", "document", "row_sha256"),
    "comparisons": ("nonce", "target", "a", "b", "document", "row_sha256"),
    "raw_samples": ("content",),
    "runs": ("rows", "chain_sha256"),
}  # fmt: skip


def filled(path: Path, runs: int = 3) -> None:
    """A store of a few runs, two readings with samples and one comparison each."""
    base = reading("fashion-resnet", RESNET[0], 0)
    with ProfileStore.open(path) as store:
        for run in range(runs):
            raws = [f"samples {run} {side}".encode() for side in "ab"]
            pairs = [
                (replace(base, nonce=f"run-{run}", bundle=side * 64, raw_sha256=hashlib.sha256(raw).hexdigest()), raw)
                for side, raw in zip("ab", raws, strict=True)
            ]
            compared = Comparison(
                "a" * 64, "b" * 64, base.target, 1.5, (1.4, 1.6), Verdict.PASS, 0.05, False, 12, f"run-{run}"
            )
            store.add_many(pairs, [compared])


def corrupt(folder: Path, count: int) -> tuple[int, list[str]]:
    """Make ``count`` corruptions, one at a time.

    Returns:
        How many a check of the store noticed, and the names of those that it did not.
    """
    path, chance = folder / "profiles.sqlite", random.Random(5)
    filled(path)
    with ProfileStore.open(path) as store:
        if store.check():
            raise RuntimeError("the store was not whole to begin with")
    noticed, missed = 0, []
    while noticed + len(missed) < count:
        table = chance.choice([*COLUMNS, "readings", "readings"])
        with sqlite3.connect(path, isolation_level=None) as database:
            keys = [row[0] for row in database.execute(f"SELECT rowid FROM {table}")]
            key = chance.choice(keys)
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            old = database.execute(f"SELECT * FROM {table} WHERE rowid = ?", (key,)).fetchone()
            if table in ("readings", "comparisons") and chance.random() < 0.1:
                what = f"{table} row taken away"
                database.execute(f"DELETE FROM {table} WHERE rowid = ?", (key,))
            else:
                column = chance.choice(COLUMNS[table])
                what = f"{table}.{column}"
                value = other(old[names.index(column)], chance)
                try:
                    database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, key))
                except sqlite3.IntegrityError:  # another row's key: SQLite itself does not take it
                    continue
        database.close()
        with ProfileStore.open(path) as store:
            if store.check():
                noticed += 1
            else:
                missed.append(what)
        with sqlite3.connect(path, isolation_level=None) as database:
            database.execute(f"DELETE FROM {table} WHERE rowid = ?", (key,))
            marks = ", ".join("?" for _ in names)
            database.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", old)
        database.close()
    with ProfileStore.open(path) as store:
        if store.check():
            raise RuntimeError("the store was not put back as it was")
    return noticed, missed


def other(value: object, chance: random.Random) -> object:
    """The value with one bit, byte or character changed."""
    if value is None:
        return "x"
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(4)
    if isinstance(value, float):
        return value * (1 + 2.0 ** -chance.randrange(1, 40))
    if isinstance(value, bytes):
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]
    text = str(value)
    place = chance.randrange(len(text))
    return text[:place] + chance.choice([c for c in "0123456789abcdef{}" if c != text[place]]) + text[place + 1 :]
