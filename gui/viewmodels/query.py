"""A question to the engine whose answer a page shows: idle, loading, an answer, or a failure with its remedy."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from ..operations import OperationState
from ..protocol import Failure, Outcome
from . import wording
from .session import Session


class Query(QObject):
    """Asks a verb that changes nothing. Asked again while it waits, it answers the last question only."""

    changed = Signal()
    answered = Signal()

    def __init__(self, session: Session, verb: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.verb = verb
        self.document: Mapping[str, Any] | None = None
        self.failure: Failure | None = None
        self._session = session
        self._operation = session.operation(verb, self)
        self._operation.ended.connect(self._ended)
        self._next: dict[str, Any] | None = None
        self._again = False

    @property
    def loading(self) -> bool:
        """True while the engine is asked."""
        return self._operation.state.busy

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was asked last."""
        return self._operation.arguments

    def load(self, **arguments: Any) -> None:
        """Ask; the last answer stays until the new one is there."""
        wanted = self._session.arguments(self.verb, arguments)
        if self._operation.state.busy:
            self._next = wanted
            if self._operation.arguments != wanted:
                self._operation.cancel()
            return
        self._operation.start(wanted)
        self.changed.emit()

    def forget(self) -> None:
        """Drop answer and failure."""
        self.document, self.failure = None, None
        self.changed.emit()

    def cancel(self) -> None:
        """Stop asking."""
        self._next = None
        self._operation.cancel()

    def _ended(self, outcome: Outcome) -> None:
        if self._next is not None:
            wanted, self._next = self._next, None
            self._operation.start(wanted)
            return
        if outcome.result is not None:
            self.document, self.failure = outcome.result, None
            self.answered.emit()
        elif self._operation.state is not OperationState.CANCELLED:
            self.failure = outcome.failure or Failure("crashed", *_crash(outcome))
        self.changed.emit()


def _crash(outcome: Outcome) -> tuple[str, str]:
    return (wording.crash(outcome.crash) if outcome.crash is not None else "", wording.crash_remedy())
