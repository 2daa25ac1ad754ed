"""The user's own service is paused while something is measured, and always resumed.

Both commands come in an order that is signed like every other command this board runs. The order is part of the note of what to
restore (see pinning.py), and is checked again by whoever resumes: a note that was tampered with runs nothing.
"""

import time
from typing import BinaryIO, Callable, List, Tuple

from .contract.codec import loads
from .contract.errors import AgentError, FlyweightError
from .contract.messages import decode
from .contract.releasing import ActivateRequest
from .store import Store

PAUSE_S = 30.0
"""Each of the two commands may take this long."""
TRIES = 3
BETWEEN_S = 1.0


def commands(store: Store, request: ActivateRequest, device_id: str) -> Tuple[List[str], List[str]]:
    """The words of the pausing and of the resuming command in a signed order; AgentError when it is none for this board."""
    from .trial import is_command

    content = request.order.encode("utf-8")
    store.check_signature(request.key, content, request.signature)
    order = loads(content)
    pause, resume = order.get("pause"), order.get("resume")
    if order.get("schema") != 1 or order.get("kind") != "service" or not (is_command(pause) and is_command(resume)):
        raise AgentError("bad-order", "the order pauses no service", "update Flyweight on both sides")
    if not pause or not resume:
        raise AgentError("bad-order", "a service that is paused must be resumed", "give both commands")
    if order.get("device") != device_id:
        raise AgentError("other-device", "the order is for another board", "send it to this board")
    return pause, resume


def pause(words: List[str], note: BinaryIO, check: Callable[[], None]) -> None:
    """Run the pausing command. It inherits the lock on the note, so that nobody resumes before it has ended.

    Raises:
        AgentError: it failed; the caller resumes.
    """
    from .trial import run

    good, said = run(words, PAUSE_S, check, (note.fileno(),))
    if not good:
        raise AgentError(
            "pause-failed", "the command that pauses the service failed: %s" % said, "try it on the board by hand"
        )


def resume(store: Store, value: object, device_id: str) -> str:
    """Run the resuming command of a note, up to three times; what it said at last, or "" when it ended well."""
    from .trial import run

    said = ""
    try:
        words = commands(store, decode(ActivateRequest, value), device_id)[1]
        for attempt in range(TRIES):
            good, said = run(words, PAUSE_S)
            if good:
                return ""
            if attempt + 1 < TRIES:
                time.sleep(BETWEEN_S)
    except FlyweightError as error:
        said = error.message
    return "the command that resumes the service failed: " + said
