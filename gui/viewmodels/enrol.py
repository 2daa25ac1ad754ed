"""How a board is added: its login, its key, and what a person is asked about it."""

import re
from enum import IntEnum, StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.events import Stage

from ..operations import OperationState
from ..protocol import Outcome
from .run import Run
from .session import Session

FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


class EnrolState(StrEnum):
    """Where adding a board stands."""

    FORM = "form"
    WORKING = "working"
    UNKNOWN_KEY = "unknown-key"
    CHANGED_KEY = "changed-key"
    FAILED = "failed"
    DONE = "done"


class EnrolStep(IntEnum):
    """The numbered steps of adding a board; the first two are filled in by a person, the next two go by themselves."""

    FIND = 0
    LOGIN = 1
    CHECK = 2
    INSTALL = 3
    DONE = 4


STAGES = {"connect": EnrolStep.LOGIN, "find Python": EnrolStep.CHECK, "install the agent": EnrolStep.INSTALL}
STAGES |= {"own key": EnrolStep.INSTALL, "look": EnrolStep.INSTALL}
CHECKS = "check "


class EnrolModel(QObject):
    """Adds one board: asks about its key, never accepts a changed one by itself.

    A password is held only until the board is added or was not, and goes to the worker alone.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = EnrolState.FORM
        self.message = self.remedy = ""
        self.fingerprints: tuple[str, ...] = ()
        self.facts: dict[str, Any] = {}
        self.step = EnrolStep.FIND
        self.found: list[tuple[str, str]] = []
        """What the board said of itself before anything was put there: the check and what was found."""
        self._arguments: dict[str, Any] = {}
        self._password: str | None = None
        self._session = session
        self.run = Run(session.operation("device_add"), self)
        self.run.operation.stage.connect(self._stage)
        self.run.operation.ended.connect(self._ended)
        self.run.changed.connect(self.changed)

    @property
    def fingerprint(self) -> str:
        """The key the board shows now."""
        return self.fingerprints[-1] if self.fingerprints else ""

    def begin(
        self,
        name: str,
        address: str,
        identity: str | None = None,
        python: str | None = None,
        *,
        password: str | None = None,
        allow_root: bool = False,
    ) -> None:
        """Try to reach the board; nothing is sent before its key is accepted.

        Args:
            identity: a private key; without one the SSH agent and the usual keys are tried.
            password: instead of keys, for this login alone.
            allow_root: the login is root, and that is meant.
        """
        self._password = password or None
        self._arguments = {"name": name, "address": address, "identity": identity or None, "python": python or None}
        self._arguments["allow_root"] = allow_root or None
        self._try()

    def accept(self) -> None:
        """A person compared the fingerprint: it is the board's."""
        if self.state is EnrolState.UNKNOWN_KEY:
            self._arguments["accept_fingerprint"] = self.fingerprint
            self._try()

    def reflashed(self) -> None:
        """A person says the board was flashed anew: its old key counts no longer, and the new one is asked about."""
        if self.state is EnrolState.CHANGED_KEY:
            self._arguments["reflashed"] = True
            self._try()

    def cancel(self) -> None:
        """Stop trying."""
        self._password = None
        self.run.cancel()

    def again(self) -> None:
        """Back to the login, or from there to the address."""
        if self.state is EnrolState.WORKING:
            self.run.cancel()  # its end leads back
            return
        self.step = EnrolStep.FIND if self.state is EnrolState.FORM else EnrolStep.LOGIN
        self._set(EnrolState.FORM)

    def next(self) -> None:
        """From the address to the login."""
        if self.state is EnrolState.FORM:
            self.step = EnrolStep.LOGIN
            self.changed.emit()

    def _stage(self, stage: Stage) -> None:
        if stage.name.startswith(CHECKS):
            self.step = EnrolStep.CHECK
            self.found.append((stage.name, stage.detail))
        else:
            self.step = STAGES.get(stage.name, self.step)
        self.changed.emit()

    def _try(self) -> None:
        self.step, self.found = EnrolStep.LOGIN, []
        self._set(EnrolState.WORKING)
        secrets = {} if self._password is None else {"password": self._password}
        self.run.start(self._session.arguments("device_add", self._arguments), secrets)

    def _ended(self, outcome: Outcome) -> None:
        if outcome.result is not None:
            self.facts, self._password = dict(outcome.result), None
            self.step = EnrolStep.DONE
            self._set(EnrolState.DONE)
            return
        code = "" if outcome.failure is None else outcome.failure.code
        known = {"host-key-unknown": EnrolState.UNKNOWN_KEY, "host-key-changed": EnrolState.CHANGED_KEY}
        found = tuple(FINGERPRINT.findall("" if outcome.failure is None else outcome.failure.message))
        if code in known and found:
            self.fingerprints = found
            self.message = "" if outcome.failure is None else outcome.failure.message
            self.step = EnrolStep.LOGIN
            self._set(known[code])
        else:
            self._fail(outcome)

    def _fail(self, outcome: Outcome) -> None:
        self._password = None
        notice = self.run.notice
        if outcome.failure is not None:
            self.message, self.remedy = outcome.failure.message, outcome.failure.remedy
        elif notice is not None:
            self.message, self.remedy = notice.message, notice.remedy
        cancelled = self.run.state is OperationState.CANCELLED
        self.step = EnrolStep.LOGIN if cancelled and self.step is not EnrolStep.FIND else self.step
        self._set(EnrolState.FORM if cancelled else EnrolState.FAILED)

    def _set(self, state: EnrolState) -> None:
        self.state = state
        self.changed.emit()
