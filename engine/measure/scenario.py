"""A model as a service: scenarios in the style of MLPerf's (server, multi-stream, offline), a camera, and bursts of a cold board.

"-style", because neither the run lengths nor the audit are MLPerf's. In the open-loop ones (server, camera) a query's latency
counts from when it was due, so that a board that falls behind shows it. Everything is computed here from the raw table.
"""

import math
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import numpy as np

from device_agent.contract.errors import ContractError
from device_agent.contract.measuring import LEAST_BURSTS
from device_agent.contract.messages import Hello, Runtime, ScenarioPlan, ScenarioResult, encode
from device_agent.contract.schedule import schedule
from profiles.board import identify
from profiles.reading import MemoryMb, Origin, Quality, Reading

from ..deploy.isolation import believable
from ..deploy.run_on import USUAL, RunOn
from ..errors import RejectedError
from ..records import sha256_hex
from .histogram import Histogram
from .plan import Subject, entry_for, fresh_nonce, megabytes, placed, temperature
from .preflight import REASONS, grade
from .service import RESUMED, Service
from .statistics import Z_95, latency, median_interval, utilisation
from .trust import CLOCK_SLACK, CONTENDED, FROZEN, FROZEN_N, STOLEN, noted

COLUMNS = ("latency", "prepare", "infer", "finish", "decode")
"""Of the table of queries; an agent of before minor 6 leaves the last out and counts decoding as preparing."""
STAGES = ("decode", "prepare", "infer", "finish")
"""In the order in which a query goes through them."""
MAX_QUERIES = 5_000_000
SERVICE_SINCE = 4
"""The minor version of the first agent that pauses a service around a scenario."""


class Kind(StrEnum):
    """The scenarios."""

    SERVER = "server"
    CAMERA = "camera"
    MULTI_STREAM = "multi-stream"
    OFFLINE = "offline"
    COLD_BURST = "cold-burst"


OPEN_LOOP, BACK_TO_BACK = (Kind.SERVER, Kind.CAMERA), (Kind.OFFLINE, Kind.MULTI_STREAM)
MOST_ASKED = 500_000
"""Queries that an agent makes at most."""
SLACK_NS = 1000
OWN = (Kind.CAMERA, Kind.COLD_BURST)
"""Scenarios that are in nobody's style."""


