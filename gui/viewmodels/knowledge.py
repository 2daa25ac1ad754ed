"""What readings add up to: all devices at a glance, two boards beside each other, and which variants suffice for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .dates import when_iso
from .documents import Interval
from .rows import ColumnSpec, alike, numbers
from .saying import said
from .scatter import Point


@dataclass(frozen=True)
class FleetRow:
    """One device: how much is known of it, and what about it needs a look."""

    device: str
    board: str
    readings: int
    fresh: int
    stale: int
    last: str
    needs: tuple[str, ...]


def read_fleet(document: Mapping[str, Any] | None) -> list[FleetRow]:
    """The document of ``flyweight profile fleet --json``: those that need a look come first."""
    return [
        FleetRow(
            documents.text(item.get("target")),
            documents.text(item.get("board")),
            documents.whole(item.get("readings")) or 0,
            documents.whole(item.get("bundles")) or 0,
            documents.whole(item.get("stale")) or 0,
            documents.text(item.get("last_measured")),
            documents.texts(item.get("needs")),
        )
        for item in documents.objects((document or {}).get("rows"))
    ]


def fleet_state(row: FleetRow) -> tuple[str, str]:
    """Kind of pill and word: whether something about a device needs a look."""
    if row.needs:
        return "warn", QCoreApplication.translate("Knowledge", "Look at it")
    return "ok", QCoreApplication.translate("Knowledge", "Unchanged")


def needs_words(row: FleetRow) -> str:
    """What a person should look at; a dash where all is as it was."""
    return ", ".join(map(said, row.needs)) or wording.NO_VALUE


def fleet_columns() -> tuple[ColumnSpec[FleetRow], ...]:
    """Columns of the list of all devices."""
    return (
        ColumnSpec("device", lambda: QCoreApplication.translate("Knowledge", "Device"), lambda row: row.device),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("Knowledge", "State"),
            lambda row: fleet_state(row)[1],
            pill=lambda row: fleet_state(row)[0],
        ),
        ColumnSpec(
            "needs",
            lambda: QCoreApplication.translate("Knowledge", "What needs a look"),
            needs_words,
        ),
        ColumnSpec(
            "board",
            lambda: QCoreApplication.translate("Knowledge", "Board"),
            lambda row: row.board or wording.NO_VALUE,
        ),
        numbers(
            "readings",
            lambda: QCoreApplication.translate("Knowledge", "Readings"),
            lambda row: row.readings,
            wording.count,
        ),
        numbers(
            "fresh",
            lambda: QCoreApplication.translate("Knowledge", "Bundles"),
            lambda row: row.fresh,
            wording.count,
            lambda: QCoreApplication.translate("Knowledge", "Bundles with a reading that still describes the device"),
        ),
        ColumnSpec(
            "last",
            lambda: QCoreApplication.translate("Knowledge", "Last measured"),
            lambda row: when_iso(row.last),
            key=lambda row: row.last or None,
            number=True,
        ),
    )


@dataclass(frozen=True)
class RatioRow:
    """One bundle on two boards; ``origin`` is ``published`` where others measured it."""

    id: str
    name: str
    how: str
    a_ms: float | None
    b_ms: float | None
    speedup: float | None
    ci95: Interval | None
    origin: str


def read_ratios(document: Mapping[str, Any] | None) -> list[RatioRow]:
    """The document of ``flyweight profile compare --json``, figures of others behind those that were measured."""
    found = []
    own, others = (documents.objects((document or {}).get(key)) for key in ("rows", "published"))
    for number, item in enumerate([*own, *others]):
        published = number >= len(own)
        a, b = documents.object_(item.get("a")), documents.object_(item.get("b"))
        key = "latency_ms" if published else "p50_ms"
        threads = documents.whole(item.get("threads"))
        runtime = documents.text(item.get("source")) if published else documents.engine(item)
        found.append(
            RatioRow(
                str(number),
                " · ".join(filter(None, (documents.text(item.get("model")), documents.text(item.get("name"))))),
                " · ".join(filter(None, (runtime, "" if threads is None else _threads(threads)))),
                documents.number(a.get(key)),
                documents.number(b.get(key)),
                documents.number(item.get("speedup")),
                documents.interval(item.get("ci95")),
                "published" if published else "measured",
            )
        )
    return found


def _threads(count: int) -> str:
    if count == 1:
        return QCoreApplication.translate("Knowledge", "1 thread")
    return QCoreApplication.translate("Knowledge", "{0} threads").format(count)


def ratio_columns(a: str, b: str) -> tuple[ColumnSpec[RatioRow], ...]:
    """Columns of a comparison of these two."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Knowledge", "Variant"), lambda row: row.name),
        ColumnSpec("how", lambda: QCoreApplication.translate("Knowledge", "Runtime"), lambda row: row.how),
        alike("a", lambda: a, lambda row: row.a_ms, wording.latencies),
        alike("b", lambda: b, lambda row: row.b_ms, wording.latencies),
        ColumnSpec(
            "speedup",
            lambda: QCoreApplication.translate("Knowledge", "Speed-up"),
            lambda row: wording.with_interval(row.speedup, row.ci95, 2, "×"),
            key=lambda row: row.speedup,
            number=True,
            explanation=lambda: QCoreApplication.translate("Knowledge", "Time on the first divided by the second"),
        ),
        ColumnSpec(
            "origin",
            lambda: QCoreApplication.translate("Knowledge", "Origin"),
            lambda row: (
                QCoreApplication.translate("Knowledge", "Published")
                if row.origin == "published"
                else QCoreApplication.translate("Knowledge", "Measured")
            ),
            pill=lambda row: "idle" if row.origin == "published" else "ok",
        ),
    )


