"""What a report is made from, and how it is put together: one section per model and board."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import log2
from typing import Self

from device_agent.contract.messages import Hello, Runtime
from profiles.reading import Comparison, Quality, Reading, Verdict

from ..measure.covering import CoverReport
from ..records import Estimate, Placement, Variant

MAX_LOSS_POINTS = 1.0
"""A variant that loses more accuracy than this is not recommended by itself."""


@dataclass(frozen=True)
class DeviceFacts:
    """Fingerprint of the machine that measured; None = not known."""

    name: str
    board: str | None = None
    board_name: str | None = None
    arch: str | None = None
    cpu_model: str | None = None
    cpus: int | None = None
    isa: tuple[str, ...] = ()
    ram_bytes: int | None = None
    os: str | None = None
    kernel: str | None = None
    libc: str | None = None
    runtimes: tuple[str, ...] = ()
    governor: str | None = None
    power_mode: str | None = None
    device_id: str | None = None
    agent_id: str | None = None

    @classmethod
    def of(cls, name: str, board: str, board_name: str, hello: Hello, runtimes: Iterable[Runtime] = ()) -> Self:
        """From what the agent said of itself and the id the board table gave it."""
        machine = hello.machine
        return cls(
            name,
            board,
            board_name,
            machine.arch,
            machine.cpu_model,
            machine.cpus,
            tuple(machine.isa),
            machine.ram_bytes,
            machine.os,
            machine.kernel,
            machine.libc,
            tuple(f"{item.id} {item.version}" for item in runtimes),
            machine.governor,
            machine.power_mode,
            hello.device_id,
            hello.agent_id,
        )

    @classmethod
    def from_readings(cls, readings: Sequence[Reading]) -> Self | None:
        """What the newest reading knows of its machine; None without readings."""
        if not readings:
            return None
        newest = max(readings, key=lambda item: item.measured_at)
        return cls(
            newest.target,
            newest.board,
            isa=newest.isa,
            os=newest.os,
            kernel=newest.kernel,
            runtimes=tuple(sorted({f"{item.runtime} {item.runtime_version}" for item in readings})),
            governor=newest.governor,
            power_mode=newest.power_mode,
            device_id=newest.device_id,
        )


@dataclass(frozen=True)
class ReportData:
    """Everything a report shows. ``recommended`` are variant ids; without any the report chooses itself."""

    variants: tuple[Variant, ...]
    readings: tuple[Reading, ...]
    comparisons: tuple[Comparison, ...]
    device: DeviceFacts | None
    placements: tuple[Placement, ...] = ()
    recommended: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    made_at: str = ""  # UTC, ISO 8601
    services: tuple[Reading, ...] = ()  # readings of scenarios or with models beside, which are compared with nothing
    cover: CoverReport | None = None  # which variant for which board, where limits were stated

    @classmethod
    def of(
        cls,
        variants: Iterable[Variant],
        readings: Iterable[Reading],
        comparisons: Iterable[Comparison],
        device: DeviceFacts | None,
        *,
        placements: Iterable[Placement] = (),
        recommended: Iterable[str] = (),
        notes: Iterable[str] = (),
        services: Iterable[Reading] = (),
        cover: CoverReport | None = None,
    ) -> Self:
        """A report of this moment."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(
            tuple(variants),
            tuple(readings),
            tuple(comparisons),
            device,
            tuple(placements),
            tuple(recommended),
            tuple(notes),
            now,
            tuple(services),
            cover,
        )


@dataclass(frozen=True)
class Row:
    """One variant on one board, beside its baseline. Missing values are None."""

    variant: Variant
    baseline: bool
    metric: str | None
    score: Estimate | None
    smaller: float | None
    reading: Reading | None
    comparison: Comparison | None
    on_front: bool = False
    recommended: bool = False

    @property
    def points(self) -> float | None:
        """The metric in percent."""
        return None if self.score is None or self.score.value is None else 100 * self.score.value

    @property
    def p50_ms(self) -> float | None:
        """Median latency."""
        return None if self.reading is None else self.reading.latency_ms.p50


