"""The demo's document as rows: read once, tolerant of what is missing, shown by any table view."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .documents import Interval
from .rows import ColumnSpec, alike


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


def row_id(row: ResultRow) -> str:
    """Identity of a row."""
    return f"{row.model}.{row.name}"


def result_columns() -> tuple[ColumnSpec[ResultRow], ...]:
    """Columns of the table of results."""
    return (
        ColumnSpec(
            "name",
            lambda: QCoreApplication.translate("Results", "Variant"),
            lambda row: row.name,
            badge=lambda row: QCoreApplication.translate("Results", "Recommended") if row.recommended else "",
        ),
        ColumnSpec("model", lambda: QCoreApplication.translate("Results", "Network"), lambda row: row.model),
        ColumnSpec(
            "accuracy",
            lambda: QCoreApplication.translate("Results", "Accuracy"),
            lambda row: wording.with_interval(row.accuracy_percent, row.accuracy_ci95, 1, " %"),
            key=lambda row: row.accuracy_percent,
            number=True,
            explanation=lambda: QCoreApplication.translate(
                "Results", "Share of correct answers with its 95 % interval"
            ),
        ),
        ColumnSpec(
            "lost",
            lambda: QCoreApplication.translate("Results", "Points lost"),
            lambda row: wording.with_interval(row.lost_points, row.lost_ci95, 2),
            key=lambda row: row.lost_points,
            number=True,
            explanation=lambda: QCoreApplication.translate(
                "Results", "Accuracy lost against the original on the same samples, in percentage points"
            ),
        ),
        alike(
            "size",
            lambda: QCoreApplication.translate("Results", "Size"),
            lambda row: row.size_bytes,
            wording.sizes,
        ),
        alike(
            "packed",
            lambda: QCoreApplication.translate("Results", "Packed"),
            lambda row: row.packed_bytes,
            wording.sizes,
            lambda: QCoreApplication.translate("Results", "Size after lossless packing"),
        ),
        alike(
            "latency",
            lambda: QCoreApplication.translate("Results", "Latency"),
            lambda row: row.latency_p50_ms,
            wording.latencies,
            lambda: QCoreApplication.translate("Results", "Median time of one prediction on the device"),
        ),
        ColumnSpec(
            "speedup",
            lambda: QCoreApplication.translate("Results", "Speed-up"),
            lambda row: wording.with_interval(row.speedup, row.speedup_ci95, 2, "×"),
            key=lambda row: row.speedup,
            number=True,
            explanation=lambda: QCoreApplication.translate(
                "Results", "Latency of the original divided by this one, in the same run, with its 95 % interval"
            ),
        ),
        ColumnSpec(
            "verdict",
            lambda: QCoreApplication.translate("Results", "Speed verdict"),
            lambda row: wording.verdict(row.verdict),
            pill=lambda row: wording.verdict_kind(row.verdict),
            explanation=lambda: QCoreApplication.translate(
                "Results",
                "Of speed alone: not slower than the original within the margin. Inconclusive: the interval is too wide.",
            ),
        ),
    )
