"""What a measured preset tried and picked, as the result page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .documents import Interval
from .rows import ColumnSpec, numbers
from .saying import listed
from .scatter import Point, front

KINDS = {"thinned": "idle", "failed": "bad", "stopped": "warn", "measured": "info"}


@dataclass(frozen=True)
class TriedRow:
    """One candidate. None = not known, because it was not compressed or not measured."""

    name: str
    why: str
    state: str
    reasons: tuple[str, ...]
    chosen: bool
    lost_points: float | None
    packed_bytes: int | None
    latency_ms: float | None
    speedup: float | None
    estimated: bool
    latency_ci95: Interval | None = None


@dataclass(frozen=True)
class Choice:
    """All candidates, the name of the picked one, and why it was picked; ``original_ms`` is the original's latency."""

    rows: tuple[TriedRow, ...]
    chosen: str
    reasons: tuple[str, ...]
    original_ms: float | None = None

    @property
    def points(self) -> list[Point]:
        """What was measured and the original, latency against accuracy lost; those that nothing beats are the front."""
        found = [
            (row.name, row.latency_ms, row.lost_points, row.latency_ci95)
            for row in self.rows
            if row.latency_ms is not None and row.lost_points is not None and not row.estimated
        ]
        if found and self.original_ms is not None:
            found.append((QCoreApplication.translate("Choice", "original"), self.original_ms, 0.0, None))
        on = front([(x, y) for _, x, y, _ in found], (False, False))
        return [
            Point(name, name, x, y, interval, front=best)
            for (name, x, y, interval), best in zip(found, on, strict=True)
        ]


def read_choice(document: Mapping[str, Any]) -> Choice:
    """The document of the verb ``choose``; the picked candidate stands first, the others as they were tried."""
    tried = map(_row, documents.objects(document.get("candidates")))
    rows = tuple(sorted(tried, key=lambda row: not row.chosen))
    chosen = next((row.name for row in rows if row.chosen), "")
    original = documents.text(documents.object_(document.get("baseline")).get("id"))
    latencies = {
        documents.text(reading.get("variant")): documents.object_(reading.get("latency_ms"))
        for reading in documents.objects(document.get("readings"))
    }
    original_ms = documents.number(latencies.get(original, {}).get("p50"))
    return Choice(rows, chosen, documents.texts(document.get("reasons")), original_ms)


def axes() -> tuple[str, str]:
    """Titles of the plot's axes."""
    return (
        QCoreApplication.translate("Choice", "Latency p50 (ms)   ← better"),
        QCoreApplication.translate("Choice", "Points lost   ← better"),
    )


def _row(item: Mapping[str, Any]) -> TriedRow:
    found = documents.object_(item.get("found"))
    shown = found or documents.object_(item.get("estimate"))
    return TriedRow(
        documents.text(item.get("name")),
        documents.text(item.get("why")),
        documents.text(item.get("state")),
        documents.texts(item.get("reasons")),
        item.get("chosen") is True,
        documents.number(found.get("loss_points")),
        documents.whole(shown.get("packed_bytes")),
        documents.number(shown.get("latency_ms")),
        documents.number(found.get("speedup")),
        not found,
        documents.interval(found.get("latency_ci95")),
    )


def row_id(row: TriedRow) -> str:
    """Identity of a row."""
    return row.name


def tried_columns() -> tuple[ColumnSpec[TriedRow], ...]:
    """Columns of the table of candidates."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Choice", "Candidate"), lambda row: row.name),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("Choice", "State"),
            _state,
            pill=lambda row: "ok" if row.chosen else KINDS.get(row.state, "idle"),
        ),
        numbers(
            "lost",
            lambda: QCoreApplication.translate("Choice", "Loss (points)"),
            lambda row: row.lost_points,
            wording.points,
        ),
        ColumnSpec(
            "packed",
            lambda: QCoreApplication.translate("Choice", "Packed"),
            lambda row: _marked(row, wording.size(row.packed_bytes)),
            key=lambda row: row.packed_bytes,
            number=True,
        ),
        ColumnSpec(
            "latency",
            lambda: QCoreApplication.translate("Choice", "Latency"),
            lambda row: _marked(row, wording.milliseconds(row.latency_ms)),
            key=lambda row: row.latency_ms,
            number=True,
            explanation=lambda: QCoreApplication.translate(
                "Choice", "Median on the device; a figure with a tilde is an estimate before training."
            ),
        ),
        numbers(
            "speedup",
            lambda: QCoreApplication.translate("Choice", "Speed"),
            lambda row: row.speedup,
            wording.times,
        ),
        ColumnSpec(
            "reasons",
            lambda: QCoreApplication.translate("Choice", "Reason"),
            lambda row: "" if row.chosen else listed(row.reasons),
        ),
    )


def _marked(row: TriedRow, text: str) -> str:
    return f"~{text}" if row.estimated and text != wording.NO_VALUE else text


def _state(row: TriedRow) -> str:
    if row.chosen:
        return QCoreApplication.translate("Choice", "Chosen")
    return {
        "thinned": QCoreApplication.translate("Choice", "Ruled out"),
        "failed": QCoreApplication.translate("Choice", "Not possible"),
        "stopped": QCoreApplication.translate("Choice", "Not tried"),
        "measured": QCoreApplication.translate("Choice", "Measured"),
    }.get(row.state, row.state)
