"""Clock and load of a Jetson's GPU from /sys/class/devfreq; hertz and tenths of a percent in, MHz and percent out."""

import os
import re
from typing import List, Optional

from ..board import read_text
from ..contract.messages import Sample
from .sample import measured, number, rejected, unavailable

DEVICES = "sys/class/devfreq"
NAME = re.compile(r"^(?:[0-9a-f]+\.(?:gpu|ga10b|gv11b|gp10b)|gpu-(?:gpc|nvd)-\d+)\Z")


def read(root: str = "/") -> List[Sample]:
    """Clock of every GPU device, and its load where it tells one; nothing on a board without."""
    try:
        names = sorted(name for name in os.listdir(os.path.join(root, DEVICES)) if NAME.match(name))
    except OSError:
        return []
    found: List[Sample] = []
    for name in names:
        found.append(parse_clock(name, read_text(root, DEVICES, name, "cur_freq")))
        load = read_text(root, DEVICES, name, "device", "load")
        if load is not None:
            found.append(parse_load(name, load))
    return found


def parse_clock(name: str, text: Optional[str]) -> Sample:
    """The text of ``cur_freq``; 0 is a GPU at rest."""
    sensor, source, value = "gpu_frequency:" + name, "/%s/%s/cur_freq" % (DEVICES, name), number(text)
    if value is None:
        return unavailable(sensor, "MHz", source, "cur_freq is not readable")
    if not 0 <= value <= 1e10:
        return rejected(sensor, "MHz", source, "sysfs", "%g Hz is not the clock of a GPU" % value)
    return measured(sensor, value / 1e6, "MHz", source, "sysfs")


def parse_load(name: str, text: Optional[str]) -> Sample:
    """The text of ``device/load``."""
    sensor, source, value = "gpu_load:" + name, "/%s/%s/device/load" % (DEVICES, name), number(text)
    if value is None:
        return unavailable(sensor, "%", source, "the load is not readable")
    if not 0 <= value <= 1000:
        return rejected(sensor, "%", source, "sysfs", "%g tenths of a percent cannot be true" % value)
    return measured(sensor, value / 10, "%", source, "sysfs")
