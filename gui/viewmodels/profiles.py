"""The profiles page: boards with readings, and the data sheet of the selected one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from . import documents, wording
from .dates import when_iso
from .documents import Interval
from .isolation import isolation_words
from .query import Query
from .rows import ColumnSpec, RowsModel, alike, numbers
from .scatter import Point
from .selection import Selection
from .session import Session
from .spread import Spread, read_spread

ORIGINS = {"measured": "ok", "predicted": "info", "published": "idle", "declared": "idle", "simulated": "warn"}


CHANGING_READINGS = ("measure", "measure_scenario", "demo", "profile_run", "profile_import", "profile_check")
RAN = ("measured", "simulated")  # the origins of readings a board really ran for
MOST_VALUES = 6  # that a small plot shows with a name each


@dataclass(frozen=True)
class BoardRow:
    """A board with readings."""

    board: str
    devices: tuple[str, ...]
    models: int | None
    rows: int | None
    last: str


@dataclass(frozen=True)
class ReadingRow:
    """The newest reading of a bundle; None = not measured."""

    id: str
    name: str
    runtime: str
    precision: str
    threads: int | None
    p50: float | None
    ci95: Interval | None
    p99: float | None
    peak_mb: float | None
    energy_mj: float | None
    runs: int | None
    origin: str
    throttled: bool | None
    reasons: tuple[str, ...]
    measured_at: str
    walls: object
    kept: Mapping[str, Any]

    @property
    def spread(self) -> Spread | None:
        """Its histogram; read when it is looked at, because a board has thousands of readings."""
        return read_spread(self.kept)

    @property
    def isolation(self) -> str:
        """What kept the model's process in, in the language of the window; empty where nothing ran."""
        return isolation_words(self.walls) if self.origin in RAN else ""


def read_boards(document: Mapping[str, Any] | None) -> list[BoardRow]:
    """The document of ``flyweight profile list --json``."""
    return [
        BoardRow(
            documents.text(item.get("board")),
            documents.texts(item.get("devices")),
            documents.whole(item.get("models")),
            documents.whole(item.get("rows")),
            documents.text(item.get("last_measured")),
        )
        for item in documents.objects((document or {}).get("profiles"))
    ]


def read_readings(document: Mapping[str, Any] | None) -> list[ReadingRow]:
    """The rows of ``flyweight profile show --json``."""
    return [_reading(n, item) for n, item in enumerate(documents.objects((document or {}).get("rows")))]


def _reading(number: int, item: Mapping[str, Any]) -> ReadingRow:
    latency = documents.object_(item.get("latency_ms"))
    throttled = item.get("throttled")
    return ReadingRow(
        str(number),
        documents.text(item.get("name")) or documents.text(item.get("variant")),
        documents.engine(item),
        documents.text(item.get("precision")),
        documents.whole(item.get("threads")),
        documents.number(latency.get("p50")),
        documents.interval(latency.get("ci95_p50")),
        documents.number(latency.get("p99")),
        documents.number(documents.object_(item.get("memory_mb")).get("run_peak")),
        documents.number(documents.object_(documents.object_(item.get("energy_mj")).get("total")).get("value")),
        documents.whole(latency.get("n")),
        documents.text(item.get("origin")),
        throttled if isinstance(throttled, bool) else None,
        documents.texts(item.get("reasons")),
        documents.text(item.get("measured_at")),
        item.get("isolation"),
        item,
    )


def board_columns() -> tuple[ColumnSpec[BoardRow], ...]:
    """Columns of the list of boards."""
    return (
        ColumnSpec("board", lambda: QCoreApplication.translate("Profiles", "Board"), lambda row: row.board),
        numbers(
            "rows",
            lambda: QCoreApplication.translate("Profiles", "Readings"),
            lambda row: row.rows,
            wording.count,
        ),
        ColumnSpec(
            "last",
            lambda: QCoreApplication.translate("Profiles", "Last measured"),
            lambda row: when_iso(row.last),
            key=lambda row: row.last,
            number=True,
        ),
    )


