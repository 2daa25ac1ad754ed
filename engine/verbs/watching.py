"""The verb ``device_watch``: a board's sensors, look after look."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device_agent.contract.messages import Sample
from profiles.board import identify

from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..errors import UnreachableError, UsageError
from ..events import Cancel, Emit, Log, Look, Stage, ignore
from ..measure.live import Channel, Seen, Watcher

SHORTEST_S, LONGEST_S = 0.2, 3600.0
MAX_FOR_S = 86_400.0
MAX_LOOKS = 3600
"""Looks that the result keeps, the newest; each one was told when it was made."""

FIRST_PAUSE_S = 0.25
RENEW_S = 30.0


@dataclass(frozen=True)
class Series:
    """A sensor over all looks; without a value in any of them it has a reason."""

    sensor: str
    channel: Channel
    n: int
    least: float | None
    mean: float | None
    most: float | None
    last: float | None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``sensors``."""
        figures = {"n": self.n, "min": self.least, "mean": self.mean, "max": self.most, "last": self.last}
        return {"sensor": self.sensor, **self.channel.to_json(), **figures}


@dataclass(frozen=True)
class Watched:
    """What was seen; ``throttled`` is None where the board cannot tell."""

    name: str
    board: str
    board_name: str
    origin: str
    every_s: float
    sensors: tuple[Series, ...]
    throttled: tuple[str, ...] | None
    looks: tuple[Seen, ...]
    left_out: int

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device watch --json``."""
        return {
            "name": self.name,
            "board": self.board,
            "board_name": self.board_name,
            "origin": self.origin,
            "every_s": self.every_s,
            "sensors": [item.to_json() for item in self.sensors],
            "throttled": None if self.throttled is None else list(self.throttled),
            "looks": [
                {
                    "at_s": round(item.at_s, 3),
                    "values": dict(item.values),
                    "throttling": None if item.throttling is None else list(item.throttling),
                }
                for item in self.looks
            ],
            "left_out": self.left_out,
        }


def check_pace(every_s: float, for_s: float) -> None:
    """Refuse a pace or a length outside the limits.

    Raises:
        UsageError: which.
    """
    if not SHORTEST_S <= every_s <= LONGEST_S:
        raise UsageError(
            "bad-pace", f"a look every {every_s:g} s is outside the limits", f"choose {SHORTEST_S:g} to {LONGEST_S:g} s"
        )
    if not 0 < for_s <= MAX_FOR_S:
        raise UsageError(
            "bad-length", f"watching for {for_s:g} s is outside the limits", f"choose up to {MAX_FOR_S:g} s"
        )


def device_watch(
    name: str,
    *,
    every_s: float = 1.0,
    for_s: float = 60.0,
    timeout_s: float = 60.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Watched:
    """Look at a board's sensors again and again over one session, and tell each look as it is made.

    Temperature, clock, load, memory, power and what throttles the board; what it has no sensor for is listed with the
    reason. Nothing has to run there, nothing is deployed, and no other desktop is kept out.

    Args:
        every_s: seconds from look to look, 0.2 to 3600.
        for_s: the watch ends after so many seconds, at most a day; ``cancel.finish()`` ends it early with its result.
        timeout_s: for connecting.

    Raises:
        UsageError: a pace or a length outside the limits. UnreachableError: the board does not answer (any more).
    """
    check_pace(every_s, for_s)
    stop = cancel or Cancel()
    emit(Stage("connect", name))
    with connect(name, emit=emit, cancel=stop, timeout_s=timeout_s) as client:
        hello = client.hello
        match = identify(hello.board, hello.machine)
        emit(Stage("watch", name))
        looks: deque[Seen] = deque(maxlen=MAX_LOOKS)
        tally = _Tally()
        for seen in _looks(client, every_s, for_s, stop, emit):
            looks.append(seen)
            emit(Look(seen.at_s, dict(seen.values), seen.throttling, tally.add(seen)))
    origin = "measured" if hello.root == "/" else "simulated"
    sensors, throttled = tally.sensors(), tally.throttled
    return Watched(
        name, match.id, match.name, origin, every_s, sensors, throttled, tuple(looks), tally.looks - len(looks)
    )


def _looks(client: AgentClient, every_s: float, for_s: float, cancel: Cancel, emit: Emit) -> Iterator[Seen]:
    """Looks at an even pace; one that comes late leaves out those it missed."""
    watcher = Watcher()
    watcher.prime(client.samples())  # load and power show between two looks
    cancel.wait(min(every_s, FIRST_PAUSE_S))
    start, count = time.monotonic(), 0
    while True:
        samples = _samples(client, emit)
        if samples is not None:
            yield watcher.look(samples)
        count = max(count + 1, int((time.monotonic() - start) / every_s) + 1)
        due = start + count * every_s
        if due - start > for_s:
            return
        cancel.wait(due - time.monotonic())
        if cancel.finishing:
            return


def _samples(client: AgentClient, emit: Emit) -> Sequence[Sample] | None:
    """All sensors; a link that was lost is made anew once, and the looks meanwhile are missing."""
    try:
        return client.samples()
    except UnreachableError as error:
        if client.renew is None:
            raise
        emit(Log(f"{error.message}; connecting again", "warning"))
        client.reopen(RENEW_S)
        return None


class _Tally:
    """Sums over all looks."""

    def __init__(self) -> None:
        self.looks = 0
        self.throttled: tuple[str, ...] | None = None
        self._values: dict[str, tuple[int, float, float, float, float]] = {}
        self._channels: dict[str, Channel] = {}

    def add(self, seen: Seen) -> Mapping[str, Mapping[str, str | None]] | None:
        """Count a look; what its sensors are, if that is not what it was at the look before."""
        self.looks += 1
        if seen.throttling is not None:
            self.throttled = tuple(dict.fromkeys([*(self.throttled or ()), *seen.throttling]))
        for sensor, value in seen.values.items():
            if value is not None:
                n, total, least, most, _ = self._values.get(sensor, (0, 0.0, value, value, value))
                self._values[sensor] = (n + 1, total + value, min(least, value), max(most, value), value)
        changed = any(self._channels.get(sensor) != channel for sensor, channel in seen.channels.items())
        self._channels.update(seen.channels)
        return {key: channel.to_json() for key, channel in seen.channels.items()} if changed else None

    def sensors(self) -> tuple[Series, ...]:
        """Every sensor that was ever there."""
        found = []
        for sensor, channel in self._channels.items():
            known = self._values.get(sensor)
            if known is None:
                found.append(Series(sensor, channel, 0, None, None, None, None))
                continue
            n, total, least, most, last = known
            found.append(Series(sensor, replace(channel, reason=None), n, least, total / n, most, last))
        return tuple(found)
