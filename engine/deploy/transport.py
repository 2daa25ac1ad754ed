"""What a way to a board offers: a channel that carries bytes both ways and can be closed from another thread."""

import threading
import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from ..errors import UnreachableError


class Deadline:
    """A moment after which waiting ends; monotonic."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, at least 0."""
        return max(self._end - time.monotonic(), 0.0)

    def check(self, what: str) -> float:
        """Seconds left; UnreachableError when there are none."""
        if self.left <= 0:
            raise late(what, self.seconds)
        return self.left


def late(what: str, seconds: float) -> UnreachableError:
    """The error of a deadline that passed."""
    return UnreachableError(
        "deadline", f"no answer within {seconds:g} s: {what}", "check power and network of the board, then try again"
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
    """Closes something at a deadline unless it is called off: the one cure for every wait that has no timeout."""

    def __init__(self, closing: Transport | Channel, deadline: Deadline) -> None:
        self.fired = False
        self._closing = closing
        self._timer = threading.Timer(deadline.left, self._fire)
        self._timer.daemon = True

    def _fire(self) -> None:
        self.fired = True
        self._closing.close()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
