"""Who has a board: the desktop that claims it and the process at it, and how it is freed by force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from . import documents, wording
from .query import Query
from .saying import said
from .session import Session


@dataclass(frozen=True)
class Claim:
    """Another desktop has the board; ``what`` it does there, for how long already, and when that ends by itself."""

    who: str
    what: str
    held_s: float
    left_s: float

    @property
    def words(self) -> str:
        """Who, for what, since and until when."""
        return QCoreApplication.translate(
            "Held", "{0} has this board since {1}: {2}. It is free in {3} at the latest."
        ).format(self.who, wording.duration(self.held_s), said(self.what), wording.duration(self.left_s))


def read_claim(document: Mapping[str, Any]) -> Claim | None:
    """The claim in a document of ``flyweight device unlock --json``; None when there is none."""
    claim = documents.object_(document.get("claim"))
    held, left = documents.number(claim.get("held_s")), documents.number(claim.get("left_s"))
    if held is None or left is None:
        return None
    return Claim(documents.text(claim.get("who")), documents.text(claim.get("what")), held, left)


class HeldModel(QObject):
    """Asks who has a board, and frees it when a person says so."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = ""
        self._asking = Query(session, "device_unlock", self)
        self._freeing = Query(session, "device_unlock", self)
        self._asking.changed.connect(self.changed)
        self._freeing.changed.connect(self.changed)
        self._freeing.answered.connect(self.ask)

    def show_device(self, name: str) -> None:
        """Another board: nothing is known of it."""
        if name != self.device:
            self.device = name
            self._asking.forget()
            self._freeing.forget()

    def ask(self) -> None:
        """Ask the board; nothing is changed there. An agent that knows no claims is as good as a free board."""
        if self.device:
            self._asking.load(name=self.device, dry_run=True)

    def free(self) -> None:
        """Take the board from whoever has it."""
        if self.device and not self._freeing.loading:
            self._freeing.load(name=self.device)

    @property
    def freeing(self) -> bool:
        """True while it is taken."""
        return self._freeing.loading

    @property
    def words(self) -> str:
        """Who has the board; empty when nobody has, as far as is known."""
        document = self._asking.document
        if document is None or document.get("name") != self.device:
            return ""
        claim = read_claim(document)
        return claim.words if claim is not None else said(documents.text(document.get("holder")))

    @property
    def trouble(self) -> str:
        """Why it could not be freed."""
        failure = self._freeing.failure
        return "" if failure is None or self._freeing.loading else said(failure.message)
