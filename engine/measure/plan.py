"""Measuring bundles on one board: make the plan, check what comes back, compute readings and comparisons from it.

The board's own summary is not believed: counts, order and plausibility are checked here, and every figure is computed
again from the raw samples.
"""

import math
import secrets
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from device_agent.contract.manifest import parse
from device_agent.contract.messages import (
    Block,
    EnergyPlan,
    Hello,
    MeasurePlan,
    MeasureResult,
    PlanEntry,
    Runtime,
    RuntimeChoice,
    Sample,
    StopRule,
    encode,
)
from profiles.board import identify
from profiles.reading import Comparison, Latency, MemoryMb, Origin, Quality, Reading, Verdict

from ..deploy.detached import InterruptedOnBoardError
from ..deploy.isolation import believable
from ..deploy.provider import fallback, ran, short
from ..deploy.run_on import USUAL, RunOn
from ..events import Emit, Log, Progress, ignore
from ..records import Bundle, sha256_hex
from . import energy as energies
from .beside import check_neighbours, neighbours
from .histogram import Histogram
from .plug import Plug, offset_ns, with_plug
from .preflight import grade, undisturbed
from .processes import median_interval
from .ratio import MIN_PAIRS, between_processes, paired_ratio
from .service import RESUMED, Service
from .statistics import latency, utilisation
from .sustained import rule, sustained
from .trust import blocks_of, check_answer, judge_quality, noted, unpack_raw
from .verdict import MARGIN, is_equal, judge

MIN_BLOCKS = 20
BLOCK_S = 0.05
PLAN_S = 40.0
"""Of timed work of all entries of a plan together: many variants share it, each keeps the rule's shortest time."""
PROCESSES = 8
"""Of each subject, one after another: with so many a comparison tells 5 % apart from nothing on every processor seen so far."""
LEAST_PROCESS_S, LEAST_PROCESS_ROUNDS = 0.25, 6
"""Of timed work of each of them at least."""
PROCESSES_SINCE = 7
"""The minor version of the protocol that brought several processes."""
MOST_AGO_S = 365 * 86_400.0
WARMUP_S, WARMUP_LEAST_S, WARMUP_MOST_S = 24.0, 1.0, 10.0
"""Of warm-up of all entries together, and the least and most of one."""


class Client(Protocol):
    """The part of an agent session that measuring needs."""

    hello: Hello

    def runtimes(self) -> tuple[Runtime, ...]:
        """Runtimes of the board."""

    def clock_ns(self) -> int:
        """The board's clock."""

    def claim(self, plan: MeasurePlan) -> MeasurePlan:
        """The plan, or the equal one the board is at already for a command that was killed."""

    def measure(self, plan: MeasurePlan, on_event: Any = None) -> tuple[MeasureResult, bytes]:
        """Run a plan."""


@dataclass(frozen=True)
class Subject:
    """What is measured: a bundle, the model file in it, and its names."""

    bundle: str
    name: str
    file: str
    format: str
    precision: str
    model: str
    variant: str | None
    threads: int

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int = 1, have: Sequence[Runtime] = (), run: RunOn = USUAL) -> Self:
        """The first model file of a bundle on disk that a board can run.

        Args:
            bundle: on disk.
            threads: of the runtime.
            have: runtimes of the board; none = the first file.
            run: on what.
        """
        manifest = parse((Path(bundle.path) / "manifest.json").read_bytes())
        runnable = [item for item in manifest.models if run.takes(item.format, have)]
        first = (runnable or manifest.models)[0]
        return cls(
            bundle.sha256,
            bundle.name,
            first.file,
            first.format,
            first.precision,
            manifest.model or bundle.name,
            manifest.variant,
            threads,
        )


@dataclass(frozen=True)
class Measured:
    """Readings in the order of their subjects, comparisons, and the raw samples of each reading (zlib, int64 ns)."""

    readings: tuple[Reading, ...]
    comparisons: tuple[Comparison, ...]
    raw: tuple[bytes, ...]


def fresh_nonce() -> str:
    """Binds a result to its plan."""
    return secrets.token_hex(8)


