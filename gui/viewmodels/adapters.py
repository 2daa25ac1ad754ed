"""Runtimes a board has, and the adapters of vendors' runtimes that were added to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from . import documents, wording
from .query import Query
from .rows import ColumnSpec, RowsModel
from .saying import said, trouble
from .session import Session


@dataclass(frozen=True)
class AdapterRow:
    """An adapter on a board; ``reason`` tells why it cannot be used there."""

    id: str
    formats: tuple[str, ...]
    version: str
    providers: tuple[str, ...]
    reason: str


def read_adapters(document: Mapping[str, Any] | None, device: str) -> list[AdapterRow]:
    """The adapters of a board in the document of ``flyweight device adapter list --json``."""
    boards = documents.object_((document or {}).get("boards"))
    return [
        AdapterRow(
            documents.text(item.get("id")),
            documents.texts(item.get("formats")),
            documents.text(item.get("version")),
            documents.texts(item.get("providers")),
            documents.text(item.get("reason")),
        )
        for item in documents.objects(boards.get(device))
    ]


def adapter_columns() -> tuple[ColumnSpec[AdapterRow], ...]:
    """Columns of the table of adapters."""
    return (
        ColumnSpec("id", lambda: QCoreApplication.translate("Adapters", "Runtime"), lambda row: row.id),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("Adapters", "State"),
            lambda row: (
                QCoreApplication.translate("Adapters", "Cannot be used")
                if row.reason
                else QCoreApplication.translate("Adapters", "Ready")
            ),
            pill=lambda row: "bad" if row.reason else "ok",
        ),
        ColumnSpec(
            "formats",
            lambda: QCoreApplication.translate("Adapters", "Formats"),
            lambda row: ", ".join(row.formats) or wording.NO_VALUE,
        ),
        ColumnSpec(
            "about",
            lambda: QCoreApplication.translate("Adapters", "Version and providers"),
            lambda row: said(row.reason) or " · ".join(filter(None, (row.version, ", ".join(row.providers)))),
        ),
    )


class AdaptersModel(QObject):
    """The adapters of one board; they are listed, added from a file, and removed."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = ""
        self.list = Query(session, "adapter_list", self)
        self.change = Query(session, "adapter_add", self)
        self.removal = Query(session, "adapter_remove", self)
        self.rows: RowsModel[AdapterRow] = RowsModel(adapter_columns(), lambda row: row.id, self)
        for query in (self.list, self.change, self.removal):
            query.answered.connect(lambda query=query: self._show(query))
            query.changed.connect(self.changed)

    def show_device(self, name: str) -> None:
        """Another board: nothing is known of it."""
        if name != self.device:
            self.device = name
            self.rows.show([])
            for query in (self.list, self.change, self.removal):
                query.forget()

    def read(self) -> None:
        """Ask the board."""
        if self.device:
            self.list.load(targets=[self.device])

    def add(self, path: str) -> None:
        """Put an adapter on the board; it is loaded there in a limited child first."""
        if self.device and not self.busy:
            self._forget_failures()
            self.change.load(targets=[self.device], file=path)

    def remove(self, id_: str) -> None:
        """Take an adapter off the board."""
        if self.device and not self.busy:
            self._forget_failures()
            self.removal.load(targets=[self.device], name=id_)

    @property
    def busy(self) -> bool:
        """True while the board is asked."""
        return any(query.loading for query in (self.list, self.change, self.removal))

    @property
    def failure(self) -> str:
        """What the board or the desktop did not like."""
        failures = [query.failure for query in (self.change, self.removal, self.list) if not query.loading]
        return next((trouble(failure) for failure in failures if failure is not None), "")

    @property
    def known(self) -> bool:
        """True once the board told which adapters it has."""
        return any(query.document is not None for query in (self.list, self.change, self.removal))

    def _forget_failures(self) -> None:
        for query in (self.change, self.removal):
            query.failure = None

    def _show(self, query: Query) -> None:
        self.rows.show(read_adapters(query.document, self.device))
