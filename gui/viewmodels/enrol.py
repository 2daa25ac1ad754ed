"""How a board is added: its login, its key, and what a person is asked about it."""

import re
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

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
        self._arguments: dict[str, Any] = {}
        self._password: str | None = None
        self._session = session
        self.run = Run(session.operation("device_add"), self)
        self._removal = session.operation("device_remove", self)
        self.run.operation.ended.connect(self._ended)
        self.run.changed.connect(self.changed)
        self._removal.ended.connect(self._removed)

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
    ) -> None:
        """Try to reach the board; nothing is sent before its key is accepted.

        Args:
            identity: a private key; without one the SSH agent and the usual keys are tried.
            password: instead of keys, for this login alone.
        """
        self._password = password or None
        self._arguments = {"name": name, "address": address, "identity": identity or None, "python": python or None}
        self._try()

    def accept(self) -> None:
        """A person compared the fingerprint: it is the board's."""
        if self.state is EnrolState.UNKNOWN_KEY:
            self._arguments["accept_fingerprint"] = self.fingerprint
            self._try()

    def reflashed(self) -> None:
        """A person says the board was flashed anew: forget its old key, then ask about the new one."""
        if self.state is EnrolState.CHANGED_KEY:
            self._set(EnrolState.WORKING)
            self._removal.start({"name": self._arguments["name"]})

    def cancel(self) -> None:
        """Stop trying."""
        self._password = None
        self.run.cancel()

    def again(self) -> None:
        """Back to the form."""
        self._set(EnrolState.FORM)

    def _try(self) -> None:
        self._set(EnrolState.WORKING)
        secrets = {} if self._password is None else {"password": self._password}
        self.run.start(self._session.arguments("device_add", self._arguments), secrets)

    def _removed(self, outcome: Outcome) -> None:
        if outcome.result is None:
            self._fail(outcome)
            return
        self._arguments.pop("accept_fingerprint", None)
        self._try()

    def _ended(self, outcome: Outcome) -> None:
        if outcome.result is not None:
            self.facts, self._password = dict(outcome.result), None
            self._set(EnrolState.DONE)
            return
        code = "" if outcome.failure is None else outcome.failure.code
        known = {"host-key-unknown": EnrolState.UNKNOWN_KEY, "host-key-changed": EnrolState.CHANGED_KEY}
        found = tuple(FINGERPRINT.findall("" if outcome.failure is None else outcome.failure.message))
        if code in known and found:
            self.fingerprints = found
            self.message = "" if outcome.failure is None else outcome.failure.message
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
        self._set(EnrolState.FORM if self.run.state is OperationState.CANCELLED else EnrolState.FAILED)

    def _set(self, state: EnrolState) -> None:
        self.state = state
        self.changed.emit()
