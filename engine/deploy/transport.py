"""What a way to a board offers: a channel that carries bytes both ways and can be closed from another thread."""

import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from ..errors import UnreachableError
from ..events import Cancel

POLL_S = 0.25


class Deadline:
    """A moment after which waiting ends; monotonic.

    Args:
        seconds: from now.
        cancel: waiting ends at its request, too.
    """

    def __init__(self, seconds: float, cancel: Cancel | None = None) -> None:
        self.seconds = seconds
        self.cancel = cancel
        self._end = time.monotonic() + seconds
        self._paused_at: float | None = None

    @property
    def left(self) -> float:
        """Seconds left, at least 0."""
        now = time.monotonic() if self._paused_at is None else self._paused_at
        return max(self._end - now, 0.0)

    @property
    def over(self) -> bool:
        """Whether waiting has to end: no time left, or somebody asked to stop."""
        return self.left <= 0 or (self.cancel is not None and self.cancel.requested)

    def check(self, what: str) -> float:
        """Seconds left; UnreachableError when there are none, Cancelled when somebody asked to stop."""
        if self.cancel is not None:
            self.cancel.check()
        if self.left <= 0:
            raise late(what, self.seconds)
        return self.left

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The clock stands still while a person is asked something."""
        self._paused_at = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - self._paused_at
            self._paused_at = None


def late(what: str, seconds: float) -> UnreachableError:
    """The error of a deadline that passed."""
    return UnreachableError(
        "deadline", f"no answer within {seconds:.3g} s: {what}", "check power and network of the board, then try again"
    )


class Channel(ABC):
    """A byte stream to a program on the board."""

    @abstractmethod
    def read(self, count: int, deadline: Deadline) -> bytes:
        """At most ``count`` bytes, b"" at the end; UnreachableError at the deadline."""

    @abstractmethod
    def write(self, data: bytes, deadline: Deadline) -> None:
        """Send all of ``data``; UnreachableError when the link is gone or the deadline passes."""

    @abstractmethod
    def finish_writing(self) -> None:
        """Tell the other side that nothing more comes."""

    @abstractmethod
    def close(self) -> None:
        """End the channel; callable from any thread, frees whoever waits."""

    @property
    @abstractmethod
    def stderr_tail(self) -> str:
        """The last lines the program wrote to stderr."""


class Transport(ABC):
    """A connection to a board."""

    @abstractmethod
    def run(self, command: str, deadline: Deadline) -> Channel:
        """Start a program on the board. ``command`` is a constant of this product; no data is ever put into it."""

    @abstractmethod
    def close(self) -> None:
        """End the connection; callable from any thread, frees whoever waits."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Watchdog:
    """Closes something at a deadline or a cancel unless it is called off: the one cure for waits without a timeout."""

    def __init__(self, closing: Transport | Channel, deadline: Deadline) -> None:
        self.fired = False
        self._closing = closing
        self._deadline = deadline
        self._called_off = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="flyweight-watchdog", daemon=True)

    def _watch(self) -> None:
        while not self._called_off.wait(min(self._deadline.left, POLL_S)):
            if self._deadline.over:
                self.fired = True
                self._closing.close()
                return

    def __enter__(self) -> Self:
        if not sys.is_finalizing():  # a thread that begins then is waited for for ever
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._called_off.set()
