"""The demo's document as rows: read once, tolerant of what is missing, shown by any table view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from . import documents, wording
from .documents import Interval

VERDICT_ROLE = int(Qt.ItemDataRole.UserRole)
RECOMMENDED_ROLE = VERDICT_ROLE + 1


class Column(IntEnum):
    """Columns of the result table."""

    VARIANT = 0
    MODEL = 1
    ACCURACY = 2
    LOST = 3
    SIZE = 4
    PACKED = 5
    LATENCY = 6
    SPEEDUP = 7
    VERDICT = 8


@dataclass(frozen=True)
class ResultRow:
    """One variant. Accuracy in percent, sizes in bytes, latency in milliseconds; None where nothing was measured."""

    name: str
    model: str
    accuracy_percent: float | None
    accuracy_ci95: Interval | None
    size_bytes: int | None
    packed_bytes: int | None
    latency_p50_ms: float | None
    speedup: float | None
    speedup_ci95: Interval | None
    verdict: str | None  # None: the baseline itself
    recommended: bool
    lost_points: float | None
    lost_ci95: Interval | None
    smaller: float | None


@dataclass(frozen=True)
class Results:
    """What a run of the sample project found."""

    rows: tuple[ResultRow, ...]
    data: str
    board: str
    threads: int | None
    runs: int | None
    placed: int
    verified: int
    report: str | None
    notes: tuple[str, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the networks, in order."""
        return tuple(dict.fromkeys(row.model for row in self.rows))

    def recommended(self, model: str) -> ResultRow | None:
        """The recommended variant of a network."""
        return next((row for row in self.rows if row.model == model and row.recommended), None)


def read_results(document: Mapping[str, Any]) -> Results:
    """Read the document of ``flyweight demo --json``; what is missing or of another type reads as None."""
    variants, readings = documents.objects(document.get("variants")), documents.objects(document.get("readings"))
    placements = documents.objects(document.get("placements"))
    compared = {str(c.get("a")): c for c in documents.objects(document.get("comparisons"))}
    by_variant = {str(r["variant"]): r for r in readings if r.get("variant") is not None}
    packed = {str(v.get("id")): documents.whole(v.get("packed_bytes")) for v in variants}
    device = documents.object_(document.get("device"))
    recommended = {_network(key): name for key, name in documents.object_(document.get("recommended")).items()}
    rows = []
    for variant in variants:
        reading = by_variant.get(str(variant.get("id")), {})
        rows.append(_row(variant, reading, compared.get(str(reading.get("bundle"))), packed, recommended))
    counts = [
        n for r in readings if (n := documents.whole(documents.object_(r.get("latency_ms")).get("n"))) is not None
    ]
    return Results(
        rows=tuple(rows),
        data=documents.text(document.get("data")),
        board=documents.text(device.get("board_name")) or documents.text(device.get("name")),
        threads=documents.whole(readings[0].get("threads")) if readings else None,
        runs=min(counts, default=None),
        placed=len(placements),
        verified=sum(item.get("verified") is True for item in placements),
        report=documents.text(document.get("report")) or None,
        notes=tuple(map(str, document["notes"])) if isinstance(document.get("notes"), list) else (),
    )


def _row(
    variant: Mapping[str, Any],
    reading: Mapping[str, Any],
    comparison: Mapping[str, Any] | None,
    packed: Mapping[str, int | None],
    recommended: Mapping[str, Any],
) -> ResultRow:
    scores = documents.object_(variant.get("score"))
    accuracy = documents.object_(scores.get(next((k for k in scores if k.startswith("accuracy")), "")))
    value, interval = documents.number(accuracy.get("value")), documents.interval(accuracy.get("ci95"))
    model, name = (
        _network(documents.text(variant.get("model"))),
        documents.text(variant.get("name")) or documents.text(variant.get("id")),
    )
    own, base = documents.whole(variant.get("packed_bytes")), packed.get(str(variant.get("baseline")))
    compared, lost = comparison or {}, documents.object_(variant.get("loss_points"))
    return ResultRow(
        name=name,
        model=model,
        accuracy_percent=None if value is None else 100 * value,
        accuracy_ci95=None if interval is None else (100 * interval[0], 100 * interval[1]),
        size_bytes=documents.whole(variant.get("size_bytes")),
        packed_bytes=own,
        latency_p50_ms=documents.number(documents.object_(reading.get("latency_ms")).get("p50")),
        speedup=documents.number(compared.get("speedup")),
        speedup_ci95=documents.interval(compared.get("ci95")),
        verdict=None if comparison is None else documents.text(compared.get("verdict")),
        recommended=name != "" and recommended.get(model) == name,
        lost_points=documents.number(lost.get("value")),
        lost_ci95=documents.interval(lost.get("ci95")),
        smaller=base / own if base and own else None,
    )


