"""The log of a board, followed while somebody reads it."""

from PySide6.QtCore import QObject, Signal

from engine.events import Log

from ..operations import OperationState
from ..protocol import Outcome
from . import wording
from .log_line import LogLine
from .saying import said, trouble
from .session import Session

LINES = 500
FOLLOW_S = 3600.0


class BoardLogModel(QObject):
    """Reads the log of one board and goes on with every new line; nothing runs while nobody reads."""

    changed = Signal()
    cleared = Signal()
    logged = Signal(list)  # list[LogLine]

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = ""
        self.lines = 0
        self._visible = False
        self._over = False
        self.operation = session.operation("device_log", self)
        self.operation.log.connect(self._line)
        self.operation.state_changed.connect(lambda state: self.changed.emit())
        self.operation.ended.connect(self._ended)

    @property
    def failure(self) -> str:
        """Why the board's log cannot be read."""
        outcome = self.operation.outcome
        if outcome is None or self.operation.state is OperationState.CANCELLED:
            return ""
        if outcome.failure is not None:
            return trouble(outcome.failure)
        return "" if outcome.crash is None else wording.crash(outcome.crash)

    def show_device(self, name: str) -> None:
        """Another board."""
        if name != self.device:
            self.device = name
            self._over = False
            self._empty()
            if self.operation.state.busy:
                self.operation.cancel()
            else:
                self._go()

    def again(self) -> None:
        """Read it anew, after it failed or was followed for long enough."""
        self._over = False
        self._go()

    def set_visible(self, visible: bool) -> None:
        """Somebody reads it or not."""
        self._visible = visible
        if visible:
            self._go()
        else:
            self.operation.cancel()

    def _empty(self) -> None:
        self.lines = 0
        self.cleared.emit()

    def _go(self) -> None:
        if self._visible and self.device and not self._over and not self.operation.state.busy:
            self._empty()
            self.operation.start({"name": self.device, "lines": LINES, "follow_s": FOLLOW_S})

    def _line(self, event: Log) -> None:
        self.lines += 1
        head, gap, words = event.message.rpartition("  ")  # time and desktop, then what was done
        self.logged.emit([LogLine("", lambda: head + gap + said(words))])
        if self.lines == 1:
            self.changed.emit()

    def _ended(self, outcome: Outcome) -> None:
        self._over = self.operation.state is not OperationState.CANCELLED
        self._go()
        self.changed.emit()
