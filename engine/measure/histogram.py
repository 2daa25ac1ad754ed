"""How the latencies of a run are distributed: a few bars of equal width on a log scale, and one for the slow tail."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from profiles.columns import figure

BARS = 10
"""That the body of a distribution is cut into."""
BODY = 0.98
"""Share of the runs that is the body: one run of a hundred that waited would squash the others into one bar."""
LEAST_STEP = 1e-3
"""Relative width of the narrowest bar; clocks and processors tell no less."""
DIGITS = 5
WIDER = 1.5
LEVELS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Histogram:
    """Latencies in bars.

    Attributes:
        edges_ms: ``counts + 1`` edges; every run lies between the first and the last.
        counts: runs in each bar.
    """

    edges_ms: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, samples_ns: np.ndarray) -> Self:
        """Of one run.

        Args:
            samples_ns: int64 ``[n]``, n >= 1, all above 0.
        """
        values = np.asarray(samples_ns, dtype=np.float64) / 1e6
        low, high = float(values.min()), float(values.max())
        body = float(np.quantile(values, BODY)) * (
            1 + LEAST_STEP
        )  # so that it lies within the last bar, not at its edge
        step = max((body / low) ** (1 / BARS), 1 + LEAST_STEP)
        bars = math.ceil(math.log(high / low) / math.log(step))
        inner = [low * step**i for i in range(1, BARS + 1 if bars > BARS + 2 else bars)]
        edges = [low, *(min(float(f"{edge:.{DIGITS}g}"), high) for edge in inner), max(high, low * (1 + LEAST_STEP))]
        return cls(tuple(edges), tuple(np.histogram(values, edges)[0].tolist()))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`."""
        return cls(tuple(value["edges_ms"]), tuple(value["counts"]))

    def to_json(self) -> dict[str, Any]:
        """As a reading holds it."""
        return {"edges_ms": list(self.edges_ms), "counts": list(self.counts)}

    @property
    def has_tail(self) -> bool:
        """Whether the last bar is wider than the others: it holds whatever was slower."""
        if len(self.counts) < 2:
            return False
        last, first = (math.log(self.edges_ms[i + 1] / self.edges_ms[i]) for i in (len(self.counts) - 1, 0))
        return last > WIDER * first

    @property
    def body(self) -> tuple[int, ...]:
        """The runs in each bar of equal width, the tail left out."""
        return self.counts[:-1] if self.has_tail else self.counts

    def text(self) -> str:
        """On one line; a bar with any run in it is seen.

        >>> Histogram((1.0, 1.1, 1.21, 1.33), (40, 80, 1)).text()
        '1 ▄█▁ 1.33 ms'
        >>> Histogram((1.0, 1.1, 1.21, 9.0), (40, 80, 1)).text()
        '1 ▄█ 1.21 ms, 1 of 121 slower, up to 9 ms'
        """
        highest = max(self.body) or 1
        bars = "".join(LEVELS[math.ceil(n / highest * len(LEVELS)) - 1] if n else " " for n in self.body)
        said = f"{figure(self.edges_ms[0], 4)} {bars} {figure(self.edges_ms[len(self.body)], 4)} ms"
        if self.has_tail:
            said += f", {self.counts[-1]:,} of {sum(self.counts):,} slower, up to {figure(self.edges_ms[-1], 4)} ms"
        return said
