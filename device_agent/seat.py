"""The processor on which a round runs: the same for all entries, and the one that others use least.

Left to itself the system keeps each process on the processor where it last ran. Where other work keeps one of them busy, two
processes of the same model then differ for seconds, which no number of runs averages out. So the blocks of a round share one
processor; which one is looked at again from time to time, by what others took of each since the last look.

Affinity belongs to a process and ends with it, and only those of models are ever pinned, which the kernel ends when their agent
dies. So after a run that was killed nothing of it is left to restore; cpusets and interrupts are never touched.
"""

import os
import time
from typing import Dict, Iterable, List, Optional, Sequence

from .board import read_text

LOOK_S = 0.4
WORTH = 0.1
"""So much of a processor's time must be free more elsewhere to change over: caches are cold there."""
TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
IDLE_COLUMNS = (3, 4)
"""Of a line of /proc/stat: idle, and waiting for a disk."""


def busy_s(root: str) -> Dict[int, float]:
    """Seconds since boot in which each processor did something, stolen time included; empty where the kernel does not tell."""
    found: Dict[int, float] = {}
    for line in (read_text(root, "proc/stat") or "").splitlines():
        name, *rest = line.split() or [""]
        if name.startswith("cpu") and name[3:].isdigit():
            try:
                values = [float(item) for item in rest[:8]]
            except ValueError:
                return {}
            found[int(name[3:])] = TICK_S * sum(v for place, v in enumerate(values) if place not in IDLE_COLUMNS)
    return found


class Seat:
    """Where the entries of a plan run, round by round.

    Args:
        root: where /proc is read.
        cpus: of which one is taken; with fewer than two nothing is pinned.
    """

    def __init__(self, root: str, cpus: Sequence[int]) -> None:
        self._root, self._cpus = root, sorted(cpus)
        self._here: Optional[int] = None
        self._busy = busy_s(root) if len(self._cpus) > 1 else {}
        self._since, self._own = time.monotonic(), 0.0

    def take(self, pids: Iterable[int], own_s: float) -> None:
        """Put processes on the processor of the next round.

        Args:
            pids: of the entries.
            own_s: processor seconds they took since the last call.
        """
        if len(self._cpus) < 2 or not self._busy:
            return
        self._own += own_s
        now = time.monotonic()
        if self._here is not None and now - self._since < LOOK_S:
            return
        before, passed = self._busy, max(now - self._since, 1e-3)
        own_s = self._own
        self.look()
        others = {cpu: (self._busy.get(cpu, 0.0) - before.get(cpu, 0.0)) / passed for cpu in self._cpus}
        if self._here is not None:
            others[self._here] -= own_s / passed
        best = min(self._cpus, key=lambda cpu: others[cpu])
        if self._here is None or others[best] + WORTH < others[self._here]:
            self._here = best
            pin(pids, [best])

    def look(self) -> None:
        """What others take is counted from now on."""
        self._busy = busy_s(self._root)
        self._since, self._own = time.monotonic(), 0.0

    def bring(self, pids: Iterable[int]) -> None:
        """Put processes that have just started where the round before ran."""
        if self._here is not None:
            pin(pids, [self._here])

    def leave(self, pids: Iterable[int]) -> None:
        """Let them run on all of the processors again."""
        if self._here is not None:
            pin(pids, self._cpus)


def pin(pids: Iterable[int], cpus: List[int]) -> None:
    """Let processes run on some processors only; one that is gone, or may not be told, is left as it is."""
    for pid in pids:
        try:
            os.sched_setaffinity(pid, cpus)
        except OSError:
            continue
