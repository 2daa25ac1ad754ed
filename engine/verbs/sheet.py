"""What a data sheet says of one bundle beside its median, each figure with the run it is from."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device_agent.contract.measuring import Isolation
from device_agent.contract.messages import decode
from profiles.columns import figure
from profiles.reading import PROVIDER_ENDING, Comparison, Quality, Reading, Verdict

from ..deploy.isolation import words

NOT_MEASURED = "not measured"
NOT_COMPARED = "not compared"
VERDICTS = {
    Verdict.PASS: "surely not slower",
    Verdict.FAIL: "surely slower",
    Verdict.INCONCLUSIVE: "cannot be told",
}
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


def latency_line(newest: Reading) -> str:
    """The tail and the ends of the runs; a percentile that so few runs cannot tell is left out."""
    latency = newest.latency_ms
    parts = (
        ("mean", latency.mean, None),
        ("p90", latency.p90, latency.ci95_p90),
        ("p95", latency.p95, latency.ci95_p95),
        ("p99", latency.p99, latency.ci95_p99),
        ("fastest", latency.min, None),
        ("slowest", latency.max, None),
    )
    told = [
        f"{name} {figure(value, 4)}" + ("" if pair is None else f" [{figure(pair[0], 4)}, {figure(pair[1], 4)}]")
        for name, value, pair in parts
        if value is not None
    ]
    ran_by = f"{newest.processes} processes" if newest.processes > 1 else "1 process"
    return f"{', '.join(told)} ms of {latency.n} runs by {ran_by}"


def conditions_line(newest: Reading) -> str:
    """When, on what and under what the runs were made."""
    threads = f"{newest.threads} thread" + "s" * (newest.threads != 1)
    provider = newest.provider.removesuffix(PROVIDER_ENDING)
    told = [
        f"{newest.measured_at[:16].replace('T', ' ')} UTC",
        f"{newest.precision} weights on {provider}, {threads}",
        f"governor {newest.governor or 'unknown'}, power mode {newest.power_mode or 'unknown'}",
        f"{newest.os}, kernel {newest.kernel}",
    ]
    if newest.cpu_utilisation is not None:
        told.append(f"the model had {newest.cpu_utilisation:.0%} of its threads' processor time")
    if newest.steal is not None:
        told.append(f"other machines {newest.steal:.1%}")
    return "; ".join(told)


def histogram_line(newest: Reading) -> str:
    """The distribution of the runs; a reading from before it was kept has none."""
    from ..measure.histogram import Histogram

    return "" if newest.histogram is None else Histogram.from_json(newest.histogram).text()


def neighbour_lines(newest: Reading) -> tuple[str, ...]:
    """How fast each model beside ran, and how much slower than without this one."""
    from ..measure.beside import neighbour_words

    return tuple(neighbour_words(item, newest.name or newest.model) for item in newest.neighbours)


def compared_line(compared: Comparison | None, name: str) -> str:
    """How much faster or slower than what ran in the same plan, block by block; ``name`` is the other's."""
    if compared is None:
        return NOT_COMPARED
    low, high = compared.ci95
    verdict = f"{compared.verdict}: {VERDICTS[compared.verdict]}"
    return f"{figure(compared.speedup)}x as fast as {name} [{figure(low)}, {figure(high)}] (95 %), {verdict}"


