"""Lines of NVIDIA's ``tegrastats``: its power stands in on a Jetson whose power monitors cannot be read from /sys.

The program runs for as long as it is looked at and is asked for a line every 100 ms; it ends when nobody reads it any more. Under
another root than ``/`` a captured text lies in its place. It was not run on hardware for this file; the lines are captured ones.

Of ``now/average`` the first number is the present value (JetPack 7 adds a third). Milliwatt, also where JetPack 4 does not
say so. -256 C and -45 C mean that a block is switched off; PMIC is a constant.
"""

import os
import re
import select
import subprocess
import time
from typing import Callable, List, Optional

from .. import board
from ..contract.messages import Sample
from . import TEGRASTATS as PROGRAM
from .rails import UNCONNECTED, added, scope
from .sample import measured, rejected, unavailable

SOURCE = "tegrastats"
INTERVAL_MS = 100
FIRST_LINE_S = 2.0
LONGEST_LINE = 4096
POWER = re.compile(r"(?<!\S)([A-Z][A-Z0-9_]*) (\d+)(?:mW/\d+mW(?:/\d+mW)?|/\d+)(?!\S)")
TEMPERATURE = re.compile(r"(?<!\S)([A-Za-z][A-Za-z0-9_]*)@(-?\d+(?:\.\d+)?)C(?:/-?[\d.]+C)?(?!\S)")
MEMORY = re.compile(r"(?<!\S)RAM (\d+)/(\d+)MB")
GPU = re.compile(r"(?<!\S)GR3D_FREQ (?:(\d+)%)?(?:@(\[[\d,]+\]|\d+))?")
OFF_C = (-256.0, -45.0)
LARGEST_W = 500.0


Line = Callable[[], Optional[str]]
"""The newest line of the program; None when it tells none."""


def watch(root: str = "/") -> "List[Callable[[], List[Sample]]]":
    """One look at the power in the newest line; none where there is no such program."""
    if not os.path.isfile(os.path.join(root, PROGRAM)):
        return []
    line: Line = _Running(os.path.join(root, PROGRAM)) if root == "/" else lambda: board.read_text(root, PROGRAM)
    return [lambda: power(line())]


def read(root: str = "/") -> List[Sample]:
    """The power once."""
    return [sample for look in watch(root) for sample in look()]


def power(line: Optional[str]) -> List[Sample]:
    """The power in a line; unavailable, with the reason, where there is none."""
    found = [item for item in parse(line or "") if item.unit == "W"]
    return found or [unavailable("power", "W", SOURCE, "the program gave no line of its own form", "module")]


class _Running:
    """The program, from the first look on."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._process: "Optional[subprocess.Popen[bytes]]" = None
        self._text = b""

    def __call__(self) -> Optional[str]:
        """The newest whole line; the first look waits for one."""
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    [self._path, "--interval", str(INTERVAL_MS)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError:
                return None
        end = time.monotonic() + (0.0 if b"\n" in self._text else FIRST_LINE_S)
        while self._more(max(end - time.monotonic(), 0.0)):
            if b"\n" in self._text:
                end = 0.0
        whole = self._text.rpartition(b"\n")[0].rpartition(b"\n")[2]
        text = whole.decode("utf-8", "replace").strip()
        if text and board.heard is not None:
            board.heard[PROGRAM] = text
        return text or None

    def _more(self, wait_s: float) -> bool:
        """Read what is there, or comes within the time."""
        if self._process is None or self._process.stdout is None:
            return False
        if not select.select([self._process.stdout], [], [], wait_s)[0]:
            return False
        data = os.read(self._process.stdout.fileno(), LONGEST_LINE)
        self._text = (
            (self._text + data)[-2 * LONGEST_LINE :] if data else b""
        )  # it ended: its last line is not the present
        return bool(data)

    def __del__(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()


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