def measure_on(
    client: Client,
    target: str,
    subjects: Sequence[Subject],
    *,
    baselines: Sequence[int | None],
    stop: StopRule | None = None,
    seed: int = 0,
    margin: float = MARGIN,
    energy: EnergyPlan | None = None,
    operators: bool = False,
    beside: Sequence[str] = (),
    plug: Plug | None = None,
    minutes: float | None = None,
    service: Service | None = None,
    run: RunOn | Sequence[RunOn] = USUAL,
    emit: Emit = ignore,
) -> Measured:
    """Measure subjects in one interleaved plan.

    Args:
        client: a session with the board; the bundles are verified there.
        target: name of the device.
        subjects: what to measure.
        baselines: for each subject the index of the one it is compared with, or None.
        stop: when enough is measured.
        seed: of the order of the blocks.
        margin: of the verdicts.
        energy: also take the energy per inference, where the board has a sensor.
        operators: also trace the time of every operator.
        beside: slots of the board whose models run all the while.
        plug: samples the power at the wall meanwhile; ``energy`` must be asked for, too.
        minutes: run for so long, and compare the first minute with the steady state.
        service: of the user, on the board, paused meanwhile.
        run: on what, or for each subject on what; what it leaves open is the board's usual.
        emit: receives progress.

    Returns:
        One reading per subject. A subject that ran in too few rounds has no comparison, and its reading says so.

    Raises:
        RejectedError: the board could not run a subject, or its answer is not plausible.
    """
    have = client.runtimes()
    runs = [run] * len(subjects) if isinstance(run, RunOn) else run
    plan = replace(
        _timed([entry_for(item, have, on) for item, on in zip(subjects, runs, strict=True)], stop, minutes, client),
        seed=seed,
        energy=energy,
        operators=operators,
        beside=list(beside),
        neighbours=bool(beside),
        service=None if service is None else service.order(client.hello),
    )

    def on_event(event: dict[str, Any]) -> None:
        name, done, total, left = (event.get(key) for key in ("stage", "done", "total", "eta_s"))
        if isinstance(done, (int, float)) and isinstance(total, (int, float)) and total > 0:
            # The board knows its stop rule, so it says how long it may still take.
            eta_s = float(left) if isinstance(left, (int, float)) and 0 <= left < math.inf else None
            emit(Progress(float(done), float(total), str(name or "measure"), eta_s))

    plan, interrupted = client.claim(plan), None
    try:
        result, raw = client.measure(plan, on_event)
    except InterruptedOnBoardError as error:
        interrupted = error.message
        emit(Log(f"{target}: {interrupted}; measuring again", "warning"))
        plan = replace(plan, nonce=fresh_nonce())
        result, raw = client.measure(plan, on_event)
    if plug is not None:
        result = with_plug(result, plug.trace(offset_ns(client)))
    every = unpack_raw(result, raw)
    samples, others = every[: len(result.entries)], every[len(result.entries) :]
    check_answer(plan, result, samples, client.hello)
    check_neighbours(plan, result, others)
    ran_beside = [neighbours(result, index, others) for index in range(len(result.entries))]
    lasting = sustained(result, samples) if minutes is not None else None
    clean = undisturbed(result, samples)
    result, samples = clean.result, list(clean.samples)
    packed = tuple(zlib.compress(item.astype("<i8").tobytes(), 6) for item in samples)
    now = _measured_at(client, result)
    readings = [
        replace(
            _reading(target, client.hello, subject, entry, result, index, samples[index], beside),
            raw_sha256=sha256_hex(packed[index]),
            neighbours=ran_beside[index],
            measured_at=now,
        )
        for index, (subject, entry) in enumerate(zip(subjects, plan.entries, strict=True))
    ]
    readings = [
        placed(item, entry.runtime.provider, found.providers)
        for item, entry, found in zip(readings, plan.entries, result.entries, strict=True)
    ]
    if lasting is not None:
        readings = [
            replace(item, sustained=part.to_json(), options={**item.options, "sustained": f"{minutes:g} min"})
            for item, part in zip(readings, lasting, strict=True)
        ]
    if clean.rejected is not None:
        readings = [_spoiled(item, clean.rejected) for item in readings]
    if clean.note is not None:
        readings = [noted(item, clean.note) for item in readings]
    if interrupted is not None:
        readings = [noted(item, f"an earlier attempt: {interrupted}") for item in readings]
    said = result.conditions.service
    if service is not None and said != RESUMED:
        emit(Log(f"{target}: {said}", "warning"))
        readings = [noted(item, said or "the board does not tell whether the service runs again") for item in readings]
    compared = []
    for index, base in enumerate(baselines):
        if base is None:
            continue
        pairs, ran_by = _paired(index, base, result, samples)
        if len(pairs) < MIN_PAIRS:
            reason = f"only {len(pairs)} rounds fitted into the time limit; a comparison needs {MIN_PAIRS}"
            readings[index] = noted(readings[index], reason)
        else:
            compared.append(_compare(readings[index], readings[base], pairs, ran_by, margin))
    return Measured(tuple(readings), tuple(compared), packed)


