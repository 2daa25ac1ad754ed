"""Power, current and voltage monitors, fans and alarms from /sys/class/hwmon, keyed by name and label.

Numbers of hwmon folders change with every boot, so a sensor is called ``kind:chip/label``. Units of the kernel's ABI:
microwatt, milliampere, millivolt, revolutions per minute.
"""

import os
import re
from typing import Dict, List, Optional, Tuple

from ..board import read_text
from ..contract.messages import Sample
from . import texts
from .sample import measured, number, rejected, unavailable
from .texts import Look, Opener, Text, once

CHIPS = "sys/class/hwmon"
KINDS: Dict[str, Tuple[str, str, float, float]] = {
    "power": ("power", "W", 1e6, 2000.0),
    "curr": ("current", "A", 1e3, 200.0),
    "in": ("voltage", "V", 1e3, 100.0),
    "fan": ("fan", "rpm", 1.0, 50_000.0),
}
"""Kind of file: kind of sensor, its unit, divisor to that unit, largest value that can be true."""

FILE = re.compile(r"^(power|curr|in|fan)(\d+)_input\Z")
UNDER_VOLTAGE = "in0_lcrit_alarm"


def read(root: str = "/") -> List[Sample]:
    """All inputs of all chips, and the under-voltage alarm of a Raspberry Pi."""
    return texts.read(watch(root))


def watch(root: str = "/", text: Opener = once) -> List[Look]:
    """One look per input; chips, names and labels are read now, and once."""
    found: List[Look] = []
    folder = os.path.join(root, CHIPS)
    for chip in _listed(folder):
        name = read_text(root, CHIPS, chip, "name") or chip
        if name == "ina3221":
            continue  # has a file of its own
        for file in _listed(os.path.join(folder, chip)):
            match = FILE.match(file)
            if match:
                found.extend(_input(root, chip, name, match[1], match[2], text))
        if name == "rpi_volt":
            found.append(_alarm(text(root, CHIPS, chip, UNDER_VOLTAGE), "/%s/%s/%s" % (CHIPS, chip, UNDER_VOLTAGE)))
    return found


def _listed(folder: str) -> List[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _input(root: str, chip: str, name: str, kind: str, index: str, text: Opener) -> List[Look]:
    label = read_text(root, CHIPS, chip, "%s%s_label" % (kind, index)) or kind + index
    if label == "NC":
        return []  # not connected
    source = "/%s/%s/%s%s_input" % (CHIPS, chip, kind, index)
    value, whole = text(root, CHIPS, chip, "%s%s_input" % (kind, index)), "%s/%s" % (name, label)
    return [lambda: [parse(kind, whole, value(), source)]]


def _alarm(value: Text, source: str) -> Look:
    return lambda: [parse_alarm(value(), source)]


def parse(kind: str, label: str, text: Optional[str], source: str) -> Sample:
    """The text of one ``_input`` file."""
    what, unit, divisor, largest = KINDS[kind]
    sensor = "%s:%s" % (what, label)
    value = number(text)
    if value is None:
        return unavailable(sensor, unit, source, "the input is not readable", "board")
    scaled = value / divisor
    if not -largest <= scaled <= largest or (kind in ("power", "fan") and scaled < 0):
        return rejected(sensor, unit, source, "sysfs", "%g %s cannot be true" % (scaled, unit), "board")
    return measured(sensor, scaled, unit, source, "sysfs", "board")


def parse_alarm(text: Optional[str], source: str) -> Sample:
    """The text of a Raspberry Pi's under-voltage alarm: 1 while the supply is too weak."""
    if text not in ("0", "1"):
        return unavailable("under_voltage", "flag", source, "the alarm is not readable", "board")
    return measured("under_voltage", float(text), "flag", source, "sysfs", "board")
