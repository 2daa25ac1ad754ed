"""Verbs one after the other, each in a worker of its own: what is not packed yet is packed first, then measured."""

from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from ..operations import OperationState
from ..protocol import Failure, Outcome
from . import wording
from .run import Notice, Run
from .session import Session

Document = Mapping[str, Any]
Made = Callable[[Sequence[Document]], Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """One verb; its arguments are made from the answers of the steps before it."""

    verb: str
    arguments: Made


def step(verb: str, **arguments: Any) -> Step:
    """A verb whose arguments need no answer of another."""
    return Step(verb, lambda answers: arguments)


class Steps(QObject):
    """Runs steps until one does not succeed. ``answers`` are those of the steps that did, in their order.

    Args:
        listed: whether its runs stand among the jobs of the window.
    """

    changed = Signal()
    answered = Signal()

    def __init__(self, session: Session, parent: QObject | None = None, *, listed: bool = True) -> None:
        super().__init__(parent)
        self._session, self.listed = session, listed
        self._left: deque[Step] = deque()
        self._secrets: Mapping[str, Any] = {}
        self.run: Run | None = None
        self.answers: list[Document] = []
        self.document: Document | None = None
        self.verb = ""

    @property
    def busy(self) -> bool:
        """True while a step runs or waits for other jobs."""
        return self.run is not None and (self.run.state.busy or self.run.waits)

    @property
    def waits(self) -> bool:
        """True while a job before it has to end."""
        return self.run is not None and self.run.waits

    @property
    def state(self) -> OperationState:
        """State of the step that runs or was the last."""
        return OperationState.IDLE if self.run is None else self.run.state

    @property
    def notice(self) -> Notice | None:
        """Why there is no answer."""
        return None if self.run is None else self.run.notice

    @property
    def failure(self) -> Failure | None:
        """The engine's error, as it said it."""
        outcome = None if self.run is None else self.run.operation.outcome
        return None if outcome is None else outcome.failure

    @property
    def words(self) -> str:
        """What happens now, how far it is, and how long it takes."""
        run = self.run
        if run is None or not run.state.busy:
            return ""
        told = wording.stage_line(run.step.name, run.step.detail) if run.step.name else wording.stage(self.verb)
        return " · ".join(filter(None, (told, wording.rest(run.step.share, run.step.eta_s, run.step_s))))

    def start(self, steps: Sequence[Step], secrets: Mapping[str, Any] | None = None) -> None:
        """Begin; does nothing while it runs. ``secrets`` are arguments of the last step that are kept nowhere."""
        if self.busy or not steps:
            return
        self._left, self._secrets = deque(steps), dict(secrets or {})
        self.answers = []
        self._next()

    def stop(self) -> None:
        """Give it up; what ended is kept."""
        self._left.clear()
        if self.run is not None:
            self.run.cancel()

    def _next(self) -> None:
        following = self._left.popleft()
        self.verb = following.verb
        run = self.run = Run(self._session.operation(following.verb, self), self)
        run.changed.connect(self.changed)
        run.operation.ended.connect(self._ended)
        arguments = following.arguments(self.answers)
        secrets, self._secrets = ({}, self._secrets) if self._left else (self._secrets, {})
        if self.listed and not secrets:
            self._session.start(run, arguments)
        else:
            run.start(self._session.arguments(following.verb, arguments), secrets)
        self.changed.emit()

    def _ended(self, outcome: Outcome) -> None:
        if outcome.result is None:
            self._left.clear()
            self._secrets = {}
        else:
            self.answers.append(outcome.result)
            if self._left:
                self._next()
                return
            self.document = outcome.result
            self.answered.emit()
        self.changed.emit()


class KeptSteps(QObject):
    """Steps by what they are about, as long as the window lives: a closed dialog loses nothing."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: dict[Hashable, Steps] = {}

    def of(self, key: Hashable, *, listed: bool = True) -> Steps:
        """Those of a key, made when they are asked for the first time."""
        if key not in self._kept:
            self._kept[key] = Steps(self._session, self, listed=listed)
        return self._kept[key]
