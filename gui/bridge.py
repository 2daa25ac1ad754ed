"""The one place where a worker process becomes Qt signals.

:class:`WorkerProcess` starts ``python -m engine.worker``, writes the request, reads JSON lines and emits typed signals.
It never waits: reading is done in slices, so that a flood of lines leaves the event loop time to paint.
"""

import sys
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from engine.events import Artifact, Log, Look, Metric, Progress, Stage

from .protocol import (
    CANCEL_LINE,
    FINISH_LINE,
    Accepted,
    Conversation,
    Failure,
    Heartbeat,
    Message,
    Outcome,
    WorkerState,
    plain,
    request_line,
)

WORKER_COMMAND: tuple[str, ...] = (sys.executable, "-m", "engine.worker")
SLICE_BYTES = 1 << 15
MESSAGES_PER_TURN = 64  # of the event loop: whatever floods in, the window paints and answers in between
ERROR_TAIL_BYTES = 1 << 14


class WorkerProcess(QObject):
    """One worker, from start to end. ``ended`` is the last signal and comes exactly once."""

    accepted = Signal(object)  # Accepted
    stage = Signal(object)  # engine.events.Stage
    progress = Signal(object)  # engine.events.Progress
    metric = Signal(object)  # engine.events.Metric
    log = Signal(object)  # engine.events.Log
    artifact = Signal(object)  # engine.events.Artifact
    look = Signal(object)  # engine.events.Look
    alive = Signal()  # any line at all
    ended = Signal(object)  # gui.protocol.Outcome

    def __init__(self, command: Sequence[str] = WORKER_COMMAND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._conversation = Conversation()
        self._asked_to_stop = False
        self._exit: tuple[int, int | None] | None = None
        self._reported = False
        self._error_tail = b""
        self._waiting: deque[Message] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._read)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._keep_errors)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._process_error)

    @property
    def pid(self) -> int:
        """Process id; 0 before the start and after the end."""
        return int(self._process.processId())

    @property
    def error_tail(self) -> str:
        """The last lines the worker (or a library in it) wrote to stderr."""
        return plain(self._error_tail.decode("utf-8", "replace"))

    def start(self, verb: str, arguments: Mapping[str, Any]) -> None:
        """Start the process and hand it its request."""
        self._process.start(self._command[0], list(self._command[1:]))
        self._process.write(request_line(verb, arguments))

    def cancel(self) -> None:
        """Ask the verb to stop at its next step."""
        self._asked_to_stop = True
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.write(CANCEL_LINE)

    def finish(self) -> None:
        """Ask the verb to end with the best it has."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.write(FINISH_LINE)

    def let_go(self) -> None:
        """Close the control channel: the worker ends by itself within two seconds."""
        self._asked_to_stop = True
        self._process.closeWriteChannel()

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._asked_to_stop = True
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._asked_to_stop = True
        self._process.kill()

    def _read(self) -> None:
        if not self._waiting and self._readable():
            self._waiting.extend(self._conversation.feed(bytes(self._process.read(SLICE_BYTES).data())))
            self.alive.emit()
        for _ in range(min(len(self._waiting), MESSAGES_PER_TURN)):
            self._tell(self._waiting.popleft())
        if self._waiting or self._readable():
            self._turn.start()
        elif self._exit is not None:
            self._report()

    def _readable(self) -> bool:
        self._process.setReadChannel(QProcess.ProcessChannel.StandardOutput)
        return bool(self._process.bytesAvailable())

    def _tell(self, message: Message) -> None:
        match message:
            case Stage():
                self.stage.emit(message)
            case Progress():
                self.progress.emit(message)
            case Metric():
                self.metric.emit(message)
            case Log():
                self.log.emit(message)
            case Artifact():
                self.artifact.emit(message)
            case Look():
                self.look.emit(message)
            case Accepted():
                self.accepted.emit(message)
            case Heartbeat():
                pass  # ``alive`` said it

    def _keep_errors(self) -> None:
        self._error_tail = (self._error_tail + bytes(self._process.readAllStandardError().data()))[-ERROR_TAIL_BYTES:]

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        crashed = status == QProcess.ExitStatus.CrashExit
        self._exit = (code, code if crashed else None)
        self._read()

    def _process_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            reason = Failure(
                "worker-not-started",
                f"the worker did not start: {plain(self._process.errorString())}",
                f"check that this file exists and can be run: {self._command[0]}",
            )
            self._end(Outcome(WorkerState.FAILED, failure=reason))

    def _report(self) -> None:
        assert self._exit is not None
        self._end(self._conversation.ended(*self._exit, asked_to_stop=self._asked_to_stop))

    def _end(self, outcome: Outcome) -> None:
        if not self._reported:
            self._reported = True
            self.ended.emit(outcome)
