"""Deploy and measure again and again: what grows is a leak. Run by ``make faults`` for half an hour.

One session stays open all the time, as a window's does; every cycle opens another one that deploys the other of two releases,
and measures it. After each cycle memory, open files, threads, left-over files and the size of the board's store are noted.

python -m tests.faults.soak FOLDER MINUTES    prints one JSON object
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from device_agent.contract.messages import MeasurePlan, PlanEntry, RuntimeChoice, StopRule
from engine.deploy import release
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.records import Bundle
from tests.engine.deploy.boards import Board

from .lab_rollout import bundles, own_home

WARM_UP = 4
"""Cycles after which everything that is loaded once has been loaded."""

MIB = 1 << 20
LIMITS = {"desktop_rss": 6 * MIB, "agent_rss": MIB, "desktop_files": 0, "agent_files": 0, "threads": 0, "left": 0,
          "agents": 0, "store": 64 << 10}  # fmt: skip
"""How much the last third of the cycles may lie above the first one after the warm-up."""

TRANSIENT = (".part", ".new")


def grown(cycles: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """For each quantity, the median of the last third of the cycles less that of the first third after the warm-up."""
    steady = cycles[WARM_UP:]
    third = max(len(steady) // 3, 1)
    return {
        name: statistics.median(item[name] for item in steady[-third:])
        - statistics.median(item[name] for item in steady[:third])
        for name in LIMITS
    }


def leaks(cycles: Sequence[Mapping[str, int]]) -> list[str]:
    """What grew by more than it may."""
    return [f"{name} +{value:,.0f}" for name, value in grown(cycles).items() if value > LIMITS[name]]


def _rss(process: int | str) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _files(process: int | str) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def _agents(home: Path) -> list[int]:
    """Processes of agents whose home is the board's."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"HOME={home}\0".encode() in (entry / "environ").read_bytes() + b"\0":
                words = (entry / "cmdline").read_bytes().split(b"\0")
                found += [int(entry.name)] if b"serve" in words else []
        except OSError:
            continue
    return found


def note(board: Board, agent: int, temporary: Path) -> dict[str, int]:
    """What is there after a cycle."""
    store = board.home / ".flyweight"
    paths = [item for item in store.rglob("*") if not item.is_symlink()]
    end = time.monotonic() + 10
    while len(_agents(board.home)) > 1 and time.monotonic() < end:
        time.sleep(0.1)  # the cycle's own session has been closed; its agent is about to end
    return {
        "desktop_rss": _rss("self"), "desktop_files": _files("self"), "threads": len(list(Path("/proc/self/task").iterdir())),
        "agent_rss": _rss(agent), "agent_files": _files(agent), "agents": len(_agents(board.home)),
        "store": sum(item.stat().st_size for item in paths if item.is_file()),
        "left": len(list(temporary.iterdir())) + sum(item.suffix in TRANSIENT for item in paths),
    }  # fmt: skip


def _plan(bundle: Bundle, number: int) -> MeasurePlan:
    entry = PlanEntry(
        bundle.sha256, next(Path(bundle.path).glob("*.onnx")).name, RuntimeChoice("onnxruntime", "CPUExecutionProvider")
    )
    return MeasurePlan([entry], f"soak-{number}", number, StopRule(50, 0.2, 2.0, 0.5), warmup_max_s=0.2)


def soak(folder: Path, minutes: float) -> dict[str, Any]:
    """Deploy and measure for so many minutes, at least as often as a verdict needs."""
    temporary = folder / "tmp"
    temporary.mkdir()
    own_home(folder)
    board = Board(folder / "board")
    try:
        add_device(
            "pi", board.address, identity=board.identity, accept_fingerprint=board.fingerprint, python=sys.executable
        )
        made = bundles(2, folder)
        os.environ["TMPDIR"], tempfile.tempdir = str(temporary), None
        cycles: list[dict[str, int]] = []
        end = time.monotonic() + minutes * 60
        with connect("pi") as resident:
            (agent,) = _agents(board.home)
            while time.monotonic() < end or len(cycles) < WARM_UP + 6:
                item = made[len(cycles) % 2]
                placed = release.deploy(item, "pi")
                assert placed.state == "committed", placed.reason
                with connect("pi") as client:
                    client.measure(_plan(item, len(cycles)))
                resident.slots()
                resident.ping()
                cycles.append(note(board, agent, temporary))
        return {
            "minutes": minutes,
            "cycles": len(cycles),
            "grown": grown(cycles),
            "leaks": leaks(cycles),
            "last": cycles[-1],
        }
    finally:
        board.stop()


if __name__ == "__main__":
    print(json.dumps(soak(Path(sys.argv[1]), float(sys.argv[2]))))
