"""Rollouts to lab boards under random faults, with the desktop killed again and again: what every board and the book say.

The product's own rollout drives the product's own agent through OpenSSH. What is true is read from each board's disk.

python -m tests.faults.lab_rollout FOLDER BOARDS FIRST SEEDS [quick]    a line of JSON per seed, as soon as it ends

It runs inside the namespaces of ``lab.inside``.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from device_agent.generations import Generations, State
from device_agent.releases import Releases
from device_agent.store import Store
from engine.deploy.enrol import add_device
from engine.deploy.inventory import Inventory
from engine.deploy.release import Trial
from engine.deploy.rollout import Outcome, Rollout
from engine.deploy.rollout_acts import BoardActs
from engine.deploy.rollout_store import AWAY, BAD, UNDER_WAY, BoardRow, Fate, RolloutStore
from engine.deploy.rollout_store import State as Stage
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Bundle, Format, Recipe

from .lab import LabBoard, open_network

SLOT, WINDOW_S, TIMEOUT_S = "main", 12.0, 90.0
FAULTS = {"none": 40, "cut": 14, "gone": 6, "slow": 8, "sshd": 10, "full": 6, "agent": 12, "ill": 4}
"""How often a board has which fault. ``cut`` comes back after seconds, ``gone`` when the rollout waits for it."""

ENDS = {Stage.FINISHED, Stage.STOPPED}
ROUNDS = 8
PLANTED = "planted"


def bundles(count: int, out: Path) -> list[Bundle]:
    """Up to two releases of one network, in a folder."""
    net, data = sample("fashion-mobilenet"), open_data("fashion-mnist:shipped")
    return [
        make_bundle(
            {Format.ONNX: path},
            data=data,
            recipe=Recipe(()),
            name=name,
            out_dir=out,
            signing_key=signing_key(),
            model="m",
        )
        for name, path in (("float", net.onnx), ("int8", net.onnx_int8))[:count]
    ]


def enrol(boards: Sequence[LabBoard]) -> None:
    """The first board by the product's own enrolment, the others as cards written from its image with the identity removed."""
    first = boards[0]
    first.wait()
    device = add_device(
        first.name,
        first.address,
        identity=first.identity,
        accept_fingerprint=first.fingerprint,
        python=sys.executable,
        allow_root=True,
        timeout_s=120,
    )
    inventory = Inventory.load()
    for board in boards[1:]:
        board.wait()
        shutil.copytree(first.home, board.home, symlinks=True, dirs_exist_ok=True)
        (board.home / ".flyweight" / "device-id").unlink(missing_ok=True)
        inventory.put(replace(device, name=board.name, host=board.host, device_id=None))


def truth(board: LabBoard) -> State:
    """What stands on a board's disk."""
    return Generations(Store(str(board.home / ".flyweight"))).state()


class Claiming(BoardActs):
    """The planted mistake: it says that a board switched, and never asked it to."""

    def prepare(self, board: BoardRow, slot: str) -> Outcome:
        """Say so."""
        return Outcome(Fate.STAGED)

    def switch(self, board: BoardRow, slot: str) -> Outcome:
        """Say so."""
        return Outcome(Fate.COMMITTED)


def desktop(folder: Path, id_: str, made: Sequence[Bundle], parallel: int) -> None:
    """What is killed: the desktop's process with the rollout."""
    acts = (Claiming if id_ == PLANTED else BoardActs)(
        {item.sha256: item for item in made}, trial=Trial(WINDOW_S, health=("test", "-e", "well")), timeout_s=TIMEOUT_S
    )
    Rollout(RolloutStore(folder / "rollouts.db"), id_, acts, parallel=parallel).run()


class Weather(threading.Thread):
    """Makes each board's fault happen while a session with it is open, at a moment that chance decides."""

    def __init__(self, boards: Sequence[LabBoard], faults: dict[str, str], chance: random.Random) -> None:
        super().__init__(daemon=True)
        self._todo = {item.name: item for item in boards if faults[item.name] in ("cut", "gone", "sshd", "agent")}
        self._faults, self._chance, self._over = faults, chance, threading.Event()
        self.fired = Counter[str]()
        self._back: list[tuple[float, LabBoard]] = []

    def run(self) -> None:
        due: list[tuple[float, LabBoard]] = []
        while not self._over.wait(0.1):
            now = time.monotonic()
            for board in [item for item in self._todo.values() if item.agents()]:
                del self._todo[board.name]
                due.append((now + self._chance.uniform(0, 2.5), board))
            for item in [item for item in due if item[0] <= now]:
                due.remove(item)
                self._strike(item[1])
            for item in [item for item in self._back if item[0] <= now]:
                self._back.remove(item)
                item[1].link(True)

    def _strike(self, board: LabBoard) -> None:
        kind = self._faults[board.name]
        if kind in ("cut", "gone"):
            board.link(False)
            if kind == "cut":
                self._back.append((time.monotonic() + self._chance.uniform(1, 5), board))
        elif not board.kill(kind):
            self._todo[board.name] = board  # it had gone already: the next session then
            return
        self.fired[kind] += 1

    def end(self) -> None:
        self._over.set()
        self.join()