class Client(Protocol):
    """The part of an agent session that scenarios need."""

    hello: Hello

    def runtimes(self) -> tuple[Runtime, ...]:
        """Runtimes of the board."""

    def scenario(self, plan: ScenarioPlan, on_event: Any = None) -> tuple[ScenarioResult, bytes]:
        """Run a scenario."""


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        deadline_ms: default: one period of a camera, None elsewhere.
        per_query: samples of a multi-stream query; inferences of a cold burst.
        rest_s: before each cold burst.
    """

    kind: Kind
    rate_hz: float = 0.0
    seconds: float = 10.0
    deadline_ms: float | None = None
    per_query: int = 8
    seed: int = 0
    rest_s: float = 5.0

    @property
    def length_s(self) -> float:
        """About how long it takes."""
        return max(self.seconds, LEAST_BURSTS * self.rest_s) if self.kind is Kind.COLD_BURST else self.seconds

    @property
    def options(self) -> dict[str, str]:
        """What tells readings of one scenario apart."""
        if self.kind is Kind.COLD_BURST:
            return {"burst": str(self.per_query), "rest_s": f"{self.rest_s:g}"}
        return {"rate_hz": f"{self.rate_hz:g}"} if self.rate_hz else {}

    @property
    def limit_ms(self) -> float | None:
        """The deadline of a query."""
        if self.deadline_ms is None and self.kind is Kind.CAMERA:
            return 1e3 / self.rate_hz
        return self.deadline_ms


def run_scenario(
    client: Client,
    target: str,
    subject: Subject,
    request: Request,
    on_event: Any = None,
    *,
    run: RunOn = USUAL,
    service: Service | None = None,
) -> tuple[Reading, bytes]:
    """Run one subject as a service.

    Args:
        client: a session with the board; the bundle is verified there.
        target: name of the device.
        subject: what to run.
        request: how.
        on_event: receives the agent's progress.
        run: on what; what it leaves open is the board's usual.
        service: of the user, on the board, paused meanwhile.

    Returns:
        The reading, with the scenario's figures in ``stream``, and the raw table (zlib, int64 ns, a row for each query).

    Raises:
        RejectedError: the board could not run it, or its answer does not fit together.
    """
    entry = entry_for(subject, client.runtimes(), run)
    plan = ScenarioPlan(
        entry,
        fresh_nonce(),
        str(request.kind),
        request.seconds,
        1 / request.rest_s if request.kind is Kind.COLD_BURST else request.rate_hz,
        request.per_query,
        1,
        request.seed,
        None if service is None else service.order(client.hello, SERVICE_SINCE),
        len(COLUMNS),
    )
    result, raw = client.scenario(plan, on_event)
    if result.device_id != client.hello.device_id:
        raise RejectedError("other-result", "the answer does not belong to this board", "measure again")
    table = unpack(result, raw)
    served = table[table[:, 0] >= 0]
    if len(served) == 0:
        raise RejectedError("not-measured", f"{subject.name}: no query was served", "lower the rate")
    if request.kind is Kind.COLD_BURST and (len(served) % request.per_query or len(served) < len(table)):
        raise RejectedError("not-whole-bursts", f"{subject.name}: the board's bursts are not whole", "measure again")
    due = due_ns(len(table), request)
    stream = figures(table, result, request, due)
    rejected = why_not(table, result, request, due, client.hello)
    packed = zlib.compress(table.astype("<i8").tobytes(), 6)
    machine, conditions = client.hello.machine, result.conditions
    used = utilisation([result.cpu_ns], [result.wall_ns], result.entry.threads)
    reading = Reading(
        target=target,
        device_id=result.device_id,
        board=identify(client.hello.board, machine).id,
        bundle=subject.bundle,
        model=subject.model,
        variant=subject.variant,
        slot=None,
        runtime=result.entry.runtime.id,
        runtime_version=result.entry.runtime.version,
        provider=entry.runtime.provider,
        precision=subject.precision,
        threads=result.entry.threads,
        power_mode=machine.power_mode,
        governor=conditions.governor,
        latency_ms=latency(served[:, 0]),
        first_ms=result.entry.first_ns / 1e6,
        load_ms=result.entry.load_ns / 1e6,
        memory_mb=MemoryMb(*(megabytes(v) for v in encode(result.entry.memory).values())),
        temperature_c=temperature(conditions.after),
        throttled=conditions.throttled,
        origin=Origin.MEASURED if result.origin == "measured" and client.hello.root == "/" else Origin.SIMULATED,
        quality=Quality.REJECTED if rejected else Quality.OK,
        reasons=rejected,
        kernel=conditions.kernel,
        os=machine.os,
        boot_id=conditions.boot_id,
        isa=tuple(machine.isa),
        nonce=result.nonce,
        measured_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        cpu_utilisation=used,
        steal=conditions.steal,
        raw_sha256=sha256_hex(packed),
        options={**run.options, **request.options},
        scenario=str(request.kind) if request.kind in OWN else f"{request.kind}-style",
        name=subject.name,
        stream=stream,
        histogram=Histogram.of(served[:, 0]).to_json(),
        trust=None if (graded := grade(conditions)) is None else graded.to_json(),
        isolation=None if (kept := believable(result.entry.isolation)) is None else encode(kept),
    )
    reading = placed(_remarked(reading, stream, request, result), entry.runtime.provider, result.entry.providers)
    said = conditions.service
    if service is not None and said != RESUMED:
        reading = noted(reading, said or "the board does not tell whether the service runs again")
    return reading, packed


def unpack(result: ScenarioResult, raw: bytes) -> np.ndarray:
    """The table of queries: int64 ``[n, 4 or 5]``, nanoseconds; -1 in all columns = dropped.

    Raises:
        ContractError: the data does not have the announced size, or times are negative.
    """
    if not 0 < result.queries <= MAX_QUERIES:
        raise ContractError(f"the board announces {result.queries} queries")
    if result.columns not in (len(COLUMNS) - 1, len(COLUMNS)):
        raise ContractError(f"the board announces a table of {result.columns} columns")
    inflater, size = zlib.decompressobj(), 8 * result.columns * result.queries
    try:
        data = inflater.decompress(raw, size + 1)
    except zlib.error as error:
        raise ContractError(f"the table cannot be unpacked: {error}") from None
    if len(data) != size or not inflater.eof:
        raise ContractError(f"the board announced {result.queries} queries and sent other data")
    table = np.frombuffer(data, dtype="<i8").astype(np.int64).reshape(-1, result.columns)
    dropped = (table == -1).all(axis=1)
    if (table[~dropped] < 0).any() or (table[~dropped][:, 0] == 0).any():
        raise ContractError("the board reports queries that took no time, or less")
    return table


def due_ns(count: int, request: Request) -> np.ndarray | None:
    """When each query of an open loop was due: nanoseconds from the start, by the plan's own seed; None for other scenarios."""
    if request.kind not in OPEN_LOOP:
        return None
    return np.array(schedule(str(request.kind), count, request.rate_hz, request.seed), dtype=np.int64)


