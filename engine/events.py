"""What long work says while it runs, and how it is asked to stop.

A verb takes ``emit`` (a callable that receives events) and ``cancel`` (a :class:`Cancel`). Front ends turn events into
bars, JSON lines or signals; the engine never knows which.
"""

import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, TextIO

from .errors import Cancelled, DamagedRecordWarning


@dataclass(frozen=True)
class Event:
    """Base of all events; ``t`` is Unix time in seconds, for display only."""

    kind: ClassVar[str] = "event"
    t: float = field(default_factory=time.time, kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """The line written to journals and by ``--jsonl``."""
        return {"event": self.kind, **asdict(self)}


@dataclass(frozen=True)
class Stage(Event):
    """A new stage of the work begins (``"fine-tune"``, ``"upload"``)."""

    kind: ClassVar[str] = "stage"
    name: str
    detail: str = ""


@dataclass(frozen=True)
class Progress(Event):
    """``done`` of ``total`` units within the current stage; ``eta_s`` is None while unknown."""

    kind: ClassVar[str] = "progress"
    done: float
    total: float
    unit: str = ""
    eta_s: float | None = None


@dataclass(frozen=True)
class Metric(Event):
    """One value of a curve: loss or accuracy at a step."""

    kind: ClassVar[str] = "metric"
    name: str
    value: float
    step: int


@dataclass(frozen=True)
class Log(Event):
    """A line for the log; ``level`` is ``info`` or ``warning``."""

    kind: ClassVar[str] = "log"
    message: str
    level: str = "info"


@dataclass(frozen=True)
class Artifact(Event):
    """A file or record came into being."""

    kind: ClassVar[str] = "artifact"
    what: str
    id: str
    path: str | None = None


@dataclass(frozen=True)
class Look(Event):
    """One look at a board's sensors, ``at_s`` seconds after the first.

    Args:
        values: by sensor; None = it tells nothing now.
        throttling: what holds the board back at this moment; None = it cannot tell.
        channels: unit, scope, source and, where there is no value, the reason, by sensor; only when they changed.
        device: whose, where several are watched.
        running: what runs there (slot, bundle, name, p50_ms, measured_at); only when it was asked.
        failure: why there was nothing to see: the board does not answer.
        failure_code: of that error: ``no-agent`` where the board answers and only lacks the agent of this version.
    """

    kind: ClassVar[str] = "look"
    at_s: float
    values: Mapping[str, float | None]
    throttling: tuple[str, ...] | None = None
    channels: Mapping[str, Mapping[str, str | None]] | None = None
    device: str | None = None
    running: tuple[Mapping[str, str | float | None], ...] | None = None
    failure: str | None = None
    failure_code: str | None = None


Emit = Callable[[Event], None]


def ignore(event: Event) -> None:
    """An ``emit`` that drops everything."""


@contextmanager
def warnings_told(emit: Emit) -> Iterator[None]:
    """For front ends: what Flyweight warns about while a verb runs becomes a line of its log, each text once."""
    before, told = warnings.showwarning, set[str]()

    def tell(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if not issubclass(category, DamagedRecordWarning):
            before(message, category, filename, lineno, file, line)
        elif str(message) not in told:
            told.add(str(message))
            emit(Log(str(message), "warning"))

    warnings.showwarning = tell
    try:
        yield
    finally:
        warnings.showwarning = before


WAIT_STEP_S = 0.1


class Cancel:
    """A request to stop, shared between who asks and who works; or to finish soon with the best there is."""

    def __init__(self) -> None:
        self._flag = threading.Event()
        self._finish = threading.Event()

    def set(self) -> None:
        """Ask the work to stop at its next step."""
        self._flag.set()

    @property
    def requested(self) -> bool:
        """True once :meth:`set` was called."""
        return self._flag.is_set()

    def finish(self) -> None:
        """Ask the work to stop improving and to end with the best result so far."""
        self._finish.set()

    @property
    def finishing(self) -> bool:
        """True once :meth:`finish` was called."""
        return self._finish.is_set()

    def check(self) -> None:
        """Call between steps.

        Raises:
            Cancelled: :meth:`set` was called.
        """
        if self._flag.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until somebody asks to stop or to finish.

        Raises:
            Cancelled: :meth:`set` was called.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._finish.is_set():
            self.check()
            self._flag.wait(min(left, WAIT_STEP_S))
        self.check()


class Eta:
    """Estimates the remaining seconds from the rate so far; silent below 5 % done."""

    def __init__(self, total: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._start = clock()

    def at(self, done: float) -> float | None:
        """Seconds left when ``done`` of the total units are finished, None while unknown."""
        if self._total <= 0 or done < 0.05 * self._total:
            return None
        return (self._clock() - self._start) * (self._total - done) / done
