"""Temperature from /sys/class/thermal; millidegrees Celsius in, degrees out."""

import os
from typing import List, Optional

from ..board import read_text
from ..contract.messages import Sample
from .sample import measured, number, rejected, unavailable

ZONES = "sys/class/thermal"
PREFERRED = ("cpu-thermal", "cpu_thermal", "tj-thermal", "CPU-therm", "soc-thermal", "x86_pkg_temp")
CONSTANT = ("PMIC-Die", "PMIC")
LOW_C, HIGH_C = -40.0, 150.0


def read(root: str = "/") -> List[Sample]:
    """One sample per zone; the zone nearest to the CPU comes first. Zones that are switched off are left out."""
    folder = os.path.join(root, ZONES)
    try:
        zones = sorted(name for name in os.listdir(folder) if name.startswith("thermal_zone"))
    except OSError:
        zones = []
    found = []
    for zone in zones:
        kind = read_text(root, ZONES, zone, "type") or zone
        if kind not in CONSTANT:
            found.append(parse(kind, read_text(root, ZONES, zone, "temp"), "/%s/%s" % (ZONES, zone)))
    found.sort(key=lambda item: PREFERRED.index(_kind(item)) if _kind(item) in PREFERRED else len(PREFERRED))
    return found or [unavailable("temperature", "C", "/" + ZONES, "the kernel shows no thermal zone")]


def _kind(sample: Sample) -> str:
    return sample.sensor.partition(":")[2]


def parse(kind: str, text: Optional[str], source: str) -> Sample:
    """The text of a ``temp`` file."""
    sensor = "temperature:" + kind
    value = number(text)
    if value is None:
        return unavailable(sensor, "C", source, "the zone is switched off or unreadable")
    degrees = value / 1000.0
    if not LOW_C <= degrees <= HIGH_C:
        return rejected(sensor, "C", source, "sysfs", "%g C is not a temperature of a running board" % degrees)
    return measured(sensor, degrees, "C", source, "sysfs")
