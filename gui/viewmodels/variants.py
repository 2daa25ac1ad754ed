"""Variants of a project with what was measured of them: rows of a table, points of a plot, columns of a comparison."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, scatter, wording
from .documents import Interval
from .rows import ColumnSpec
from .scatter import Point


@dataclass(frozen=True)
class VariantRow:
    """One variant, with its newest reading on one device where there is one. None = not known."""

    id: str
    name: str
    model: str
    baseline: str | None
    recipe: tuple[str, ...]
    path: str
    accuracy: float | None  # percent
    accuracy_ci95: Interval | None
    f1: float | None
    lost_points: float | None
    lost_ci95: Interval | None
    size_bytes: int | None
    packed_bytes: int | None
    parameters: int | None
    sparsity: float | None
    macs: int | None
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    target: str = ""
    runtime: str = ""
    threads: int | None = None
    latency_ms: float | None = None
    latency_ci95: Interval | None = None
    runs: int | None = None
    memory_mb: float | None = None
    energy_mj: float | None = None
    speedup: float | None = None
    speedup_ci95: Interval | None = None
    verdict: str | None = None
    bundle: str | None = None
    confusion: tuple[tuple[int, ...], ...] | None = None

    @property
    def label(self) -> str:
        """Name with its network."""
        return f"{self.model.removeprefix('sample:')}.{self.name}"


def read_variants(document: Mapping[str, Any], target: str | None = None) -> list[VariantRow]:
    """The document of ``project_show``; readings of ``target``, else of the device with most of them."""
    variants, readings = documents.objects(document.get("variants")), documents.objects(document.get("readings"))
    chosen = target or (targets(document) or [""])[0]
    found = {documents.text(r.get("variant")): r for r in readings if documents.text(r.get("target")) == chosen}
    compared = {
        documents.text(c.get("a")): c
        for c in documents.objects(document.get("comparisons"))
        if documents.text(c.get("target")) == chosen
    }
    return [_row(item, found.get(documents.text(item.get("id")), {}), compared) for item in variants]


def _energy(found: Mapping[str, Any]) -> float | None:
    """Of one inference, idle power included."""
    return documents.number(documents.object_(found.get("total")).get("value"))


def targets(document: Mapping[str, Any]) -> list[str]:
    """Devices with readings, those with most of them first."""
    names = [documents.text(r.get("target")) for r in documents.objects(document.get("readings"))]
    return sorted(set(filter(None, names)), key=lambda name: (-names.count(name), name))


def _row(item: Mapping[str, Any], reading: Mapping[str, Any], compared: Mapping[str, Mapping[str, Any]]) -> VariantRow:
    scores = documents.object_(item.get("score"))
    accuracy = documents.object_(scores.get(next((k for k in scores if k.startswith("accuracy")), "")))
    value, interval = documents.number(accuracy.get("value")), documents.interval(accuracy.get("ci95"))
    f1 = documents.number(documents.object_(scores.get("f1_macro")).get("value"))
    lost = documents.object_(item.get("loss_points"))
    latency = documents.object_(reading.get("latency_ms"))
    bundle = documents.text(reading.get("bundle")) or None
    comparison = compared.get(bundle or "", {})
    return VariantRow(
        id=documents.text(item.get("id")),
        name=documents.text(item.get("name")) or documents.text(item.get("id")),
        model=documents.text(item.get("model")),
        baseline=documents.text(item.get("baseline")) or None,
        recipe=tuple(documents.text(step.get("technique")) for step in documents.objects(item.get("recipe"))),
        path=documents.text(item.get("path")),
        accuracy=None if value is None else 100 * value,
        accuracy_ci95=None if interval is None else (100 * interval[0], 100 * interval[1]),
        f1=None if f1 is None else 100 * f1,
        lost_points=documents.number(lost.get("value")),
        lost_ci95=documents.interval(lost.get("ci95")),
        size_bytes=documents.whole(item.get("size_bytes")),
        packed_bytes=documents.whole(item.get("packed_bytes")),
        parameters=documents.whole(item.get("parameters")),
        sparsity=documents.number(item.get("sparsity")),
        macs=documents.whole(item.get("macs")),
        skipped=tuple(
            (documents.text(s.get("layer")), documents.text(s.get("reason")))
            for s in documents.objects(item.get("skipped"))
        ),
        notes=documents.texts(item.get("notes")),
        target=documents.text(reading.get("target")),
        runtime=_runtime(documents.text(reading.get("runtime")), documents.text(reading.get("provider"))),
        threads=documents.whole(reading.get("threads")),
        latency_ms=documents.number(latency.get("p50")),
        latency_ci95=documents.interval(latency.get("ci95_p50")),
        runs=documents.whole(latency.get("n")),
        memory_mb=documents.number(documents.object_(reading.get("memory_mb")).get("run_peak")),
        energy_mj=_energy(documents.object_(reading.get("energy_mj"))),
        speedup=documents.number(comparison.get("speedup")),
        speedup_ci95=documents.interval(comparison.get("ci95")),
        verdict=documents.text(comparison.get("verdict")) or None,
        bundle=bundle,
        confusion=_matrix(item.get("confusion")),
    )


def _runtime(name: str, provider: str) -> str:
    return " ".join(filter(None, (name, provider.removesuffix("ExecutionProvider"))))


def _matrix(value: object) -> tuple[tuple[int, ...], ...] | None:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        return None
    return tuple(tuple(documents.whole(cell) or 0 for cell in row) for row in value)


@dataclass(frozen=True)
class Quantity:
    """Something that can be an axis: its value, its interval, its unit and which way is better."""

    id: str
    value: Callable[[VariantRow], float | None]
    shown: Callable[[VariantRow], str]
    high_is_better: bool
    interval: Callable[[VariantRow], Interval | None] = lambda row: None
    scale: float = 1.0

    @property
    def title(self) -> str:
        """Its name in the language of the window."""
        return {
            "latency": QCoreApplication.translate("Variants", "Latency p50 (ms)"),
            "accuracy": QCoreApplication.translate("Variants", "Accuracy (%)"),
            "f1": QCoreApplication.translate("Variants", "F1, macro (%)"),
            "size": QCoreApplication.translate("Variants", "Size (kB)"),
            "packed": QCoreApplication.translate("Variants", "Packed size (kB)"),
            "macs": QCoreApplication.translate("Variants", "MACs (M)"),
            "memory": QCoreApplication.translate("Variants", "Peak memory (MB)"),
            "energy": QCoreApplication.translate("Variants", "Energy (mJ)"),
        }[self.id]

    @property
    def name(self) -> str:
        """Its title without the unit of the axis."""
        return self.title.partition(" (")[0].partition("（")[0]

    @property
    def axis(self) -> str:
        """Its title with the good direction."""
        if self.high_is_better:
            return QCoreApplication.translate("Variants", "{0}   better →").format(self.title)
        return QCoreApplication.translate("Variants", "{0}   ← better").format(self.title)


def _optional(value: float | None, decimals: int, unit: str) -> str:
    return wording.NO_VALUE if value is None else f"{wording.number(value, decimals)} {unit}"


QUANTITIES = (
    Quantity(
        "latency",
        lambda r: r.latency_ms,
        lambda r: wording.milliseconds(r.latency_ms),
        False,
        lambda r: r.latency_ci95,
    ),
    Quantity(
        "accuracy",
        lambda r: r.accuracy,
        lambda r: wording.with_interval(r.accuracy, r.accuracy_ci95, 1, " %"),
        True,
        lambda r: r.accuracy_ci95,
    ),
    Quantity("f1", lambda r: r.f1, lambda r: _optional(r.f1, 1, "%"), True),
    Quantity("size", lambda r: r.size_bytes, lambda r: wording.size(r.size_bytes), False, scale=1e-3),
    Quantity("packed", lambda r: r.packed_bytes, lambda r: wording.size(r.packed_bytes), False, scale=1e-3),
    Quantity("macs", lambda r: r.macs, lambda r: wording.short_count(r.macs), False, scale=1e-6),
    Quantity("memory", lambda r: r.memory_mb, lambda r: _optional(r.memory_mb, 1, "MB"), False),
    Quantity("energy", lambda r: r.energy_mj, lambda r: _optional(r.energy_mj, 2, "mJ"), False),
)


def quantity(id_: str) -> Quantity:
    """A quantity by its id."""
    return next(item for item in QUANTITIES if item.id == id_)


def points(rows: Sequence[VariantRow], x: Quantity, y: Quantity) -> list[Point]:
    """Points of the rows that have both values, the front marked."""
    found = []
    for row in rows:
        a, b = x.value(row), y.value(row)
        if a is not None and b is not None:
            found.append((row, a * x.scale, b * y.scale))
    on = scatter.front([(a, b) for _, a, b in found], (x.high_is_better, y.high_is_better))
    several = len({row.model for row, _, _ in found}) > 1
    return [
        Point(row.id, row.label if several else row.name, a, b, _scaled(x, row), _scaled(y, row), is_on)
        for (row, a, b), is_on in zip(found, on, strict=True)
    ]


def _scaled(axis: Quantity, row: VariantRow) -> Interval | None:
    interval = axis.interval(row)
    return None if interval is None else (interval[0] * axis.scale, interval[1] * axis.scale)


def row_id(row: VariantRow) -> str:
    """Identity of a row."""
    return row.id


VERDICTS = {"PASS": "ok", "FAIL": "bad", "INCONCLUSIVE": "warn"}


def variant_columns() -> tuple[ColumnSpec[VariantRow], ...]:
    """Columns of the table of variants."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Variants", "Variant"), lambda r: r.name),
        ColumnSpec("model", lambda: QCoreApplication.translate("Variants", "Network"), lambda r: r.model),
        ColumnSpec(
            "accuracy",
            lambda: QCoreApplication.translate("Variants", "Accuracy"),
            lambda r: wording.NO_VALUE if r.accuracy is None else wording.number(r.accuracy, 1) + " %",
            key=lambda r: r.accuracy,
            number=True,
        ),
        ColumnSpec(
            "lost",
            lambda: QCoreApplication.translate("Variants", "Points lost"),
            lambda r: wording.NO_VALUE if r.lost_points is None else wording.number(r.lost_points, 2),
            key=lambda r: r.lost_points,
            number=True,
        ),
        ColumnSpec(
            "latency",
            lambda: QCoreApplication.translate("Variants", "Latency"),
            lambda r: wording.milliseconds(r.latency_ms),
            key=lambda r: r.latency_ms,
            number=True,
            explanation=lambda: QCoreApplication.translate("Variants", "Median of the newest run on this device"),
        ),
        ColumnSpec(
            "speedup",
            lambda: QCoreApplication.translate("Variants", "Speed-up"),
            lambda r: wording.NO_VALUE if r.speedup is None else wording.number(r.speedup, 2) + "×",
            key=lambda r: r.speedup,
            number=True,
        ),
        ColumnSpec(
            "size",
            lambda: QCoreApplication.translate("Variants", "Size"),
            lambda r: wording.size(r.size_bytes),
            key=lambda r: r.size_bytes,
            number=True,
        ),
        ColumnSpec(
            "packed",
            lambda: QCoreApplication.translate("Variants", "Packed"),
            lambda r: wording.size(r.packed_bytes),
            key=lambda r: r.packed_bytes,
            number=True,
        ),
        ColumnSpec(
            "verdict",
            lambda: QCoreApplication.translate("Variants", "Verdict"),
            lambda r: (
                wording.verdict(r.verdict) if r.verdict or (r.baseline is None and r.bundle) else wording.NO_VALUE
            ),
            pill=lambda r: VERDICTS.get(r.verdict or "", "idle") if r.verdict else "",
        ),
    )
