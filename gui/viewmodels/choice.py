"""What a measured preset tried and picked, as the result page shows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import geometric_mean
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .documents import Interval
from .metrics import metric_name
from .rows import ColumnSpec, numbers
from .saying import listed
from .scatter import Point, front

KINDS = {"thinned": "idle", "failed": "bad", "stopped": "warn", "measured": "info"}


@dataclass(frozen=True)
class OnBoard:
    """What was measured of a candidate on one of several boards."""

    target: str
    latency_ms: float | None
    speedup: float | None


@dataclass(frozen=True)
class TriedRow:
    """One candidate. None = not known, because it was not compressed or not measured.

    On several boards ``latency_ms`` is the geometric mean.
    """

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
    boards: tuple[OnBoard, ...] = ()


@dataclass(frozen=True)
class Choice:
    """All candidates, the name of the picked one, and why it was picked; ``original_ms`` is the original's latency.

    ``best_on`` has what would be picked on each board alone, empty where nothing keeps the limits there.
    """

    rows: tuple[TriedRow, ...]
    chosen: str
    reasons: tuple[str, ...]
    original_ms: float | None = None
    targets: tuple[str, ...] = ()
    metric: str = "accuracy"
    best_on: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> str:
        """Where it was measured."""
        if len(self.targets) < 2:
            return "".join(self.targets)
        return QCoreApplication.translate("Choice", "{0}: geometric mean").format(", ".join(self.targets))

    @property
    def alone(self) -> str:
        """What would be picked on each board alone, where that is another one."""
        if len(self.targets) < 2 or set(self.best_on.values()) == {self.chosen}:
            return ""
        none = QCoreApplication.translate("Choice", "none")
        words = QCoreApplication.translate("Choice", "On {0} alone: {1}.")
        return " ".join(words.format(board, name or none) for board, name in self.best_on.items())

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
    own = [
        item for item in documents.objects(document.get("readings")) if documents.text(item.get("variant")) == original
    ]
    known = [documents.number(documents.object_(item.get("latency_ms")).get("p50")) for item in own]
    medians = [value for value in known if value]
    return Choice(
        rows,
        chosen,
        documents.texts(document.get("reasons")),
        geometric_mean(medians) if medians else None,
        documents.texts(document.get("targets")) or tuple(filter(None, [documents.text(document.get("target"))])),
        documents.text(document.get("metric")) or "accuracy",
        {name: documents.text(best) for name, best in documents.object_(document.get("best_on")).items()},
    )


def axes(metric: str) -> tuple[str, str]:
    """Titles of the plot's axes."""
    return (
        QCoreApplication.translate("Choice", "Latency p50 (ms)   ← better"),
        QCoreApplication.translate("Choice", "Points lost: {0}   ← better").format(metric_name(metric)),
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
        tuple(map(_on_board, documents.objects(item.get("boards")))),
    )


def _on_board(item: Mapping[str, Any]) -> OnBoard:
    latency, speedup = documents.number(item.get("latency_ms")), documents.number(item.get("speedup"))
    return OnBoard(documents.text(item.get("target")), latency, speedup)


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
            lambda row: _packed([row])(row),
            key=lambda row: row.packed_bytes,
            number=True,
            together=_packed,
        ),
        ColumnSpec(
            "latency",
            lambda: QCoreApplication.translate("Choice", "Latency"),
            lambda row: _latency([row])(row),
            key=lambda row: row.latency_ms,
            number=True,
            together=_latency,
            explanation=lambda: QCoreApplication.translate(
                "Choice", "Median on each device; a figure with a tilde is an estimate before training."
            ),
        ),
        ColumnSpec(
            "speedup",
            lambda: QCoreApplication.translate("Choice", "Speed-up"),
            lambda row: _each(row, lambda board: board.speedup, row.speedup, wording.times),
            key=lambda row: row.speedup if len(row.boards) < 2 else min(board.speedup or 0.0 for board in row.boards),
            number=True,
        ),
        ColumnSpec(
            "reasons",
            lambda: QCoreApplication.translate("Choice", "Reason"),
            lambda row: "" if row.chosen else listed(row.reasons),
        ),
    )


def _each(
    row: TriedRow, of: Callable[[OnBoard], float | None], one: float | None, words: Callable[[float], str]
) -> str:
    """A figure; of several boards each board's, in their order."""
    figures = [one] if len(row.boards) < 2 else [of(board) for board in row.boards]
    return " · ".join(wording.NO_VALUE if figure is None else words(figure) for figure in figures)


def _packed(rows: Sequence[TriedRow]) -> Callable[[TriedRow], str]:
    shown = wording.sizes(row.packed_bytes for row in rows)
    return lambda row: wording.NO_VALUE if row.packed_bytes is None else _marked(row, shown(row.packed_bytes))


def _latency(rows: Sequence[TriedRow]) -> Callable[[TriedRow], str]:
    shown = wording.latencies(
        value for row in rows for value in (row.latency_ms, *(board.latency_ms for board in row.boards))
    )
    return lambda row: _marked(row, _each(row, lambda board: board.latency_ms, row.latency_ms, shown))


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
