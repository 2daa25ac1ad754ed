"""Whether a board is who it was: pinned host keys, fingerprints, the user's known_hosts. Nothing is ever added by itself."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import paramiko

from ..errors import HostKeyError
from .inventory import HostKey

RSA = "ssh-rsa"
RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")


Confirm = Callable[[str, str], bool]
"""Asked with host and fingerprint of an unknown key; True = it is the board's."""


def fingerprint(key: HostKey) -> str:
    """``SHA256:...`` as ssh-keygen prints it."""
    digest = hashlib.sha256(base64.b64decode(key.key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def shown_by(transport: paramiko.Transport) -> HostKey:
    """The key the other side proved to have."""
    key = transport.get_remote_server_key()
    return HostKey(key.get_name(), key.get_base64())


def key_file(key: HostKey) -> str:
    """Where a board keeps the public half of a host key of this type."""
    kind = next((name for name in ("ed25519", "ecdsa", "rsa") if name in key.type), "*")
    return f"/etc/ssh/ssh_host_{kind}_key.pub"


class UnknownHostKeyError(HostKeyError):
    """The key of a host that nothing is known of yet; a person may accept it by its fingerprint."""

    def __init__(self, host: str, found: str, remedy: str) -> None:
        super().__init__("host-key-unknown", f"the host key of {host} is not known: {found}", remedy)
        self.host, self.found = host, found


@dataclass(frozen=True)
class Expectation:
    """What a host may show.

    Args:
        host: as it is named to people.
        known: type and base64 of every key it may have; empty = nothing is known.
        accept: the fingerprint that is fine when nothing is known.
        remedy: of an unknown key; ``{found}`` becomes its fingerprint.
        anew: the remedy of a changed key.
    """

    host: str
    known: tuple[HostKey, ...]
    accept: str | None
    remedy: str
    anew: str

    def order(self, offered: tuple[str, ...]) -> tuple[str, ...]:
        """Signature algorithms, those of the known keys first, so that a host with several keys shows a known one."""
        types = {item.type for item in self.known}
        wanted = {*types, *(RSA_SIGNATURES if RSA in types else ())}
        return tuple(sorted(offered, key=lambda name: name not in wanted))

    def check(self, key: HostKey) -> None:
        """Compare the key a host showed.

        Raises:
            HostKeyError: it is another one, or nobody has accepted it yet.
        """
        found = fingerprint(key)
        if self.known:
            if any(item.key == key.key for item in self.known):
                return
            pinned = ", ".join(fingerprint(item) for item in self.known)
            raise HostKeyError(
                "host-key-changed",
                f"the host key of {self.host} changed: pinned {pinned}, now {found}",
                self.anew,
            )
        if self.accept is None:
            raise UnknownHostKeyError(self.host, found, self.remedy.format(found=found))
        if self.accept.strip() != found:
            raise HostKeyError(
                "host-key-mismatch",
                f"{self.host} shows the key {found}, not {self.accept[:100]}",
                f"look at the key on the board itself: ssh-keygen -lf {key_file(key)}",
            )


def known_hosts(host: str, port: int) -> tuple[HostKey, ...]:
    """The keys of a host in the user's ~/.ssh/known_hosts; a file that cannot be read knows nobody."""
    path = Path("~/.ssh/known_hosts").expanduser()
    if not path.is_file():
        return ()
    try:
        found = paramiko.HostKeys(str(path)).lookup(host if port == 22 else f"[{host}]:{port}")
    except (OSError, ValueError, paramiko.SSHException):
        return ()
    return tuple(HostKey(key.get_name(), key.get_base64()) for key in (found or {}).values())
