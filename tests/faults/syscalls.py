"""The real agent is killed inside the kernel's own calls, one after the other: strace counts them and sends SIGKILL.

Each attempt gives a board that runs one release the order to run another one. Whatever call the kill lands in, the board must
run one of the two, and the same order given again must end with the new one.
"""

import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from device_agent.contract import codec
from tests.device_agent.session import Agent, bundle, classifier, order

CHANGING = ("rename", "symlink", "fsync", "write", "mkdir", "unlink", "link", "rmdir")
"""Calls that change the disk or the channel."""
LOOKING = ("openat", "close", "read")


def current(home: Path) -> str:
    """The bundle that runs."""
    return (home / "slots/main/current").resolve(strict=True).name


def _traced(pyz: Path, home: Path, signed: dict[str, str], *options: str | Path) -> int:
    """Give an agent one order under strace; its exit code."""
    requests = [{"id": "1", "op": "hello", "args": {"major": 1, "minor": 0}}, {"id": "2", "op": "slot.activate"}]
    requests[1]["args"] = signed
    data = b""
    for request in requests:
        payload = codec.dumps({**request, "deadline_s": 30})
        data += codec.HEADER.pack(codec.JSON_KIND, len(payload)) + payload
    done = subprocess.run(
        ["strace", "-qq", *options, sys.executable, "-I", "-S", pyz, "serve", "--home", home],
        input=data, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL), done.stderr[-500:]
    return done.returncode


def _names(call: str) -> str:
    return ",".join(f"?{name}" for name in (call, f"{call}at", f"{call}at2"))  # ? = where the architecture has it


def killed_at(pyz: Path, home: Path, signed: dict[str, str], call: str, number: int) -> bool:
    """Run one order under strace, which kills the agent at the n-th call of this name; whether it really did."""
    inject = f"inject={_names(call)}:signal=SIGKILL:when={number}"
    return _traced(pyz, home, signed, "-o", "/dev/null", "-e", inject) != 0


def first_touching(pyz: Path, home: Path, signed: dict[str, str], call: str) -> int:
    """The number of the first call of this name on something in the board's folder; before it nothing can be lost."""
    log = home.with_name(f"{home.name}.calls")
    assert _traced(pyz, home, signed, "-y", "-s", "4096", "-o", log, "-e", f"trace={_names(call)}") == 0
    count, touching = Counter[str](), dict[str, int]()  # strace counts each name apart: unlink, and unlinkat
    for line in log.read_text().splitlines():
        name = line.partition("(")[0]
        count[name] += 1
        if str(home) in line:
            touching.setdefault(name, count[name])
    log.unlink()
    return min(touching.values(), default=1)


def everywhere(pyz: Path, store: Path, disk: Path, calls: tuple[str, ...], most: int) -> dict[str, Any]:
    """Kill at every call of each name until one is not reached, at most ``most`` of each; before nothing was touched, at none."""
    first, second = bundle(), bundle(classifier(seed=2), name="second")
    with Agent(pyz, store) as agent:
        device = agent.hello["device_id"]
        states = [agent.stage(made)["state"] for made in (first, second)]
        agent.activate({"main": first.id}, 1)
    assert states == ["verified", "verified"]
    signed = order(device, {"main": second.id}, 2)
    fired = converged = 0
    seen: dict[str, int] = {}
    for call in calls:
        start = 1
        if call in LOOKING:  # an interpreter that starts opens and reads hundreds of files of its own
            home = disk / f"{call}-0"
            shutil.copytree(store, home, symlinks=True)
            start = first_touching(pyz, home, signed, call)
            shutil.rmtree(home)
        for number in range(start, start + most):
            home = disk / f"{call}-{number}"
            shutil.copytree(store, home, symlinks=True)
            if not killed_at(pyz, home, signed, call, number):
                shutil.rmtree(home)
                break
            fired += 1
            now = {first.id: "old", second.id: "new"}.get(current(home), "broken")
            seen[now] = seen.get(now, 0) + 1
            with Agent(pyz, home) as agent:
                placed = agent.request("slot.activate", signed)["placements"]
            converged += placed == {"main": 2} and current(home) == second.id
            shutil.rmtree(home)
    return {"fired": fired, "converged": converged, "seen": seen}