def reading_columns() -> tuple[ColumnSpec[ReadingRow], ...]:
    """Columns of the data sheet."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Profiles", "Variant"), lambda row: row.name),
        ColumnSpec("runtime", lambda: QCoreApplication.translate("Profiles", "Runtime"), lambda row: row.runtime),
        ColumnSpec("precision", lambda: QCoreApplication.translate("Profiles", "Precision"), lambda row: row.precision),
        numbers(
            "threads",
            lambda: QCoreApplication.translate("Profiles", "Threads"),
            lambda row: row.threads,
            wording.count,
        ),
        alike(
            "p50",
            lambda: QCoreApplication.translate("Profiles", "p50"),
            lambda row: row.p50,
            wording.latencies,
            lambda: QCoreApplication.translate("Profiles", "Median latency of one prediction"),
        ),
        ColumnSpec(
            "ci95",
            lambda: QCoreApplication.translate("Profiles", "95 % interval"),
            lambda row: _interval(row.ci95),
            key=lambda row: None if row.ci95 is None else row.ci95[1],
            number=True,
        ),
        alike(
            "p99",
            lambda: QCoreApplication.translate("Profiles", "p99"),
            lambda row: row.p99,
            wording.latencies,
        ),
        numbers(
            "memory",
            lambda: QCoreApplication.translate("Profiles", "Peak memory"),
            lambda row: row.peak_mb,
            lambda value: f"{wording.number(value, 1)} MB",
        ),
        numbers(
            "energy",
            lambda: QCoreApplication.translate("Profiles", "Energy"),
            lambda row: row.energy_mj,
            lambda value: f"{wording.number(value, 2)} mJ",
            missing=lambda: QCoreApplication.translate("Profiles", "no sensor"),
        ),
        numbers(
            "runs",
            lambda: QCoreApplication.translate("Profiles", "Runs"),
            lambda row: row.runs,
            wording.count,
        ),
        ColumnSpec(
            "origin",
            lambda: QCoreApplication.translate("Profiles", "Origin"),
            lambda row: origin(row),
            pill=lambda row: "warn" if row.throttled else ORIGINS.get(row.origin, "idle"),
        ),
    )


def _interval(value: Interval | None) -> str:
    if value is None:
        return wording.NO_VALUE
    return f"{wording.number(value[0], 3)} – {wording.number(value[1], 3)}"


def origin(row: ReadingRow) -> str:
    """Where a number comes from; a throttled run says so first."""
    if row.throttled:
        return QCoreApplication.translate("Profiles", "Throttled")
    return {
        "measured": QCoreApplication.translate("Profiles", "Measured"),
        "predicted": QCoreApplication.translate("Profiles", "Predicted"),
        "published": QCoreApplication.translate("Profiles", "Published"),
        "declared": QCoreApplication.translate("Profiles", "Declared"),
        "simulated": QCoreApplication.translate("Profiles", "Simulated"),
    }.get(row.origin, row.origin)


def fastest(rows: Sequence[ReadingRow]) -> list[Point]:
    """The p50 of the fastest readings in milliseconds with their intervals, the fastest first; equal names say more."""
    known = sorted((row for row in rows if row.p50 is not None), key=lambda row: row.p50 or 0.0)[:MOST_VALUES]
    again = Counter(row.name for row in known)
    found = []
    for row in known:
        runtime, *more_of_it = row.runtime.split(" ")
        more = f"{' '.join([runtime, *more_of_it[1:]])}, {wording.count(row.threads)}"
        name = f"{row.name} ({more})" if again[row.name] > 1 else row.name
        found.append(Point(row.id, name, row.p50 or 0.0, 0.0, row.ci95))
    return found


class ProfilesModel(QObject):
    """Lists boards, shows one, exports."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.list = Query(session, "profile_list", self)
        self.sheet = Query(session, "profile_show", self)
        self.exporting = Query(session, "profile_export", self)
        self.boards: RowsModel[BoardRow] = RowsModel(board_columns(), lambda row: row.board, self)
        self.readings: RowsModel[ReadingRow] = RowsModel(reading_columns(), lambda row: row.id, self)
        self.selection = Selection(self)
        self.reading = Selection(self)
        self.points: list[Point] = []
        self.list.answered.connect(self._listed)
        self.sheet.answered.connect(self._shown)
        for query in (self.list, self.sheet, self.exporting):
            query.changed.connect(self.changed)
        self.selection.changed.connect(self._selected)
        self.reading.changed.connect(self.changed)
        session.changed.connect(lambda verb: self.refresh() if verb in CHANGING_READINGS else None)

    @property
    def board(self) -> str | None:
        """The selected board."""
        return self.selection.first

    @property
    def names(self) -> list[str]:
        """Boards, and devices where a board has several: what can be compared."""
        boards = read_boards(self.list.document)
        devices = [name for row in boards if len(row.devices) > 1 for name in row.devices]
        return list(dict.fromkeys([*(row.board for row in boards), *devices]))

    @property
    def facts(self) -> tuple[str, ...]:
        """What is known of the selected board, a line each."""
        return documents.texts((self.sheet.document or {}).get("facts"))

    @property
    def chosen(self) -> ReadingRow | None:
        """The selected reading."""
        place = None if self.reading.first is None else self.readings.position(self.reading.first)
        return None if place is None else self.readings.row(place)

    def refresh(self) -> None:
        """Ask again."""
        self.list.load()

    def export(self, path: str) -> None:
        """Write the readings of the selected board: JSON, CSV or Markdown by the ending."""
        self.exporting.load(out=path, board=self.board)

    def _listed(self) -> None:
        self.boards.show(read_boards(self.list.document))
        if self.board is None and self.boards.rows:
            self.selection.select([self.boards.id_at(0)])
        else:
            self._selected()

    def _selected(self) -> None:
        if self.board is not None:
            self.sheet.load(board=self.board)

    def _shown(self) -> None:
        rows = read_readings(self.sheet.document)
        self.points = fastest(rows)
        self.readings.show(rows)
        if self.chosen is None:  # a number is never shown without how it was measured
            self.reading.select([self.readings.id_at(0)] if self.readings.rows else [])
