"""Raw text of a sensor in, one Sample out; one file per source."""

from typing import List

from ..contract.messages import Sample
from . import frequency, hwmon, powercap, thermal, throttling


def read_all(root: str = "/") -> List[Sample]:
    """All sensors once. What a board cannot tell is ``unavailable`` with the reason."""
    return [
        *thermal.read(root),
        *frequency.read(root),
        *throttling.read(root),
        *hwmon.read(root),
        *powercap.read(root),
    ]
