"""Variants of a project with what was measured of them: rows of a table, points of a plot, columns of a comparison."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, scatter, wording
from .documents import Interval
from .once import once
from .rows import ColumnSpec, alike, numbers
from .scatter import Point
from .spread import Spread, read_spread

Item = Mapping[str, Any]


class VariantRow:
    """One variant, with its newest reading on one device where there is one. None = not known.

    What a row knows is read from the documents when it is asked for: a table of thousands of variants
    shows a few dozen of them at a time, and a column it is sorted by needs one number of each.
    """

    def __init__(self, item: Item, reading: Item, compared: Mapping[str, Item]) -> None:
        """Take a variant's document, its reading (empty for none), and comparisons by the id of their bundle."""
        self._item, self._reading = item, reading
        self._comparison = compared.get(self.bundle or "", {})

    @once
    def id(self) -> str:
        """Its identity."""
        return documents.text(self._item.get("id"))

    @once
    def name(self) -> str:
        """What a person calls it."""
        return documents.text(self._item.get("name")) or self.id

    @once
    def model(self) -> str:
        """The network it was made from."""
        return documents.text(self._item.get("model"))

    @once
    def label(self) -> str:
        """Name with its network."""
        return f"{self.model.removeprefix('sample:')}.{self.name}"

    @once
    def baseline(self) -> str | None:
        """Id of the original; None for the original itself."""
        return documents.text(self._item.get("baseline")) or None

    @once
    def recipe(self) -> tuple[str, ...]:
        """Ids of its techniques."""
        return tuple(documents.text(step.get("technique")) for step in documents.objects(self._item.get("recipe")))

    @once
    def path(self) -> str:
        """Its file."""
        return documents.text(self._item.get("path"))

    @once
    def _score(self) -> Item:
        return documents.object_(self._item.get("score"))

    @once
    def _accuracy(self) -> Item:
        key = next((key for key in self._score if key.startswith("accuracy")), "")
        return documents.object_(self._score.get(key))

    @once
    def accuracy(self) -> float | None:
        """Percent."""
        return _percent(self._accuracy.get("value"))

    @once
    def accuracy_ci95(self) -> Interval | None:
        """Percent."""
        found = documents.interval(self._accuracy.get("ci95"))
        return None if found is None else (100 * found[0], 100 * found[1])

    @once
    def f1(self) -> float | None:
        """Macro F1 in percent."""
        return _percent(documents.object_(self._score.get("f1_macro")).get("value"))

    @once
    def _lost(self) -> Item:
        return documents.object_(self._item.get("loss_points"))

    @once
    def lost_points(self) -> float | None:
        """Accuracy lost against the original, percentage points."""
        return documents.number(self._lost.get("value"))

    def lost_of(self, metric: str | None) -> float | None:
        """What was lost of a metric (None: the main one), in points."""
        if metric is None:
            return self.lost_points
        return documents.number(documents.object_(documents.object_(self._item.get("losses")).get(metric)).get("value"))

    @once
    def lost_ci95(self) -> Interval | None:
        """Percentage points."""
        return documents.interval(self._lost.get("ci95"))

    @once
    def size_bytes(self) -> int | None:
        """Of the file."""
        return documents.whole(self._item.get("size_bytes"))

    @once
    def packed_bytes(self) -> int | None:
        """After lossless packing."""
        return documents.whole(self._item.get("packed_bytes"))

    @once
    def parameters(self) -> int | None:
        """Number of weights."""
        return documents.whole(self._item.get("parameters"))

    @once
    def sparsity(self) -> float | None:
        """Share of the weights that are zero."""
        return documents.number(self._item.get("sparsity"))

    @once
    def macs(self) -> int | None:
        """Multiplications and additions of one prediction."""
        return documents.whole(self._item.get("macs"))

    @once
    def skipped(self) -> tuple[tuple[str, str], ...]:
        """Layers that were left alone, with the reason."""
        return tuple(
            (documents.text(line.get("layer")), documents.text(line.get("reason")))
            for line in documents.objects(self._item.get("skipped"))
        )

    @once
    def notes(self) -> tuple[str, ...]:
        """What its recipe had to say."""
        return documents.texts(self._item.get("notes"))

    @once
    def confusion(self) -> tuple[tuple[int, ...], ...] | None:
        """True class x predicted class."""
        return _matrix(self._item.get("confusion"))

    @once
    def target(self) -> str:
        """The device of its reading; empty without one."""
        return documents.text(self._reading.get("target"))

    @once
    def bundle(self) -> str | None:
        """The bundle that was measured."""
        return documents.text(self._reading.get("bundle")) or None

    @once
    def runtime(self) -> str:
        """Runtime and provider it was measured with."""
        provider = documents.text(self._reading.get("provider")).removesuffix("ExecutionProvider")
        return " ".join(filter(None, (documents.text(self._reading.get("runtime")), provider)))

    @once
    def threads(self) -> int | None:
        """Threads it was measured with."""
        return documents.whole(self._reading.get("threads"))

    @once
    def _latency(self) -> Item:
        return documents.object_(self._reading.get("latency_ms"))

    @once
    def latency_ms(self) -> float | None:
        """Median of one prediction."""
        return documents.number(self._latency.get("p50"))

    @once
    def latency_ci95(self) -> Interval | None:
        """Milliseconds."""
        return documents.interval(self._latency.get("ci95_p50"))

    @once
    def runs(self) -> int | None:
        """Predictions that were timed."""
        return documents.whole(self._latency.get("n"))

    @once
    def spread(self) -> Spread | None:
        """How its latencies are spread; None where its reading does not tell."""
        return read_spread(self._reading)

    @once
    def memory_mb(self) -> float | None:
        """Peak of a run."""
        return documents.number(documents.object_(self._reading.get("memory_mb")).get("run_peak"))

    @once
    def energy_mj(self) -> float | None:
        """Of one inference, idle power included."""
        energy = documents.object_(self._reading.get("energy_mj"))
        return documents.number(documents.object_(energy.get("total")).get("value"))

    @once
    def speedup(self) -> float | None:
        """Latency of the original divided by its own, in the same run."""
        return documents.number(self._comparison.get("speedup"))

    @once
    def speedup_ci95(self) -> Interval | None:
        """Interval of the speed-up."""
        return documents.interval(self._comparison.get("ci95"))

    @once
    def verdict(self) -> str | None:
        """PASS, FAIL or INCONCLUSIVE; None without a comparison."""
        return documents.text(self._comparison.get("verdict")) or None

    def read(self) -> None:
        """Read now what every quantity, limit and interval asks for, so that asking is quick."""
        _ = (self.label, self.lost_points, self.runs)
        for quantity_ in QUANTITIES:
            _ = (quantity_.value(self), quantity_.interval(self))


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
    return [VariantRow(item, found.get(documents.text(item.get("id")), {}), compared) for item in variants]


