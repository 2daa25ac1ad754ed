"""How a source says what it read, or why it read nothing."""

import time
from typing import Optional

from ..contract.messages import Sample

CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)


def measured(sensor: str, value: float, unit: str, source: str, method: str, scope: str = "soc") -> Sample:
    """A value that was read."""
    return Sample(sensor, value, unit, source, method, time.clock_gettime_ns(CLOCK), "measured", scope)


def estimated(sensor: str, value: float, unit: str, source: str, method: str, scope: str) -> Sample:
    """A value that was computed from a measured one by a published relation, which ``method`` names."""
    return Sample(sensor, value, unit, source, method, time.clock_gettime_ns(CLOCK), "estimated", scope)


def unavailable(sensor: str, unit: str, source: str, reason: str, scope: str = "soc") -> Sample:
    """No value, and why."""
    return Sample(sensor, None, unit, source, "none", time.clock_gettime_ns(CLOCK), "unavailable", scope, reason)


def rejected(sensor: str, unit: str, source: str, method: str, reason: str, scope: str = "soc") -> Sample:
    """A value that cannot be true."""
    return Sample(sensor, None, unit, source, method, time.clock_gettime_ns(CLOCK), "rejected", scope, reason)


def number(text: Optional[str]) -> Optional[float]:
    """The number in the text of a sysfs file, None when there is none."""
    try:
        value = float((text or "").strip())
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None