def most_waiting(table: np.ndarray, due: np.ndarray) -> int:
    """The most queries that were due and had to wait while another one was begun."""
    places = np.flatnonzero(table[:, 0] >= 0)
    began = due[places] + table[places, 0] - table[places, 1:].sum(axis=1)
    return int((np.searchsorted(due, began, side="right") - places - 1).clip(min=0).max())


def figures(table: np.ndarray, result: ScenarioResult, request: Request, due: np.ndarray | None) -> dict[str, Any]:
    """What a service is judged by."""
    served = table[table[:, 0] >= 0]
    dropped = len(table) - len(served)
    samples = len(served) * (request.per_query if request.kind is Kind.MULTI_STREAM else 1)
    limit = request.limit_ms
    met = None if limit is None else int((served[:, 0] <= limit * 1e6).sum())
    wait = None if due is None else float(np.median(served[:, 0] - served[:, 1:].sum(axis=1))) / 1e6
    stages: dict[str, float] = {}
    if result.raw:
        medians = dict(zip(COLUMNS, np.median(served, axis=0) / 1e6, strict=False))
        stages = {name: float(medians[name]) for name in STAGES if name in medians}
    return {
        **({"burst": burst(table, request)} if request.kind is Kind.COLD_BURST else {}),
        "kind": str(request.kind),
        "rate_hz": request.rate_hz or None,
        "queries": len(table),
        "dropped": dropped,
        "backlog": 0 if due is None else most_waiting(table, due),
        "throughput_per_s": samples / (result.wall_ns / 1e9),
        "deadline_ms": limit,
        "deadline_met": None if met is None else {"value": met / len(table), "ci95": list(wilson(met, len(table)))},
        "stages_ms": {name: stages.get(name) for name in STAGES} if stages else None,
        "wait_ms": wait,
        "limiting_stage": max(stages, key=lambda name: stages[name]) if stages else None,
    }


def burst(table: np.ndarray, request: Request) -> dict[str, Any]:
    """The first inference after a rest, and those behind it in the burst, as medians over the bursts.

    Args:
        table: of whole bursts.
        request: how many inferences a burst has.

    Returns:
        Milliseconds with 95 % intervals; ``later_ms`` is None where a burst is one inference.
    """
    rows = table[:, 0].reshape(-1, request.per_query) / 1e6
    later = np.median(rows[:, 1:], axis=1) if request.per_query > 1 else None
    return {
        "rest_s": request.rest_s,
        "bursts": len(rows),
        "inferences": request.per_query,
        "first_ms": _median(rows[:, 0]),
        "later_ms": None if later is None else _median(later),
        "first_to_later": None if later is None else _median(rows[:, 0] / later),
        "whole_ms": _median(rows.sum(axis=1)),
    }


