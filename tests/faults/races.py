"""Two desktops that give a board orders at the same time, each through the real desktop's code and an agent of its own."""

import threading
from pathlib import Path
from typing import Any

from device_agent.contract.errors import AgentError
from engine.deploy.agent_client import AgentClient
from engine.deploy.release import activate

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
