"""Boards that announce themselves on the local link (DNS-SD over multicast DNS): a question and who answers it, no scan.

What is announced is text from the network: only plain host names and addresses are taken over, and only so many.
"""

import re
import threading
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

TYPES = ("_ssh._tcp.local.", "_sftp-ssh._tcp.local.", "_workstation._tcp.local.")
SSH_PORT = 22
MAX_ANNOUNCED = 64
INTERFACES: list[str] | None = None
"""Addresses of this computer to ask from; None = every interface."""

HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.local\Z")


@dataclass(frozen=True)
class Announced:
    """A host that says where its SSH server is."""

    host: str
    address: str
    port: int


def browse(timeout_s: float) -> tuple[Announced, ...]:
    """Who answers within ``timeout_s``; nobody where multicast is impossible (no network, a closed port 5353)."""
    from zeroconf import Error, InterfaceChoice, ServiceBrowser, Zeroconf

    names: dict[tuple[str, str], None] = {}
    lock = threading.Lock()

    def heard(zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        with lock:
            if len(names) < MAX_ANNOUNCED:
                names[service_type, name] = None

    try:
        link = Zeroconf(interfaces=INTERFACES or InterfaceChoice.All)
    except (OSError, Error):
        return ()
    try:
        browser = ServiceBrowser(link, list(TYPES), handlers=[heard])
        threading.Event().wait(timeout_s * 0.7)
        browser.cancel()
        with lock:
            wanted = list(names)
        found = [_resolved(link, *item, timeout_s * 0.3 / max(len(wanted), 1)) for item in wanted]
    finally:
        link.close()
    unique = {item.host: item for item in reversed(found) if item is not None}
    return tuple(sorted(unique.values(), key=lambda item: item.host))


def _resolved(link: Any, service_type: str, name: str, timeout_s: float) -> Announced | None:
    """Host, address and port of a service; None when they are missing or are none."""
    from zeroconf import BadTypeInNameException

    try:
        info = link.get_service_info(service_type, name, max(int(timeout_s * 1000), 50))
    except BadTypeInNameException:
        return None
    if info is None or not info.server:
        return None
    host = info.server.rstrip(".")
    port = SSH_PORT if service_type.startswith("_workstation") else info.port
    addresses = [item for item in info.parsed_scoped_addresses() if _is_address(item)]
    if not HOST.match(host) or not addresses or not port:
        return None
    return Announced(host, addresses[0], port)


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text.partition("%")[0]).is_multicast
    except ValueError:
        return False
