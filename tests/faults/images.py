"""Power cuts on a real ext4: the disk of a board is an image, copied before every change the agent makes to it.

A copy holds what the kernel had written by then, and nothing of what was still in its cache: what a board finds after a power
cut. It is mounted, which replays the journal; the board must run the old bundle or the new one, and the same work given again
must end with the new one. Once the work was acknowledged, the copy must hold it. Needs root and loop devices.

python -m tests.faults.images WORK SCENARIO [no-sync]    prints one JSON object
"""

import builtins
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.device_agent.crash_points import CHANGES, Content, Scenario, in_child, make_prepared

SIZE = "112M"


def why_not() -> str:
    """What stands in the way here; "" when images can be mounted."""
    if os.geteuid() != 0:
        return "images are mounted by root alone"
    return "" if Path("/dev/loop-control").exists() else "this kernel has no loop devices"


def _run(*words: str | Path) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=60)


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    """The folder of the board on an image."""
    place.mkdir(exist_ok=True)
    _run("mount", "-o", "loop", image, place)
    try:
        yield place / "board"
    finally:
        _run("umount", place)


def _photograph(image: Path, work: Path) -> Callable[[], None]:
    """Makes every change of the disk from now on copy the image first; returns what copies it once more."""
    count, busy = [0], [False]

    def snap() -> None:
        busy[0] = True
        subprocess.run(["cp", "--sparse=always", image, work / f"snap-{count[0]:04}.img"], check=True)
        count[0] += 1
        busy[0] = False

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if not busy[0]:
                snap()
            return real(*arguments, **named)

        return call

    for name in CHANGES:
        setattr(os, name, wrap(getattr(os, name)))
    builtins.open = wrap(builtins.open)
    return snap


def cuts(work: Path, name: str, sync: bool) -> dict[str, Any]:
    """Copies of one scenario, what each holds, how many converge, and what the one after the acknowledgement holds."""
    scenario = Scenario(name, Content("A"), Content("B"), ["main", "second"])
    image = work / "disk.img"
    _run("truncate", "-s", SIZE, image)
    _run("mkfs.ext4", "-q", "-F", image)
    with mounted(image, work / "disk") as home:
        assert in_child(lambda: make_prepared(home, scenario)) == 0
        os.sync()

        def attempt() -> None:
            if not sync:
                os.fsync = lambda descriptor: None  # type: ignore[assignment]
            snap = _photograph(image, work)
            scenario.act(str(home))
            snap()

        assert in_child(attempt) == 0
    seen: dict[str, int] = {}
    snaps, converged, last = sorted(work.glob("snap-*.img")), 0, ""
    for snap in snaps:
        with mounted(snap, work / "after") as home:
            last = scenario.found(str(home))
            seen[last] = seen.get(last, 0) + 1
            again = in_child(lambda home=home: scenario.act(str(home)))  # type: ignore[misc]
            converged += again == 0 and scenario.found(str(home)) == scenario.goal
        snap.unlink()
    return {"snapshots": len(snaps), "seen": seen, "converged": converged, "acknowledged": last, "goal": scenario.goal}


if __name__ == "__main__":
    print(json.dumps(cuts(Path(sys.argv[1]), sys.argv[2], "no-sync" not in sys.argv)))