def ratio_points(rows: list[RatioRow]) -> list[Point]:
    """For a plot, those with an interval first."""
    return [Point(row.id, row.name, row.speedup, 0.0, row.ci95) for row in rows if row.speedup is not None]


@dataclass(frozen=True)
class CoverRow:
    """A board and the variant it gets, empty where none keeps the limits; ``words`` tell how far from them it stays.

    Where it gets none, they tell which limits the nearest variant misses, and by how much.
    """

    board: str
    variant: str
    nearest: str
    words: tuple[str, ...]


def read_cover(document: Mapping[str, Any] | None) -> list[CoverRow]:
    """The document of ``flyweight profile cover --json``."""
    found = document or {}
    gets = {board: documents.text(name) for board, name in documents.object_(found.get("assigned")).items()}
    gets |= dict.fromkeys(documents.texts(found.get("left_out")), "")
    judged = documents.object_(found.get("judged"))
    rows = []
    for board, variant in gets.items():
        there = documents.objects(judged.get(board))
        of = next((item for item in there if variant in ("", documents.text(item.get("variant")))), {})
        rows.append(CoverRow(board, variant, documents.text(of.get("variant")), documents.texts(of.get("words"))))
    return rows


def limits_words(row: CoverRow) -> str:
    """How a variant keeps a board's limits, or what the nearest one misses."""
    words = ", ".join(map(said, row.words)) or wording.NO_VALUE
    if row.variant or not row.nearest:
        return words
    return QCoreApplication.translate("Knowledge", "Nearest is {0}: {1}").format(row.nearest, words)


def cover_words(document: Mapping[str, Any]) -> str:
    """How many variants suffice, and for how many boards."""
    chosen = documents.texts(document.get("chosen"))
    if not chosen:
        return QCoreApplication.translate("Knowledge", "No variant surely keeps the limits anywhere.")
    boards, none = len(documents.object_(document.get("assigned"))), len(documents.texts(document.get("left_out")))
    if none:
        words = QCoreApplication.translate("Knowledge", "Enough for {3} of {4} boards: {2} ({0} of {1} variants)")
    else:
        words = QCoreApplication.translate("Knowledge", "Enough for all: {2} ({0} of {1} variants)")
    considered = documents.whole(document.get("considered")) or 0
    return words.format(len(chosen), considered, ", ".join(chosen), boards, boards + none)


def cover_columns() -> tuple[ColumnSpec[CoverRow], ...]:
    """Columns of the assignment."""
    return (
        ColumnSpec("board", lambda: QCoreApplication.translate("Knowledge", "Board"), lambda row: row.board),
        ColumnSpec(
            "variant",
            lambda: QCoreApplication.translate("Knowledge", "Variant"),
            lambda row: row.variant or QCoreApplication.translate("Knowledge", "none keeps the limits"),
        ),
        ColumnSpec("limits", lambda: QCoreApplication.translate("Knowledge", "Limits"), limits_words),
    )
