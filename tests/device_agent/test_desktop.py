"""Whether the desktop is still there, over pipes and over sockets: sshd uses either."""

import os
import socket
import time
from collections.abc import Callable

import pytest

from device_agent.contract.errors import AgentError
from device_agent.desktop import Desktop, DesktopGone

Ends = tuple[int, Callable[[bytes], object], Callable[[], None]]


@pytest.fixture(params=["pipe", "socket"])
def ends(request: pytest.FixtureRequest):
    """Descriptor to read, and how the other side writes and closes."""
    if request.param == "pipe":
        reader, writer = os.pipe()
        closed = []

        def close() -> None:
            closed.append(os.close(writer))

        yield reader, lambda data: os.write(writer, data), close
        if not closed:
            os.close(writer)
        os.close(reader)
    else:
        near, far = socket.socketpair()
        yield near.fileno(), far.sendall, far.close
        near.close()
        far.close()


def test_that_a_desktop_that_is_there_lets_the_work_go_on(ends: Ends):
    desktop = Desktop(ends[0])
    desktop.check()
    ends[1](b"next request")
    desktop.check()
    assert desktop.read(4) == b"next"


def test_that_a_desktop_that_went_away_ends_the_work(ends: Ends):
    desktop = Desktop(ends[0])
    ends[2]()
    with pytest.raises(DesktopGone):
        for _ in range(100):
            desktop.check()
            time.sleep(0.01)
    assert desktop.read(10) == b""


def test_that_a_read_ends_at_the_deadline(ends: Ends):
    desktop = Desktop(ends[0])
    desktop.begin(0.05)
    start = time.monotonic()
    with pytest.raises(AgentError, match="deadline"):
        desktop.read(10)
    assert time.monotonic() - start < 2
    ends[1](b"late")
    desktop.begin(None)
    assert desktop.read(10) == b"late"


def test_that_the_time_left_is_never_below_zero_nor_above_the_limit(ends: Ends):
    desktop = Desktop(ends[0])
    assert desktop.left_s(7.0) == 7.0
    desktop.begin(100.0)
    assert desktop.left_s(7.0) == 7.0
    assert 99 < desktop.left_s(1000.0) <= 100
    desktop.begin(0.001)
    time.sleep(0.01)
    assert desktop.left_s(7.0) == 0.0
