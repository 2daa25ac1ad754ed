"""Throttling: the Raspberry Pi firmware's bits, or the counters of x86 cores."""

import os
from typing import List, Optional

from ..board import read_text
from ..contract.messages import Sample
from .raspberry_pi import firmware
from .sample import measured, rejected, unavailable

PI_FLAGS = "sys/devices/platform/soc/soc:firmware/get_throttled"
CPUS = "sys/devices/system/cpu"
LARGEST = 0xFFFFF


def read(root: str = "/") -> List[Sample]:
    """``throttled`` (the firmware's bit field) or ``throttle_count`` (events since boot)."""
    flags = read_text(root, PI_FLAGS)
    if flags is None:
        ask = firmware(root)
        flags = None if ask is None else ask("get_throttled")
    if flags is not None:
        return [parse_pi(flags)]
    counts = []
    try:
        cpus = sorted(name for name in os.listdir(os.path.join(root, CPUS)) if name[3:].isdigit())
    except OSError:
        cpus = []
    for cpu in cpus:
        text = read_text(root, CPUS, cpu, "thermal_throttle/core_throttle_count")
        if text is not None and text.isdigit():
            counts.append(int(text))
    if counts:
        source = "/%s/cpu*/thermal_throttle/core_throttle_count" % CPUS
        return [measured("throttle_count", float(sum(counts)), "events", source, "sysfs")]
    return [unavailable("throttled", "flags", "/" + PI_FLAGS, "this machine has no throttling counter")]


def parse_pi(text: str) -> Sample:
    """The text of ``get_throttled``: hex, with or without ``0x`` or ``throttled=``."""
    try:
        value = int(text.rpartition("=")[2], 16)
    except ValueError:
        return unavailable("throttled", "flags", "/" + PI_FLAGS, "not a hexadecimal number: %r" % text[:40])
    if not 0 <= value <= LARGEST:
        return rejected("throttled", "flags", "/" + PI_FLAGS, "firmware", "%#x are no bits of this field" % value)
    return measured("throttled", float(value), "flags", "/" + PI_FLAGS, "firmware")


def happened(before: List[Sample], after: List[Sample]) -> Optional[bool]:
    """Whether the board throttled between two readings; None where it cannot tell."""
    first = {item.sensor: item.value for item in before if item.value is not None}
    verdicts = []
    for item in after:
        if item.value is None or item.sensor not in first:
            continue
        if item.sensor == "throttled":
            now = int(item.value) & 0b1111
            verdicts.append(bool(now) or int(item.value) != int(first[item.sensor] or 0))
        if item.sensor == "throttle_count":
            verdicts.append(item.value > (first[item.sensor] or 0))
    return any(verdicts) if verdicts else None
