"""Lines of NVIDIA's ``tegrastats``, for boards whose sensors cannot be read from /sys and for logs that people have.

Of ``now/average`` the first number is the present value (JetPack 7 adds a third). Milliwatt, also where JetPack 4 does not
say so. -256 C and -45 C mean that a block is switched off; PMIC is a constant.
"""

import re
from typing import List, Optional

from ..contract.messages import Sample
from .rails import UNCONNECTED, added, scope
from .sample import measured, rejected, unavailable

SOURCE = "tegrastats"
POWER = re.compile(r"(?<!\S)([A-Z][A-Z0-9_]*) (\d+)(?:mW/\d+mW(?:/\d+mW)?|/\d+)(?!\S)")
TEMPERATURE = re.compile(r"(?<!\S)([A-Za-z][A-Za-z0-9_]*)@(-?\d+(?:\.\d+)?)C(?:/-?[\d.]+C)?(?!\S)")
MEMORY = re.compile(r"(?<!\S)RAM (\d+)/(\d+)MB")
GPU = re.compile(r"(?<!\S)GR3D_FREQ (?:(\d+)%)?(?:@(\[[\d,]+\]|\d+))?")
OFF_C = (-256.0, -45.0)
LARGEST_W = 500.0


def parse(line: str) -> List[Sample]:
    """Samples of one line; nothing when it is none of tegrastats'."""
    found = [_temperature(name, float(value)) for name, value in TEMPERATURE.findall(line) if name != "PMIC"]
    memory = MEMORY.search(line)
    if memory is None:
        return []
    found.append(measured("memory_used", float(memory[1]), "MB", SOURCE, SOURCE))
    found += _gpu(line)
    rails = [_rail(name, int(value)) for name, value in POWER.findall(line) if name not in UNCONNECTED]
    if not rails:
        rails = [
            unavailable("power", "W", SOURCE, "the line names no rail: JetPack 4 shows them to root only", "module")
        ]
    return found + rails + added(SOURCE, rails, SOURCE)


def _rail(name: str, milliwatts: int) -> Sample:
    sensor = "power:%s/%s" % (SOURCE, name)
    if milliwatts / 1e3 > LARGEST_W:
        return rejected(sensor, "W", SOURCE, SOURCE, "%d mW cannot be true" % milliwatts, scope(name))
    return measured(sensor, milliwatts / 1e3, "W", SOURCE, SOURCE, scope(name))


def _temperature(name: str, degrees: float) -> Sample:
    sensor = "temperature:" + name
    if degrees in OFF_C:
        return unavailable(sensor, "C", SOURCE, "the block is switched off")
    if not -40 <= degrees <= 150:
        return rejected(sensor, "C", SOURCE, SOURCE, "%g C is not a temperature of a running board" % degrees)
    return measured(sensor, degrees, "C", SOURCE, SOURCE)


def _gpu(line: str) -> List[Sample]:
    match = GPU.search(line)
    if match is None:
        return []
    found: List[Sample] = []
    if match[1] is not None:
        found.append(_percent(int(match[1])))
    clock = _largest(match[2])
    if clock is not None:
        found.append(measured("gpu_frequency", float(clock), "MHz", SOURCE, SOURCE))
    return found


def _percent(load: int) -> Sample:
    if load > 100:
        return rejected("gpu_load", "%", SOURCE, SOURCE, "%d %% cannot be true" % load)
    return measured("gpu_load", float(load), "%", SOURCE, SOURCE)


def _largest(text: Optional[str]) -> Optional[int]:
    """The highest of the clocks of the GPU's clusters: ``305``, ``[305]`` or ``[1300,1300]``."""
    clocks = [int(item) for item in (text or "").strip("[]").split(",") if item]
    return max(clocks) if clocks else None