def service_lines(scenario: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What a scenario is judged by.

    Args:
        scenario: its name.
        facts: ``stream`` of the reading.
    """
    lines = [*_burst_lines(facts["burst"])] if "burst" in facts else [_throughput(facts)]
    lines[0] = f"{scenario}: {lines[0]}"
    if facts["deadline_met"] is not None:
        low, high = facts["deadline_met"]["ci95"]
        share = f"{facts['deadline_met']['value']:.1%} [{low:.1%}, {high:.1%}]"
        lines.append(f"within {figure(facts['deadline_ms'], 4)} ms: {share}")
    if facts["stages_ms"] is not None:
        lines.append(f"stages: {_stages(facts['stages_ms'])}; {facts['limiting_stage']} limits")
    return tuple(lines)


def _stages(times: Mapping[str, float | None]) -> str:
    """What a query goes through; readings of older agents do not tell decoding from preparing."""
    from ..measure.scenario import STAGES

    told = {name: times.get(name) for name in STAGES}
    parts = [f"{name} {figure(value)} ms" for name, value in told.items() if value is not None]
    return " -> ".join(parts) + (" (decoding is part of prepare)" if told[STAGES[0]] is None else "")


def _throughput(facts: Mapping[str, Any]) -> str:
    wait = facts.get("wait_ms")  # not of back-to-back queries, nor in older readings
    waits = "" if wait is None else f", begun {figure(wait)} ms (median) after each was due"
    return (
        f"{figure(facts['throughput_per_s'], 4)} a second, {facts['queries']} queries, "
        f"{facts['dropped']} dropped, at most {facts['backlog']} waiting{waits}"
    )


def _burst_lines(facts: Mapping[str, Any]) -> tuple[str, str]:
    """The first answer after a rest against those behind it."""
    behind = ""
    if facts["later_ms"] is not None:
        behind = (
            f", those behind it {_interval(facts['later_ms'])} ms: {_interval(facts['first_to_later'])} times as long"
        )
    return (
        f"{facts['bursts']} bursts of {facts['inferences']}, each after {facts['rest_s']:g} s of rest; "
        f"a burst takes {_interval(facts['whole_ms'])} ms",
        f"first inference {_interval(facts['first_ms'])} ms{behind}",
    )


def trust_line(newest: Reading) -> str:
    """The grade of the board's state with what spoke against it."""
    if newest.trust is not None:
        return _grade(newest.trust)
    why = "the agent of that run did not look" if newest.stream is None else "a scenario shows what its load does"
    return f"not graded: {why}"


def isolation_line(newest: Reading) -> str:
    """What kept the model's process in during the run; empty where its agent did not tell."""
    return "" if newest.isolation is None else words(decode(Isolation, newest.isolation))


def remarks_line(newest: Reading) -> str:
    """The quality of the reading with its reasons; empty where there is nothing to say."""
    if newest.quality is Quality.OK and not newest.reasons:
        return ""
    return f"{newest.quality}: {'; '.join(newest.reasons)}" if newest.reasons else str(newest.quality)


def _grade(trust: Mapping[str, Any]) -> str:
    checks: Iterable[Mapping[str, Any]] = trust.get("checks", ())
    from ..measure.preflight import OWN

    bad = [f"{item.get('name')} ({item.get('detail')})" for item in checks if not item.get("ok")]
    kept = f"nothing spoke against it in {len(tuple(checks))} checks"
    own = [f"; the agent {item.get('detail')}" for item in checks if item.get("name") == OWN and item.get("ok")]
    return f"{trust.get('grade')}: {', '.join(bad) if bad else kept}{''.join(own[:1])}"


def cold_line(newest: Reading) -> str:
    """What the first answer of a fresh process takes."""
    load, first = (None if item is None else f"{figure(item)} ms" for item in (newest.load_ms, newest.first_ms))
    return f"load {load or 'unknown'}, first inference {first or 'unknown'}"


def memory_line(newest: Reading) -> str:
    """Resident memory: of the runtime alone, what the model adds to it, and the whole process by its share of pages."""
    memory = newest.memory_mb
    added = [
        f"{value:.1f} MB {when}"
        for value, when in ((memory.model_load, "once loaded"), (memory.run_peak, "at the peak of the runs"))
        if value is not None
    ]
    told = [
        f"the runtime alone {memory.runtime_base:.1f} MB" if memory.runtime_base is not None else "",
        f"the model adds {', '.join(added)}" if added else "",
        f"whole process {memory.pss:.1f} MB with shared pages divided (PSS)" if memory.pss is not None else "",
        f"peak of its control group {memory.group_peak:.1f} MB" if memory.group_peak is not None else "",
    ]
    return "; ".join(filter(None, told)) or NOT_MEASURED


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
        f"{figure(value['steady_ms'], 4)} ms after {value['minutes']:.1f} min, "
        f"first minute {figure(value['first_minute_ms'], 4)} ms "
        f"({value['change']:+.1%}), {state}{warmth_line(value)}"
    )


def warmth_line(value: Mapping[str, Any]) -> str:
    """How warm the board became meanwhile, and what its clocks did; nothing where no sensor told."""
    start, end, slope = (value.get(name) for name in ("start_c", "steady_c", "c_per_min"))
    told = "" if start is None or end is None else f"; {start:.1f} -> {end:.1f} C"
    told += "" if not told or slope is None else f" ({slope:+.2f} C a minute at the end)"
    first, last = value.get("start_mhz"), value.get("steady_mhz")
    return told + ("" if first is None or last is None else f"; clock {first:.0f} -> {last:.0f} MHz")


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


def _interval(found: Mapping[str, Any]) -> str:
    low, high = found["ci95"]
    return f"{figure(found['value'])} [{figure(low)}, {figure(high)}]"
