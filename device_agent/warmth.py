"""How warm the board gets and how its clocks do while models run: a look a second, between two rounds."""

import time
from typing import Dict, List

from .contract.measuring import Trace
from .contract.messages import Sample
from .sensors import frequency, thermal

EACH_S = 1.0
SLOWEST = "frequency:slowest"
MOST_LOOKS = 600
"""Then every second one is forgotten and the next ones come half as often: a reply has room for no more."""


class Warmth:
    """Remembers the temperature nearest to the processor and the clock of the slowest cluster.

    Args:
        root: where sensors are read.
    """

    def __init__(self, root: str) -> None:
        self._root, self._due, self._each_s = root, 0.0, EACH_S
        self._told: Dict[str, List[Sample]] = {}

    def look(self) -> None:
        """A look, if the last one is long enough ago."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + self._each_s
        near = [item for item in thermal.read(self._root) if item.value is not None][:1]
        clocks = [item for item in frequency.read(self._root) if item.value is not None]
        slowest = sorted(clocks, key=lambda item: item.value or 0.0)[:1]
        for name, found in [(item.sensor, item) for item in near] + [(SLOWEST, item) for item in slowest]:
            self._told.setdefault(name, []).append(found)
        if any(len(series) >= MOST_LOOKS for series in self._told.values()):
            self._each_s *= 2
            self._told = {name: series[::2] for name, series in self._told.items()}

    def traces(self) -> List[Trace]:
        """One series a sensor; none on a board that tells neither."""
        return [
            Trace(
                name,
                own[0].unit,
                own[0].source,
                own[0].method,
                own[0].quality,
                own[0].scope,
                [item.t_monotonic_ns for item in own],
                [float(item.value or 0.0) for item in own],
            )
            for name, own in self._told.items()
        ]
