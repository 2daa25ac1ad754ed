"""A link that fails at a frame: the real client and the real agent, between them a relay that counts frames.

At the n-th frame in one direction the relay cuts, goes silent, goes slowly, or puts garbage in place of the frame.
"""

import contextlib
import hashlib
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.contract import codec
from device_agent.contract.version import MARKER
from engine.deploy.agent_client import AgentClient
from engine.deploy.transport import Channel, Deadline, Transport, late
from engine.errors import FlyweightError, UnreachableError

MODES = ("cut", "stall", "slow", "garbage")
CONTENT = os.urandom(1_500_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
SLOW_S = 0.4
GREETING_S = 20.0
PATIENCE = 4
"""A fault whose frame is not reached within the deadline is tried again with a longer one, so often at most."""


@dataclass
class Fault:
    """What happens at which frame of which direction; ``fired`` says whether it did."""

    mode: str
    up: bool
    frame: int
    fired: bool = False


class FrameCounter:
    """Splits a byte stream into whole frames."""

    def __init__(self, skip: int = 0) -> None:
        self._buffer, self._skip = b"", skip

    def feed(self, data: bytes) -> list[bytes]:
        self._buffer += data
        frames = []
        if self._skip:
            if len(self._buffer) < self._skip:
                return []
            frames.append(self._buffer[: self._skip])
            self._buffer, self._skip = self._buffer[self._skip :], 0
        while len(self._buffer) >= codec.HEADER.size:
            length = codec.HEADER.size + codec.HEADER.unpack(self._buffer[: codec.HEADER.size])[1]
            if len(self._buffer) < length:
                break
            frames.append(self._buffer[:length])
            self._buffer = self._buffer[length:]
        return frames


class FaultyLine(Transport, Channel):
    """Transport and channel in one: pipes to an agent, through the fault."""

    def __init__(self, pyz: Path, home: Path, fault: Fault) -> None:
        command = [sys.executable, "-I", "-S", str(pyz), "serve", "--home", str(home)]
        self._agent = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        self._fault = fault
        self._counters = {True: FrameCounter(), False: FrameCounter(len(MARKER))}
        self._seen = {True: 0, False: -1}  # the marker is no frame
        self._arrived = b""
        self._silent = self._closed = False
        self._lock = threading.Lock()

    def _through(self, up: bool, data: bytes) -> bytes:
        """The bytes that come out on the other side."""
        passed = b""
        for frame in self._counters[up].feed(data):
            self._seen[up] += 1
            if (up, self._seen[up]) == (self._fault.up, self._fault.frame) and not self._fault.fired:
                self._fault.fired = True
                if self._fault.mode == "cut":
                    self.close()
                    return passed + frame[: len(frame) // 2]
                if self._fault.mode == "stall":
                    self._silent = True
                if self._fault.mode == "garbage":
                    frame = bytes(byte ^ 0x5A for byte in frame)
                if self._fault.mode == "slow":
                    time.sleep(SLOW_S)
            if not self._silent:
                passed += frame
        return passed

    def read(self, count: int, deadline: Deadline) -> bytes:
        assert self._agent.stdout is not None
        while not self._arrived:
            if self._closed:
                raise UnreachableError("link-lost", "cut", "connect again")
            with selectors.DefaultSelector() as selector:
                selector.register(self._agent.stdout, selectors.EVENT_READ)
                if not selector.select(min(deadline.check("reading"), 0.05)):
                    continue
            data = os.read(self._agent.stdout.fileno(), 65536)
            if not data:
                return b""
            self._arrived = self._through(False, data)
        part, self._arrived = self._arrived[:count], self._arrived[count:]
        return part

    def write(self, data: bytes, deadline: Deadline) -> None:
        assert self._agent.stdin is not None
        if deadline.left <= 0:
            raise late("writing", deadline.seconds)
        rest = self._through(True, data)
        if self._closed:
            raise UnreachableError("link-lost", "cut", "connect again")
        try:
            while rest:
                rest = rest[os.write(self._agent.stdin.fileno(), rest) :]
        except OSError:
            raise UnreachableError("link-lost", "the agent ended", "connect again") from None

    def finish_writing(self) -> None:
        return

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._agent.stdin is not None and not self._agent.stdin.closed:
                self._agent.stdin.close()

    def end(self) -> None:
        """Wait for the agent, which must end by itself when its input closes."""
        self.close()
        try:
            self._agent.wait(10)
        finally:
            self._agent.kill()
            self._agent.wait()
            if self._agent.stdout is not None:
                self._agent.stdout.close()

    @property
    def stderr_tail(self) -> str:
        return ""

    def run(self, command: str, deadline: Deadline) -> Channel:
        return self


def attempt(pyz: Path, home: Path, fault: Fault, deadline_s: float) -> dict[str, Any]:
    """Greet and upload through the fault, then again without: how long it took, what was left to send, what arrived.

    The deadline is that of the greeting where the fault is in it; else it begins after the greeting, so that a computer
    that is slow to start an interpreter still reaches the fault.
    """
    start, line = time.monotonic(), FaultyLine(pyz, home, fault)
    error = None
    try:
        client = AgentClient(line, line, timeout_s=deadline_s if fault.frame == 1 else GREETING_S)
        start = time.monotonic()
        client.limit = Deadline(deadline_s)
        client.put_blob(CONTENT, DIGEST)
        client.ping()
    except FlyweightError as failure:
        error = failure.code
    took = time.monotonic() - start
    line.end()
    part = home / "staging" / f"{DIGEST}.part"
    have = part.stat().st_size if part.exists() else 0
    complete = (home / "blobs" / DIGEST).exists()
    again = FaultyLine(pyz, home, Fault("none", True, -1))
    client = AgentClient(again, again, timeout_s=30)
    sent = 0
    for _ in range(2):  # a prefix with garbage in it is found by its hash, and then the upload begins anew
        with contextlib.suppress(FlyweightError):
            sent += client.put_blob(CONTENT, DIGEST)
            break
    again.end()
    arrived = (home / "blobs" / DIGEST).read_bytes() == CONTENT
    return {
        "fired": fault.fired,
        "error": error,
        "late_s": took - deadline_s,
        "resent": sent - (0 if complete else len(CONTENT) - have),
        "arrived": arrived,
    }
