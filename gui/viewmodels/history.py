"""What happened on a board, and how its latencies went over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .curves import Curves
from .dates import when
from .rows import ColumnSpec
from .saying import said

KINDS = {
    "deployed": "ok",
    "committed": "ok",
    "on-trial": "info",
    "rolled-back": "warn",
    "went-back": "bad",
    "rejected": "bad",
    "failed": "bad",
}
MAX_VARIANTS = 4


@dataclass(frozen=True)
class HappenedRow:
    """One event of a slot; ``t`` is None for what happened before the board kept a log."""

    t: float | None
    client: str
    slot: str
    event: str
    release: int | None
    variant: str
    reason: str
    number: int
    running: bool = False


def read_history(document: Mapping[str, Any] | None) -> list[HappenedRow]:
    """The document of ``flyweight device history --json``; of the releases of a slot the one that runs is marked."""
    current = documents.object_((document or {}).get("current"))
    rows: list[HappenedRow] = []
    marked: set[str] = set()
    for number, item in enumerate(documents.objects((document or {}).get("events"))):
        slot, event = documents.text(item.get("slot")), documents.text(item.get("event"))
        release = documents.whole(item.get("release"))
        runs = release is not None and documents.whole(current.get(slot)) == release and slot not in marked
        if runs:
            marked.add(slot)
        rows.append(
            HappenedRow(
                documents.number(item.get("t")),
                documents.text(item.get("client")),
                slot,
                event,
                release,
                documents.text(item.get("variant")) or documents.text(item.get("bundle"))[:12],
                documents.text(item.get("reason")),
                number,
                runs,
            )
        )
    return rows


def event_words(event: str) -> str:
    """What happened, in a word."""
    return {
        "deployed": QCoreApplication.translate("Past", "Deployed"),
        "on-trial": QCoreApplication.translate("Past", "On trial"),
        "committed": QCoreApplication.translate("Past", "Committed"),
        "rolled-back": QCoreApplication.translate("Past", "Rolled back"),
        "went-back": QCoreApplication.translate("Past", "Went back"),
        "rejected": QCoreApplication.translate("Past", "Rejected"),
        "failed": QCoreApplication.translate("Past", "Failed"),
    }.get(event, event)


def about(row: HappenedRow) -> str:
    """Which variant, why, and who asked for it."""
    runs = QCoreApplication.translate("Past", "runs now") if row.running else ""
    asked = QCoreApplication.translate("Past", "asked from {0}").format(row.client) if row.client else ""
    return " · ".join(filter(None, (runs, row.variant, said(row.reason), asked))) or wording.NO_VALUE


def _release(row: HappenedRow) -> str:
    return " ".join(filter(None, (row.slot, "" if row.release is None else str(row.release)))) or wording.NO_VALUE


def history_columns() -> tuple[ColumnSpec[HappenedRow], ...]:
    """Columns of the table of a board's history."""
    return (
        ColumnSpec(
            "when",
            lambda: QCoreApplication.translate("Past", "When"),
            lambda row: QCoreApplication.translate("Past", "earlier") if row.t is None else when(row.t),
            key=lambda row: -row.number,
        ),
        ColumnSpec(
            "event",
            lambda: QCoreApplication.translate("Past", "What"),
            lambda row: event_words(row.event),
            pill=lambda row: KINDS.get(row.event, "idle"),
        ),
        ColumnSpec(
            "release",
            lambda: QCoreApplication.translate("Past", "Release"),
            _release,
            key=lambda row: (row.slot, row.release or 0),
            explanation=lambda: QCoreApplication.translate("Past", "Slot and number of the release"),
        ),
        ColumnSpec("about", lambda: QCoreApplication.translate("Past", "Variant and reason"), about),
    )


@dataclass(frozen=True)
class Latencies:
    """Curves by variant over the readings of a device, the variants measured last, and the newest of them in words."""

    curves: Curves
    names: tuple[str, ...]
    now: str
    newest: str
    count: int


def read_latencies(document: Mapping[str, Any] | None) -> Latencies:
    """The document of ``flyweight profile history --json``; rejected readings are left out."""
    curves, newest = Curves(), ("", "")
    order: list[str] = []
    rows = [r for r in documents.objects((document or {}).get("readings")) if r.get("quality") != "rejected"]
    for number, item in enumerate(rows, 1):
        p50, name = documents.number(item.get("p50_ms")), documents.text(item.get("variant"))
        if p50 is None:
            continue
        threads = documents.whole(item.get("threads")) or 1
        label = name if threads == 1 else f"{name} ×{threads}"
        curves.add(label, number, p50)
        order = [*(other for other in order if other != label), label]
        newest = wording.milliseconds(p50), label
    return Latencies(curves, tuple(order[-MAX_VARIANTS:]), *newest, len(rows))
