"""What a data sheet says of one bundle beside its latency: trust, sustained latency and energy, each of the run it is from."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profiles.reading import Quality, Reading

NOT_MEASURED = "not measured"
NO_SENSOR = "no sensor of the board tells it"


@dataclass(frozen=True)
class Fact:
    """A figure of a run that may be older than the newest one.

    Attributes:
        value: as the reading holds it.
        measured_at: when, UTC.
        stale: whether system, kernel, runtime or power mode changed since.
    """

    value: Mapping[str, Any]
    measured_at: str
    stale: bool = False

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"value": dict(self.value), "measured_at": self.measured_at, "stale": self.stale}


def newest_fact(
    group: Sequence[Reading], value: Callable[[Reading], Mapping[str, Any] | None], stale: Collection[int]
) -> Fact | None:
    """The newest value among readings of one thing; rejected ones give none.

    Args:
        group: oldest first.
        value: what to take of a reading.
        stale: ``id`` of the readings after which something changed.
    """
    for item in reversed(group):
        found = None if item.quality is Quality.REJECTED else value(item)
        if found is not None:
            return Fact(found, item.measured_at, id(item) in stale)
    return None


def trust_line(newest: Reading) -> str:
    """The grade of the board's state with what spoke against it, then the quality of the reading with its reasons."""
    parts = ["not graded: the agent of that run did not look" if newest.trust is None else _grade(newest.trust)]
    if newest.quality is not Quality.OK or newest.reasons:
        parts.append(f"{newest.quality}: {', '.join(newest.reasons)}" if newest.reasons else str(newest.quality))
    return "; ".join(parts)


def _grade(trust: Mapping[str, Any]) -> str:
    checks: Iterable[Mapping[str, Any]] = trust.get("checks", ())
    bad = [f"{item.get('name')} ({item.get('detail')})" for item in checks if not item.get("ok")]
    kept = f"nothing spoke against it in {len(tuple(checks))} checks"
    return f"{trust.get('grade')}: {', '.join(bad) if bad else kept}"


def cold_line(newest: Reading) -> str:
    """What the first answer of a fresh process takes."""
    load, first = (None if item is None else f"{item:.3g} ms" for item in (newest.load_ms, newest.first_ms))
    return f"load {load or 'unknown'}, first inference {first or 'unknown'}"


def memory_line(newest: Reading) -> str:
    """Resident memory: of the runtime alone, what loading and running add, and the whole process by its share of pages."""
    memory = newest.memory_mb
    parts = (
        ("runtime", memory.runtime_base),
        ("+ model", memory.model_load),
        ("+ peak of the runs", memory.run_peak),
        ("PSS in all", memory.pss),
        ("peak of its control group", memory.group_peak),
    )
    told = [f"{name} {value:.1f} MB" for name, value in parts if value is not None]
    return ", ".join(told) if told else NOT_MEASURED


def thermal_line(newest: Reading) -> str:
    """Temperature after the run, and whether the board throttled meanwhile."""
    if newest.temperature_c is None and newest.throttled is None:
        return NO_SENSOR
    told = {True: "throttled", False: "not throttled", None: "throttling unknown"}[newest.throttled]
    return (
        f"{'no temperature' if newest.temperature_c is None else f'{newest.temperature_c:.1f} C'} after the run, {told}"
    )


def sustained_line(fact: Fact | None) -> str:
    """The steady state of a run of minutes against its first minute."""
    if fact is None:
        return NOT_MEASURED
    value = fact.value
    state = "steady" if value["steady"] else "not steady yet"
    return (
        f"{value['steady_ms']:.4g} ms after {value['minutes']:.1f} min, first minute {value['first_minute_ms']:.4g} ms "
        f"({value['change']:+.1%}), {state}"
    )


def energy_line(fact: Fact | None) -> str:
    """Energy of one inference with its 95 % interval: all the power, what is above idle, and what the sensor sees."""
    if fact is None:
        return NOT_MEASURED
    value = fact.value
    total, dynamic = (_interval(value[name]) for name in ("total", "dynamic"))
    return (
        f"{total} mJ per inference, of it above idle {dynamic} mJ (95 %); "
        f"scope {value['scope']}, {value['sensor']}, {value['quality']}"
    )


def _interval(figure: Mapping[str, Any]) -> str:
    low, high = figure["ci95"]
    return f"{figure['value']:.3g} [{low:.3g}, {high:.3g}]"
