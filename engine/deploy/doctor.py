"""Checks a board step by step, so that a person sees where the way to it ends."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import AuthenticationError, FlyweightError, HostKeyError
from ..events import ignore
from .agent_log import SINCE, clock_words, read_log
from .connect import connect
from .inventory import Device
from .sockets import open_socket, resolve
from .ssh_config import DEFAULT_PORT, host_settings
from .transport import Deadline

MIN_FREE_BYTES = 200_000_000

MAX_CLOCK_S = 60.0
"""A board's clock may be off by so much."""

CLOCK_BYTES = 4096
"""Of the log that comes with the board's time."""


@dataclass(frozen=True)
class Check:
    """One step: what was looked at, whether it is fine, and what to do if not (``exit_code`` is that of the command).

    ``optional`` is set where something is not there and need not be, ``tried`` is not where a lost link came before it.
    """

    name: str
    ok: bool
    detail: str
    remedy: str | None = None
    exit_code: int = 1
    optional: bool = False
    tried: bool = True


def examine(device: Device, *, timeout_s: float = 60.0) -> Iterator[Check]:
    """Address, port, host key, login, agent, runtime, disk, clock; ends at the first step that fails."""
    settings = host_settings(device.host, ignore)
    if not device.loopback and not settings.jumps:
        port = device.port if device.port != DEFAULT_PORT else settings.port
        for check in _network(settings.host, port, min(timeout_s, 10.0)):
            yield check
            if not check.ok:
                return
    start = time.monotonic()
    try:
        with connect(device.name, timeout_s=timeout_s) as client:
            elapsed = time.monotonic() - start
            hello = client.hello
            yield Check("host key", True, "the pinned key")
            yield Check("login", True, f"accepted after {elapsed:.2f} s")
            yield Check(
                "agent", True, f"{hello.agent_id[:16]}, Python {hello.python}, protocol {hello.major}.{hello.minor}"
            )
            found = client.runtimes()
            yield Check(
                "runtime",
                True,
                ", ".join(f"{item.id} {item.version}" for item in found) or "none yet; the first deploy brings one",
            )
            free = hello.machine.disk_free_bytes
            yield Check(
                "disk",
                free >= MIN_FREE_BYTES,
                f"{free / 1e6:,.0f} MB free",
                f"free some space on the board: flyweight needs {MIN_FREE_BYTES / 1e6:,.0f} MB",
            )
            if hello.minor >= SINCE and (now := read_log(client, limit_bytes=CLOCK_BYTES).now) is not None:
                ahead_s = now - time.time()
                yield Check(
                    "clock",
                    abs(ahead_s) <= MAX_CLOCK_S,
                    clock_words(ahead_s),
                    "set it, or its log tells wrong times: sudo timedatectl set-ntp true; measured figures do not depend on it",
                )
    except FlyweightError as error:
        yield Check(_step(error), False, error.message, error.remedy, error.exit_code)


def _step(error: FlyweightError) -> str:
    if isinstance(error, HostKeyError):
        return "host key"
    return "login" if isinstance(error, AuthenticationError) else "agent"


def _network(host: str, port: int, timeout_s: float) -> Iterator[Check]:
    try:
        addresses = sorted({str(item[4][0]) for item in resolve(host, port, Deadline(timeout_s))})
    except FlyweightError as error:
        yield Check("address", False, error.message, error.remedy, error.exit_code)
        return
    yield Check("address", True, f"{host} resolves to {', '.join(addresses)}")
    try:
        with open_socket(host, port, Deadline(timeout_s), host) as link:
            link.settimeout(timeout_s)
            banner = link.recv(64)
    except OSError as error:
        detail = error.message if isinstance(error, FlyweightError) else f"{host}:{port}: {error}"
        yield Check("port", False, detail, "is SSH switched on? on a Raspberry Pi: sudo raspi-config", 5)
        return
    yield Check("port", banner.startswith(b"SSH-"), banner.decode("ascii", "replace").strip(), "this is no SSH server")