@dataclass(frozen=True)
class Section:
    """The variants of one model on one board; the baseline first, then from fast to slow."""

    model: str
    target: str | None
    rows: tuple[Row, ...]

    @property
    def recommended(self) -> Row | None:
        """The variant the report puts first."""
        return next((row for row in self.rows if row.recommended), None)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Readings of the section."""
        return tuple(row.reading for row in self.rows if row.reading is not None)


def sections(data: ReportData) -> tuple[Section, ...]:
    """One section per model and board that measured it; models in the order of their variants."""
    found = []
    for model in dict.fromkeys(variant.model for variant in data.variants):
        own = [variant for variant in data.variants if variant.model == model]
        ids = {variant.id for variant in own}
        targets = dict.fromkeys(r.target for r in data.readings if r.variant in ids)
        found += [_section(model, target, own, data) for target in targets] or [_section(model, None, own, data)]
    return tuple(found)


def _section(model: str, target: str | None, variants: Sequence[Variant], data: ReportData) -> Section:
    base = next((v for v in variants if v.baseline is None), None)
    metric = next((name for v in variants if v.score for name in _ranked(v.score.metrics)), None)
    rows = [_row(variant, base, metric, target, data) for variant in variants]
    front = pareto([(row.p50_ms, row.points) for row in rows])
    chosen = _chosen(rows, data.recommended)
    marked = [
        Row(r.variant, r.baseline, r.metric, r.score, r.smaller, r.reading, r.comparison, i in front, r is chosen)
        for i, r in enumerate(rows)
    ]
    unknown = float("inf")
    marked.sort(key=lambda r: (not r.baseline, unknown if r.p50_ms is None else r.p50_ms))
    return Section(model, target, tuple(marked))


def _ranked(metrics: Iterable[str]) -> list[str]:
    names = list(metrics)
    return sorted(names, key=lambda name: not name.startswith("accuracy"))


def _row(variant: Variant, base: Variant | None, metric: str | None, target: str | None, data: ReportData) -> Row:
    reading = max(
        (r for r in data.readings if r.variant == variant.id and r.target == target),
        key=lambda r: r.measured_at,
        default=None,
    )
    comparison = None
    if reading is not None:
        comparison = next((c for c in data.comparisons if c.a == reading.bundle and c.target == target), None)
    score = None if variant.score is None or metric is None else variant.score.metrics.get(metric)
    smaller = base.packed_bytes / variant.packed_bytes if base is not None and variant.packed_bytes else None
    return Row(variant, variant is base, metric, score, smaller, reading, comparison)


def _chosen(rows: Sequence[Row], wanted: Sequence[str]) -> Row | None:
    return next((row for row in rows if row.variant.id in wanted), None) or best(rows)


def best(rows: Sequence[Row]) -> Row | None:
    """Of the :func:`acceptable` variants the one that gains most in size and speed; None if there is none."""
    return max((row for row in rows if acceptable(row)), key=_gain, default=None)


def acceptable(row: Row) -> bool:
    """Whether a variant loses at most a point, is surely not slower, and its reading is trusted."""
    if row.baseline:
        return False
    lost = row.variant.loss_points
    trusted = row.reading is not None and row.reading.quality is not Quality.REJECTED
    faster = row.comparison is not None and row.comparison.verdict is Verdict.PASS
    return trusted and faster and lost is not None and lost.value is not None and lost.value <= MAX_LOSS_POINTS


def _gain(row: Row) -> float:
    faster = 1.0 if row.comparison is None else max(row.comparison.ci95[0], 1.0)
    return log2(faster) / 4 + log2(max(row.smaller or 1.0, 1.0)) / 6


def pareto(points: Sequence[tuple[float | None, float | None]]) -> frozenset[int]:
    """Indices of the points (cost, value) that no other beats in both; points with a missing value are never there.

    >>> sorted(pareto([(3, 90), (1, 80), (2, 79), (2, 85), (None, 99)]))
    [0, 1, 3]
    """
    known = sorted(
        ((x, y, i) for i, (x, y) in enumerate(points) if x is not None and y is not None),
        key=lambda point: (point[0], -point[1]),
    )
    front, best = set(), float("-inf")
    for _, value, index in known:
        if value > best:
            front.add(index)
            best = value
    return frozenset(front)
