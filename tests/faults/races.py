"""Two desktops at one board at the same time, each through the real desktop's code and an agent of its own.

They race with single orders, and with whole deploys: upload, verify, switch on trial, commit.
"""

import hashlib
import threading
import time
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from device_agent.contract.errors import AgentError
from device_agent.contract.messages import StageRequest
from engine.deploy.agent_client import AgentClient
from engine.deploy.release import Trial, activate
from tests.device_agent.session import Made

from .links import Fault, FaultyLine

SLOTS = ("main", "second")


def race(pyz: Path, home: Path, bundles: list[str], rounds: int) -> dict[str, Any]:
    """Every desktop orders its bundle into both slots ``rounds`` times; what each was told, and what an onlooker saw."""
    told: list[tuple[int, str]] = []
    faults: list[str] = []
    lock, start, done = threading.Lock(), threading.Barrier(len(bundles)), threading.Event()

    def desktop(bundle: str) -> None:
        line = FaultyLine(pyz, home, Fault("none", True, -1))
        client = AgentClient(line, line, timeout_s=30)
        start.wait()
        for _ in range(rounds):
            while True:
                try:
                    placed, _ = activate(client, dict.fromkeys(SLOTS, bundle))
                except AgentError as error:
                    if error.code in ("busy", "old-order"):
                        continue
                    faults.append(error.code)
                    break
                with lock:
                    told.append((placed["main"], bundle))
                if len(set(placed.values())) != 1:
                    faults.append(f"two numbers for one order: {placed}")
                break
        line.end()

    def onlooker() -> None:
        while not done.is_set():
            try:
                generation = (home / "active").readlink()
                seen = {(home / generation / slot).readlink().name for slot in SLOTS}
            except FileNotFoundError:
                continue  # that generation was left and cleaned up while it was looked at
            if len(seen) != 1:
                faults.append(f"half switched: {seen}")

    threads = [threading.Thread(target=desktop, args=(bundle,)) for bundle in bundles]
    looking = threading.Thread(target=onlooker)
    looking.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    looking.join()
    numbers = [number for number, _ in told]
    if len(set(numbers)) != len(numbers):
        faults.append("one number for two orders")
    last = max(told, default=(0, ""))
    now = {slot: (home / "slots" / slot / "current").resolve().name for slot in SLOTS}
    if set(now.values()) != {last[1]}:
        faults.append("what runs is not the newest order")
    return {"orders": len(told), "highest": last[0], "faults": faults}


STAGED_EVERY = 10
"""Every so many deploys the golden samples are run again, which takes the longest."""


def careless(pyz: Path, folder: Path) -> Path:
    """The agent without regard for another desktop's lease."""
    path = folder / "careless.pyz"
    with zipfile.ZipFile(pyz) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "device_agent/operations.py":
                before, content = content, content.replace(b"claim = self._lease.other()", b"claim = None")
                assert content != before
            target.writestr(name, content)
    return path


def deploys(
    pyz: Path,
    home: Path,
    bundles: list[Made],
    key: str,
    rounds: int,
    holding: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """Every desktop deploys its bundle ``rounds`` times; whether one got between the steps of another.

    Args:
        pyz: the agent.
        home: of the store, which trusts this desktop's key.
        bundles: one for each desktop, on the board and verified.
        key: id of the key that signed them.
        rounds: deploys of each desktop.
        holding: done by a desktop that holds the lease, before its deploy.
    """
    spans: list[tuple[float, float, str]] = []
    faults: list[str] = []
    refused = 0
    lock, start = threading.Lock(), threading.Barrier(len(bundles))

    def once(client: AgentClient, made: Made, number: int) -> None:
        nonlocal refused
        while True:
            try:
                with client.lease(f"deploy {number}"):
                    began = time.monotonic()
                    holding()
                    content = f"{made.id} {number}".encode()
                    client.put_blob(content, hashlib.sha256(content).hexdigest())
                    if number % STAGED_EVERY == 0:
                        client.stage(StageRequest(made.id, made.signature, key))
                    placed, order = activate(client, dict.fromkeys(SLOTS, made.id), Trial(60.0))
                    runs = {client.slots().slots[slot].current for slot in SLOTS}
                    if runs != set(placed.values()):
                        faults.append(f"{runs} runs, {placed} was ordered")
                    client.commit(order)
                    with lock:
                        spans.append((began, time.monotonic(), made.id))
                return
            except AgentError as error:
                if error.code != "busy":
                    raise
                with lock:
                    refused += 1

    def desktop(made: Made) -> None:
        line = FaultyLine(pyz, home, Fault("none", True, -1))
        client = AgentClient(line, line, timeout_s=30)
        start.wait()
        for number in range(rounds):
            try:
                once(client, made, number)
            except AgentError as error:
                faults.append(error.code)
        line.end()

    _at_once([lambda made=made: desktop(made) for made in bundles])
    spans.sort()
    faults += ["two deploys at once" for (_, end, _), (begin, _, _) in pairwise(spans) if begin < end]
    turns = sum(one[2] != two[2] for one, two in pairwise(spans))
    now = {slot: (home / "slots" / slot / "current").resolve().name for slot in SLOTS}
    if spans and set(now.values()) != {spans[-1][2]}:
        faults.append("what runs is not the last deploy")
    return {"deploys": len(spans), "turns": turns, "refused": refused, "faults": faults}


def _at_once(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
