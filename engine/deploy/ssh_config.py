"""What ``~/.ssh/config`` says of a host, read defensively: a file that cannot be read is a warning, never a failure."""

from dataclasses import dataclass
from pathlib import Path

import paramiko

from ..events import Emit, Log

DEFAULT_PORT = 22


@dataclass(frozen=True)
class HostSettings:
    """The settings that matter here; ``jumps`` are in the order in which they are passed."""

    host: str
    port: int = DEFAULT_PORT
    user: str | None = None
    identities: tuple[str, ...] = ()
    identities_only: bool = False
    jumps: tuple[str, ...] = ()


def host_settings(name: str, emit: Emit) -> HostSettings:
    """Settings of a host or of an alias for one."""
    path = Path("~/.ssh/config").expanduser()
    if not path.is_file():
        return HostSettings(name)
    try:
        found = paramiko.SSHConfig.from_path(str(path)).lookup(name)
        settings = HostSettings(
            host=found.get("hostname", name),
            port=int(found.get("port", DEFAULT_PORT)),
            user=found.get("user"),
            identities=tuple(found.get("identityfile", ())),
            identities_only=found.get("identitiesonly", "no").lower() == "yes",
            jumps=_jumps(found.get("proxyjump", "none")),
        )
    except (OSError, ValueError, KeyError, ImportError, paramiko.SSHException) as error:
        emit(Log(f"~/.ssh/config was left out, it cannot be read: {str(error)[:200]}", "warning"))
        return HostSettings(name)
    if found.get("proxycommand", "none").lower() != "none":
        emit(Log(f"ProxyCommand of {name} in ~/.ssh/config is not used; ProxyJump is", "warning"))
    return settings


def _jumps(text: str) -> tuple[str, ...]:
    return () if text.strip().lower() == "none" else tuple(item.strip() for item in text.split(",") if item.strip())
