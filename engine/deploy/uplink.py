"""One way out of this computer for many boards: so many uploads at a time, however many boards are under way."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from .transport import Deadline

SMALL_BYTES = 64 * 1024
"""What is smaller travels without waiting for a turn."""

LOOK_S = 0.25
SIGN_S = 15.0
"""A board that waits for its turn hears from this desktop so often: an agent gives a claim up after a silent minute."""


class Uplink:
    """Turns at uploading, shared by the sessions of a rollout.

    Boards connect, look at their runtimes and verify side by side, which takes their own time; only what takes this
    computer's link goes ``at_once`` at a time, so that each upload is over soon and the link is never idle.

    Args:
        at_once: uploads at the same time.
    """

    def __init__(self, at_once: int) -> None:
        self._turns = threading.BoundedSemaphore(max(at_once, 1))

    @contextmanager
    def turn(self, sign: Callable[[], object], limit: Deadline | None = None) -> Iterator[None]:
        """Wait for a turn and have it.

        Args:
            sign: gives the board a sign of life, called now and then from this thread.
            limit: of the board's whole work; its clock stands still meanwhile, because the board is not what takes the time.

        Raises:
            Cancelled: the work of ``limit`` was cancelled. UnreachableError: the board does not hear the sign.
        """
        with nullcontext() if limit is None else limit.paused():
            signed = time.monotonic()
            while not self._turns.acquire(timeout=LOOK_S):
                if limit is not None:
                    limit.check("waiting for a turn to upload")
                if time.monotonic() - signed > SIGN_S:
                    sign()
                    signed = time.monotonic()
        try:
            yield
        finally:
            self._turns.release()