def _timed(entries: list[PlanEntry], stop: StopRule | None, minutes: float | None, client: Client) -> MeasurePlan:
    """A plan whose times and processes fit its number of entries."""
    if minutes is not None:
        stop = rule(minutes, len(entries), (stop or StopRule()).min_n)
    else:
        stop = shared(stop or StopRule(), len(entries))
    block_s = min(BLOCK_S, stop.max_s / (2 * MIN_BLOCKS))  # a short plan still has rounds enough for an interval
    warmup_s = min(max(WARMUP_S / len(entries), WARMUP_LEAST_S), WARMUP_MOST_S)
    each = 1 if minutes is not None else processes(stop, client.hello.minor)
    return MeasurePlan(entries, fresh_nonce(), 0, stop, block_s, least_rounds(each), warmup_s, processes=each)


def _measured_at(client: Client, result: MeasureResult) -> str:
    """When a run ended: now, or earlier by the board's clock if its result was fetched later."""
    ago_s = 0.0
    if result.ended_ns > 0:
        ago_s = min(max((client.clock_ns() - result.ended_ns) / 1e9, 0.0), MOST_AGO_S)
    return (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat(timespec="milliseconds")


def placed(reading: Reading, provider: str, nodes: Mapping[str, int]) -> Reading:
    """The reading with what the runtime's trace tells about where its nodes ran."""
    note = fallback(provider, nodes)
    if not ran(provider, nodes):
        return _spoiled(reading, f"nothing ran on {short(provider)}: {note}")
    return reading if note is None else noted(reading, note)


def _spoiled(reading: Reading, reason: str) -> Reading:
    return replace(reading, quality=Quality.REJECTED, reasons=(reason, *reading.reasons))


def shared(stop: StopRule, entries: int) -> StopRule:
    """The rule of a plan of many entries: the longest time of each shrinks, never below the shortest.

    >>> shared(StopRule(min_s=1.5, max_s=12.0), 16).max_s, shared(StopRule(), 2).max_s
    (2.5, 20.0)
    """
    return replace(stop, max_s=min(stop.max_s, max(PLAN_S / entries, stop.min_s)))


def processes(stop: StopRule, minor: int) -> int:
    """How many processes of each subject share a plan's runs, by its rule and the protocol of the board.

    >>> processes(StopRule(), 7), processes(StopRule(min_s=0.5), 7), processes(StopRule(), 6)
    (8, 2, 1)
    """
    return 1 if minor < PROCESSES_SINCE else max(min(int(stop.min_s / LEAST_PROCESS_S), PROCESSES), 1)


def least_rounds(each: int) -> int:
    """The fewest rounds of a plan with so many processes of each subject.

    >>> least_rounds(1), least_rounds(8)
    (20, 48)
    """
    return max(MIN_BLOCKS, each * LEAST_PROCESS_ROUNDS)


def entry_for(subject: Subject, have: Sequence[Runtime], run: RunOn = USUAL) -> PlanEntry:
    """A subject with the first of the board's runtimes that takes its format and offers the provider.

    Raises:
        RejectedError: the board has none.
    """
    runtime, named = run.entry([subject.format], have, f"{subject.name} ({subject.format})")
    choice = RuntimeChoice(runtime.id, named, subject.precision, dict(run.options))
    return PlanEntry(subject.bundle, subject.file, choice, subject.threads, runtime.env)


def _paired(
    index: int, base: int, result: MeasureResult, samples: Sequence[np.ndarray]
) -> tuple[list[tuple[np.ndarray, np.ndarray]], list[int]]:
    """The samples of baseline and subject for each round that has both, and which of their processes ran it."""

    def by_round(number: int) -> dict[int, np.ndarray]:
        return {b.round: samples[number][b.first : b.first + b.count] for b in blocks_of(result, number)}

    reference, subject = by_round(base), by_round(index)
    ran_by = {block.round: block.process for block in result.blocks}
    both = sorted(set(reference) & set(subject))
    return [(reference[number], subject[number]) for number in both], [ran_by[number] for number in both]


def _compare(
    subject: Reading,
    baseline: Reading,
    pairs: Sequence[tuple[np.ndarray, np.ndarray]],
    ran_by: Sequence[int],
    margin: float,
) -> Comparison:
    within = paired_ratio([reference for reference, _ in pairs], [own for _, own in pairs], ran_by)
    ratio = between_processes(within)
    trusted = Quality.REJECTED not in (subject.quality, baseline.quality)
    return Comparison(
        subject.bundle,
        baseline.bundle,
        subject.target,
        ratio.value,
        ratio.ci95,
        judge(ratio, margin) if trusted else Verdict.INCONCLUSIVE,
        margin,
        trusted and is_equal(ratio, margin),
        ratio.pairs,
        subject.nonce,
        subject.measured_at,
    )


def _reading(
    target: str,
    hello: Hello,
    subject: Subject,
    entry: PlanEntry,
    result: MeasureResult,
    index: int,
    samples: np.ndarray,
    beside: Sequence[str],
) -> Reading:
    found, conditions = result.entries[index], result.conditions
    own = blocks_of(result, index)
    used = utilisation([b.cpu_ns for b in own], [b.wall_ns for b in own], found.threads)
    quality, reasons = judge_quality(found, own, samples, result, hello)
    taken, sizes = energies.of_run(found.energy), _runs_of_processes(own)
    return Reading(
        target=target,
        device_id=result.device_id,
        board=identify(hello.board, hello.machine).id,
        bundle=subject.bundle,
        model=subject.model,
        variant=subject.variant,
        slot=None,
        runtime=found.runtime.id,
        runtime_version=found.runtime.version,
        provider=entry.runtime.provider,
        precision=subject.precision,
        threads=found.threads,
        power_mode=hello.machine.power_mode,
        governor=conditions.governor,
        latency_ms=_of_the_model(latency(samples), samples, sizes),
        first_ms=found.first_ns / 1e6,
        load_ms=found.load_ns / 1e6,
        memory_mb=MemoryMb(
            megabytes(found.memory.runtime_base),
            megabytes(found.memory.model_load),
            megabytes(found.memory.run_peak),
            megabytes(found.memory.pss),
            megabytes(found.memory.group_peak),
        ),
        temperature_c=temperature(conditions.after),
        throttled=conditions.throttled,
        origin=Origin.MEASURED if result.origin == "measured" and hello.root == "/" else Origin.SIMULATED,
        quality=quality,
        reasons=(*reasons, *taken.reasons),
        kernel=conditions.kernel,
        os=hello.machine.os,
        boot_id=conditions.boot_id,
        isa=tuple(hello.machine.isa),
        nonce=result.nonce,
        measured_at="",
        cpu_utilisation=used,
        steal=conditions.steal,
        energy_mj=taken.energy_mj,
        power_mw=taken.power_mw,
        options={**entry.runtime.options, **({"beside": " ".join(sorted(beside))} if beside else {})},
        name=subject.name,
        operators=tuple(encode(item) for item in found.operators),
        histogram=Histogram.of(samples).to_json(),
        processes=len(sizes),
        trust=None if (graded := grade(conditions)) is None else graded.to_json(),
        isolation=None if (kept := believable(found.isolation)) is None else encode(kept),
    )


def _runs_of_processes(blocks: Sequence[Block]) -> list[int]:
    """How many runs each process made, in their order."""
    found: Counter[int] = Counter()
    for block in blocks:
        found[block.process] += block.count
    return list(found.values())


def _of_the_model(time: Latency, samples: np.ndarray, sizes: Sequence[int]) -> Latency:
    """The interval of the median is that of the model and not of the processes that happened to run it."""
    if time.ci95_p50 is None:
        return time
    return replace(time, ci95_p50=median_interval(samples / 1e6, sizes, time.ci95_p50))


def megabytes(count: int | None) -> float | None:
    """Bytes as MB; None for none and for what cannot be."""
    return None if count is None or count < 0 else count / 1e6


def temperature(samples: Sequence[Sample]) -> float | None:
    """The first temperature that was measured: the agent lists the one nearest to the CPU first."""
    for item in samples:
        if item.sensor.startswith("temperature") and item.quality == "measured" and item.value is not None:
            return item.value
    return None
