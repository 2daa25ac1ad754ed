"""Kills writers and migrations of a profile store at random and at every statement; prints what was left as JSON.

A program of its own, because it forks: it loads everything once and kills only its own children.
Arguments: FOLDER writers|migrations COUNT.
"""

import json
import os
import random
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from profiles import database
from profiles.schema import readings
from profiles.store import ProfileStore, reading_row
from tests.engine.report.sample import RESNET, reading

BASE = reading("fashion-resnet", RESNET[0], 0)


def in_child(work):
    """The process id of a forked child that runs ``work`` and ends."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def write_until_killed(path, run, pipe):
    with ProfileStore.open(path) as store:
        for number in range(100_000):
            nonce = f"{run}-{number}"
            store.add_many([(replace(BASE, nonce=nonce, bundle=f"{part}" * 64), None) for part in "ab"])
            os.write(pipe, f"{nonce}\n".encode())


def writers(folder, count):
    """Each writer adds pairs of rows in one transaction and says so; it is killed after a random time."""
    path, chance, outcome = folder / "profiles.sqlite", random.Random(1), []
    for run in range(count):
        reader, writer = os.pipe()
        child = in_child(lambda run=run, writer=writer: write_until_killed(path, run, writer))
        os.close(writer)
        acknowledged = os.read(reader, 64)
        time.sleep(chance.uniform(0.0, 0.04))
        os.kill(child, signal.SIGKILL)
        while part := os.read(reader, 65536):
            acknowledged += part
        os.close(reader)
        killed = os.WTERMSIG(os.waitpid(child, 0)[1])
        with ProfileStore.open(path) as store:
            found = [item.nonce for item in store.readings() if item.nonce.startswith(f"{run}-")]
            damage = len(store.check())
        said = acknowledged.decode().split()
        lost = sum(nonce not in found for nonce in said)
        halves = sum(found.count(nonce) != 2 for nonce in found)
        outcome.append({"signal": killed, "acknowledged": len(said), "lost": lost, "halves": halves, "damage": damage})
    return outcome


def migrate_and_die(path, statement):
    from sqlalchemy import Engine, event

    left = [statement]

    def before(*arguments):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", before)
    ProfileStore.open(path).close()


def migrations(folder, count):
    """A store of version 1 is migrated and killed before the n-th statement, for every n until one is not killed."""
    outcome = []
    for statement in range(count):
        path = folder / f"m{statement}.sqlite"
        make_version_1(path)
        child = in_child(lambda path=path, statement=statement: migrate_and_die(path, statement))
        status = os.waitpid(child, 0)[1]
        with ProfileStore.open(path) as store:
            rows, damage = len(store.readings()), len(store.check())
        backups = len(list(folder.glob(f"{path.name}.0001.*.backup")))
        outcome.append({"killed": os.WIFSIGNALED(status), "rows": rows, "damage": damage, "backups": backups})
        if not os.WIFSIGNALED(status):
            break
    return outcome


def make_version_1(path):
    """A store as version 1 of the schema made it, with one row."""
    head, database.HEAD = database.HEAD, "0001"
    try:
        ProfileStore.open(path).close()
        opened = database.open_database(path)
        with opened.writing() as connection:
            connection.execute(readings.insert().values(reading_row(BASE)))
        opened.close()
    finally:
        database.HEAD = head


if __name__ == "__main__":
    act = {"writers": writers, "migrations": migrations}[sys.argv[2]]
    print(json.dumps(act(Path(sys.argv[1]), int(sys.argv[3]))))
