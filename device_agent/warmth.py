"""How warm the board gets and how its clocks do while models run: one look a second, between two rounds."""

import time
from typing import Dict, List

from .contract.measuring import Trace
from .contract.messages import Sample
from .sensors import frequency, thermal

EACH_S = 1.0
MOST_LOOKS = 7200


class Warmth:
    """Remembers the temperature nearest to the processor and the clock of each cluster.

    Args:
        root: where sensors are read.
    """

    def __init__(self, root: str) -> None:
        self._root, self._due = root, 0.0
        self._told: Dict[str, List[Sample]] = {}

    def look(self) -> None:
        """A look, if the last one is long enough ago."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + EACH_S
        near = [item for item in thermal.read(self._root) if item.value is not None][:1]
        for item in [*near, *(item for item in frequency.read(self._root) if item.value is not None)]:
            series = self._told.setdefault(item.sensor, [])
            if len(series) < MOST_LOOKS:
                series.append(item)

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
