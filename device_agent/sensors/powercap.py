"""Energy counters of x86 packages (RAPL) from /sys/class/powercap; microjoule in, joule out.

A counter wraps at ``max_energy_range_uj``; :func:`difference` takes that into account. Only packages are read: cores are
part of them and would be counted twice.
"""

import os
import re
from typing import Dict, List, Optional

from ..board import read_text
from ..contract.messages import Sample
from . import texts
from .sample import measured, number, rejected, unavailable
from .texts import Look, Opener, once

ZONES = "sys/class/powercap"
LARGEST_UJ = 2.0**64
PACKAGE = re.compile(r"^intel-rapl:\d+\Z")


def read(root: str = "/") -> List[Sample]:
    """The energy counter of each package."""
    return texts.read(watch(root))


def watch(root: str = "/", text: Opener = once) -> List[Look]:
    """One look per package, and one that says why where there is none."""
    found = [_package(root, zone, text) for zone in _zones(root)]
    return found or [lambda: [unavailable("energy", "J", "/" + ZONES, "the kernel shows no RAPL package")]]


def _package(root: str, zone: str, text: Opener) -> Look:
    source = "/%s/%s/energy_uj" % (ZONES, zone)
    name, counter = read_text(root, ZONES, zone, "name") or zone, text(root, ZONES, zone, "energy_uj")
    return lambda: [parse(name, counter(), source)]


def _zones(root: str) -> List[str]:
    try:
        return sorted(name for name in os.listdir(os.path.join(root, ZONES)) if PACKAGE.match(name))
    except OSError:
        return []


def ranges(root: str = "/") -> Dict[str, float]:
    """Joules at which each counter wraps, by sensor; counters that do not tell are left out."""
    found = {}
    for zone in _zones(root):
        name, value = read_text(root, ZONES, zone, "name") or zone, read_text(root, ZONES, zone, "max_energy_range_uj")
        wraps = number(value)
        if wraps is not None and wraps > 0:
            found["energy:" + name] = wraps / 1e6
    return found


def parse(name: str, text: Optional[str], source: str) -> Sample:
    """The text of an ``energy_uj`` file."""
    sensor = "energy:" + name
    value = number(text)
    if value is None:
        return unavailable(sensor, "J", source, "the counter is readable by root only")
    if value < 0:
        return rejected(sensor, "J", source, "sysfs", "a counter below zero")
    if value >= LARGEST_UJ:
        return rejected(sensor, "J", source, "sysfs", "more than a counter of 64 bits holds")
    return measured(sensor, value / 1e6, "J", source, "sysfs")


def difference(before_j: float, after_j: float, range_j: float) -> float:
    """Joules between two readings of a counter that wraps at ``range_j``."""
    return after_j - before_j if after_j >= before_j else after_j - before_j + range_j
