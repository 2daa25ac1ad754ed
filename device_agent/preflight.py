"""The state of the board before something is measured, what disturbed it meanwhile, and a probe for clocks that fell.

The probe is a fixed piece of work for the processor alone. Firmware that slows the cores down says so on few boards; the
probe sees it on all: after a run it takes longer than before.
"""

import os
import time
from typing import Dict, List, Optional, Tuple

from .board import read_text
from .contract.measuring import Preflight
from .contract.messages import Sample
from .sensors import load, thermal, throttling
from .sensors.sample import number

PROBE_RUNS, PROBE_LOOPS = 15, 20_000
CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)
SUPPLIES = "sys/class/power_supply"
POLICIES = "sys/devices/system/cpu/cpufreq"
STOLEN = 0.05


def look(root: str = "/") -> Preflight:
    """Load, free memory, where the power comes from, clock governors, temperature, and the probe's time."""
    memory = _meminfo(root)
    hot = [item.value for item in thermal.read(root) if item.value is not None]
    used = None
    if "SwapTotal" in memory and "SwapFree" in memory:
        used = memory["SwapTotal"] - memory["SwapFree"]
    return Preflight(
        load.load_1min(root),
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory.get("MemAvailable"),
        memory.get("MemTotal"),
        used,
        power_source(root),
        governors(root),
        max(hot) if hot else None,
        probe(),
    )


def _meminfo(root: str) -> Dict[str, int]:
    found = {}
    for line in (read_text(root, "proc/meminfo") or "").splitlines():
        words = line.replace(":", " ").split()
        if len(words) > 1 and words[1].isdigit():
            found[words[0]] = int(words[1]) * 1024
    return found


def power_source(root: str = "/") -> str:
    """``battery``, ``mains``, or ``unknown`` where the board does not tell."""
    try:
        names = sorted(os.listdir(os.path.join(root, SUPPLIES)))
    except OSError:
        return "unknown"
    mains = False
    for name in names:
        kind, status = read_text(root, SUPPLIES, name, "type"), read_text(root, SUPPLIES, name, "status")
        if kind == "Battery" and status == "Discharging":
            return "battery"
        mains = mains or (kind in ("Mains", "USB", "USB_C") and read_text(root, SUPPLIES, name, "online") == "1")
        mains = mains or (kind == "Battery" and status in ("Charging", "Full", "Not charging"))
    return "mains" if mains else "unknown"


def governors(root: str = "/") -> List[str]:
    """The governors of all clusters, each named once; none where the clock cannot be governed."""
    try:
        names = sorted(name for name in os.listdir(os.path.join(root, POLICIES)) if name.startswith("policy"))
    except OSError:
        return []
    found = [read_text(root, POLICIES, name, "scaling_governor") for name in names]
    return sorted({item for item in found if item})


def probe() -> int:
    """Nanoseconds of the quickest of several equal pieces of work: other processes make some slow, heat makes all slow."""
    best = 0
    for _ in range(PROBE_RUNS):
        start, value = time.clock_gettime_ns(CLOCK), 1
        for _ in range(PROBE_LOOPS):
            value = value * 1103515245 + 12345 & 0x7FFFFFFF
        taken = time.clock_gettime_ns(CLOCK) - start
        best = taken if best == 0 else min(best, taken)
    return best


class Watch:
    """What happened to the machine since it was asked last.

    Time taken by the hypervisor, swapping, a throttled clock, or a source of these that told at first and now tells nothing: then
    nobody knows what happened.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._times, self._swapped = load.cpu_times(root), swapped(root)
        self._throttles = throttling.read(root)

    def since(self) -> str:
        """``throttled``, ``swap``, ``steal``, ``gap``, or nothing."""
        times, pages = load.cpu_times(self._root), swapped(self._root)
        stolen = load.steal_share(self._times, times)
        swapping = pages is not None and self._swapped is not None and pages > self._swapped
        silent = (times is None and self._times is not None) or (pages is None and self._swapped is not None)
        self._times, self._swapped = times or self._times, self._swapped if pages is None else pages
        before, now = self._throttles, throttling.read(self._root)
        silent = silent or (_tells(before) and not _tells(now))
        self._throttles = now if _tells(now) else before
        if throttling.happened(before, now):
            return "throttled"
        if swapping:
            return "swap"
        if stolen is not None and stolen >= STOLEN:
            return "steal"
        return "gap" if silent else ""


def _tells(samples: List[Sample]) -> bool:
    return any(item.value is not None for item in samples)


def swapped(root: str = "/") -> Optional[int]:
    """Pages swapped in and out since boot."""
    found: List[Tuple[str, float]] = []
    for line in (read_text(root, "proc/vmstat") or "").splitlines():
        name, _, text = line.partition(" ")
        value = number(text) if name in ("pswpin", "pswpout") else None
        if value is not None:
            found.append((name, value))
    return int(sum(value for _, value in found)) if found else None
