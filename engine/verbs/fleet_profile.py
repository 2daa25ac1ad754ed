"""The verb ``profile_fleet``: all devices at a glance."""

from dataclasses import dataclass
from typing import Any

from profiles.drift import ALPHA
from profiles.fleet import DeviceState, fleet
from profiles.store import ProfileStore

from ..deploy.inventory import Inventory
from ..deploy.seen import last_seen
from ..errors import UsageError


@dataclass(frozen=True)
class FleetProfile:
    """Every device that was added or measured, those that need a look first."""

    alpha: float
    devices: tuple[DeviceState, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile fleet --json``: what a dashboard of a fleet shows."""
        count = {
            "devices": len(self.devices),
            "boards": len({item.board for item in self.devices if item.board is not None}),
            "readings": sum(item.readings for item in self.devices),
            "to_look_at": sum(bool(item.needs) for item in self.devices),
        }
        return {"false_alarm_rate": self.alpha, **count, "rows": [item.to_json() for item in self.devices]}


def profile_fleet(group: str | None = None, *, alpha: float = ALPHA) -> FleetProfile:
    """How much is known of every device, how old it is, and what became slower or is unlike its sisters.

    Args:
        group: only the devices of this group (with or without ``@``).
        alpha: probability of any false alarm in the whole list.

    Raises:
        UsageError: nobody is in the group.
    """
    if not 0 < alpha < 1:
        raise UsageError("bad-alpha", f"{alpha} is no probability", "give a number between 0 and 1, for example 0.05")
    added = {item.name: item for item in Inventory.load().all()}
    with ProfileStore.open() as store:
        readings = [item for item in store.readings() if not item.imported]
    if group is not None:
        wanted = group.removeprefix("@")
        added = {name: item for name, item in added.items() if wanted in item.groups}
        if not added:
            raise UsageError(
                "empty-group",
                f"no device is in the group '{wanted}'",
                f"make one: flyweight device group {wanted} NAME...",
            )
        readings = [item for item in readings if item.target in added]
    boards = {name: item.board for name, item in added.items() if group is not None or not item.loopback}
    return FleetProfile(alpha, fleet(readings, boards, alpha, last_seen()))
