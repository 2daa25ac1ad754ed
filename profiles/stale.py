"""Which rows no longer describe their device: system, kernel, runtime or power mode changed since they were measured.

Without other evidence the newest reading of a device tells its present state. A stale row is kept and shown, and is left out of
comparisons until it is measured again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .reading import Origin, Reading


@dataclass(frozen=True)
class Stale:
    """A row with what changed since."""

    reading: Reading
    changed: tuple[str, ...]


def stale(readings: Iterable[Reading]) -> tuple[Stale, ...]:
    """The measured readings that were taken under another state of their device than its newest, oldest first."""
    own = sorted((r for r in readings if r.origin is Origin.MEASURED), key=lambda r: r.measured_at)
    newest = {r.device_id: r for r in own}
    runtime = {(r.device_id, r.runtime): r for r in own}
    found = []
    for item in own:
        now, engine = newest[item.device_id], runtime[item.device_id, item.runtime]
        pairs = (
            ("system", item.os, now.os),
            ("kernel", item.kernel, now.kernel),
            ("power mode", item.power_mode, now.power_mode),
            ("governor", item.governor, now.governor),
            (item.runtime, item.runtime_version, engine.runtime_version),
        )
        changed = tuple(f"{name}: {was or 'unknown'} -> {is_ or 'unknown'}" for name, was, is_ in pairs if was != is_)
        if changed:
            found.append(Stale(item, changed))
    return tuple(found)


def fresh(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """The readings that are not stale."""
    given = list(readings)
    old = {id(item.reading) for item in stale(given)}
    return tuple(item for item in given if id(item) not in old)
