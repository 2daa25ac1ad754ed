"""Finds boards without a network scan: ~/.ssh/config, what announces itself, the names boards come with, USB-gadget links.

Names that end in ``.local`` are answered by multicast DNS through the system's resolver where it knows how.
"""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import paramiko

from ..errors import FlyweightError
from ..events import ignore
from .inventory import Inventory
from .mdns import Announced, browse
from .sockets import open_socket
from .ssh import shown_key
from .ssh_config import DEFAULT_PORT, host_settings
from .transport import Deadline

USUAL_NAMES = ("raspberrypi.local", "orangepi.local", "radxa.local", "beaglebone.local", "jetson.local", "ubuntu.local")
GADGET_LINKS = ("192.168.7.2", "192.168.55.1", "10.55.0.1")
"""Where BeagleBones, Jetsons and Pis in gadget mode sit at the other end of a USB cable."""


@dataclass(frozen=True)
class Found:
    """A host: where its name comes from, whether an SSH server answers, and the device it is already, if any."""

    host: str
    port: int
    source: str
    ssh: bool
    banner: str | None = None
    device: str | None = None
    moved: bool = False
    """Whether it is that device by the key it shows, at another address than the one that is kept."""


def discover(timeout_s: float) -> tuple[Found, ...]:
    """All hosts of the user's config, and those that answer of the announced ones, the usual names and the USB links."""
    known = {(item.host, item.port): item.name for item in Inventory.load().all() if not item.loopback}
    wanted = [(host, "ssh config") for host in _configured()]
    wanted += [(host, "usual name") for host in USUAL_NAMES] + [(host, "USB link") for host in GADGET_LINKS]

    def look(item: tuple[str, str]) -> Found:
        host, source = item
        settings = host_settings(host, ignore)
        banner = None if settings.jumps else _banner(settings.host, settings.port, timeout_s)
        device = known.get((host, settings.port)) or known.get((host, DEFAULT_PORT))
        return Found(host, settings.port, source, banner is not None, banner, device)

    def look_at(item: Announced) -> Found:
        """By its name where this computer can resolve it, else by its address."""
        banner, host = _banner(item.host, item.port, timeout_s), item.host
        if banner is None:
            banner, host = _banner(item.address, item.port, timeout_s), item.address
        device = known.get((item.host, item.port)) or known.get((item.address, item.port))
        return Found(host, item.port, f"announced as {item.host}", banner is not None, banner, device)

    with ThreadPoolExecutor(16, thread_name_prefix="flyweight-discover") as pool:
        asking = pool.submit(browse, timeout_s)
        found = [item for item in pool.map(look, wanted) if item.ssh or item.source == "ssh config"]
        have = {(item.host, item.port) for item in found}
        announced = [item for item in asking.result() if (item.host, item.port) not in have]
        found += [item for item in pool.map(look_at, announced) if item.ssh]
        return tuple(pool.map(lambda item: _by_key(item, timeout_s), found))


def _by_key(found: Found, timeout_s: float) -> Found:
    """A host at an unknown address may be a board whose router gave it another one: its key tells."""
    if found.device is not None or not found.ssh:
        return found
    pinned = {item.host_key: item.name for item in Inventory.load().all() if item.host_key is not None}
    settings = host_settings(found.host, ignore)
    port = settings.port if found.port == DEFAULT_PORT else found.port
    key = shown_key(settings.host, port, timeout_s) if pinned else None
    name = None if key is None else pinned.get(key)
    return found if name is None else replace(found, device=name, moved=True)


def _configured() -> Iterator[str]:
    """Hosts the user named one by one; patterns are no hosts."""
    path = Path("~/.ssh/config").expanduser()
    names: set[str] = set()
    with contextlib.suppress(OSError, ValueError, paramiko.SSHException):
        names = paramiko.SSHConfig.from_path(str(path)).get_hostnames()
    return iter(sorted(name for name in names if not set(name) & set("*?!")))


def _banner(host: str, port: int, timeout_s: float) -> str | None:
    """What an SSH server says first; None when none is there."""
    try:
        with open_socket(host, port, Deadline(timeout_s), host) as link:
            link.settimeout(timeout_s)
            said = link.recv(64)
    except (OSError, FlyweightError):
        return None
    return said.decode("ascii", "replace").strip() if said.startswith(b"SSH-") else None
