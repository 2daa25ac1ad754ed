"""Boards found on the network, and boards of a file that were enrolled together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .rows import ColumnSpec


@dataclass(frozen=True)
class FoundRow:
    """A host that could be a board; ``device`` is the name it is enrolled under already."""

    host: str
    port: int
    source: str
    answers: bool
    device: str

    @property
    def address(self) -> str:
        """Host and port, as the dialog that adds a board takes them."""
        return self.host if self.port == 22 else f"{self.host}:{self.port}"


def read_found(document: Mapping[str, Any] | None) -> list[FoundRow]:
    """The document of ``flyweight device discover --json``."""
    return [
        FoundRow(
            documents.text(item.get("host")),
            documents.whole(item.get("port")) or 22,
            documents.text(item.get("source")),
            item.get("ssh") is True,
            documents.text(item.get("device")),
        )
        for item in documents.objects((document or {}).get("hosts"))
    ]


def found_columns() -> tuple[ColumnSpec[FoundRow], ...]:
    """Columns of the table of hosts."""
    return (
        ColumnSpec("host", lambda: QCoreApplication.translate("ManyDevices", "Host"), lambda row: row.address),
        ColumnSpec("source", lambda: QCoreApplication.translate("ManyDevices", "Known from"), lambda row: row.source),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("ManyDevices", "State"),
            _found_state,
            pill=lambda row: "idle" if row.device else "ok" if row.answers else "warn",
        ),
    )


def _found_state(row: FoundRow) -> str:
    if row.device:
        return QCoreApplication.translate("ManyDevices", "added as {0}").format(row.device)
    if row.answers:
        return QCoreApplication.translate("ManyDevices", "SSH answers")
    return QCoreApplication.translate("ManyDevices", "no SSH")


@dataclass(frozen=True)
class EnrolledRow:
    """What became of one row of a fleet file."""

    name: str
    address: str
    state: str
    reason: str


def read_enrolled(document: Mapping[str, Any] | None) -> list[EnrolledRow]:
    """The document of ``flyweight device add --from --json``."""
    rows = []
    for item in documents.objects((document or {}).get("devices")):
        error = documents.object_(item.get("error"))
        words = f"{documents.text(error.get('message'))} {documents.text(error.get('remedy'))}".strip()
        rows.append(
            EnrolledRow(
                documents.text(item.get("name")),
                documents.text(item.get("address")),
                documents.text(item.get("state")),
                words,
            )
        )
    return rows


def enrolled_columns() -> tuple[ColumnSpec[EnrolledRow], ...]:
    """Columns of the table of enrolled boards."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("ManyDevices", "Device"), lambda row: row.name),
        ColumnSpec("address", lambda: QCoreApplication.translate("ManyDevices", "Address"), lambda row: row.address),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("ManyDevices", "State"),
            _enrolled_state,
            pill=lambda row: {"added": "ok", "known": "idle"}.get(row.state, "bad"),
        ),
        ColumnSpec(
            "reason",
            lambda: QCoreApplication.translate("ManyDevices", "Reason"),
            lambda row: row.reason or wording.NO_VALUE,
        ),
    )


def _enrolled_state(row: EnrolledRow) -> str:
    return {
        "added": QCoreApplication.translate("ManyDevices", "added"),
        "known": QCoreApplication.translate("ManyDevices", "known already"),
        "failed": QCoreApplication.translate("ManyDevices", "failed"),
    }.get(row.state, row.state)
