"""The root of every error Flyweight raises on purpose.

    FlyweightError                 code, message, remedy
    ├── ContractError              a frame or message breaks the contract (also ValueError)
    │   └── VersionError           the other side speaks another major version
    └── AgentError                 the agent refused or failed a request

``engine.errors`` and ``profiles.errors`` hang their own branches below :class:`FlyweightError`.
"""

import errno
from typing import Dict, Optional


class FlyweightError(Exception):
    """An error a person can act on.

    Args:
        code: stable, machine-readable, kebab-case (``"host-key-changed"``).
        message: what is wrong, naming the file, layer, device or value.
        remedy: what to do next.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        if hasattr(self, "add_note"):  # since Python 3.11: a traceback ends with what to do next
            self.add_note(remedy)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> "tuple[type, tuple[str, str, str]]":
        return (type(self), (self.code, self.message, self.remedy))

    def to_json(self) -> Dict[str, str]:
        """The object printed under ``"error"`` by ``--json`` and sent in a reply frame."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


class ContractError(FlyweightError, ValueError):
    """A frame or message that breaks the contract; the sender is faulty, outdated or hostile."""

    def __init__(self, message: str, remedy: Optional[str] = None, code: str = "contract") -> None:
        super().__init__(
            code, message, remedy or "update Flyweight on both sides: flyweight device add NAME ADDRESS again"
        )

    def __reduce__(self) -> "tuple[type, tuple[str, str, str]]":
        return (type(self), (self.message, self.remedy, self.code))


class VersionError(ContractError):
    """Desktop and agent speak different major versions of the protocol."""


class AgentError(FlyweightError, RuntimeError):
    """The agent refused or failed a request; carries the agent's own code, message and remedy."""


_DISK = {
    errno.ENOSPC: ("no-space", "the board's disk is full", "free some space on the board"),
    errno.EDQUOT: ("no-space", "this user's share of the board's disk is full", "free some space on the board"),
    errno.EROFS: (
        "disk-read-only",
        "the board's disk cannot be written to: it is mounted read-only",
        "look at what the board's kernel says of it (dmesg): a worn card does this",
    ),
    errno.EIO: (
        "disk-fault",
        "the board's disk cannot be read or written to",
        "look at what the board's kernel says of it (dmesg), and replace it",
    ),
}


def of_the_disk(error: Exception) -> Optional[AgentError]:
    """What the board's disk says, in words; None for another error."""
    return AgentError(*_DISK[error.errno]) if isinstance(error, OSError) and error.errno in _DISK else None


def unforeseen(error: Exception) -> AgentError:
    """What a request that no rule foresaw is answered with."""
    text = "%s: %s" % (type(error).__name__, str(error)[:500])
    return of_the_disk(error) or AgentError("agent-failed", text, "try again; look at the board's disk and memory")
