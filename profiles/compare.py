"""Boards beside each other: the same bundle on the same runtime, provider and threads on two boards (or devices), as ratios.

Two boards were never measured in one plan, so each side brings its own interval of the median; they are added in quadrature
on a log scale together with what differs between processes. Stale, rejected and not measured rows take no part.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .reading import Origin, Quality, Reading
from .stale import NOBODY, Seen, fresh

PROCESS_SPREAD = 0.004
"""Relative standard deviation between two processes of one model (engine.measure.processes)."""
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Side:
    """One side of a row."""

    p50_ms: float
    measured_at: str
    n: int

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"p50_ms": self.p50_ms, "measured_at": self.measured_at, "n": self.n}


@dataclass(frozen=True)
class BoardRatio:
    """How many times faster ``b`` runs a bundle than ``a``; the interval is None where a side has none."""

    model: str
    name: str
    runtime: str
    threads: int
    a: Side
    b: Side
    ratio: float
    ci95: tuple[float, float] | None
    provider: str

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "model": self.model,
            "name": self.name,
            "runtime": self.runtime,
            "provider": self.provider,
            "threads": self.threads,
            "a": self.a.to_json(),
            "b": self.b.to_json(),
            "speedup": self.ratio,
            "ci95": None if self.ci95 is None else list(self.ci95),
        }


def usable(readings: Iterable[Reading], seen: Seen = NOBODY) -> tuple[Reading, ...]:
    """Measured by themselves, not rejected, not stale; ``seen``: see :func:`profiles.stale.stale`."""
    kept = fresh(readings, seen)
    return tuple(r for r in kept if r.plain and r.origin is Origin.MEASURED and r.quality is not Quality.REJECTED)


def compare_boards(a: Iterable[Reading], b: Iterable[Reading], seen: Seen = NOBODY) -> tuple[BoardRatio, ...]:
    """One row per bundle, runtime, provider and thread count that both sides have; the newest reading of each counts."""
    left, right = _newest(usable(a, seen)), _newest(usable(b, seen))
    rows = [_row(left[key], right[key]) for key in left if key in right]
    return tuple(sorted(rows, key=lambda row: (row.model, row.a.p50_ms)))


def _newest(readings: Iterable[Reading]) -> dict[tuple[str, tuple[str, str, int]], Reading]:
    found = {}
    for item in sorted(readings, key=lambda r: r.measured_at):
        found[item.bundle, item.way] = item
    return found


def _row(a: Reading, b: Reading) -> BoardRatio:
    name = a.name or a.variant or a.bundle[:12]
    return BoardRatio(a.model, name, a.runtime, a.threads, side_of(a), side_of(b), *ratio_of(a, b), a.provider)


def side_of(item: Reading) -> Side:
    """What a row tells of a reading."""
    return Side(item.latency_ms.p50, item.measured_at, item.latency_ms.n)


def ratio_of(a: Reading, b: Reading) -> tuple[float, tuple[float, float] | None]:
    """How many times faster ``b`` is than ``a``, of two runs at two times, with its 95 % interval."""
    ratio = a.latency_ms.p50 / b.latency_ms.p50
    spread = [relative_spread(item) for item in (a, b)]
    if spread[0] is None or spread[1] is None:
        return ratio, None
    half = Z_95 * math.sqrt(spread[0] ** 2 + spread[1] ** 2)
    return ratio, (ratio * math.exp(-half), ratio * math.exp(half))


def relative_spread(item: Reading) -> float | None:
    """Standard uncertainty of a median on a log scale; where one process ran, with what differs between processes."""
    interval = item.latency_ms.ci95_p50
    if interval is None or interval[0] <= 0:
        return None
    own = math.log(interval[1] / interval[0]) / (2 * Z_95)
    return own if item.processes > 1 else math.hypot(own, PROCESS_SPREAD / math.sqrt(2))