def ordeal(
    folder: Path,
    boards: Sequence[LabBoard],
    made: Sequence[Bundle],
    seed: int,
    parallel: int,
    quick: bool = False,
) -> dict[str, Any]:
    """One rollout of the release that is not running; what was seen, and what was wrong.

    Args:
        folder: of the lab.
        boards: all of them run the same release, or a board keeps what an earlier rollout left.
        made: both releases; the seed decides which one comes.
        seed: of everything random.
        parallel: boards at once.
        quick: kill the desktop once, not up to three times, and have no fault that takes a while to be noticed.
    """
    chance, new, id_, kills_at_most = random.Random(seed), made[seed % len(made)], f"r{seed}", 1 if quick else 3
    faults = {item.name: chance.choices(list(FAULTS), list(FAULTS.values()))[0] for item in boards}
    if quick:
        faults = dict(zip(faults, ("agent", "sshd", *("none" for _ in boards)), strict=False))
    max_failures = chance.choice([0, 1, 3, len(boards)])
    before = {item.name: truth(item) for item in boards}
    store = RolloutStore(folder / "rollouts.db")
    plan = {"waves": ["1", "10%", "50%", "100%"], "max_failures": max_failures}
    store.create(id_, SLOT, plan, [BoardRow(item.name, new.sha256, new.path) for item in boards])
    weather, fired = Weather(boards, faults, chance), Counter[str]()
    for board in boards:
        if faults[board.name] == "ill":
            (board.home / "well").unlink()
        elif faults[board.name] == "slow":
            board.slow("4mbit")
        elif faults[board.name] == "full":
            board.fill()

    def begun() -> bool:
        return any(item.attempts for item in store.load(id_).boards)

    weather.start()
    kills = 0
    for number in range(ROUNDS):
        patience = chance.uniform(*((0, 1) if quick else (4, 12 + len(boards) / 2))) if number < kills_at_most else None
        kills += _desktop(folder, id_, parallel, patience, begun if quick else lambda: True)
        state = store.load(id_).state
        if state in ENDS:
            break
        if state is Stage.WAITING:
            if number >= kills_at_most:  # what was gone for long comes back at last
                for board in boards:
                    if faults[board.name] == "gone":
                        board.link(True)
            store.reset(id_, AWAY)
            store.set_state(id_, Stage.RUNNING)
    weather.end()
    fired = weather.fired
    for kind in ("ill", "slow", "full"):
        reached = [item.name for item in store.load(id_).boards if item.attempts and faults[item.name] == kind]
        fired[kind] = len(reached)
    for board in boards:
        board.well()
    _decided(boards)
    return _verdict(store, id_, boards, faults, before, new, max_failures, kills, fired)


def _desktop(
    folder: Path, id_: str, parallel: int, patience_s: float | None, begun: Callable[[], bool] = lambda: True
) -> bool:
    """Run the desktop, for so long at most after it has begun; whether it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.lab_rollout", "desktop", str(folder), id_, str(parallel)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while patience_s is not None and process.poll() is None and not begun():
        time.sleep(0.02)
    try:
        _, said = process.communicate(timeout=patience_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    if process.returncode:
        raise RuntimeError(f"the desktop failed: {said[-1500:]}")
    return False


def _decided(boards: Sequence[LabBoard]) -> None:
    """Wait until no release is on trial: each board's own watcher sees to that."""
    end = time.monotonic() + WINDOW_S + 30
    while time.monotonic() < end and any(truth(item).trial is not None for item in boards):
        time.sleep(0.2)


