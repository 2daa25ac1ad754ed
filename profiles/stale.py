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
        changed = differences(item, now, engine)
        if changed:
            found.append(Stale(item, changed))
    return tuple(found)


def differences(was: Reading, now: Reading, engine: Reading | None = None) -> tuple[str, ...]:
    """What differs in the state of a device between two readings, in words; ``engine`` tells the runtime's present version."""
    runtime = engine or now
    pairs = (
        ("system", was.os, now.os),
        ("kernel", was.kernel, now.kernel),
        ("power mode", was.power_mode, now.power_mode),
        ("governor", was.governor, now.governor),
        (was.runtime, was.runtime_version, runtime.runtime_version),
    )
    return tuple(f"{name}: {before or 'unknown'} -> {is_ or 'unknown'}" for name, before, is_ in pairs if before != is_)


def fresh(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """The readings that are not stale."""
    given = list(readings)
    old = {id(item.reading) for item in stale(given)}
    return tuple(item for item in given if id(item) not in old)
