"""The other end of the channel: what it sends, whether it is still there, and how long it is willing to wait."""

import os
import select
import time
from typing import Optional

from .contract.errors import AgentError

SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of Linux
PIPE_BYTES = 1 << 20
HANG_UP = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class DesktopGone(Exception):
    """The desktop closed the channel; the session ends and takes its work with it."""


class Desktop:
    """Reads frames from the desktop and knows the deadline of the operation under way.

    Args:
        descriptor: of the channel's input, usually 0.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._end: Optional[float] = None
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN | HANG_UP)
        try:
            import fcntl

            fcntl.fcntl(descriptor, SET_PIPE_SIZE, PIPE_BYTES)
        except OSError:
            pass  # a socket, or a pipe whose size is fixed: uploads only need a few more wake-ups

    def begin(self, deadline_s: Optional[float]) -> None:
        """Start the clock of an operation; None waits for ever (between two operations)."""
        self._end = None if deadline_s is None else time.monotonic() + deadline_s

    def left_s(self, limit_s: float) -> float:
        """Seconds that are left of the deadline, at most ``limit_s``."""
        return limit_s if self._end is None else min(limit_s, max(self._end - time.monotonic(), 0.0))

    def check(self) -> None:
        """Call it during long work.

        Raises:
            AgentError: the deadline has passed.
            DesktopGone: nobody is there to receive the result.
        """
        if self._end is not None and time.monotonic() > self._end:
            raise AgentError(
                "deadline", "the operation did not end within its deadline", "allow more time or give it less to do"
            )
        for _, events in self._poll.poll(0):
            if events & HANG_UP and self._unread() == 0:
                raise DesktopGone

    def _unread(self) -> int:
        """Bytes that arrived and were not read; a closed socket without any still counts as readable."""
        import array
        import fcntl
        import termios

        count = array.array("i", [0])
        fcntl.ioctl(self._descriptor, termios.FIONREAD, count)
        return count[0]

    def read(self, count: int) -> bytes:
        """At most ``count`` bytes; b"" at the end of the channel; AgentError when the deadline passes first."""
        if self._end is not None and not self._poll.poll(self.left_s(1e6) * 1000):
            self.check()
        return os.read(self._descriptor, count)


class Unattended:
    """Stands in for a desktop where work goes on without one: it ends at its deadline, or when a file asks it to.

    Args:
        seconds: from now.
        wish: the file whose appearance means stop.
    """

    def __init__(self, seconds: float, wish: str) -> None:
        self._end = time.monotonic() + seconds
        self._wish = wish

    def left_s(self, limit_s: float) -> float:
        """Seconds that are left, at most ``limit_s``."""
        return min(limit_s, max(self._end - time.monotonic(), 0.0))

    def check(self) -> None:
        """Call it during long work; AgentError when it has to end."""
        if time.monotonic() > self._end:
            raise AgentError("deadline", "the job did not end within its deadline", "give it less to do")
        if os.path.exists(self._wish):
            raise AgentError("cancelled", "the job was stopped", "start it again")

    def read(self, count: int) -> bytes:
        """Nothing comes."""
        return b""