def _median(values: np.ndarray) -> dict[str, Any]:
    return {"value": float(np.median(values)), "ci95": list(median_interval(values))}


def why_not(
    table: np.ndarray, result: ScenarioResult, request: Request, due: np.ndarray | None, hello: Hello
) -> tuple[str, ...]:
    """Reasons why the answer cannot be true, or must not be used."""
    served = table[table[:, 0] >= 0]
    found = []
    if (served[:, 1:].sum(axis=1) > served[:, 0] * 1.001 + 1000).any() and request.kind is not Kind.OFFLINE:
        found.append("a query's parts took longer than the query: the latency does not count from when it was due")
    if served[:, 1:].sum() > result.wall_ns:
        found.append("the queries together took longer than the run")
    if request.kind is Kind.COLD_BURST and result.wall_ns / 1e9 < request.rest_s * len(table) / request.per_query:
        found.append("the run was shorter than its rests: the board was not cold")
    if due is not None:
        found += _off_schedule(table, due, result, request)
    infer = served[:, 2]
    if len(infer) >= FROZEN_N and float((infer[1:] == infer[:-1]).mean()) > FROZEN:
        found.append("the clock stood still: nearly all runs took exactly the same time")
    if result.cpu_ns > CLOCK_SLACK * max(hello.machine.cpus, 1) * result.wall_ns:
        found.append(f"more processor time than {hello.machine.cpus} processors have")
    if result.conditions.throttled or result.disturbed == "throttled":
        found.append("the board throttled during the run")
    if result.conditions.boot_id != hello.machine.boot_id:
        found.append("the board started anew during the run")
    return tuple(found)


def _off_schedule(table: np.ndarray, due: np.ndarray, result: ScenarioResult, request: Request) -> list[str]:
    """What an open loop cannot have done: a query ends no sooner than the one before it and its own parts together."""
    found = []
    if len(table) < min(int(request.rate_hz * request.seconds), MOST_ASKED):
        found.append(f"the board made {len(table)} queries, fewer than the rate asks for")
    places = np.flatnonzero(table[:, 0] >= 0)
    done = due[places] + table[places, 0]
    early = int((done[1:] - done[:-1] < table[places[1:], 1:].sum(axis=1) - SLACK_NS).sum())
    if early:
        found.append(f"{early} queries overlap the one before: waiting was left out (coordinated omission)")
    if result.wall_ns < max(int(done.max()), int(due[places[-1]])) - SLACK_NS:
        found.append("the queries came faster than they were scheduled")
    return found


def _remarked(reading: Reading, stream: dict[str, Any], request: Request, result: ScenarioResult) -> Reading:
    remarks = []
    if stream["dropped"]:
        remarks.append(f"{stream['dropped']} of {stream['queries']} frames were dropped: the board cannot keep up")
    elif request.kind is Kind.SERVER and stream["backlog"] > max(10, 0.1 * stream["queries"]):
        remarks.append(f"up to {stream['backlog']} queries waited: the rate is above what the board can serve")
    used, steal = reading.cpu_utilisation, reading.steal
    if request.kind in BACK_TO_BACK and used is not None and used < CONTENDED:
        remarks.append(f"contended: the model had {used:.0%} of the processor time of its threads")
    if steal is not None and steal >= STOLEN:
        remarks.append(f"{steal:.0%} of the processor time was taken by other machines on this host")
    if result.disturbed in REASONS and result.disturbed != "steal":
        remarks.append(f"during the run {REASONS[result.disturbed]}")
    if not result.entry.warmup_steady:
        remarks.append("the warm-up ended before the latency was steady")
    if not remarks or reading.quality is Quality.REJECTED:
        return reading
    return replace(reading, quality=Quality.NOTED, reasons=(*reading.reasons, *remarks))


def wilson(hits: int, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927).

    >>> low, high = wilson(98, 100)
    >>> round(low, 3), round(high, 3)
    (0.93, 0.994)
    """
    share, z2 = hits / count, Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z_95 / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
