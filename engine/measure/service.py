"""The user's own service on a board, paused while something is measured there and resumed whatever happens.

The board runs the two commands because they are signed; it resumes after a lost link, a killed agent and a power cut, too.
"""

import shlex
from dataclasses import dataclass
from typing import Self

from device_agent.contract.messages import ActivateRequest, Hello

from ..errors import RejectedError, UsageError
from ..package.keys import signing_key
from ..records import canonical_json

SINCE = 3
"""The minor version of the protocol that brought it."""
RESUMED = "paused and resumed"


@dataclass(frozen=True)
class Service:
    """Words of the command that pauses the service, and of the one that resumes it; both run without a shell."""

    pause: tuple[str, ...]
    resume: tuple[str, ...]

    @classmethod
    def of(cls, pause: str | None, resume: str | None) -> Self | None:
        """From two command lines; None when there are none.

        Raises:
            UsageError: one of them is missing, or its quotes do not close.

        >>> Service.of("systemctl --user stop 'my app'", "systemctl --user start 'my app'").pause[-1]
        'my app'
        """
        try:
            words = [tuple(shlex.split(text or "")) for text in (pause, resume)]
        except ValueError as error:
            raise UsageError("bad-command", f"the command cannot be read: {error}", "close its quotes") from None
        if not words[0] and not words[1]:
            return None
        if not all(words):
            raise UsageError("half-a-pause", "what is paused must be resumed", "give both --before CMD and --after CMD")
        return cls(*words)

    def order(self, hello: Hello, since: int = SINCE) -> ActivateRequest:
        """The signed order for one board; RejectedError when its agent is too old for it, from before minor ``since``."""
        if hello.minor < since:
            raise RejectedError(
                "old-agent",
                "the agent of this board cannot pause a service",
                "update it: flyweight device add NAME ADDRESS",
            )
        value = {"schema": 1, "kind": "service", "device": hello.device_id}
        content = canonical_json({**value, "pause": list(self.pause), "resume": list(self.resume)})
        key = signing_key()
        return ActivateRequest(content.decode(), key.sign(content), key.id)