def _verdict(
    store: RolloutStore,
    id_: str,
    boards: Sequence[LabBoard],
    faults: dict[str, str],
    before: dict[str, State],
    new: Bundle,
    max_failures: int,
    kills: int,
    fired: Counter[str],
) -> dict[str, Any]:
    rollout, wrong, harmed = store.load(id_), list[str](), 0
    if rollout.state not in ENDS:
        wrong.append(f"not ended: {rollout.state} {rollout.reason}")
    rows = {item.name: item for item in rollout.boards}
    for board in boards:
        state, row = truth(board), rows[board.name]
        runs = state.current(SLOT)
        if state.trial is not None:
            wrong.append(f"{board.name}: still on trial")
        if runs is not None and runs not in (new.sha256, before[board.name].current(SLOT)):
            wrong.append(f"{board.name}: runs {runs[:8]}, neither the old release nor the new one")
        if runs is not None:
            followed = (board.home / ".flyweight" / "slots" / SLOT / "current").resolve().name
            Releases(Store(str(board.home / ".flyweight"))).check_files(runs)  # every file hashed
            if followed != runs:
                wrong.append(f"{board.name}: the link leads to {followed[:8]}, the state says {runs[:8]}")
        if row.state in UNDER_WAY:
            wrong.append(f"{board.name}: unknown state {row.state}")
        if row.state is Fate.COMMITTED and runs != new.sha256:
            wrong.append(f"{board.name}: the book says committed")
        if row.state in BAD and runs == new.sha256 and before[board.name].current(SLOT) != new.sha256:
            wrong.append(f"{board.name}: the book says {row.state} ({row.reason}), it runs the release")
        gone_back = [item for item in (state.slots[SLOT].releases if SLOT in state.slots else [])
                     if item.bundle == new.sha256 and item.state == "rolled-back"
                     and item.release > before[board.name].counters.get(SLOT, 0)]  # fmt: skip
        harmed += faults[board.name] == "ill" and bool(gone_back)
    if harmed > max_failures + 1:
        wrong.append(f"{harmed} boards were harmed, {max_failures} failures were allowed")
    fates = Counter(str(item.state) for item in rollout.boards)
    return {"state": str(rollout.state), "kills": kills, "harmed": harmed, "allowed": max_failures,
            "fired": dict(fired), "fates": dict(fates), "wrong": wrong}  # fmt: skip


def planted(folder: Path, boards: Sequence[LabBoard], made: Sequence[Bundle]) -> bool:
    """Whether a desktop whose book is wrong is found."""
    new = replace(made[0], sha256="0" * 64)
    before = {boards[0].name: truth(boards[0])}
    store = RolloutStore(folder / "rollouts.db")
    row = BoardRow(boards[0].name, new.sha256, new.path)
    store.create(PLANTED, SLOT, {"waves": ["100%"], "max_failures": 0}, [row])
    _desktop(folder, PLANTED, 1, None)
    none = {boards[0].name: "none"}
    return bool(_verdict(store, PLANTED, boards[:1], none, before, new, 0, 0, Counter())["wrong"])


def first_release(folder: Path, boards: Sequence[LabBoard], release: Bundle, parallel: int) -> None:
    """All boards run one release before anything goes wrong."""
    store = RolloutStore(folder / "rollouts.db")
    rows = [BoardRow(item.name, release.sha256, release.path) for item in boards]
    store.create("first", SLOT, {"waves": ["100%"], "max_failures": 0}, rows)
    _desktop(folder, "first", parallel, None)
    rollout = store.load("first")
    assert rollout.state is Stage.FINISHED, [(item.name, item.state, item.reason) for item in rollout.boards]


def own_home(folder: Path) -> None:
    """A desktop's home in a folder, for this process and those it starts."""
    os.environ["HOME"] = str(folder / "desktop")
    for name, sub in (("DATA", ".local/share"), ("CACHE", ".cache"), ("CONFIG", ".config"), ("STATE", ".local/state")):
        os.environ[f"XDG_{name}_HOME"] = str(folder / "desktop" / sub)
    (folder / "desktop").mkdir()


def main(folder: Path, count: int, first: int, seeds: int, quick: bool) -> Iterator[dict[str, Any]]:
    """Open the lab, bring a first release (unless it has to be quick), then one ordeal per seed: what each saw."""
    parallel = 4
    own_home(folder)
    open_network(folder)
    boards = [LabBoard(folder, number) for number in range(1, count + 1)]
    for board in boards:
        board.well()
    enrol(boards)
    made = bundles(1 if quick else 2, folder)
    (folder / "bundles.json").write_text(json.dumps([item.to_json() for item in made]))
    found = planted(folder, boards, made)
    if not quick:
        first_release(folder, boards, made[(first + 1) % 2], parallel)
    for seed in range(first, first + seeds):
        start = time.monotonic()
        seen = ordeal(folder, boards, made, seed, parallel, quick)
        yield {"seed": seed, **seen, "seconds": round(time.monotonic() - start), "planted": found}


if __name__ == "__main__":
    if sys.argv[1] == "desktop":
        at = Path(sys.argv[2])
        known = [Bundle(**item) for item in json.loads((at / "bundles.json").read_text())]
        desktop(at, sys.argv[3], known, int(sys.argv[4]))
    else:
        for result in main(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:5]), "quick" in sys.argv):
            print(json.dumps(result), flush=True)
