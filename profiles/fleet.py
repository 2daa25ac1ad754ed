"""A fleet at a glance: for every device how much is known of it, how old that is, and what about it needs a look.

Everything here is counted from readings with the rules of :mod:`profiles.stale` and :mod:`profiles.drift`; nothing is measured.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .drift import ALPHA, Drift, drift, outliers
from .reading import Origin, Quality, Reading
from .stale import NOBODY, Seen, stale


@dataclass(frozen=True)
class DeviceState:
    """One device.

    Attributes:
        target: its name.
        board: what it is; None where nothing tells.
        readings: measured ones.
        bundles: of which it has a reading that still describes it.
        stale: readings that no longer do, because system, kernel, runtime or power mode changed.
        rejected: readings that cannot be trusted.
        last_measured: of the newest.
        changed: bundles that became slower or faster than the device's own history.
        ratio: its time relative to other devices of its board, where it is unlike them; else None.
    """

    target: str
    board: str | None
    readings: int = 0
    bundles: int = 0
    stale: int = 0
    rejected: int = 0
    last_measured: str | None = None
    changed: tuple[Drift, ...] = ()
    ratio: float | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """What a person should look at, in words; nothing where all is as it was."""
        found = []
        if not self.readings:
            found.append("nothing measured yet")
        found += [f"{item.name} {item.change:+.1%}" for item in self.changed]
        if self.ratio is not None:
            found.append(f"{self.ratio:.2f}x the time of its sisters")
        if self.readings and not self.bundles:
            found.append("no fresh reading")
        elif self.stale:
            found.append(f"{self.stale} stale")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """One entry of ``devices``."""
        return {**vars(self), "changed": [item.to_json() for item in self.changed], "needs": list(self.needs)}


def fleet(
    readings: Iterable[Reading], known: Mapping[str, str | None], alpha: float = ALPHA, seen: Seen = NOBODY
) -> tuple[DeviceState, ...]:
    """One row per device, those that need a look first.

    Args:
        readings: of the whole fleet.
        known: boards by device of those the user added, measured or not.
        alpha: probability of any false alarm in the whole list while nothing changed.
        seen: what the devices are now.
    """
    own: dict[str, list[Reading]] = {name: [] for name in known}
    for item in readings:
        if item.origin is Origin.MEASURED:
            own.setdefault(item.target, []).append(item)
    given = [item for items in own.values() for item in items]
    old = {id(item.reading) for item in stale(given, seen)}
    moved: dict[str, list[Drift]] = {}
    for row in drift(given, alpha / 2, seen):
        if row.drifted:
            moved.setdefault(row.target, []).append(row)
    unlike = {item.target: item.ratio for item in outliers(given, alpha / 2, seen)}
    rows = [
        _state(name, items, known.get(name), old, moved.get(name, []), unlike.get(name)) for name, items in own.items()
    ]
    return tuple(sorted(rows, key=lambda row: (not row.needs, row.target)))


def _state(
    name: str, items: list[Reading], board: str | None, old: set[int], moved: list[Drift], ratio: float | None
) -> DeviceState:
    if not items:
        return DeviceState(name, board)
    newest = max(items, key=lambda item: item.measured_at)
    rejected = [item for item in items if item.quality is Quality.REJECTED]
    fresh = {item.bundle for item in items if id(item) not in old and item.quality is not Quality.REJECTED}
    return DeviceState(
        name, newest.board, len(items), len(fresh), sum(id(item) in old for item in items), len(rejected),
        newest.measured_at, tuple(moved), ratio,
    )  # fmt: skip