def targets(document: Mapping[str, Any]) -> list[str]:
    """Devices with readings, those with most of them first."""
    names = [documents.text(r.get("target")) for r in documents.objects(document.get("readings"))]
    return sorted(set(filter(None, names)), key=lambda name: (-names.count(name), name))


def _percent(value: object) -> float | None:
    found = documents.number(value)
    return None if found is None else 100 * found


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
    together: Callable[[Iterable[float | None]], Callable[[float], str]] | None = None

    def beside(self, rows: Sequence[VariantRow]) -> Callable[[VariantRow], str]:
        """Writes it of each of these variants, in one unit where they stand beside each other."""
        if self.together is None:
            return self.shown
        words = self.together([self.value(row) for row in rows])
        return lambda row: wording.NO_VALUE if (found := self.value(row)) is None else words(found)

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
        together=wording.latencies,
    ),
    Quantity(
        "accuracy",
        lambda r: r.accuracy,
        lambda r: wording.with_interval(r.accuracy, r.accuracy_ci95, 1, " %"),
        True,
        lambda r: r.accuracy_ci95,
    ),
    Quantity("f1", lambda r: r.f1, lambda r: _optional(r.f1, 1, "%"), True),
    Quantity(
        "size", lambda r: r.size_bytes, lambda r: wording.size(r.size_bytes), False, scale=1e-3, together=wording.sizes
    ),
    Quantity(
        "packed",
        lambda r: r.packed_bytes,
        lambda r: wording.size(r.packed_bytes),
        False,
        scale=1e-3,
        together=wording.sizes,
    ),
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


def variant_columns() -> tuple[ColumnSpec[VariantRow], ...]:
    """Columns of the table of variants."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Variants", "Variant"), lambda r: r.name),
        ColumnSpec("model", lambda: QCoreApplication.translate("Variants", "Network"), lambda r: r.model),
        numbers(
            "accuracy",
            lambda: QCoreApplication.translate("Variants", "Accuracy"),
            lambda r: r.accuracy,
            lambda value: f"{wording.number(value, 1)} %",
        ),
        numbers(
            "lost",
            lambda: QCoreApplication.translate("Variants", "Points lost"),
            lambda r: r.lost_points,
            wording.points,
        ),
        alike(
            "latency",
            lambda: QCoreApplication.translate("Variants", "Latency"),
            lambda r: r.latency_ms,
            wording.latencies,
            lambda: QCoreApplication.translate("Variants", "Median of the newest run on this device"),
        ),
        numbers(
            "speedup",
            lambda: QCoreApplication.translate("Variants", "Speed-up"),
            lambda r: r.speedup,
            wording.times,
        ),
        alike(
            "size",
            lambda: QCoreApplication.translate("Variants", "Size"),
            lambda r: r.size_bytes,
            wording.sizes,
        ),
        alike(
            "packed",
            lambda: QCoreApplication.translate("Variants", "Packed"),
            lambda r: r.packed_bytes,
            wording.sizes,
        ),
        ColumnSpec(
            "verdict",
            lambda: QCoreApplication.translate("Variants", "Speed verdict"),
            lambda r: (
                wording.verdict(r.verdict) if r.verdict or (r.baseline is None and r.bundle) else wording.NO_VALUE
            ),
            pill=lambda r: wording.verdict_kind(r.verdict) if r.verdict or (r.baseline is None and r.bundle) else "",
        ),
    )
