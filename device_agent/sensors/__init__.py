"""Raw text of a sensor in, one Sample out; one file per source."""

import os
from typing import Callable, List, Tuple

from ..contract.messages import Sample
from . import frequency, gpu, hwmon, ina3221, power_supply, powercap, raspberry_pi, thermal, throttling
from .sample import unavailable
from .texts import Look, Opener

TEGRASTATS = "usr/bin/tegrastats"
"""Asked where a Jetson's power monitors cannot be read; loaded nowhere else, because it brings the module of processes."""
POWER_SOURCES: Tuple[Callable[[str, Opener], List[Look]], ...] = (
    ina3221.watch,
    raspberry_pi.watch,
    hwmon.watch,
    power_supply.watch,
    powercap.watch,
)


def read_all(root: str = "/") -> List[Sample]:
    """All sensors once. What a board cannot tell is ``unavailable`` with the reason."""
    return [
        *thermal.read(root),
        *frequency.read(root),
        *throttling.read(root),
        *gpu.read(root),
        *read_power(root),
    ]


def read_power(root: str = "/") -> List[Sample]:
    """Every source of power and energy; ``power`` is unavailable with a reason where nothing measures any."""
    monitors = [
        *ina3221.read(root),
        *raspberry_pi.read(root),
        *hwmon.read(root),
        *power_supply.read(root),
    ]
    told = any(item.sensor.startswith("power:") and item.value is not None for item in monitors)
    if not told and os.path.isfile(os.path.join(root, TEGRASTATS)):
        from . import tegrastats

        monitors += tegrastats.read(root)
    if not any(item.sensor.startswith("power") for item in monitors):
        reason = "the kernel knows no power monitor, and the board's firmware measures no current"
        monitors.append(unavailable("power", "W", "/sys/class/hwmon", reason, "board"))
    return [*monitors, *powercap.read(root)]
