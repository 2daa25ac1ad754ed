"""Which rows no longer describe their device: system, kernel, runtime or power mode changed since they were measured.

What a device was when somebody last talked to it tells its present state; where nobody did since, its newest reading does. A
stale row is kept and shown, and is left out of comparisons until it is measured again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .reading import Origin, Reading


@dataclass(frozen=True)
class State:
    """What a device was when it was last talked to; ``runtimes``: the versions of each, where it was asked for them."""

    seen_at: str  # UTC, ISO 8601
    os: str
    kernel: str
    power_mode: str | None
    runtimes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Seen = Mapping[str, State]
"""The last state of each device, by its id."""
NOBODY: Seen = MappingProxyType({})


@dataclass(frozen=True)
class Stale:
    """A row with what changed since."""

    reading: Reading
    changed: tuple[str, ...]


def stale(readings: Iterable[Reading], seen: Seen = NOBODY) -> tuple[Stale, ...]:
    """The measured readings that were taken under another state of their device than its present one, oldest first.

    Args:
        readings: of any devices.
        seen: what the devices were when somebody last talked to them.
    """
    own = sorted((r for r in readings if r.origin is Origin.MEASURED), key=lambda r: r.measured_at)
    newest = {r.device_id: _present(r, seen.get(r.device_id)) for r in own}
    runtime = {(r.device_id, r.runtime): r for r in own}
    found = []
    for item in own:
        engine = _engine(item, runtime[item.device_id, item.runtime], seen.get(item.device_id))
        changed = differences(item, newest[item.device_id], engine)
        if changed:
            found.append(Stale(item, changed))
    return tuple(found)


def _present(newest: Reading, state: State | None) -> Reading:
    """The newest reading of a device as it would be taken now."""
    if state is None or state.seen_at <= newest.measured_at:
        return newest
    return replace(newest, os=state.os, kernel=state.kernel, power_mode=state.power_mode)


def _engine(item: Reading, newest: Reading, state: State | None) -> Reading:
    """The reading that tells the present version of the runtime of another."""
    versions = () if state is None or state.seen_at <= newest.measured_at else state.runtimes.get(item.runtime, ())
    if not versions:
        return newest
    return replace(newest, runtime_version=item.runtime_version if item.runtime_version in versions else versions[0])


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


def fresh(readings: Iterable[Reading], seen: Seen = NOBODY) -> tuple[Reading, ...]:
    """The readings that are not stale."""
    given = list(readings)
    old = {id(item.reading) for item in stale(given, seen)}
    return tuple(item for item in given if id(item) not in old)
