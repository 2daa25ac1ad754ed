"""The verb ``fleet_watch``: the sensors of many boards at once, and what runs on each of them."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from device_agent.contract.messages import SlotList
from profiles.reading import Origin, Quality
from profiles.store import Filter, ProfileStore

from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..deploy.session import NoAgentError
from ..errors import Cancelled, FlyweightError
from ..events import Cancel, Emit, Event, Look, ignore
from ..measure.live import Channel, Seen, Watcher
from .deployment import expand
from .watching import FIRST_PAUSE_S, check_pace

AT_ONCE = 8
"""Boards that are connected to at the same time: each needs an exchange of keys."""

ASK_AGAIN_S = 60.0
"""After so long a board that did not answer is tried again, and one that does is asked what runs there now."""


@dataclass
class BoardNow:
    """A board as it was seen last; ``failure`` tells why nothing can be seen."""

    name: str
    failure: str | None = None
    values: Mapping[str, float | None] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    throttling: tuple[str, ...] | None = None
    running: tuple[Mapping[str, str | float | None], ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``devices``."""
        return {
            "name": self.name,
            "failure": self.failure,
            "running": None if self.running is None else [dict(item) for item in self.running],
            "sensors": [
                {"sensor": sensor, "value": value, **self.channels[sensor].to_json()}
                for sensor, value in self.values.items()
            ],
            "throttling": None if self.throttling is None else list(self.throttling),
        }


@dataclass(frozen=True)
class FleetWatched:
    """All boards as they were seen last."""

    every_s: float
    boards: tuple[BoardNow, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight fleet watch --json``."""
        return {"every_s": self.every_s, "devices": [item.to_json() for item in self.boards]}


def fleet_watch(
    targets: Sequence[str] | str,
    *,
    every_s: float = 5.0,
    for_s: float = 60.0,
    timeout_s: float = 60.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> FleetWatched:
    """Look at the sensors of many boards again and again, one session each, and ask what runs there.

    Nothing is installed, deployed or measured: the latency told beside a model is the newest reading of the profile. A
    board that does not answer says why and is tried again after a minute; the others are not kept waiting, unless more than
    eight at once do not answer: so many are connected to at the same time.

    Args:
        every_s: seconds from look to look at each board, 0.2 to 3600.
        for_s: the watch ends after so many seconds, at most a day; ``cancel.finish()`` ends it early with its result.
        timeout_s: for connecting to each.

    Raises:
        UsageError: a pace or a length outside the limits, an unknown target.
    """
    check_pace(every_s, for_s)
    names = expand(targets)
    stop, end = cancel or Cancel(), time.monotonic() + for_s
    told, doors = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)

    def tell(event: Event) -> None:
        with told:
            emit(event)

    watches = [_Watch(BoardNow(name), every_s, timeout_s, end, stop, tell, doors) for name in names]
    with ThreadPoolExecutor(len(names)) as pool:
        running = [pool.submit(watch.run) for watch in watches]
        wait(running, return_when=FIRST_EXCEPTION)
        stop.finish()  # where one ended by a fault, the others must not go on until the time is over
        for done in running:
            done.result()
    return FleetWatched(every_s, tuple(watch.now for watch in watches))


@dataclass(frozen=True)
class _Watch:
    """Of one board, in a thread of its own."""

    now: BoardNow
    every_s: float
    timeout_s: float
    end: float
    stop: Cancel
    emit: Emit
    doors: threading.BoundedSemaphore

    def run(self) -> None:
        """Look until the time is over; whatever goes wrong with the board is told and tried again."""
        while True:
            try:
                self._session()
            except Cancelled:
                raise
            except (FlyweightError, OSError) as error:
                self.now.failure = error.message if isinstance(error, FlyweightError) else str(error)
                if isinstance(error, NoAgentError):  # after an update of this computer that is every board
                    self.now.failure += f"; {error.remedy}"
                self.now.values, self.now.throttling = {}, None
                self.emit(Look(0.0, {}, device=self.now.name, failure=self.now.failure))
            if self._over(ASK_AGAIN_S):
                return

    def _over(self, pause_s: float) -> bool:
        """Wait for the next turn; True once there is none."""
        left_s = self.end - time.monotonic()
        self.stop.wait(max(min(pause_s, left_s), 0.0))
        return self.stop.finishing or left_s <= pause_s

    def _session(self) -> None:
        """Everything over one session, until the end or until the link is lost."""
        watcher, asked = Watcher(), float("-inf")
        with ExitStack() as session:
            with self._door():
                reached = connect(
                    self.now.name, emit=self.emit, cancel=self.stop, timeout_s=self.timeout_s, install=False
                )
                client = session.enter_context(reached)
            watcher.prime(client.samples())  # load and power show between two looks
            self.stop.wait(min(self.every_s, FIRST_PAUSE_S))
            while True:
                running = None
                if time.monotonic() - asked >= ASK_AGAIN_S:
                    running, asked = _running(self.now.name, client), time.monotonic()
                self._tell(watcher.look(client.samples()), running)
                if self._over(self.every_s):
                    return

    @contextmanager
    def _door(self) -> Iterator[None]:
        """One of the few places where boards are connected to."""
        while not self.doors.acquire(timeout=0.2):
            self.stop.check()
        try:
            yield
        finally:
            self.doors.release()

    def _tell(self, seen: Seen, running: tuple[Mapping[str, str | float | None], ...] | None) -> None:
        now = self.now
        changed = now.failure is not None or seen.channels != now.channels
        now.failure, now.values, now.channels, now.throttling = None, seen.values, seen.channels, seen.throttling
        now.running = running if running is not None else now.running
        channels = {key: item.to_json() for key, item in seen.channels.items()} if changed else None
        self.emit(Look(seen.at_s, dict(seen.values), seen.throttling, channels, device=self.now.name, running=running))


def _running(name: str, client: AgentClient) -> tuple[Mapping[str, str | float | None], ...]:
    """What each slot runs, ``main`` first, with the newest reading of it on this board."""
    found = _current(client.slots())
    if not found:
        return ()
    with ProfileStore.open() as store:
        readings = store.readings(Filter(target=name, origin=Origin.MEASURED))
    newest = {
        item.bundle: item
        for item in sorted(readings, key=lambda item: item.measured_at)
        if item.plain and item.quality is not Quality.REJECTED
    }
    return tuple(
        {
            "slot": slot,
            "bundle": bundle,
            "name": title,
            "p50_ms": newest[bundle].latency_ms.p50 if bundle in newest else None,
            "measured_at": newest[bundle].measured_at if bundle in newest else None,
        }
        for slot, bundle, title in found
    )


def _current(slots: SlotList) -> list[tuple[str, str, str]]:
    found = [
        (slot, item.bundle, item.name or item.bundle[:16])
        for slot, state in slots.slots.items()
        for item in state.releases
        if item.release == state.current
    ]
    return sorted(found, key=lambda item: (item[0] != "main", item[0]))
