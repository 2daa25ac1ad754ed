"""How much of processor and memory is in use, from /proc: percent of the time between two looks, and megabytes."""

from typing import List, Optional, Tuple

from ..board import read_text
from ..contract.messages import Sample
from .sample import measured, unavailable

STAT, MEMINFO = "proc/stat", "proc/meminfo"
IDLE, IOWAIT = 3, 4
CpuTimes = Tuple[float, float]
"""Total and busy time of all cores in clock ticks since boot."""


def busy_times(text: Optional[str]) -> Optional[CpuTimes]:
    """The first line of ``/proc/stat``; waiting for a disk is not being busy."""
    for line in (text or "").splitlines():
        if line.startswith("cpu "):
            try:
                values = [float(item) for item in line.split()[1:9]]
            except ValueError:
                return None
            if len(values) <= IOWAIT:
                return None
            return sum(values), sum(values) - values[IDLE] - values[IOWAIT]
    return None


def load(before: Optional[CpuTimes], after: Optional[CpuTimes]) -> Sample:
    """Share of the time of all cores that was used between two looks, 0 to 100 %."""
    if after is None:
        return unavailable("load:cpu", "%", "/" + STAT, "the kernel does not tell the times of its cores", "board")
    if before is None or after[0] <= before[0]:
        return unavailable("load:cpu", "%", "/" + STAT, "it shows between two looks; this was the first", "board")
    share = 100.0 * (after[1] - before[1]) / (after[0] - before[0])
    return measured("load:cpu", min(max(share, 0.0), 100.0), "%", "/" + STAT, "procfs", "board")


def memory(text: Optional[str]) -> List[Sample]:
    """``/proc/meminfo``: what programs use, and what one more could have without swapping; kibibytes in, MB out."""
    values = {}
    for line in (text or "").splitlines():
        words = line.split()
        if len(words) >= 2 and words[1].isdigit():
            values[words[0]] = int(words[1]) * 1024 / 1e6
    total, available = values.get("MemTotal:"), values.get("MemAvailable:")
    if total is None or available is None or available > total:
        why = "the kernel does not tell how much memory is available"
        return [unavailable("memory:used", "MB", "/" + MEMINFO, why, "board")]
    return [
        measured("memory:used", total - available, "MB", "/" + MEMINFO, "procfs", "board"),
        measured("memory:available", available, "MB", "/" + MEMINFO, "procfs", "board"),
    ]


class Usage:
    """Remembers the last look of a session, because the load shows between two.

    Args:
        root: where /proc is looked for.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._before: Optional[CpuTimes] = None

    def read(self) -> List[Sample]:
        """Load since the last look, and memory now."""
        after = busy_times(read_text(self._root, STAT))
        before, self._before = self._before, after
        return [load(before, after), *memory(read_text(self._root, MEMINFO))]
