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

WORTH = 1.25
"""So many times more bytes a second must go through when more boards upload at once; else the link is what limits them."""


class Uplink:
    """Turns at uploading, shared by the sessions of a rollout, given in the order they are asked for.

    Boards connect, look at their runtimes and verify side by side, which takes their own time; only what takes this
    computer's link waits. Where the link is what limits the uploads, two at a time keep it busy, and the first boards verify
    while the next ones upload; with more at a time all would be done at the same late moment, and the link would idle while
    they verify. Where the boards are (a fast network, slow cards), more at a time bring more bytes a second, which shows:
    the number doubles as long as it does, up to ``at_once``.

    Args:
        at_once: uploads at the same time, at most.
    """

    def __init__(self, at_once: int) -> None:
        self._most = max(at_once, 1)
        self._limit = 1
        self._free = threading.Condition()
        self._line: list[object] = []
        self._away: set[object] = set()
        """Of those in the line: who is busy with a sign of life, and is passed by meanwhile."""
        self._busy = 0
        self._used_s, self._since = 0.0, time.monotonic()
        """Turns times seconds they were taken, and up to when that is counted."""
        self._rate = 0.0
        """Bytes a second that went through when the limit was last raised."""

    @property
    def limit(self) -> int:
        """Uploads that may go on at the same time now."""
        return self._limit

    @contextmanager
    def turn(self, sign: Callable[[], object], limit: Deadline | None = None) -> Iterator[Callable[[int], None]]:
        """Wait for a turn and have it; hands out what is to be told the bytes that travelled in it.

        Args:
            sign: gives the board a sign of life, called now and then from this thread.
            limit: of the board's whole work; its clock stands still meanwhile, because the board is not what takes the time.

        Raises:
            Cancelled: the work of ``limit`` was cancelled. UnreachableError: the board does not hear the sign.
        """
        with nullcontext() if limit is None else limit.paused():
            began, used_s = self._wait(sign, limit)
        sent = [0]
        try:
            yield sent.append
        finally:
            with self._free:
                self._count()
                self._busy -= 1
                seconds = max(time.monotonic() - began, 1e-6)
                self._learn(sum(sent) / seconds, (self._used_s - used_s) / seconds)
                self._free.notify_all()

    def _wait(self, sign: Callable[[], object], limit: Deadline | None) -> tuple[float, float]:
        place, signed = object(), time.monotonic()
        with self._free:
            self._line.append(place)
        try:
            while True:
                with self._free:
                    first = next(item for item in self._line if item not in self._away)
                    if first is place and self._busy < self._limit:
                        self._count()
                        self._busy += 1
                        return self._since, self._used_s
                    self._free.wait(LOOK_S)
                if limit is not None:
                    limit.check("waiting for a turn to upload")
                if time.monotonic() - signed > SIGN_S:
                    with self._free:
                        self._away.add(place)
                        self._free.notify_all()
                    sign()
                    signed = time.monotonic()
                    with self._free:
                        self._away.discard(place)
        finally:
            with self._free:
                self._line.remove(place)
                self._away.discard(place)
                self._free.notify_all()

    def _count(self) -> None:
        now = time.monotonic()
        self._used_s += self._busy * (now - self._since)
        self._since = now

    def _learn(self, rate: float, beside: float) -> None:
        """Raise the limit once an upload that shared the link with all it allows shows that more went through than before.

        Args:
            rate: bytes a second of that upload.
            beside: uploads that went on at the same time on the average, with it.
        """
        if (
            rate > 0
            and beside >= 0.75 * self._limit
            and self._limit < self._most
            and rate * beside > WORTH * self._rate
        ):
            self._rate = rate * beside
            self._limit = min(2 * self._limit, self._most)
