"""The data sheet of a board: for each bundle, runtime and thread count the newest reading and how it came to it.

Only what was measured and not rejected goes in; simulated, predicted, published and declared rows never do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .reading import Origin, Quality, Reading


@dataclass(frozen=True)
class Past:
    """One earlier or present value of a row."""

    measured_at: str
    p50_ms: float
    n: int


@dataclass(frozen=True)
class SheetRow:
    """One bundle with one runtime and thread count on one board.

    Attributes:
        latest: the newest reading.
        history: all of them, oldest first.
        runs: timed runs of all readings together.
        age_s: seconds since the newest.
    """

    latest: Reading
    history: tuple[Past, ...]
    runs: int
    age_s: float

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **self.latest.to_json(),
            "readings": len(self.history),
            "runs": self.runs,
            "age_s": self.age_s,
            "history": [{"measured_at": p.measured_at, "p50_ms": p.p50_ms, "n": p.n} for p in self.history],
        }


@dataclass(frozen=True)
class Sheet:
    """The profile of a board (or of one device). ``left_out`` readings were not measured, or rejected."""

    name: str
    devices: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    left_out: int

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "name": self.name,
            "devices": list(self.devices),
            "rows": [row.to_json() for row in self.rows],
            "left_out": self.left_out,
        }


def data_sheet(name: str, readings: Iterable[Reading], now: datetime | None = None) -> Sheet:
    """Aggregate readings of one board or device.

    Args:
        name: of the board or device.
        readings: its readings, in any order.
        now: for the ages; default: this moment.
    """
    now = now or datetime.now(UTC)
    given = list(readings)
    usable = [item for item in given if item.origin is Origin.MEASURED and item.quality is not Quality.REJECTED]
    groups: dict[tuple[Any, ...], list[Reading]] = {}
    for item in sorted(usable, key=lambda reading: reading.measured_at):
        groups.setdefault(_identity(item), []).append(item)
    rows = sorted((_row(group, now) for group in groups.values()), key=_order)
    devices = tuple(sorted({item.target for item in usable}))
    return Sheet(name, devices, tuple(rows), len(given) - len(usable))


def _identity(item: Reading) -> tuple[Any, ...]:
    """What must be the same for two readings to be of the same thing."""
    options = tuple(sorted(item.options.items()))
    where = (item.runtime, item.runtime_version, item.provider, item.threads, item.power_mode, item.scenario, options)
    return (item.board, item.model, item.variant, item.bundle, *where)


def _row(group: list[Reading], now: datetime) -> SheetRow:
    latest = group[-1]
    history = tuple(Past(item.measured_at, item.latency_ms.p50, item.latency_ms.n) for item in group)
    age = (now - datetime.fromisoformat(latest.measured_at)).total_seconds()
    return SheetRow(latest, history, sum(item.latency_ms.n for item in group), max(age, 0.0))


def _order(row: SheetRow) -> tuple[str, float, str]:
    return (row.latest.model, row.latest.latency_ms.p50, row.latest.bundle)
