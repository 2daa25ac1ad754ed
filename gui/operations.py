"""One object for every click that changes something: it runs, can be cancelled, ends in one way, can be tried again."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from .bridge import WorkerProcess
from .protocol import Outcome, WorkerState

TERMINATE_AFTER_MS = 3000
KILL_AFTER_MS = 2000
SILENT_AFTER_MS = 10_000

WorkerFactory = Callable[[], WorkerProcess]


class OperationState(StrEnum):
    """Life of an operation."""

    IDLE = "idle"
    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"

    @property
    def busy(self) -> bool:
        """True while a worker process exists."""
        return self in (OperationState.RUNNING, OperationState.CANCELLING)


_ENDS = {
    WorkerState.SUCCEEDED: OperationState.SUCCEEDED,
    WorkerState.FAILED: OperationState.FAILED,
    WorkerState.CANCELLED: OperationState.CANCELLED,
    WorkerState.CRASHED: OperationState.CRASHED,
}


class Operation(QObject):
    """A verb run in a worker.

    Cancel asks first; a worker that does not stop is terminated after three seconds and killed two seconds later.
    """

    state_changed = Signal(object)  # OperationState
    accepted = Signal(object)  # gui.protocol.Accepted
    stage = Signal(object)
    progress = Signal(object)
    metric = Signal(object)
    log = Signal(object)
    artifact = Signal(object)
    look = Signal(object)
    silent_changed = Signal(bool)  # no sign of life for ten seconds
    ended = Signal(object)  # Outcome

    def __init__(
        self,
        verb: str,
        worker_factory: WorkerFactory = WorkerProcess,
        parent: QObject | None = None,
        *,
        terminate_after_ms: int = TERMINATE_AFTER_MS,
        kill_after_ms: int = KILL_AFTER_MS,
        silent_after_ms: int = SILENT_AFTER_MS,
    ) -> None:
        super().__init__(parent)
        self.verb = verb
        self.state = OperationState.IDLE
        self.outcome: Outcome | None = None
        self.silent = False
        self._factory = worker_factory
        self._arguments: Mapping[str, Any] = {}
        self._worker: WorkerProcess | None = None
        self._terminate = _timer(self, terminate_after_ms, self._terminate_now)
        self._kill = _timer(self, kill_after_ms, self._kill_now)
        self._silence = _timer(self, silent_after_ms, lambda: self._set_silent(True))

    @property
    def pid(self) -> int:
        """Process id of the worker, 0 when there is none."""
        return self._worker.pid if self._worker is not None else 0

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Arguments of the last start."""
        return self._arguments

    def start(self, arguments: Mapping[str, Any], secrets: Mapping[str, Any] | None = None) -> None:
        """Run the verb; does nothing while a run is going on.

        Args:
            secrets: arguments that go to the worker, on its stdin, and are not kept here: a retry has to be given them anew.
        """
        if self.state.busy:
            return
        self._arguments = dict(arguments)
        self.outcome = None
        old, self._worker = self._worker, self._factory()
        if old is not None:
            old.deleteLater()
        worker = self._worker
        worker.setParent(self)
        for name in ("accepted", "stage", "progress", "metric", "log", "artifact", "look"):
            getattr(worker, name).connect(getattr(self, name))
        worker.alive.connect(self._heard)
        worker.ended.connect(self._ended)
        self._silence.start()
        self._set_state(OperationState.RUNNING)
        worker.start(self.verb, {**self._arguments, **(secrets or {})})

    def wait(self, arguments: Mapping[str, Any]) -> None:
        """Stand in the queue with these arguments; somebody calls :meth:`start` later."""
        if self.state.busy:
            return
        self._arguments = dict(arguments)
        self.outcome = None
        self._set_state(OperationState.WAITING)

    def finish(self) -> None:
        """Ask the work to end with the best result so far."""
        if self.state is OperationState.RUNNING and self._worker is not None:
            self._worker.finish()

    def retry(self) -> None:
        """Run again with the arguments of the last run."""
        self.start(self._arguments)

    def cancel(self) -> None:
        """Ask the work to stop, then insist; what waits leaves the queue."""
        if self.state is OperationState.WAITING:
            self._ended(Outcome(WorkerState.CANCELLED))
            return
        if self.state is not OperationState.RUNNING or self._worker is None:
            return
        self._set_state(OperationState.CANCELLING)
        self._worker.cancel()
        self._terminate.start()

    def shut_down(self) -> None:
        """The window goes: let the worker end by itself, insist soon. ``ended`` comes when it is gone."""
        if not self.state.busy or self._worker is None:
            return
        if self.state is OperationState.RUNNING:
            self.cancel()
        self._worker.let_go()

    @property
    def error_tail(self) -> str:
        """The last lines of the worker's stderr."""
        return self._worker.error_tail if self._worker is not None else ""

    def _terminate_now(self) -> None:
        if self._worker is not None and self.state.busy:
            self._worker.terminate()
            self._kill.start()

    def _kill_now(self) -> None:
        if self._worker is not None and self.state.busy:
            self._worker.kill()

    def _heard(self) -> None:
        if self.state.busy:
            self._silence.start()
            self._set_silent(False)

    def _set_silent(self, silent: bool) -> None:
        if silent != self.silent:
            self.silent = silent
            self.silent_changed.emit(silent)

    def _ended(self, outcome: Outcome) -> None:
        for timer in (self._terminate, self._kill, self._silence):
            timer.stop()
        self._set_silent(False)
        self.outcome = outcome
        self._set_state(_ENDS[outcome.state])
        self.ended.emit(outcome)

    def _set_state(self, state: OperationState) -> None:
        self.state = state
        self.state_changed.emit(state)


def _timer(parent: QObject, after_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(slot)
    return timer