def _network(model: str) -> str:
    """The name of a network, with or without the prefix of the built-in ones."""
    return model.removeprefix("sample:")


class ResultsModel(QAbstractTableModel):
    """The rows of a run for a table view; texts follow the language of the window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ResultRow] = ()

    def show(self, rows: Sequence[ResultRow]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def retranslate(self) -> None:
        """The language changed: every text is new."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return _title(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _explanation(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        row, column = self._rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == VERDICT_ROLE:
            return row.verdict or ""
        if role == RECOMMENDED_ROLE:
            return row.recommended
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_title(column)}: {_cell(row, column)}"
        return None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight
    if column in (Column.VARIANT, Column.MODEL, Column.VERDICT):
        side = Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _title(column: Column) -> str:
    return {
        Column.VARIANT: QCoreApplication.translate("Results", "Variant"),
        Column.MODEL: QCoreApplication.translate("Results", "Network"),
        Column.ACCURACY: QCoreApplication.translate("Results", "Accuracy"),
        Column.LOST: QCoreApplication.translate("Results", "Points lost"),
        Column.SIZE: QCoreApplication.translate("Results", "Size"),
        Column.PACKED: QCoreApplication.translate("Results", "Packed"),
        Column.LATENCY: QCoreApplication.translate("Results", "Latency"),
        Column.SPEEDUP: QCoreApplication.translate("Results", "Speed-up"),
        Column.VERDICT: QCoreApplication.translate("Results", "Verdict"),
    }[column]


def _explanation(column: Column) -> str | None:
    return {
        Column.ACCURACY: QCoreApplication.translate("Results", "Share of correct answers with its 95 % interval"),
        Column.LOST: QCoreApplication.translate(
            "Results", "Accuracy lost against the original on the same samples, in percentage points"
        ),
        Column.PACKED: QCoreApplication.translate("Results", "Size after lossless packing"),
        Column.LATENCY: QCoreApplication.translate("Results", "Median time of one prediction on the device"),
        Column.SPEEDUP: QCoreApplication.translate(
            "Results", "Latency of the original divided by this one, in the same run, with its 95 % interval"
        ),
        Column.VERDICT: QCoreApplication.translate(
            "Results", "Pass: not slower than the original within the margin. Inconclusive: the interval is too wide."
        ),
    }.get(column)


def _cell(row: ResultRow, column: Column) -> str:
    if column is Column.VARIANT:
        return row.name
    if column is Column.MODEL:
        return row.model
    if column is Column.ACCURACY:
        return wording.with_interval(row.accuracy_percent, row.accuracy_ci95, 1, " %")
    if column is Column.LOST:
        return wording.with_interval(row.lost_points, row.lost_ci95, 2)
    if column is Column.SIZE:
        return wording.size(row.size_bytes)
    if column is Column.PACKED:
        return wording.size(row.packed_bytes)
    if column is Column.LATENCY:
        shown = row.latency_p50_ms
        return wording.NO_VALUE if shown is None else f"{wording.number(shown, 1 if shown >= 10 else 2)} ms"
    if column is Column.SPEEDUP:
        return wording.with_interval(row.speedup, row.speedup_ci95, 2, "×")
    return wording.verdict(row.verdict)
