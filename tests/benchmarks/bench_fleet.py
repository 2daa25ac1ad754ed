"""A rollout to many lab boards against what the link allows; what a waiting agent costs.

    python -m tests.benchmarks.bench_fleet [BOARDS] [MBIT]        as root; default 50 boards behind 2 Mbit/s

All boards hang on one bridge whose way out of this computer is limited by a token bucket, as behind one slow uplink. The
limit is the bytes that went through it at its rate.

The boards' own work (a login, Python, onnxruntime's import twice, the golden samples) shares this computer's processors, which
no fleet of real boards does. It is told apart: the processor time of all boards together, the least time this computer needs
for it, and the time from the first byte of content to the last, which is the product's own share. Behind a link so fast that
the boards' work is the limit, the wall time says how many processors this computer has, and nothing about a fleet.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.deploy.connect import connect
from engine.deploy.rollout import Rollout
from engine.deploy.rollout_acts import BoardActs
from engine.deploy.rollout_store import BoardRow, Fate, RolloutStore
from tests.faults.lab import LabBoard, inside, open_network, why_not
from tests.faults.lab_rollout import bundles, enrol, own_home

PARALLEL = 8
LOOK_S = 0.2
TAIL = 0.02
"""Share of the bytes that is no content: logins, orders, answers."""

IDLE_S = 5.0
GOAL = 1.3
TICKS_PER_S = 100


def waiting(board: LabBoard) -> tuple[float, int, float]:
    """Seconds to a greeted session, memory of its agent, and the share of a core it takes while it waits."""
    start = time.monotonic()
    with connect(board.name):
        hello_s = time.monotonic() - start
        (agent,) = board.agents()
        before, began = _ticks(agent), time.monotonic()
        time.sleep(IDLE_S)
        busy = (_ticks(agent) - before) / TICKS_PER_S / (time.monotonic() - began)
        rss = int(Path(f"/proc/{agent}/statm").read_text().split()[1]) * 4096
    return hello_s, rss, busy


def _sent() -> int:
    """Bytes that left through the bridge."""
    line = next(item for item in Path("/proc/net/dev").read_text().splitlines() if item.strip().startswith("lab:"))
    return int(line.partition(":")[2].split()[8])


def _ticks(process: int, ended: bool = False) -> int:
    """Processor time of a process; with ``ended`` also that of its children that are gone."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, words[11 : 15 if ended else 13]))


def _work_s(boards: list[LabBoard]) -> float:
    """Processor time of everything that ever ran on the boards."""
    ticks = 0
    for board in boards:
        for process in board.processes(""):
            with suppress(OSError):
                ticks += _ticks(process, ended=True)
    return ticks / TICKS_PER_S


class Meter(threading.Thread):
    """Looks at the link several times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()
        self.seen: list[tuple[float, int]] = []

    def run(self) -> None:
        while not self._over.wait(LOOK_S):
            self.seen.append((time.monotonic(), _sent()))

    def busy_s(self) -> float:
        """From the first bytes of content to the last ones."""
        self._over.set()
        self.join()
        first, last = self.seen[0][1], self.seen[-1][1]
        share = [((sent - first) / (last - first), at) for at, sent in self.seen]
        begun = next(at for part, at in share if part > TAIL)
        return next(at for part, at in share if part >= 1 - TAIL) - begun


def measure(folder: Path, count: int, mbit: float) -> dict[str, Any]:
    """Enrol, look at waiting agents, then roll one release out through the limited link."""
    own_home(folder)
    open_network(folder)
    boards = [LabBoard(folder, number) for number in range(1, count + 1)]
    enrol(boards)
    looked = [waiting(board) for board in boards[: min(count, 5)]]
    made = bundles(1, folder)[0]
    rate = [
        "tc",
        "qdisc",
        "add",
        "dev",
        "lab",
        "root",
        "tbf",
        "rate",
        f"{mbit}mbit",
        "burst",
        "64k",
        "latency",
        "200ms",
    ]
    subprocess.run(rate, check=True)
    store = RolloutStore(folder / "rollouts.db")
    store.create(
        "r",
        "main",
        {"waves": ["100%"], "max_failures": 0},
        [BoardRow(item.name, made.sha256, made.path) for item in boards],
    )
    meter, work, own = Meter(), _work_s(boards), time.process_time()
    sent, start = _sent(), time.monotonic()
    meter.start()
    acts = BoardActs({made.sha256: made}, parallel=PARALLEL, timeout_s=900.0)
    rollout = Rollout(store, "r", acts, parallel=PARALLEL).run()
    wall, sent = time.monotonic() - start, _sent() - sent
    assert all(item.state is Fate.COMMITTED for item in rollout.boards), [item.reason for item in rollout.boards]
    return {"boards": count, "mbit": mbit, "wall_s": wall, "sent": sent, "limit_s": sent * 8 / (mbit * 1e6),
            "busy_s": meter.busy_s(), "work_s": _work_s(boards) - work, "own_s": time.process_time() - own,
            "hello_ms": statistics.median(item[0] for item in looked) * 1e3,
            "rss_mb": statistics.median(item[1] for item in looked) / 1e6,
            "idle": statistics.median(item[2] for item in looked)}  # fmt: skip


def main() -> int:
    count, mbit = int(sys.argv[1]) if len(sys.argv) > 1 else 50, float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    if why_not():
        print(f"NOT RUN: {why_not()}")
        return 0
    with tempfile.TemporaryDirectory(prefix="flyweight-bench-") as folder:
        command = inside("tests.benchmarks.bench_fleet", "inside", folder, str(count), str(mbit))
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    ratio = found["wall_s"] / found["limit_s"]
    print(
        f"{found['boards']} boards behind {mbit:g} Mbit/s: {found['wall_s']:.1f} s for {found['sent'] / 1e6:.1f} MB, the link"
    )
    print(f"  needs {found['limit_s']:.1f} s: {ratio:.2f}x (goal {GOAL}x {'held' if ratio <= GOAL else 'MISSED'})")
    print(
        f"  from the first byte of content to the last: {found['busy_s']:.1f} s, {found['busy_s'] / found['limit_s']:.2f}x"
    )
    cores = len(os.sched_getaffinity(0))
    each = found["work_s"] / found["boards"]
    print(f"  the boards' own work: {each:.2f} s of processor time each, {found['work_s']:.0f} s in all,")
    least = found["work_s"] / cores
    print(f"  which takes {least:.0f} s at least on the {cores} here; the desktop's own work: {found['own_s']:.1f} s")
    print(f"agent that waits: {found['rss_mb']:.1f} MB, {found['idle']:.2%} of a core")
    print(f"session greeted in {found['hello_ms']:.0f} ms")
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "inside":
        print(json.dumps(measure(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))
    else:
        sys.exit(main())
