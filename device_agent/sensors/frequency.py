"""CPU clock from cpufreq; kHz in, MHz out."""

import os
from typing import List, Optional

from ..board import read_text
from ..contract.messages import Sample
from .sample import measured, number, rejected, unavailable

POLICIES = "sys/devices/system/cpu/cpufreq"


def read(root: str = "/") -> List[Sample]:
    """The present clock of each policy (a cluster of cores)."""
    try:
        policies = sorted(name for name in os.listdir(os.path.join(root, POLICIES)) if name.startswith("policy"))
    except OSError:
        policies = []
    found = [
        parse(name, read_text(root, POLICIES, name, "scaling_cur_freq"), "/%s/%s" % (POLICIES, name))
        for name in policies
    ]
    return found or [
        unavailable("frequency", "MHz", "/" + POLICIES, "no cpufreq policy (virtual machine or container)")
    ]


def parse(policy: str, text: Optional[str], source: str) -> Sample:
    """The text of a ``scaling_cur_freq`` file."""
    sensor = "frequency:" + policy
    value = number(text)
    if value is None:
        return unavailable(sensor, "MHz", source, "scaling_cur_freq is not readable")
    if not 1e3 <= value <= 1e7:
        return rejected(sensor, "MHz", source, "sysfs", "%g kHz is not the clock of a CPU" % value)
    return measured(sensor, value / 1000.0, "MHz", source, "sysfs")
