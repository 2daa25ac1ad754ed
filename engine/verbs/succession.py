"""The verbs ``profile_releases``, ``profile_variants`` and ``profile_over_time``: what came after what on one device."""

from dataclasses import dataclass
from typing import Any

from profiles.reading import Comparison, Reading
from profiles.store import Filter, ProfileStore
from profiles.succession import OverTime, Step, StepRatio, over_time, succession, variants_of

from ..deploy.seen import last_seen
from ..errors import UsageError
from ..events import Cancel
from .deployment import releases
from .profiling import readings_of


@dataclass(frozen=True)
class Succession:
    """Releases of a slot (oldest first), each against the one before; or variants of a model, each against the first."""

    target: str
    slot: str | None
    model: str | None
    current: int | None
    rows: tuple[StepRatio, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile compare DEVICE --releases --json`` (or ``--variants``)."""
        return {
            "target": self.target,
            "slot": self.slot,
            "model": self.model,
            "current": self.current,
            "rows": [row.to_json() for row in self.rows],
        }


@dataclass(frozen=True)
class Course:
    """How every bundle of a device went from its first to its newest reading."""

    target: str
    rows: tuple[OverTime, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile compare DEVICE --over-time --json``."""
        return {"target": self.target, "rows": [row.to_json() for row in self.rows]}


def profile_releases(
    target: str, *, slot: str = "main", timeout_s: float = 60.0, cancel: Cancel | None = None
) -> Succession:
    """The releases of a board's slot, each against the release before it: did the update make the board faster?

    Args:
        target: device name or ``loopback``; the board is asked for its releases.
        slot: name of the slot.
        timeout_s: for asking.

    Raises:
        UsageError: the slot has no release.
        DeviceError: the board cannot be reached.
    """
    found = releases(target, timeout_s=timeout_s, cancel=cancel)
    state = found.slots.get(slot)
    if state is None or not state.releases:
        names = ", ".join(sorted(found.slots)) or "none"
        raise UsageError("empty-slot", f"slot '{slot}' of {target} has no release", f"slots with releases: {names}")
    steps = [
        Step(f"release {item.release}", item.bundle, item.name or item.bundle[:12])
        for item in sorted(state.releases, key=lambda item: item.release)
    ]
    readings, comparisons = _of_device(target)
    return Succession(target, slot, None, state.current, succession(steps, readings, comparisons, seen=last_seen()))


def profile_variants(target: str, *, model: str | None = None) -> Succession:
    """The variants of a model that a device measured, each against the one the others were measured against.

    Args:
        target: device name.
        model: name of the model; None where the device measured only one.

    Raises:
        UsageError: nothing was measured there, or the model must be named.
    """
    readings, comparisons = _of_device(target)
    names = sorted({item.model for item in readings or readings_of(target)})
    if model is None and len(names) > 1:
        raise UsageError("which-model", f"{target} measured {len(names)} models", f"add --model: {', '.join(names)}")
    chosen = model or names[0]
    if chosen not in names:
        raise UsageError("no-such-model", f"{target} has no reading of '{chosen}'", f"measured: {', '.join(names)}")
    seen = last_seen()
    steps = variants_of(chosen, readings, comparisons, seen)
    return Succession(target, None, chosen, None, succession(steps, readings, comparisons, to_first=True, seen=seen))


def profile_over_time(target: str) -> Course:
    """Every bundle's first reading on a device against its newest, and what changed on the device in between.

    Raises:
        UsageError: nothing was measured there.
    """
    readings, _ = _of_device(target)
    return Course(target, over_time(readings or readings_of(target)))


def _of_device(target: str) -> tuple[list[Reading], list[Comparison]]:
    with ProfileStore.open() as store:
        wanted = Filter(target=target)
        return list(store.readings(wanted)), list(store.comparisons(wanted))
