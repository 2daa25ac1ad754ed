"""Power at the wall from a metering plug on the local network: Shelly (first and later generations) and Tasmota.

The plug is asked from the desktop about once a second while the board idles and works; its samples are put on the board's clock
by the fastest of several pings. What a plug shows includes the power supply's loss, so its scope is ``wall``, and only windows
of a minute or more say anything.
"""

import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from device_agent.contract.messages import MeasureResult, Trace

from ..errors import UnreachableError, UsageError

CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)
PERIOD_S, TIMEOUT_S = 1.0, 3.0
WINDOW_S, IDLE_S = 60.0, 60.0
PINGS = 12
LARGEST_W = 4000.0
MAX_ANSWER = 65536
PATHS = {
    "shelly": "/rpc/Switch.GetStatus?id=0",
    "shelly1": "/meter/0",
    "tasmota": "/cm?cmnd=Status%208",
}
"""What is asked of each kind; the kind is the scheme of the plug's URL: ``shelly://192.168.1.20``."""


class Clocked(Protocol):
    """A board that tells its clock."""

    def clock_ns(self) -> int:
        """The board's raw monotonic clock."""


def parse(kind: str, content: bytes) -> float | None:
    """Watts in a plug's answer; None where there are none or they cannot be true.

    >>> parse("shelly", b'{"output": true, "apower": 8.9}'), parse("tasmota", b'{"StatusSNS": {"ENERGY": {"Power": 9}}}')
    (8.9, 9.0)
    """
    try:
        value: Any = json.loads(content)
        for key in {"shelly": ("apower",), "shelly1": ("power",), "tasmota": ("StatusSNS", "ENERGY", "Power")}[kind]:
            value = value[key]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_W:
        return None
    return float(value)


class Plug:
    """Samples a plug in the background; a context manager.

    Args:
        url: ``shelly://HOST``, ``shelly1://HOST`` (first generation) or ``tasmota://HOST``.

    Raises:
        UsageError: no such kind of plug.
        UnreachableError: the plug does not answer with its power.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PATHS or not parts.hostname or parts.username or parts.path.strip("/"):
            kinds = ", ".join(f"{kind}://HOST" for kind in PATHS)
            raise UsageError("bad-plug", f"'{url[:80]}' is no plug", f"write it as one of: {kinds}")
        self.kind, self.url = parts.scheme, f"http://{parts.netloc}{PATHS[parts.scheme]}"
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        self._found: list[tuple[int, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        if self.look() is None:
            raise UnreachableError(
                "plug-silent",
                f"{self.url} does not answer with a power",
                "check the address, and that the plug measures and asks for no password",
            )

    def look(self) -> float | None:
        """The present power; None where the plug did not tell."""
        try:
            with self._open(self.url, timeout=TIMEOUT_S) as answer:
                return parse(self.kind, answer.read(MAX_ANSWER))
        except (OSError, urllib.error.URLError, ValueError):
            return None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(TIMEOUT_S + PERIOD_S)

    def _work(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(due - time.monotonic(), 0.0)):
            before = time.clock_gettime_ns(CLOCK)
            watts = self.look()
            if watts is not None:
                self._found.append(((before + time.clock_gettime_ns(CLOCK)) // 2, watts))
            due += PERIOD_S

    def trace(self, offset_ns: int) -> Trace:
        """What was sampled, on the clock of the board."""
        found = list(self._found)
        return Trace(
            f"power:plug/{self.kind}",
            "W",
            self.url,
            self.kind,
            "measured",
            "wall",
            [t + offset_ns for t, _ in found],
            [watts for _, watts in found],
        )


def offset_ns(board: Clocked) -> int:
    """What to add to this desktop's clock to get the board's, from the fastest of several pings."""
    best, offset = None, 0
    for _ in range(PINGS):
        before = time.clock_gettime_ns(CLOCK)
        there = board.clock_ns()
        after = time.clock_gettime_ns(CLOCK)
        if best is None or after - before < best:
            best, offset = after - before, there - (before + after) // 2
    return offset


def with_plug(result: MeasureResult, trace: Trace) -> MeasureResult:
    """The result with the plug's trace beside those of the board's own sensors."""
    entries = []
    for entry in result.entries:
        run = entry.energy
        if run is not None and run.instants_ns:
            low, high = run.instants_ns[0] - 2_000_000_000, run.instants_ns[-1] + 2_000_000_000
            inside = [(t, v) for t, v in zip(trace.t_ns, trace.values, strict=True) if low <= t <= high]
            own = replace(trace, t_ns=[t for t, _ in inside], values=[v for _, v in inside])
            entry = replace(entry, energy=replace(run, traces=[*run.traces, own]))
        entries.append(entry)
    return replace(result, entries=entries)
