"""Fleets of boards that are files, for rollouts under random faults: each board's truth survives a killed desktop."""

import json
import os
import random
import threading
import warnings
from collections import Counter
from pathlib import Path

from engine.deploy.rollout import Outcome, Rollout
from engine.deploy.rollout_store import UNDER_WAY, BoardRow, Fate, RolloutStore, State
from engine.errors import RejectedError, UnreachableError

OLD, NEW = "0" * 64, "1" * 64
EXIT_KILLED = 137
ENDS = {State.FINISHED, State.STOPPED, State.WAITING}


class FileBoards:
    """Acts on boards that are JSON files: what runs there, how often it was switched, how often it did harm.

    Args:
        folder: of the boards.
        seed: decides which board is offline, rejects, or is not well with the new release.
        kill_at: the process dies before or after the n-th effect; 0 = never.
    """

    def __init__(self, folder: Path, seed: int, kill_at: int = 0) -> None:
        self.folder, self.kill_at, self._count, self._lock = folder, kill_at, 0, threading.Lock()
        self._seed = seed

    def fault(self, name: str) -> str:
        return random.Random(f"{self._seed} {name}").choices(
            ["none", "offline", "reject", "harm", "lost"], [85, 5, 3, 4, 3]
        )[0]

    def read(self, name: str) -> dict[str, int | str]:
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else {"runs": OLD, "switches": 0, "harmed": 0}

    def _write(self, name: str, **changes: int | str) -> None:
        path = self.folder / f"{name}.json"
        fresh = path.with_suffix(f".{threading.get_ident()}")
        fresh.write_text(json.dumps({**self.read(name), **changes}))
        fresh.replace(path)

    def _step(self) -> None:
        with self._lock:
            self._count += 1
            if self._count == self.kill_at:
                os._exit(EXIT_KILLED)

    def prepare(self, board: BoardRow, slot: str) -> Outcome:
        self._step()
        if self.read(board.name)["runs"] == NEW:
            return Outcome(Fate.COMMITTED, "it runs there already", 2)
        if self.fault(board.name) == "offline":
            raise UnreachableError("unreachable", "no answer", "switch it on")
        if self.fault(board.name) == "reject":
            return Outcome(Fate.REJECTED, "golden samples differ")
        return Outcome(Fate.STAGED)

    def switch(self, board: BoardRow, slot: str) -> Outcome:
        self._step()
        if self.fault(board.name) == "lost":
            raise RejectedError("no-space", "the disk is full", "free some")
        state = self.read(board.name)
        if state["runs"] == NEW:
            return Outcome(Fate.COMMITTED, release=2)
        if self.fault(board.name) == "harm":
            self._write(board.name, harmed=int(state["harmed"]) + 1)
            self._step()
            return Outcome(Fate.ROLLED_BACK, "not well")
        self._write(board.name, runs=NEW, switches=int(state["switches"]) + 1)
        self._step()
        return Outcome(Fate.COMMITTED, release=2)

    def approach(self, board: BoardRow) -> None:
        return

    def leave(self) -> None:
        return


def create(folder: Path, boards: int, max_failures: int) -> RolloutStore:
    store = RolloutStore(folder / "rollouts.db")
    plan = {"waves": ["1", "10%", "50%", "100%"], "max_failures": max_failures}
    store.create("r1", "main", plan, [BoardRow(f"b{n:02}", NEW, "/bundle") for n in range(boards)])
    return store


def run_killed(store: RolloutStore, folder: Path, seed: int, kill_at: int) -> bool:
    """Run the rollout in a process of its own; whether it was killed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other tests' threads are not used in the child
        child = os.fork()
    if child == 0:
        code = 9
        try:
            Rollout(store, "r1", FileBoards(folder, seed, kill_at), parallel=4).run()
            code = 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, EXIT_KILLED), code
    return code == EXIT_KILLED


def ordeal(folder: Path, seed: int, *, boards: int = 50) -> dict[str, int]:
    """One rollout under random faults whose desktop is killed again and again; what was seen, with ``wrong`` things."""
    chance = random.Random(seed)
    max_failures = chance.choice([0, 1, 3, 50])
    store, truth = create(folder, boards, max_failures), FileBoards(folder, seed)
    kills = 0
    while run_killed(store, folder, seed, chance.randint(1, 60)):
        kills += 1
        assert kills < 200
    rollout = store.load("r1")
    wrong = Counter[str]()
    wrong["not ended"] += rollout.state not in ENDS
    for row in rollout.boards:
        board = truth.read(row.name)
        wrong["unknown state"] += row.state in UNDER_WAY
        wrong["book differs from board"] += (row.state is Fate.COMMITTED) != (board["runs"] == NEW)
        wrong["switched twice"] += int(board["switches"]) > 1
    harmed = sum(int(truth.read(row.name)["harmed"]) > 0 for row in rollout.boards)
    wrong["blast radius"] += harmed > max_failures + 1
    return {"kills": kills, "harmed": harmed, "wrong": sum(wrong.values()), **{k: v for k, v in wrong.items() if v}}
