"""The INA3221 power monitors of Jetson boards: NVIDIA's iio driver (JetPack 4) or the kernel's hwmon driver (JetPack 5 to 7).

iio: ``rail_name_N`` with millivolt, milliampere and milliwatt. hwmon: ``inN_label`` with millivolt and milliampere, no power
file; ``in4`` to ``in6`` are shunt voltages and ``in7`` their sum, which are no rails.
"""

import os
from typing import List, Optional

from ..board import read_text
from ..contract.messages import Sample
from . import texts
from .rails import UNCONNECTED, added, scope
from .sample import measured, number, rejected, unavailable
from .texts import Look, Opener, once

I2C = "sys/bus/i2c/devices"
HWMON = "sys/class/hwmon"
CHANNELS = (1, 2, 3)
LARGEST_V, LARGEST_A, LARGEST_W = 26.0, 100.0, 500.0
"""26 V is the most the chip can measure."""


def read(root: str = "/") -> List[Sample]:
    """Power of every connected rail, and the sum on boards without a rail for the total; nothing without such a chip."""
    return texts.read(watch(root))


def watch(root: str = "/", text: Opener = once) -> List[Look]:
    """One look at all rails, because the sum needs them together; names and labels are read now, and once."""
    rails: List[Look] = []
    for folder in _iio(root):
        rails.extend(_iio_rail(root, folder, channel, text) for channel in range(3))
    for folder in _hwmon(root):
        rails.extend(_hwmon_rail(root, folder, channel, text) for channel in CHANNELS)

    def look() -> List[Sample]:
        found = texts.read(rails)
        return found + added("ina3221", found, "/sys")

    return [look] if rails else []


def is_ina3221(root: str, folder: str) -> bool:
    """Whether the chip behind a hwmon folder is read here."""
    return read_text(root, folder, "name") == "ina3221"


def _listed(folder: str) -> List[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _hwmon(root: str) -> List[str]:
    chips = [HWMON + "/" + name for name in _listed(os.path.join(root, HWMON))]
    return [folder for folder in chips if is_ina3221(root, folder)]


def _iio(root: str) -> List[str]:
    found: List[str] = []
    for device in _listed(os.path.join(root, I2C)):
        if "ina3221" in (read_text(root, I2C, device, "name") or ""):
            names = _listed(os.path.join(root, I2C, device))
            found.extend("%s/%s/%s" % (I2C, device, name) for name in names if name.startswith("iio:device"))
    return found


def _nothing() -> List[Sample]:
    return []


def _iio_rail(root: str, folder: str, channel: int, text: Opener) -> Look:
    rail = read_text(root, folder, "rail_name_%d" % channel)
    if rail is None or rail in UNCONNECTED:
        return _nothing
    source = "/%s/in_power%d_input" % (folder, channel)
    milliwatts = text(root, folder, "in_power%d_input" % channel)

    def look() -> List[Sample]:
        power = number(milliwatts())
        if power is None:
            return [unavailable("power:ina3221/" + rail, "W", source, "the rail is not readable", scope(rail))]
        return [_checked(rail, power / 1e3, source, "iio")]

    return look


def _hwmon_rail(root: str, folder: str, channel: int, text: Opener) -> Look:
    rail = read_text(root, folder, "in%d_label" % channel)
    if rail is not None and (rail in UNCONNECTED or "NC" in rail.split()):
        return _nothing
    millivolts, milliamperes = (text(root, folder, "%s%d_input" % (kind, channel)) for kind in ("in", "curr"))
    source = "/%s/in%d_input*curr%d_input" % (folder, channel, channel)
    name = rail or "channel%d" % channel

    def look() -> List[Sample]:
        volts, amperes = millivolts(), milliamperes()
        return [] if volts is None and amperes is None else [product(name, volts, amperes, source)]

    return look


def product(rail: str, millivolts: Optional[str], milliamperes: Optional[str], source: str) -> Sample:
    """Watts from the texts of a voltage and a current file."""
    voltage, current = number(millivolts), number(milliamperes)
    if voltage is None or current is None:
        return unavailable("power:ina3221/" + rail, "W", source, "voltage or current is not readable", scope(rail))
    if not 0 <= voltage / 1e3 <= LARGEST_V or not -LARGEST_A <= current / 1e3 <= LARGEST_A:
        reason = "%g mV and %g mA cannot be true" % (voltage, current)
        return rejected("power:ina3221/" + rail, "W", source, "hwmon", reason, scope(rail))
    return _checked(rail, voltage * current / 1e6, source, "hwmon")


def _checked(rail: str, watts: float, source: str, method: str) -> Sample:
    if not 0 <= watts <= LARGEST_W:
        reason = "%g W cannot be true" % watts
        return rejected("power:ina3221/" + rail, "W", source, method, reason, scope(rail))
    return measured("power:ina3221/" + rail, watts, "W", source, method, scope(rail))
