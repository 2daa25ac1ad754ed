"""The verb ``profile_history``: how a device's latencies went over time."""

from dataclasses import dataclass
from typing import Any

from profiles.reading import Origin, Quality, Reading
from profiles.store import Filter, ProfileStore

from ..errors import UsageError

MAX_READINGS = 1000


@dataclass(frozen=True)
class PastReadings:
    """Readings of a device that were measured there, the oldest first."""

    name: str
    readings: tuple[Reading, ...]
    left_out: int

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile history --json``: of each reading what a line of a chart needs."""
        return {
            "name": self.name,
            "readings": [
                {
                    "measured_at": item.measured_at,
                    "variant": item.name or item.variant or item.bundle[:16],
                    "bundle": item.bundle,
                    "runtime": item.runtime,
                    "provider": item.provider,
                    "threads": item.threads,
                    "p50_ms": item.latency_ms.p50,
                    "ci95_p50": None if item.latency_ms.ci95_p50 is None else list(item.latency_ms.ci95_p50),
                    "n": item.latency_ms.n,
                    "quality": str(item.quality),
                }
                for item in self.readings
            ],
            "left_out": self.left_out,
        }


def profile_history(name: str, *, last: int = 200) -> PastReadings:
    """The latencies that were measured on a device, by time: whether it became slower.

    Runs under load, with options of their own or in scenarios are not among them; rejected ones are, and say so.

    Args:
        name: of a device.
        last: the newest so many, at most 1000.
    """
    if not 0 < last <= MAX_READINGS:
        raise UsageError("bad-last", f"{last} readings are outside the limits", f"choose 1 to {MAX_READINGS}")
    with ProfileStore.open() as store:
        found = store.readings(Filter(target=name, origin=Origin.MEASURED))
    plain = sorted((item for item in found if item.plain), key=lambda item: item.measured_at)
    kept = plain[-last:]
    return PastReadings(name, tuple(kept), len(plain) - len(kept))


def newest_readings(variant: str | None) -> dict[str, Reading]:
    """The newest plain reading of a variant on each device, by the device's name; rejected ones do not count."""
    if variant is None:
        return {}
    with ProfileStore.open() as store:
        found = store.readings(Filter(variant=variant, origin=Origin.MEASURED))
    kept = [item for item in found if item.plain and item.quality is not Quality.REJECTED]
    return {item.target: item for item in sorted(kept, key=lambda item: item.measured_at)}
