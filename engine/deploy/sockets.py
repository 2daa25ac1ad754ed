"""A TCP connection with a deadline on the name, on every address, and on silence afterwards."""

import socket
import threading
from collections.abc import Sequence
from typing import Any

from ..errors import UnreachableError
from .transport import Deadline, late

USER_TIMEOUT_MS = 20_000

Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


def resolve(host: str, port: int, deadline: Deadline) -> Sequence[Address]:
    """The addresses of a name; the resolver of the system knows no deadline, so it is asked in a thread.

    Raises:
        UnreachableError: the name is unknown, or the resolver is silent.
    """
    found: list[Sequence[Address] | OSError] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error if isinstance(error, OSError) else OSError(str(error)))

    thread = threading.Thread(target=ask, name="flyweight-resolver", daemon=True)
    thread.start()
    thread.join(deadline.left)
    if not found:
        raise late(f"the address of {host}", deadline.seconds)
    if isinstance(found[0], OSError):
        raise UnreachableError(
            "name-unknown",
            f"{host} does not resolve ({found[0].strerror or found[0]})",
            "is the board on and in this network? try its IP address",
        )
    return found[0]


def open_socket(host: str, port: int, deadline: Deadline, shown: str, name: str | None = None) -> socket.socket:
    """A connected socket: no Nagle delay, keep-alive, and an end to unanswered data.

    A name with several addresses (a board's IPv6 and IPv4) gives each its share of the time. ``name`` is that of a device of the
    inventory, which the doctor can examine.

    Raises:
        UnreachableError: no address answered.
    """
    addresses = resolve(host, port, deadline)
    problem: OSError | None = None
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        link = socket.socket(family, kind, protocol)
        try:
            _tune(link)
            link.settimeout(max(deadline.left / (len(addresses) - number), 0.1))
            link.connect(address)
        except OSError as error:
            problem = error
            link.close()
        else:
            link.settimeout(None)
            return link
    raise UnreachableError(
        "unreachable",
        f"{shown}: {problem.strerror if problem and problem.strerror else 'no answer'} (port {port})",
        f"check power, network and that SSH is switched on; flyweight device doctor {name} finds the step"
        if name
        else "check the address, power, network and that SSH is switched on",
    )


def _tune(link: socket.socket) -> None:
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
