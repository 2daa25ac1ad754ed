"""What followed what on one device: releases of a slot, variants of a model, one bundle at several times.

Two bundles that were measured in one plan are compared by that plan's paired blocks. Otherwise each side brings the interval of
its own median, added as between boards (:mod:`profiles.compare`); what else differed between the two runs it cannot know.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .compare import Side, ratio_of, side_of, usable
from .reading import Comparison, Origin, Quality, Reading
from .stale import NOBODY, Seen, differences, stale


@dataclass(frozen=True)
class Step:
    """One of a series: what it is called, and the bundle that ran."""

    label: str
    bundle: str
    name: str


@dataclass(frozen=True)
class StepRatio:
    """How many times faster a step is than the one named in ``against``; ``reason`` says why no ratio stands here.

    Attributes:
        paired: from the paired blocks of one plan, not from two runs at two times.
    """

    label: str
    name: str
    bundle: str
    runtime: str | None = None
    threads: int | None = None
    side: Side | None = None
    against: str | None = None
    ratio: float | None = None
    ci95: tuple[float, float] | None = None
    paired: bool = False
    reason: str | None = None
    provider: str | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "label": self.label,
            "name": self.name,
            "bundle": self.bundle,
            "runtime": self.runtime,
            "provider": self.provider,
            "threads": self.threads,
            "reading": None if self.side is None else self.side.to_json(),
            "against": self.against,
            "speedup": self.ratio,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "paired": self.paired,
            "reason": self.reason,
        }


def succession(
    steps: Sequence[Step],
    readings: Iterable[Reading],
    comparisons: Iterable[Comparison],
    *,
    to_first: bool = False,
    seen: Seen = NOBODY,
) -> tuple[StepRatio, ...]:
    """Each step against the step before it, for every runtime, provider and thread count they were measured with.

    Args:
        steps: in their order; a bundle may stand in several.
        readings: of the device; the newest fresh one of each bundle counts.
        comparisons: of the device.
        to_first: against the first step instead, also where that ran on another runtime in the same plan.
        seen: what the device is now.

    Returns:
        One row per step and runtime; a step that was not measured has one row, which says so.
    """
    given = list(readings)
    own, wanted = usable(given, seen), {step.bundle for step in steps}
    old = {item.reading.bundle: item.changed[0] for item in stale(given, seen)}
    first = steps[0].bundle if steps else ""
    begun = {item.way for item in own if item.bundle == first}
    every = {item.way for item in own if item.bundle in wanted}
    ways = sorted(every, key=lambda way: (way not in begun, way))
    rows = [row for way in ways for row in _series(steps, way, own, list(comparisons), to_first)]
    known = {item.bundle for item in own}
    missing = [
        StepRatio(s.label, s.name, s.bundle, reason=_missing(old.get(s.bundle))) for s in steps if s.bundle not in known
    ]
    return (*rows, *missing)


def _missing(changed: str | None) -> str:
    return "not measured here" if changed is None else f"its reading is stale ({changed})"


def _series(
    steps: Sequence[Step],
    way: tuple[str, str, int],
    own: Sequence[Reading],
    comparisons: Sequence[Comparison],
    to_first: bool,
) -> list[StepRatio]:
    alike = sorted((r for r in own if r.way == way), key=lambda r: r.measured_at)
    newest = {item.bundle: item for item in alike}
    found: list[StepRatio] = []
    before: Step | None = None
    for step in steps:
        reading = newest.get(step.bundle)
        if reading is None:
            continue
        row = (step.label, step.name, step.bundle, way[0], way[2], side_of(reading))
        if before is None and to_first and (pair := _across(step, steps[0], way[2], own, comparisons)) is not None:
            found.append(StepRatio(*row, steps[0].label, *pair, True, provider=way[1]))
            continue
        if before is None:
            found.append(StepRatio(*row, provider=way[1]))
        elif before.bundle == step.bundle:
            found.append(StepRatio(*row, before.label, reason="the same bundle", provider=way[1]))
        else:
            pair = _in_one_plan(step.bundle, before.bundle, alike, comparisons)
            ratio, interval = pair or ratio_of(newest[before.bundle], reading)
            found.append(StepRatio(*row, before.label, ratio, interval, pair is not None, provider=way[1]))
        if before is None or not to_first:
            before = step
    return found


def _across(
    step: Step, first: Step, threads: int, own: Sequence[Reading], comparisons: Sequence[Comparison]
) -> tuple[float, tuple[float, float]] | None:
    """Against the first step on another runtime, where one plan measured both."""
    return _in_one_plan(step.bundle, first.bundle, [item for item in own if item.threads == threads], comparisons)


def _in_one_plan(
    bundle: str, other: str, alike: Sequence[Reading], comparisons: Sequence[Comparison]
) -> tuple[float, tuple[float, float]] | None:
    """Speed-up and interval of the newest plan that measured both this way."""
    nonces = [{item.nonce for item in alike if item.bundle == one} for one in (bundle, other)]
    both = nonces[0] & nonces[1]
    for item in sorted(comparisons, key=lambda c: c.measured_at, reverse=True):
        if item.nonce in both and (item.a, item.b) == (bundle, other):
            return item.speedup, item.ci95
        if item.nonce in both and (item.b, item.a) == (bundle, other):
            return 1 / item.speedup, (1 / item.ci95[1], 1 / item.ci95[0])
    return None


def variants_of(
    model: str, readings: Iterable[Reading], comparisons: Iterable[Comparison], seen: Seen = NOBODY
) -> tuple[Step, ...]:
    """The bundles of a model that a device measured: first what the others were measured against, then by speed."""
    newest = {r.bundle: r for r in sorted(usable(readings, seen), key=lambda r: r.measured_at) if r.model == model}
    bases = Counter(item.b for item in comparisons if item.b in newest and item.a in newest)
    order = sorted(newest.values(), key=lambda r: (-bases[r.bundle], -r.latency_ms.p50, r.bundle))
    first, rest = order[:1], sorted(order[1:], key=lambda r: (r.latency_ms.p50, r.bundle))
    return tuple(Step(_name(item), item.bundle, _name(item)) for item in (*first, *rest))


def _name(item: Reading) -> str:
    return item.name or item.variant or item.bundle[:12]


@dataclass(frozen=True)
class OverTime:
    """One bundle on one device: its first and newest reading, how many times faster it is now, and what changed since."""

    target: str
    model: str
    name: str
    runtime: str
    threads: int
    first: Side
    now: Side
    readings: int
    ratio: float
    ci95: tuple[float, float] | None
    changed: tuple[str, ...]
    provider: str

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "target": self.target,
            "model": self.model,
            "name": self.name,
            "runtime": self.runtime,
            "provider": self.provider,
            "threads": self.threads,
            "first": self.first.to_json(),
            "now": self.now.to_json(),
            "readings": self.readings,
            "speedup": self.ratio,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "changed": list(self.changed),
        }


def over_time(readings: Iterable[Reading]) -> tuple[OverTime, ...]:
    """One row per device, bundle, runtime, provider and thread count with two readings or more, rejected ones left out.

    Readings from before a change of the system count here: what the change did is what is asked.
    """
    groups: dict[tuple[Any, ...], list[Reading]] = {}
    for item in sorted(readings, key=lambda r: r.measured_at):
        if item.plain and item.origin is Origin.MEASURED and item.quality is not Quality.REJECTED:
            groups.setdefault((item.device_id, item.bundle, item.way), []).append(item)
    rows = (_changed(group) for group in groups.values() if len(group) > 1)
    return tuple(sorted(rows, key=lambda row: (row.target, row.model, row.now.p50_ms)))


def _changed(group: Sequence[Reading]) -> OverTime:
    first, now = group[0], group[-1]
    ratio, interval = ratio_of(first, now)
    sides = (side_of(first), side_of(now), len(group))
    return OverTime(
        now.target,
        now.model,
        _name(now),
        now.runtime,
        now.threads,
        *sides,
        ratio,
        interval,
        differences(first, now),
        now.provider,
    )
