"""How busy the machine is with other things: load average and steal time."""

from typing import List, Optional, Tuple

from ..board import read_text

CpuTimes = Tuple[float, float]
"""Total and stolen CPU time in clock ticks since boot."""


def load_1min(root: str = "/") -> Optional[float]:
    """Load average over one minute."""
    text = read_text(root, "proc/loadavg")
    try:
        return float((text or "").split()[0])
    except (IndexError, ValueError):
        return None


def cpu_times(root: str = "/") -> Optional[CpuTimes]:
    """First line of /proc/stat."""
    for line in (read_text(root, "proc/stat") or "").splitlines():
        if line.startswith("cpu "):
            values: List[float] = [float(item) for item in line.split()[1:9]]
            return sum(values), values[7] if len(values) > 7 else 0.0
    return None


def steal_share(before: Optional[CpuTimes], after: Optional[CpuTimes]) -> Optional[float]:
    """Share of all CPU time between two readings that the hypervisor gave to others, 0..1."""
    if before is None or after is None or after[0] <= before[0]:
        return None
    return max(after[1] - before[1], 0.0) / (after[0] - before[0])
