"""What a worker says, read line by line, and what its end means. No Qt in here.

A :class:`Conversation` takes bytes as they come and gives back typed messages; :meth:`Conversation.ended` turns the
end of the process into an outcome. Nothing a worker writes can break it: garbage becomes a log line, a line that is too
long is dropped, what follows the closing line is ignored.
"""

import gc
import json
import math
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from engine.events import Artifact, Event, Log, Look, Metric, Progress, Stage

PROTOCOL_VERSION = 1
MAX_LINE_BYTES = 1 << 25
MAX_TEXT_CHARACTERS = 4000
MAX_SENSORS = 200
MAX_SLOTS = 64


class WorkerState(StrEnum):
    """Where a conversation stands."""

    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"

    @property
    def over(self) -> bool:
        """True when nothing more can come."""
        return self not in (WorkerState.STARTING, WorkerState.RUNNING)


@dataclass(frozen=True)
class Accepted:
    """The worker took the request."""

    verb: str
    pid: int | None


@dataclass(frozen=True)
class Heartbeat:
    """The worker is alive."""


@dataclass(frozen=True)
class Failure:
    """Why the work did not succeed and what to do next."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Crash:
    """The process ended without a closing line: by a signal (number), or with an exit code."""

    exit_code: int
    signal_number: int | None = None

    @property
    def signal_name(self) -> str:
        """``SIGSEGV``; empty when no signal ended the process."""
        if self.signal_number is None:
            return ""
        try:
            return signal.Signals(self.signal_number).name
        except ValueError:
            return str(self.signal_number)


@dataclass(frozen=True)
class Outcome:
    """How it ended. ``result`` is set on success, ``failure`` on a failure, ``crash`` on a crash."""

    state: WorkerState
    result: Mapping[str, Any] | None = None
    failure: Failure | None = None
    crash: Crash | None = None


Message = Event | Accepted | Heartbeat


def request_line(verb: str, arguments: Mapping[str, Any]) -> bytes:
    """The first line to a worker."""
    return json.dumps({"verb": verb, "arguments": dict(arguments)}).encode() + b"\n"


CANCEL_LINE = b'{"control": "cancel"}\n'
FINISH_LINE = b'{"control": "finish"}\n'


class Lines:
    """Cuts a stream of bytes into lines of bounded length; what is longer is dropped whole."""

    def __init__(self, limit_bytes: int = MAX_LINE_BYTES) -> None:
        self._limit = limit_bytes
        self._rest = bytearray()
        self._dropping = False
        self.dropped = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that are complete now, without their line ends."""
        *complete, rest = data.split(b"\n")
        for part in complete:
            if self._dropping:
                self._dropping = False
            elif len(self._rest) + len(part) > self._limit:
                self.dropped += 1
            else:
                yield bytes(self._rest) + part
            self._rest.clear()
        if not self._dropping:
            self._rest += rest
            if len(self._rest) > self._limit:
                self._rest.clear()
                self._dropping = True
                self.dropped += 1


class Conversation:
    """One worker's talk, from its first line to the end of its process."""

    def __init__(self) -> None:
        self.state = WorkerState.STARTING
        self._lines = Lines()
        self._outcome: Outcome | None = None
        self._parts: dict[str, list[Any]] = {}

    def feed(self, data: bytes) -> list[Message]:
        """Messages in these bytes; the closing line changes the state and gives none."""
        found: list[Message] = []
        dropped = self._lines.dropped
        for line in self._lines.feed(data):
            if line.strip() and not self.state.over and (message := self._read(line)) is not None:
                found.append(message)
        if self._lines.dropped > dropped:
            found.append(Log("a line of the worker was too long and left out", "warning"))
        return found

    def ended(self, exit_code: int, signal_number: int | None = None, asked_to_stop: bool = False) -> Outcome:
        """The process is gone.

        Args:
            exit_code: of the process.
            signal_number: the signal that ended it, None when it exited by itself.
            asked_to_stop: the end was wanted here, so an abrupt end is a cancel and no crash.
        """
        if self._outcome is None:
            crash = Crash(exit_code, signal_number)
            state = WorkerState.CANCELLED if asked_to_stop else WorkerState.CRASHED
            self._close(Outcome(state, crash=None if asked_to_stop else crash))
        assert self._outcome is not None
        return self._outcome

    def _close(self, outcome: Outcome) -> None:
        self.state, self._outcome = outcome.state, outcome

    def _keep(self, value: Mapping[str, Any]) -> None:
        """A portion of a list of the result that comes at the end."""
        name, items = value.get("name"), value.get("items")
        if isinstance(name, str) and isinstance(items, list):
            self._parts.setdefault(name, []).extend(items)

    def _whole(self, outcome: Outcome) -> Outcome:
        """With the lists that came in portions before it."""
        if outcome.result is None or not self._parts:
            return outcome
        gc.freeze()  # it is let go without the collector, which would go through all of it in a turn of the window
        return replace(outcome, result={**outcome.result, **self._parts})

    def _read(self, line: bytes) -> Message | None:
        collects = gc.isenabled()
        gc.disable()  # a document of megabytes is thousands of new objects, none of them garbage
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        finally:
            if collects:
                gc.enable()
        if not isinstance(value, dict) or not isinstance(value.get("event"), str):
            return Log(plain(line.decode("utf-8", "replace"))[:300], "warning")
        if value.get("v") != PROTOCOL_VERSION:
            version = Failure(
                "worker-version",
                f"the worker speaks version {plain(value.get('v'))[:20]}, this window speaks {PROTOCOL_VERSION}",
                "install one version of Flyweight for both, then start the window again",
            )
            self._close(Outcome(WorkerState.FAILED, failure=version))
            return None
        self.state = WorkerState.RUNNING
        if value["event"] == "part":
            self._keep(value)
            return None
        if value["event"] in _CLOSING:
            self._close(self._whole(_CLOSING[value["event"]](value)))
            return None
        read = _EVENTS.get(value["event"])
        return None if read is None else read(value)  # kinds of a newer minor version are ignored


