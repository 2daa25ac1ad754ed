"""The devices this user knows: ``devices.json`` in the user's data folder; ``loopback`` is always there."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from device_agent.contract.messages import NAME

from ..errors import RejectedError, UsageError, WorkspaceError
from ..workspace import user_data_dir, write_atomic

VERSION = 2
LOOPBACK = "loopback"
NAMED = 8
"""Devices an error names."""
ADDRESS = re.compile(
    r"^(?:(?P<user>[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63})@)?(?P<host>\[[0-9A-Fa-f:.%a-z]+\]|[A-Za-z0-9_.-]{1,253})(?::(?P<port>\d{1,5}))?\Z"
)


@dataclass(frozen=True)
class HostKey:
    """A pinned host key as it stands in known_hosts: type and base64."""

    type: str
    key: str


@dataclass(frozen=True)
class Device:
    """A board: how to reach it, and what it was when it was last seen. No secrets: keys stay where they are."""

    name: str
    host: str
    port: int = 22
    user: str | None = None
    identity: str | None = None
    python: str | None = None
    host_key: HostKey | None = None
    device_id: str | None = None
    board: str | None = None
    loopback: bool = False
    machine_id: str | None = None
    groups: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    restricted: bool = False  # whether it lets this desktop's own key in, which starts the agent and nothing else

    @property
    def address(self) -> str:
        """``user@host[:port]`` as a person writes it."""
        user = f"{self.user}@" if self.user else ""
        return (
            "127.0.0.1 (this computer)"
            if self.loopback
            else f"{user}{self.host}" + (f":{self.port}" if self.port != 22 else "")
        )

    def to_json(self) -> dict[str, Any]:
        """One entry of ``flyweight device list --json``."""
        return {
            "name": self.name,
            "address": self.address,
            "board": self.board,
            "device_id": self.device_id,
            "python": self.python,
            "loopback": self.loopback,
            "groups": list(self.groups),
            "tags": dict(self.tags),
        }


def parse_address(text: str) -> tuple[str | None, str, int | None]:
    """Split ``user@host[:port]``; IPv6 in brackets.

    Raises:
        UsageError: the text is no address.
    """
    match = ADDRESS.match(text)
    port = int(match["port"]) if match and match["port"] else None
    if match is None or (port is not None and not 0 < port < 65536):
        raise UsageError(
            "bad-address", f"'{text[:100]}' is no address", "write it as for ssh: user@host or user@host:port"
        )
    return match["user"], match["host"].strip("[]"), port


def check_name(name: str) -> str:
    """A device name as it may be used; UsageError otherwise."""
    if not NAME.match(name) or name == "all":
        raise UsageError(
            "bad-name",
            f"'{name[:100]}' is no name for a device",
            "use up to 64 letters, digits, dots, dashes, underscores",
        )
    return name


def _tags(device: Device) -> tuple[str, ...]:
    return tuple(f"{key}={value}" for key, value in device.tags.items())


def _loopback_id_file() -> Path:
    return user_data_dir() / LOOPBACK / "identity"


def loopback_id() -> str | None:
    """What the agent on this computer called it; None until it was asked once, which is before its first reading."""
    path = _loopback_id_file()
    return path.read_text().strip() if path.exists() else None


def keep_loopback_id(device_id: str) -> None:
    """Remember what this computer is called, so that no board takes the name."""
    if loopback_id() != device_id:
        write_atomic(_loopback_id_file(), f"{device_id}\n".encode())


class Inventory:
    """The list of devices, read once; changes are written at once."""

    def __init__(self, path: Path, devices: Mapping[str, Device]) -> None:
        self._path = path
        self._devices = dict(devices)

    @classmethod
    def load(cls) -> "Inventory":
        """Read the user's inventory.

        Raises:
            WorkspaceError: the file is damaged or from a newer version.
        """
        path = user_data_dir() / "devices.json"
        devices = {LOOPBACK: Device(LOOPBACK, "127.0.0.1", loopback=True)}
        if path.exists():
            devices.update(_read(path))
        return cls(path, devices)

    def all(self) -> tuple[Device, ...]:
        """Every device, loopback first, then by name."""
        return tuple(sorted(self._devices.values(), key=lambda item: (not item.loopback, item.name)))

    def get(self, name: str) -> Device:
        """One device; UsageError names what is known."""
        if name not in self._devices:
            names = [item.name for item in self.all()]
            known = ", ".join(names[:NAMED]) + f" and {len(names) - NAMED} more" * (len(names) > NAMED)
            raise UsageError(
                "unknown-device",
                f"there is no device '{name[:100]}'",
                f"known: {known}; add it: flyweight device add NAME USER@HOST",
            )
        return self._devices[name]

    def expand(self, target: str) -> tuple[str, ...]:
        """Names of a target: ``@all`` (without loopback, unless alone), ``@group``, ``@key=value`` of a tag, or one device."""
        if target == "@all":
            boards = tuple(item.name for item in self.all() if not item.loopback)
            return boards or (LOOPBACK,)
        if target.startswith("@") and "=" in target:
            tagged = tuple(item.name for item in self.all() if target[1:] in _tags(item))
            if not tagged:
                known = ", ".join(f"@{tag}" for tag in self.tags()) or "none yet"
                raise UsageError(
                    "unknown-tag",
                    f"no device has the tag '{target[1:101]}'",
                    f"known: {known}; note one: flyweight device tag NAME KEY=VALUE",
                )
            return tagged
        if target.startswith("@"):
            members = tuple(item.name for item in self.all() if target[1:] in item.groups)
            if not members:
                known = ", ".join(f"@{name}" for name in self.groups()) or "none yet"
                raise UsageError(
                    "unknown-group",
                    f"no device is in the group '{target[:100]}'",
                    f"known: {known}; make one: flyweight device group {target[1:65]} NAME...",
                )
            return members
        return (self.get(target).name,)

    def groups(self) -> tuple[str, ...]:
        """Names of all groups that have a device."""
        return tuple(sorted({name for item in self._devices.values() for name in item.groups}))

    def tags(self) -> tuple[str, ...]:
        """All tags of devices, as ``key=value``."""
        return tuple(sorted({tag for item in self._devices.values() for tag in _tags(item)}))

    def clones(self) -> Mapping[str, tuple[str, ...]]:
        """Devices that show what should be one board's own: device name -> names of those it shares it with.

        Two boards from one SD card image have the same host key, machine id and store.
        """
        found: dict[str, set[str]] = {}
        for read in (_shown_key, _shown_id, _shown_machine):
            seen: dict[str, list[str]] = {}
            for item in self.all():
                value = None if item.loopback else read(item)
                if value is not None:
                    seen.setdefault(value, []).append(item.name)
            for names in seen.values():
                for name in names if len(names) > 1 else ():
                    found.setdefault(name, set()).update(set(names) - {name})
        return {name: tuple(sorted(others)) for name, others in found.items()}

    def put(self, device: Device) -> None:
        """Add or replace a device."""
        check_name(device.name)
        with self._changing():
            self._devices[device.name] = device

    def enrol(self, device: Device) -> None:
        """Add or replace a device that has said who it is.

        Raises:
            RejectedError: another device is that already.
        """
        check_name(device.name)
        with self._changing():
            self.check_identity(device)
            self._devices[device.name] = device

    def check_identity(self, device: Device) -> None:
        """What a board says of itself gives it no place among the readings and releases of another one.

        A host key is proven at every login, an identity is only told: who shows the key of the identity's owner is the owner, at
        another address; who does not is refused.

        Raises:
            RejectedError: its identity is that of a device with another host key, or of this computer.
        """
        if device.device_id is not None and not device.loopback and device.device_id == loopback_id():
            raise RejectedError(
                "identity-taken",
                f"{device.name} says that it is {device.device_id}, which is this computer",
                f"if it is this computer: its name is {LOOPBACK}; if its card or disk is a copy of this one's: on it "
                "rm ~/.flyweight/device-id, then add it again; otherwise do not trust it",
            )
        owners = [item for item in self.all() if item.device_id == device.device_id and item.name != device.name]
        owners = [item for item in owners if not item.loopback and item.device_id is not None]
        if owners and all(item.host_key != device.host_key for item in owners):
            owner = owners[0].name
            raise RejectedError(
                "identity-taken",
                f"{device.name} says that it is {device.device_id}, which is {owner} with another host key",
                f"if it is {owner}, flashed anew: flyweight device add {owner} {device.address} --reflashed; if {owner} is gone: "
                f"flyweight device remove {owner}, then add this one; if its card is a copy of {owner}'s: on it "
                "rm ~/.flyweight/device-id, then add it again; otherwise do not trust it",
            )

    def update(self, name: str, **changes: Any) -> Device:
        """Change fields of a device; returns the new record."""
        with self._changing():
            self._devices[name] = replace(self.get(name), **changes)
        return self._devices[name]

    def remove(self, name: str) -> None:
        """Forget a device."""
        if self.get(name).loopback:
            raise UsageError("loopback-stays", "loopback is this computer and always there", "remove another device")
        with self._changing():
            self._devices.pop(name, None)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Read anew, change, write, while no other process does the same."""
        with _locked(self._path):
            self._devices = dict(Inventory.load()._devices)
            yield
            value = {"version": VERSION, "devices": [asdict(item) for item in self.all()]}
            write_atomic(self._path, json.dumps(value, indent=1).encode(), 0o600)


def _shown_key(device: Device) -> str | None:
    return None if device.host_key is None else device.host_key.key


def _shown_id(device: Device) -> str | None:
    return device.device_id


def _shown_machine(device: Device) -> str | None:
    return device.machine_id


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; where the system has no flock, the last writer wins."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> dict[str, Device]:
    try:
        value = json.loads(path.read_text())
        if value["version"] > VERSION:
            raise WorkspaceError("inventory-newer", f"{path} was written by a newer Flyweight", "update Flyweight")
        found = {}
        for item in value["devices"]:
            host_key, groups = item.pop("host_key"), tuple(item.pop("groups", ()))
            key = None if host_key is None else HostKey(**host_key)
            found[item["name"]] = Device(**item, host_key=key, groups=groups)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkspaceError(
            "inventory-damaged",
            f"{path} cannot be read: {error}",
            "repair the JSON, or move the file away and add devices again",
        ) from None
    return found
