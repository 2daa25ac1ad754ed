"""A model as a service: queries come at times of their own, and each one's latency counts from when it was due.

Waiting for the model's next free moment belongs to a query's latency; leaving it out ("coordinated omission") makes an
overloaded board look fast. No slot of the schedule is ever skipped: a late query is late, a dropped one is counted.

A cold burst is what a device does that sleeps between two events: it rests until clocks and caches are cold, then answers some
queries back to back; nobody waits meanwhile, so each counts from its own start.
"""

import sys
import time
from array import array
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from ..contract.schedule import schedule

if TYPE_CHECKING:
    from .session import Session

CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)
SPIN_NS = 200_000
"""So long before a query is due the process stops sleeping and looks at the clock: sleep wakes too late by about that."""
LEAD_NS = 20_000_000
FROM_START = ("multi-stream", "cold-burst")
"""Kinds whose queries are due when the one before is done."""


def outdated(due: List[int], following: int, now: int, depth: int) -> int:
    """How many frames from ``following`` on a camera has overwritten: those that are due, but for the newest ``depth``."""
    last = following
    while last < len(due) and due[last] <= now:
        last += 1
    return max(last - following - depth, 0)


class Stream:
    """One run of a scenario.

    Args:
        session: the loaded model.
        feeds: prepared inputs.
        request: kind, count, rate_hz, depth, seed, per_query, columns, io and raw of the plan.
    """

    def __init__(self, session: "Session", feeds: List[List[Any]], request: Dict[str, Any]) -> None:
        self._session, self._feeds = session, feeds
        self._kind, self._count = str(request["kind"]), int(request["count"])
        self._depth, self._per_query = max(int(request["depth"]), 1), max(int(request["per_query"]), 1)
        self._columns = int(request["columns"])
        self._rest_s = 1 / float(request["rate_hz"]) if self._kind == "cold-burst" else 0.0
        self._due = schedule(self._kind, self._count, float(request["rate_hz"]), int(request["seed"]))
        self._files: List[Tuple[bytes, str]] = []
        if self._kind == "camera" and request.get("io") is not None:
            from ..contract.io import IoContract
            from ..contract.messages import decode

            self._io = decode(IoContract, request["io"])
            if len(self._io.inputs) == 1:
                for item in request["raw"]:
                    with open(item["path"], "rb") as stream:
                        self._files.append((stream.read(), item["kind"]))

    def run(self) -> Tuple[Dict[str, Any], bytes]:
        """All queries; the answer and the table of their times."""
        table, backlog, query = array("q"), 0, 0
        cpu, start = time.process_time_ns(), time.clock_gettime_ns(CLOCK) + LEAD_NS
        if self._kind == "offline" or self._kind in FROM_START:
            start -= LEAD_NS
        due = [start + item for item in self._due]
        while query < self._count:
            if self._kind == "camera":
                lost = outdated(due, query, time.clock_gettime_ns(CLOCK), self._depth)
                for _ in range(lost):
                    table.extend((-1,) * self._columns)
                query += lost
            if self._rest_s and query % self._per_query == 0:
                time.sleep(self._rest_s)
            since = self._wait(due[query])
            backlog = max(backlog, self._waiting(due, query, since))
            began = since if self._kind in FROM_START else due[query]
            table.extend(self._serve(query, began))
            query += 1
        wall = time.clock_gettime_ns(CLOCK) - start
        answer = {"wall_ns": wall, "cpu_ns": time.process_time_ns() - cpu, "backlog": backlog, "raw": bool(self._files)}
        if sys.byteorder == "big":
            table.byteswap()
        return answer, table.tobytes()

    def _wait(self, due: int) -> int:
        """Sleep, then look at the clock, until ``due``; returns the present time."""
        now = time.clock_gettime_ns(CLOCK)
        while now < due:
            if due - now > 2 * SPIN_NS:
                time.sleep((due - now - SPIN_NS) / 1e9)
            now = time.clock_gettime_ns(CLOCK)
        return now

    def _waiting(self, due: List[int], query: int, now: int) -> int:
        """Queries that are due and not served yet, the present one left out."""
        if self._kind not in ("server", "camera"):
            return 0
        last = query + 1
        while last < len(due) and due[last] <= now:
            last += 1
        return last - query - 1

    def _serve(self, query: int, began: int) -> Tuple[int, ...]:
        decode = prepare = finish = 0
        start = time.clock_gettime_ns(CLOCK)
        if self._files:
            from ..contract.io import decode_file
            from ..contract.io import prepare as prepared

            contract = self._io.inputs[0]
            decoded = decode_file(contract, *self._files[query % len(self._files)])
            read = time.clock_gettime_ns(CLOCK)
            feed = [prepared(contract, decoded)[None].astype(self._session.dtypes()[0], copy=False)]
            ready = time.clock_gettime_ns(CLOCK)
            decode, prepare = read - start, ready - read
        else:
            feed, ready = self._feeds[query % len(self._feeds)], start
        for _ in range(self._per_query if self._kind == "multi-stream" else 1):
            outputs = self._session.run(feed)
        done = time.clock_gettime_ns(CLOCK)
        infer = done - ready
        if self._files:
            from ..contract.io import postprocess

            postprocess(self._io.output, [value[0] for value in outputs], 5)
            end = time.clock_gettime_ns(CLOCK)
            finish, done = end - done, end
        if self._columns == 4:
            return done - began, decode + prepare, infer, finish
        return done - began, prepare, infer, finish, decode
