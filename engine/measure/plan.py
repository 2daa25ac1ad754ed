"""Measuring bundles on one board: make the plan, check what comes back, compute readings and comparisons from it.

The board's own summary is not believed: counts, order and plausibility are checked here, and every figure is computed
again from the raw samples.
"""

import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from profiles.board import identify

from device_agent.contract.errors import ContractError
from device_agent.contract.manifest import RUNTIMES, parse
from device_agent.contract.messages import (
    Block,
    EntryResult,
    Hello,
    MeasurePlan,
    MeasureResult,
    PlanEntry,
    Runtime,
    RuntimeChoice,
    Sample,
    StopRule,
)
from profiles.reading import Comparison, MemoryMb, Origin, Quality, Reading

from ..errors import RejectedError
from ..events import Emit, Eta, Progress, ignore
from ..records import Bundle, sha256_hex
from .statistics import latency, paired_ratio, utilisation
from .verdict import MARGIN, is_equal, judge

CONTENDED = 0.9
STOLEN = 0.05
MAX_SAMPLES = 50_000_000
HOTTEST_C = 150.0


class Client(Protocol):
    """The part of an agent session that measuring needs."""

    hello: Hello

    def runtimes(self) -> tuple[Runtime, ...]:
        """Runtimes of the board."""

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
    def of(cls, bundle: Bundle, *, threads: int = 1) -> Self:
        """The first model file of a bundle on disk."""
        manifest = parse((Path(bundle.path) / "manifest.json").read_bytes())
        first = manifest.models[0]
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
        emit: receives progress.

    Raises:
        RejectedError: the board could not run a subject, or its answer is not plausible.
    """
    have = client.runtimes()
    entries = [_entry(item, have) for item in subjects]
    plan = MeasurePlan(entries, fresh_nonce(), seed, stop or StopRule())
    eta: dict[str, Eta] = {}

    def on_event(event: dict[str, Any]) -> None:
        name, done, total = str(event.get("stage", "measure")), event.get("done"), event.get("total")
        if isinstance(done, (int, float)) and isinstance(total, (int, float)) and total > 0:
            clock = eta.setdefault(name, Eta(float(total)))
            emit(Progress(float(done), float(total), name, clock.at(float(done)) if name == "measure" else None))

    result, raw = client.measure(plan, on_event)
    samples = unpack_raw(result, raw)
    _check(plan, result, samples, client.hello)
    readings = tuple(
        _reading(target, client.hello, subject, entry, result, index, samples[index])
        for index, (subject, entry) in enumerate(zip(subjects, plan.entries, strict=True))
    )
    compared = tuple(
        _compare(index, base, subjects, result, samples, target, margin)
        for index, base in enumerate(baselines)
        if base is not None
    )
    packed = tuple(zlib.compress(item.astype("<i8").tobytes(), 6) for item in samples)
    return Measured(tuple(_with_raw(r, p) for r, p in zip(readings, packed, strict=True)), compared, packed)


def _with_raw(reading: Reading, packed: bytes) -> Reading:
    from dataclasses import replace

    return replace(reading, raw_sha256=sha256_hex(packed))


def _entry(subject: Subject, have: Sequence[Runtime]) -> PlanEntry:
    for name in RUNTIMES[subject.format]:
        for item in have:
            if item.id == name:
                provider = "CPUExecutionProvider" if name == "onnxruntime" else "CPU"
                choice = RuntimeChoice(name, provider, subject.precision)
                return PlanEntry(subject.bundle, subject.file, choice, subject.threads, item.env)
    raise RejectedError(
        "no-runtime",
        f"the board has no runtime for {subject.name} ({subject.format})",
        "deploy the bundle first; that brings one",
    )


def unpack_raw(result: MeasureResult, raw: bytes) -> list[np.ndarray]:
    """The samples of each entry in nanoseconds: int64 ``[n]``.

    Raises:
        ContractError: the data does not have the announced length.
    """
    total = sum(entry.samples for entry in result.entries)
    if any(entry.samples < 0 for entry in result.entries) or total > MAX_SAMPLES:
        raise ContractError(f"the board announces {total} samples")
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(raw, 8 * total + 1)
    except zlib.error as error:
        raise ContractError(f"the samples cannot be unpacked: {error}") from None
    if len(data) != 8 * total:
        raise ContractError(f"the board sent {len(data) // 8} samples and announced {total}")
    values = np.frombuffer(data, dtype="<i8").astype(np.int64)
    cuts = np.cumsum([entry.samples for entry in result.entries])[:-1]
    return [np.array(part) for part in np.split(values, cuts)]


def _check(plan: MeasurePlan, result: MeasureResult, samples: Sequence[np.ndarray], hello: Hello) -> None:
    if len(result.entries) != len(plan.entries) or result.nonce != plan.nonce or result.device_id != hello.device_id:
        raise RejectedError("other-result", "the answer does not belong to this plan", "measure again")
    for spec, entry, values in zip(plan.entries, result.entries, samples, strict=True):
        if entry.error is not None or len(values) == 0:
            raise RejectedError(
                "not-measured",
                f"{spec.file} was not measured on the board: {entry.error or 'no samples'}",
                "check the model there",
            )
        if (values <= 0).any():
            raise RejectedError(
                "impossible-time", f"{spec.file}: the board reports runs that took no time", "measure again"
            )
    for index, values in enumerate(samples):
        own = [block for block in result.blocks if block.entry == index]
        if sum(block.count for block in own) != len(values) or any(
            later.start_ns < earlier.start_ns + earlier.wall_ns
            for earlier, later in zip(result.blocks, result.blocks[1:], strict=False)
        ):
            raise RejectedError("time-disorder", "the blocks of the run do not fit together", "measure again")


def _blocks(result: MeasureResult, index: int) -> list[Block]:
    return [block for block in result.blocks if block.entry == index]


def _compare(
    index: int,
    base: int,
    subjects: Sequence[Subject],
    result: MeasureResult,
    samples: Sequence[np.ndarray],
    target: str,
    margin: float,
) -> Comparison:
    def by_round(number: int) -> dict[int, np.ndarray]:
        return {b.round: samples[number][b.first : b.first + b.count] for b in _blocks(result, number)}

    reference, subject = by_round(base), by_round(index)
    rounds = sorted(set(reference) & set(subject))
    ratio = paired_ratio([reference[r] for r in rounds], [subject[r] for r in rounds])
    return Comparison(
        subjects[index].bundle,
        subjects[base].bundle,
        target,
        ratio.value,
        ratio.ci95,
        judge(ratio, margin),
        margin,
        is_equal(ratio, margin),
        ratio.pairs,
    )


def _reading(
    target: str,
    hello: Hello,
    subject: Subject,
    entry: PlanEntry,
    result: MeasureResult,
    index: int,
    samples: np.ndarray,
) -> Reading:
    found, conditions = result.entries[index], result.conditions
    own = _blocks(result, index)
    used = utilisation([b.cpu_ns for b in own], [b.wall_ns for b in own], found.threads)
    quality, reasons = _quality(found, used, result)
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
        latency_ms=latency(samples),
        first_ms=found.first_ns / 1e6,
        load_ms=found.load_ns / 1e6,
        memory_mb=MemoryMb(
            _megabytes(found.memory.runtime_base),
            _megabytes(found.memory.model_load),
            _megabytes(found.memory.run_peak),
        ),
        temperature_c=_temperature(conditions.after),
        throttled=conditions.throttled,
        origin=Origin.MEASURED if result.origin == "measured" and hello.root == "/" else Origin.SIMULATED,
        quality=quality,
        reasons=reasons,
        kernel=conditions.kernel,
        os=hello.machine.os,
        boot_id=conditions.boot_id,
        isa=tuple(hello.machine.isa),
        nonce=result.nonce,
        measured_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        cpu_utilisation=used,
        steal=conditions.steal,
        options=dict(entry.runtime.options),
    )


def _megabytes(count: int | None) -> float | None:
    return None if count is None or count < 0 else count / 1e6


def _temperature(samples: Sequence[Sample]) -> float | None:
    for item in samples:
        if item.sensor.startswith("temperature") and item.value is not None and item.value < HOTTEST_C:
            return item.value
    return None


def _quality(entry: EntryResult, used: float | None, result: MeasureResult) -> tuple[Quality, tuple[str, ...]]:
    reasons = []
    if result.conditions.throttled:
        reasons.append("the board throttled during the run")
    if used is not None and used < CONTENDED:
        reasons.append(f"contended: the model had {used:.0%} of the processor time of its threads")
    if result.conditions.steal is not None and result.conditions.steal >= STOLEN:
        reasons.append(f"{result.conditions.steal:.0%} of the processor time was taken by other machines on this host")
    if not entry.warmup_steady:
        reasons.append("the warm-up ended before the latency was steady")
    if result.stopped != "half-width":
        reasons.append("stopped at the time limit before the interval was as narrow as asked")
    if result.conditions.throttled:
        return Quality.REJECTED, tuple(reasons)
    return (Quality.NOTED if reasons else Quality.OK), tuple(reasons)
