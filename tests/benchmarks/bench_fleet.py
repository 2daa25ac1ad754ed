"""A rollout to many lab boards against what the link allows; what a waiting agent costs.

    python -m tests.benchmarks.bench_fleet [BOARDS] [MBIT]        as root; default 50 boards behind 8 Mbit/s

All boards hang on one bridge whose way out of this computer is limited by a token bucket, as behind one slow uplink. The
limit is the bytes that went through it at its rate. The boards' own work (hashing, the golden samples in a child each) shares
this computer's processors, which no fleet of real boards does: with few cores and many boards that, not the link, decides.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.deploy.connect import connect
from engine.deploy.rollout import Rollout
from engine.deploy.rollout_acts import BoardActs
from engine.deploy.rollout_store import BoardRow, Fate, RolloutStore
from tests.faults.lab import LabBoard, inside, open_network, why_not
from tests.faults.lab_rollout import bundles, enrol, own_home

PARALLEL = 8
IDLE_S = 5.0
GOAL = 1.3
TICKS_PER_S = 100


def waiting(board: LabBoard) -> tuple[float, int, float]:
    """Seconds to a greeted session, memory of its agent, and the share of a core it takes while it waits."""
    start = time.monotonic()
    with connect(board.name):
        hello_s = time.monotonic() - start
        (agent,) = board.processes("serve")
        before, began = _ticks(agent), time.monotonic()
        time.sleep(IDLE_S)
        busy = (_ticks(agent) - before) / TICKS_PER_S / (time.monotonic() - began)
        rss = int(Path(f"/proc/{agent}/statm").read_text().split()[1]) * 4096
    return hello_s, rss, busy


def _sent() -> int:
    """Bytes that left through the bridge."""
    line = next(item for item in Path("/proc/net/dev").read_text().splitlines() if item.strip().startswith("lab:"))
    return int(line.partition(":")[2].split()[8])


def _ticks(process: int) -> int:
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


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
    sent, start = _sent(), time.monotonic()
    rollout = Rollout(store, "r", BoardActs({made.sha256: made}, timeout_s=900.0), parallel=PARALLEL).run()
    wall, sent = time.monotonic() - start, _sent() - sent
    assert all(item.state is Fate.COMMITTED for item in rollout.boards), [item.reason for item in rollout.boards]
    return {"boards": count, "mbit": mbit, "wall_s": wall, "sent": sent, "limit_s": sent * 8 / (mbit * 1e6),
            "hello_ms": statistics.median(item[0] for item in looked) * 1e3,
            "rss_mb": statistics.median(item[1] for item in looked) / 1e6,
            "idle": statistics.median(item[2] for item in looked)}  # fmt: skip


def main() -> int:
    count, mbit = int(sys.argv[1]) if len(sys.argv) > 1 else 50, float(sys.argv[2]) if len(sys.argv) > 2 else 8.0
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
    print(f"agent that waits: {found['rss_mb']:.1f} MB, {found['idle']:.2%} of a core")
    print(f"session greeted in {found['hello_ms']:.0f} ms")
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "inside":
        print(json.dumps(measure(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))
    else:
        sys.exit(main())
