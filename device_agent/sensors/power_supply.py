"""Batteries and UPS hats from /sys/class/power_supply; microvolt, microampere and microwatt in, watt out.

Only while it discharges does a battery carry the whole board; the sign of its current differs between drivers.
"""

import os
from typing import List, Optional

from ..board import read_text
from ..contract.messages import Sample
from . import texts
from .sample import measured, number, rejected, unavailable
from .texts import Look, Opener, once

SUPPLIES = "sys/class/power_supply"
LARGEST_W = 1000.0


def read(root: str = "/") -> List[Sample]:
    """Power of each battery; nothing on a machine without one."""
    return texts.read(watch(root))


def watch(root: str = "/", text: Opener = once) -> List[Look]:
    """One look per battery."""
    try:
        names = sorted(os.listdir(os.path.join(root, SUPPLIES)))
    except OSError:
        return []
    batteries = [name for name in names if read_text(root, SUPPLIES, name, "type") == "Battery"]
    return [_battery(root, name, text) for name in batteries]


def _battery(root: str, name: str, text: Opener) -> Look:
    files = [text(root, SUPPLIES, name, item) for item in ("status", "power_now", "voltage_now", "current_now")]
    return lambda: [parse(name, *(file() for file in files))]


def parse(
    name: str, status: Optional[str], power_uw: Optional[str], voltage_uv: Optional[str], current_ua: Optional[str]
) -> Sample:
    """The texts of one battery's files."""
    sensor, source = "power:battery/" + name, "/%s/%s" % (SUPPLIES, name)
    if status != "Discharging":
        return unavailable(sensor, "W", source, "the battery does not carry the board (%s)" % (status or "?"), "board")
    power, voltage, current = number(power_uw), number(voltage_uv), number(current_ua)
    if power is None and voltage is not None and current is not None:
        power = voltage * abs(current) / 1e6
    if power is None:
        return unavailable(sensor, "W", source, "neither power nor voltage and current are readable", "board")
    watts = abs(power) / 1e6
    if not 0 < watts <= LARGEST_W:
        return rejected(sensor, "W", source, "sysfs", "%g W cannot be true while discharging" % watts, "board")
    return measured(sensor, watts, "W", source, "sysfs", "board")
