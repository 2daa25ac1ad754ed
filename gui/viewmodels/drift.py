"""Devices that became slower or faster than they were, and those that are unlike their sisters."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .dates import when_iso
from .findings import Cell, Findings, Line, Sheet
from .saying import said


def drift_words(document: Mapping[str, Any]) -> str:
    """What the whole list says."""
    rows = documents.objects(document.get("rows"))
    many = sum(row.get("drifted") is True for row in rows) + len(documents.objects(document.get("outliers")))
    alarm = wording.share(documents.number(document.get("false_alarm_rate")))
    if not rows and not many:
        return QCoreApplication.translate(
            "Drifting", "Nothing to compare yet: a bundle has to be measured on a device more than once."
        )
    if not many:
        if rows and all(documents.number(row.get("p_value")) is None for row in rows):
            return QCoreApplication.translate(
                "Drifting", "Too few earlier readings to tell: measure again another day."
            )
        words = QCoreApplication.translate(
            "Drifting", "Nothing drifted. A false alarm anywhere in this list has a probability of {0}."
        )
        return words.format(alarm)
    words = QCoreApplication.translate(
        "Drifting", "{0} need a look. A false alarm anywhere in this list has a probability of {1}."
    )
    if many == 1:
        words = QCoreApplication.translate(
            "Drifting", "{0} needs a look. A false alarm anywhere in this list has a probability of {1}."
        )
    return words.format(many, alarm)


def read_drift(document: Mapping[str, Any]) -> Findings:
    """The document of ``flyweight profile drift --json``: what drifted comes first."""
    sheets = []
    rows = documents.objects(document.get("rows"))
    rows.sort(key=lambda row: (row.get("drifted") is not True, -abs(documents.number(row.get("change")) or 0.0)))
    if rows:
        sheets.append(_history(rows))
    if outliers := documents.objects(document.get("outliers")):
        sheets.append(_sisters(outliers))
    if stale := documents.objects(document.get("stale")):
        sheets.append(_stale(stale))
    return Findings((), tuple(sheets))


def _history(rows: list[Mapping[str, Any]]) -> Sheet:
    heads = (
        QCoreApplication.translate("Drifting", "Device"),
        QCoreApplication.translate("Drifting", "Variant"),
        QCoreApplication.translate("Drifting", "State"),
        QCoreApplication.translate("Drifting", "Before (ms)"),
        QCoreApplication.translate("Drifting", "Now (ms)"),
        QCoreApplication.translate("Drifting", "Change"),
        QCoreApplication.translate("Drifting", "Earlier readings"),
    )
    lines = tuple(
        (
            Cell(documents.text(row.get("target"))),
            Cell(documents.text(row.get("name"))),
            _state(row),
            _figure(row.get("before_ms")),
            _figure(row.get("now_ms")),
            _change(row.get("change")),
            Cell(wording.count(documents.whole(row.get("history"))), documents.number(row.get("history"))),
        )
        for row in rows
    )
    title = QCoreApplication.translate("Drifting", "Against their own history")
    return Sheet(title, heads, frozenset({3, 4, 5, 6}), lines, wide=1, pills=frozenset({2}))


def _state(row: Mapping[str, Any]) -> Cell:
    if row.get("drifted") is True:
        slower = (documents.number(row.get("change")) or 0.0) > 0
        if slower:
            return Cell(QCoreApplication.translate("Drifting", "Slower"), pill="bad")
        return Cell(QCoreApplication.translate("Drifting", "Faster"), pill="warn")
    if documents.number(row.get("p_value")) is None:
        return Cell(QCoreApplication.translate("Drifting", "Too few to tell"), pill="idle")
    return Cell(QCoreApplication.translate("Drifting", "Unchanged"), pill="ok")


def _ratio(value: float | None) -> Cell:
    return Cell(wording.NO_VALUE) if value is None else Cell(wording.times(value), value)


def _sisters(rows: list[Mapping[str, Any]]) -> Sheet:
    heads = (
        QCoreApplication.translate("Drifting", "Device"),
        QCoreApplication.translate("Drifting", "Board"),
        QCoreApplication.translate("Drifting", "Time of boards of its kind"),
        QCoreApplication.translate("Drifting", "Bundles"),
    )
    lines = tuple(
        (
            Cell(documents.text(row.get("target"))),
            Cell(documents.text(row.get("board"))),
            _ratio(documents.number(row.get("ratio"))),
            Cell(wording.count(documents.whole(row.get("rows"))), documents.number(row.get("rows"))),
        )
        for row in rows
    )
    title = QCoreApplication.translate("Drifting", "Unlike others of their kind")
    return Sheet(title, heads, frozenset({2, 3}), lines)


def _stale(rows: list[Mapping[str, Any]]) -> Sheet:
    heads = (
        QCoreApplication.translate("Drifting", "Device"),
        QCoreApplication.translate("Drifting", "Variant"),
        QCoreApplication.translate("Drifting", "Measured"),
        QCoreApplication.translate("Drifting", "Changed since"),
    )
    lines: tuple[Line, ...] = tuple(
        (
            Cell(documents.text(row.get("target"))),
            Cell(documents.text(row.get("name")) or documents.text(row.get("model"))),
            Cell(when_iso(documents.text(row.get("measured_at")))),
            Cell(", ".join(map(said, documents.texts(row.get("changed"))))),
        )
        for row in rows
    )
    title = QCoreApplication.translate("Drifting", "Stale: the device changed since")
    return Sheet(title, heads, frozenset(), lines, wide=3)


def _figure(value: object) -> Cell:
    found = documents.number(value)
    return Cell(wording.NO_VALUE) if found is None else Cell(wording.number(found, 3), found)


def _change(value: object) -> Cell:
    found = documents.number(value)
    return Cell(wording.NO_VALUE) if found is None else Cell(f"{100 * found:+.1f} %", found)