def plain(value: object) -> str:
    """Text of foreign origin without control characters, of bounded length; empty for None."""
    text = "" if value is None else str(value)[:MAX_TEXT_CHARACTERS]
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def _failure(value: Mapping[str, Any]) -> Failure:
    error = value.get("error")
    error = error if isinstance(error, dict) else {}
    return Failure(
        plain(error.get("code")) or "unknown",
        plain(error.get("message")) or "the worker gave no reason",
        plain(error.get("remedy")) or "look at the log",
    )


def _result(value: Mapping[str, Any]) -> Outcome:
    result = value.get("result")
    if isinstance(result, dict):
        return Outcome(WorkerState.SUCCEEDED, result=result)
    return Outcome(WorkerState.FAILED, failure=_failure({}))


_CLOSING: Mapping[str, Callable[[Mapping[str, Any]], Outcome]] = {
    "result": _result,
    "error": lambda value: Outcome(WorkerState.FAILED, failure=_failure(value)),
    "cancelled": lambda value: Outcome(WorkerState.CANCELLED),
}


def _accepted(value: Mapping[str, Any]) -> Accepted:
    pid = value.get("pid")
    return Accepted(plain(value.get("verb")), pid if isinstance(pid, int) else None)


def _progress(value: Mapping[str, Any]) -> Progress | None:
    done, total = _number(value.get("done")), _number(value.get("total"))
    if done is None or total is None:
        return None
    return Progress(done, total, plain(value.get("unit")), _number(value.get("eta_s")))


def _metric(value: Mapping[str, Any]) -> Metric | None:
    number, step = _number(value.get("value")), _number(value.get("step"))
    return None if number is None else Metric(plain(value.get("name")), number, int(step or 0))


def _artifact(value: Mapping[str, Any]) -> Artifact:
    return Artifact(plain(value.get("what")), plain(value.get("id")), plain(value.get("path")) or None)


def _look(value: Mapping[str, Any]) -> Look | None:
    """A look at sensors; values that are no numbers count as none."""
    at_s, values, channels = _number(value.get("at_s")), value.get("values"), value.get("channels")
    if at_s is None or not isinstance(values, dict):
        return None
    throttling = value.get("throttling")
    return Look(
        at_s,
        {plain(sensor): _number(number) for sensor, number in list(values.items())[:MAX_SENSORS]},
        tuple(map(plain, throttling)) if isinstance(throttling, list) else None,
        {plain(sensor): _channel(item) for sensor, item in list(channels.items())[:MAX_SENSORS]}
        if isinstance(channels, dict)
        else None,
        device=plain(value.get("device")) or None,
        running=_running(value.get("running")),
        failure=plain(value.get("failure")) or None,
        failure_code=plain(value.get("failure_code")) or None,
    )


def _running(value: object) -> tuple[dict[str, str | float | None], ...] | None:
    """What the slots of a board run; None where it was not asked."""
    if not isinstance(value, list):
        return None
    found = [item for item in value[:MAX_SLOTS] if isinstance(item, dict)]
    return tuple(
        {
            **{key: plain(item.get(key)) or None for key in ("slot", "bundle", "name", "measured_at")},
            "p50_ms": _number(item.get("p50_ms")),
        }
        for item in found
    )


def _channel(value: object) -> dict[str, str | None]:
    found = value if isinstance(value, dict) else {}
    return {key: plain(found[key]) if found.get(key) is not None else None for key in ("unit", "scope", "reason")}


_EVENTS: Mapping[str, Callable[[Mapping[str, Any]], Message | None]] = {
    "accepted": _accepted,
    "heartbeat": lambda value: Heartbeat(),
    "stage": lambda value: Stage(plain(value.get("name")), plain(value.get("detail"))),
    "progress": _progress,
    "metric": _metric,
    "log": lambda value: Log(plain(value.get("message")), plain(value.get("level")) or "info"),
    "artifact": _artifact,
    "look": _look,
}
