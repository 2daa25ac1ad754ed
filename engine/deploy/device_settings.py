"""What can be set of a device after it was added: one schema for the command line and the forms of the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .inventory import Device, Inventory, check_name, parse_address

MAX_KEY, MAX_VALUE = 64, 256


def _setting(help_: str, *, default: Any = None, advanced: bool = False) -> Any:
    metadata = {"help": help_, "advanced": advanced}
    if isinstance(default, (list, dict)):
        empty = type(default)
        return field(default_factory=empty, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class DeviceSettings:
    """The settings of one device; None or empty = nothing was set."""

    groups: list[str] = _setting("Groups it is in; @GROUP then stands for all of them", default=[])
    tags: dict[str, str] = _setting("Facts about it, such as where it is: KEY=VALUE", default={})
    address: str | None = _setting("Where it answers now, as for ssh: user@host or user@host:port", advanced=True)
    identity: str | None = _setting("File of the private key that lets you in; empty: what ssh finds", advanced=True)
    python: str | None = _setting("Python on the board that runs the agent; empty: the newest it has", advanced=True)

    @classmethod
    def of(cls, device: Device) -> DeviceSettings:
        """What is set of a device."""
        address = None if device.loopback else device.address
        return cls(list(device.groups), dict(device.tags), address, device.identity, device.python)

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


TYPES = {"groups": "names", "tags": "pairs"}


def schema() -> list[dict[str, Any]]:
    """The settings as forms and the command line see them: the keys of a knob of ``flyweight techniques --json``."""
    return [
        {
            "name": item.name,
            "type": TYPES.get(item.name, "str"),
            "default": item.default_factory() if item.default_factory is not MISSING else item.default,
            "unit": None,
            "min": None,
            "max": None,
            "choices": None,
            **item.metadata,
        }
        for item in fields(DeviceSettings)
    ]


def settle(device: Device, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the record of a device with other settings; what is not named stays.

    Raises:
        UsageError: an unknown setting, or a value it cannot have; ``loopback`` has groups and tags only.
    """
    known = [item.name for item in fields(DeviceSettings)]
    for name in changes:
        if name not in known:
            raise UsageError(
                "unknown-setting", f"a device has no setting '{name[:80]}'", f"use one of: {', '.join(known)}"
            )
        if device.loopback and name not in ("groups", "tags"):
            raise UsageError(
                "setting-of-loopback", f"{name} of loopback is not set: it is this computer", "leave it out"
            )
    found: dict[str, Any] = {}
    if "groups" in changes:
        found["groups"] = _groups(changes["groups"])
    if "tags" in changes:
        found["tags"] = _tags(changes["tags"])
    if changes.get("address"):
        user, host, port = parse_address(changes["address"])
        found |= {"user": user, "host": host, "port": port or 22}
    elif "address" in changes:
        raise UsageError("no-address", "a board needs an address", "write it as for ssh: user@host or user@host:port")
    if "identity" in changes:
        found["identity"] = _file(changes["identity"])
    if "python" in changes:
        found["python"] = (changes["python"] or "").strip() or None
    return found


def change(name: str, changes: Mapping[str, Any], *, dry_run: bool = False) -> Device:
    """Write other settings of a device into the inventory; with ``dry_run`` only say what it would be."""
    inventory = Inventory.load()
    found = settle(inventory.get(name), changes)
    return replace(inventory.get(name), **found) if dry_run else inventory.update(name, **found)


def _groups(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, (list, tuple)) else [value]
    return tuple(sorted({check_name(str(item).removeprefix("@")) for item in names}))


def _tags(value: Any) -> dict[str, str]:
    tags = dict(value) if isinstance(value, Mapping) else {}
    if not isinstance(value, Mapping):
        raise UsageError("bad-tag", f"'{str(value)[:100]}' are no tags", "write KEY=VALUE without commas")
    for key, item in tags.items():
        fits = isinstance(item, str) and 0 < len(key) <= MAX_KEY and len(item) <= MAX_VALUE
        if not fits or set(key) & set(",=\n") or set(item) & set(",\n"):
            raise UsageError("bad-tag", f"'{key[:100]}={str(item)[:100]}' is no tag", "write KEY=VALUE without commas")
    return dict(sorted(tags.items()))


def _file(value: Any) -> str | None:
    text = (value or "").strip()
    if text and not Path(text).expanduser().is_file():
        raise UsageError("no-identity", f"there is no key file {text[:200]}", "give the path of a private key")
    return str(Path(text).expanduser()) if text else None
