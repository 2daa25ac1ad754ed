"""Long work as a page shows it: its state, its step, its log, its curves. Follows one operation."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, QObject, QTimer, Signal

from engine.events import Artifact, Log, Metric, Progress, Stage

from ..operations import Operation, OperationState
from ..protocol import Accepted, Outcome
from . import wording
from .curves import Curves
from .log_line import LogLine
from .memory import resident_bytes
from .saying import said

REFRESH_MS = 100
TICK_MS = 1000
MAX_WAITING_LINES = 100  # more arrive in a tenth of a second only when nobody can read them
MAX_KEPT_LINES = 5000
FINISHABLE = frozenset({"compress", "choose"})
Range = tuple[float, float]


@dataclass(frozen=True)
class Step:
    """The stage that runs now; ``share`` is None while its length is unknown."""

    name: str = ""
    detail: str = ""
    share: float | None = None
    eta_s: float | None = None


@dataclass(frozen=True)
class Notice:
    """Why there is no result, and what to do."""

    state: OperationState
    message: str
    remedy: str


class Run(QObject):
    """Follows one operation; emits ``changed`` at most ten times a second while events flood in."""

    changed = Signal()
    logged = Signal(list)  # list[LogLine]: new lines
    log_cleared = Signal()

    def __init__(
        self, operation: Operation, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self.operation = operation
        self.step = Step()
        self.curves = Curves()
        self.made: list[str] = []
        self.log: deque[LogLine] = deque(maxlen=MAX_KEPT_LINES)
        self._clock = clock
        self._step_began = self._began = clock()
        self.expected_s: Range | None = None
        self.finishing = False
        self.memory_bytes: int | None = None
        self._pid = 0
        self._waiting: deque[LogLine] = deque(maxlen=MAX_WAITING_LINES)
        self._stamp = (0, "")
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._refresh.timeout.connect(self.flush)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        operation.accepted.connect(self._on_accepted)
        operation.stage.connect(self._on_stage)
        operation.progress.connect(self._on_progress)
        operation.metric.connect(self._on_metric)
        operation.log.connect(self._on_log)
        operation.artifact.connect(self._on_artifact)
        operation.silent_changed.connect(self._soon)
        operation.state_changed.connect(self._on_state)
        operation.ended.connect(self._on_end)

    @property
    def state(self) -> OperationState:
        """State of the run."""
        return self.operation.state

    @property
    def lines(self) -> list[str]:
        """The log in the language of the window."""
        return [line.text for line in self.log]

    @property
    def pid(self) -> int:
        """Process id of the worker; kept after its end."""
        return self._pid

    @property
    def silent(self) -> bool:
        """True while the worker gave no sign of life for ten seconds."""
        return self.operation.silent

    @property
    def step_s(self) -> float:
        """Seconds since the current step began."""
        return self._clock() - self._step_began

    @property
    def notice(self) -> Notice | None:
        """Set after a run without a result."""
        outcome = self.operation.outcome
        if outcome is None or self.state in (OperationState.SUCCEEDED, OperationState.IDLE):
            return None
        if outcome.failure is not None:
            return Notice(self.state, said(outcome.failure.message), said(outcome.failure.remedy))
        if outcome.crash is not None:
            return Notice(self.state, wording.crash(outcome.crash), wording.crash_remedy())
        return Notice(self.state, wording.stopped(), wording.stopped_remedy())

    def start(self, arguments: Mapping[str, Any], secrets: Mapping[str, Any] | None = None) -> None:
        """Run with these arguments; does nothing while it runs. ``secrets`` are arguments that are not kept."""
        if self.state.busy:
            return
        self.step, self.curves, self.made = Step(), Curves(), []
        self._began = self._step_began = self._clock()
        self.finishing, self.memory_bytes = False, None
        self._waiting.clear()
        self.log.clear()
        self.log_cleared.emit()
        self.operation.start(arguments, secrets)

    def retry(self) -> None:
        """Run again with the arguments of the last run; finished steps are taken from the job's journal."""
        self.start(self.operation.arguments)

    def cancel(self) -> None:
        """Stop the run."""
        self.operation.cancel()

    def wait(self, arguments: Mapping[str, Any]) -> None:
        """Stand in the queue."""
        self.operation.wait(arguments)

    @property
    def waits(self) -> bool:
        """True while another job has to end first."""
        return self.state is OperationState.WAITING

    @property
    def can_finish(self) -> bool:
        """True while the work can be asked to end with the best it has."""
        return self.state is OperationState.RUNNING and self.operation.verb in FINISHABLE and not self.finishing

    def finish(self) -> None:
        """End soon with the best so far, instead of losing it."""
        if self.can_finish:
            self.finishing = True
            self.operation.finish()
            self._write(wording.finishing)

    @property
    def spent_s(self) -> float:
        """Seconds since the whole run began."""
        return self._clock() - self._began

    def _on_tick(self) -> None:
        self.memory_bytes = resident_bytes(self.operation.pid) if self.operation.pid else None
        self.changed.emit()

    def flush(self) -> None:
        """Tell the views now what they would be told soon."""
        self._refresh.stop()
        if self._waiting:
            lines = list(self._waiting)
            self._waiting.clear()
            self.logged.emit(lines)
        self.changed.emit()

    def _soon(self, *_: object) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _write(self, say: Callable[[], str]) -> None:
        now = int(time.time())
        if now != self._stamp[0]:
            self._stamp = (now, QLocale.c().toString(QDateTime.currentDateTime(), "HH:mm:ss"))
        line = LogLine(self._stamp[1], say)
        self._waiting.append(line)
        self.log.append(line)
        self._soon()

    def _on_accepted(self, event: Accepted) -> None:
        self._pid = event.pid or 0

    def _on_stage(self, event: Stage) -> None:
        self.step, self._step_began = Step(event.name, event.detail), self._clock()
        self._write(partial(wording.stage_line, event.name, event.detail))

    def _on_progress(self, event: Progress) -> None:
        share = min(max(event.done / event.total, 0.0), 1.0) if event.total > 0 else None
        self.step = Step(self.step.name, self.step.detail, share, event.eta_s)
        self._soon()

    def _on_metric(self, event: Metric) -> None:
        self.curves.add(event.name, event.step, event.value)
        self._write(partial(wording.metric_line, event.name, event.value, event.step))

    def _on_log(self, event: Log) -> None:
        self._write(partial(wording.log_line, event.message, event.level))

    def _on_artifact(self, event: Artifact) -> None:
        where = event.path or event.id
        if where and where not in self.made:
            self.made.append(where)
        self._write(partial(wording.artifact_line, event.what, event.path or event.id))

    def _on_state(self, state: OperationState) -> None:
        if state.busy:
            self._tick.start()
        else:
            self._tick.stop()
        if state is not OperationState.SUCCEEDED:
            self._soon()

    def _on_end(self, outcome: Outcome) -> None:
        if outcome.result is not None:
            self.take(outcome.result)
        elif outcome.failure is not None:
            failure = outcome.failure
            self._write(lambda: f"{said(failure.message)} ({failure.code})")
            self._write(partial(said, failure.remedy))
        elif outcome.crash is not None and (tail := self.operation.error_tail.strip()):
            for line in tail.splitlines()[-20:]:
                self._write(partial(str, line))
        self._write(partial(wording.state, self.state))
        self.flush()

    def take(self, document: Mapping[str, Any]) -> None:
        """The run succeeded with this document."""
