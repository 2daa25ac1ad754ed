"""The verb ``profile_run``: a campaign measures bundles on boards, one board after another in each, boards side by side."""

import json
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from device_agent.contract.messages import EnergyPlan, Runtime, StopRule
from profiles.reading import Quality, Reading
from profiles.store import Filter, ProfileStore

from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..deploy.run_on import RunOn
from ..errors import Cancelled, FlyweightError, UsageError
from ..events import Cancel, Emit, Eta, Event, Log, Progress, Stage, ignore
from ..jobs import Job
from ..measure.plan import Subject, entry_for, measure_on
from ..measure.preflight import held
from ..records import Bundle
from ..workspace import Workspace
from .bundling import find_bundle
from .deployment import expand
from .measurement import verify

TOGETHER = 8
"""Bundles measured in one interleaved plan; a campaign that was cut goes on behind the last finished plan."""
BOARDS_AT_ONCE = 8
TRACED = "onnxruntime"
"""The runtime that tells the time of every operator."""


@dataclass(frozen=True)
class Cell:
    """One bundle on one board: ``measured`` now, ``known`` from before (same state of the board) or ``missing``."""

    bundle: str
    name: str
    target: str
    threads: int
    state: str
    p50_ms: float | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Campaign:
    """The whole matrix."""

    cells: tuple[Cell, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile run --json``."""
        count = {state: sum(cell.state == state for cell in self.cells) for state in ("measured", "known", "missing")}
        return {"cells": [cell.to_json() for cell in self.cells], **count}


def profile_run(
    bundles: Sequence[str],
    targets: Sequence[str] | str,
    *,
    threads: Sequence[int] = (1,),
    min_runs: int = 299,
    energy: bool = False,
    operators: bool = False,
    runtime: str | None = None,
    provider: str | None = None,
    delegate: str | None = None,
    delegate_options: Sequence[str] = (),
    only_stale: bool = False,
    resume: bool = False,
    at: str | None = None,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Campaign:
    """Measure every bundle on every board.

    Args:
        bundles: ids, names or folders.
        targets: device names, ``@group`` or ``@all``.
        threads: of the runtime, one plan each.
        min_runs: per bundle.
        energy: also the energy per inference.
        operators: also the time of every operator, from a traced run of its own (onnxruntime); predictions learn from it.
        runtime, provider, delegate, delegate_options: on what, as in ``measure``; where a board has not what is asked for,
            its cells are missing with the reason.
        only_stale: skip what has a reading under the board's present system, kernel, power mode and runtime, on what is
            asked for.
        resume: go on where the same campaign was cut.
        at: begin at this local time, ``HH:MM``.
        project: folder of the project.

    A variant that is measured in one plan with its original is compared with it.
    A board that cannot be reached and a bundle that it refuses are missing cells with their reason, and stop nothing else.
    """
    workspace, cancel = Workspace.find(project), cancel or Cancel()
    on = {"runtime": runtime, "provider": provider, "delegate": delegate, "delegate_options": list(delegate_options)}
    run = RunOn.of(runtime, provider, delegate, delegate_options)
    found = [find_bundle(key, workspace) for key in bundles]
    names = expand(targets)
    if not found:
        raise UsageError("no-bundles", "the campaign has no bundles", "name some: --bundles A B")
    arguments = {
        "bundles": [item.sha256 for item in found],
        "targets": list(names),
        "threads": list(threads),
        "min_runs": min_runs,
        "energy": energy,
        **{name: value for name, value in (on | {"operators": operators}).items() if value},
    }
    if at is not None:
        _wait(at, emit, cancel)
    request = {**arguments, "bundles": [item.id for item in found], "only_stale": only_stale, "resume": True}
    with Job(workspace, "profile-run", arguments, emit, cancel, request) as job:
        if not resume:
            shutil.rmtree(job.folder / "memo", ignore_errors=True)
        told = _Told(job, len(found) * len(names) * len(threads))
        more = EnergyPlan() if energy else None, operators
        how = _How(StopRule(min_n=min_runs), *more, run, _originals(found, workspace))
        with ThreadPoolExecutor(min(len(names), BOARDS_AT_ONCE)) as pool:
            work = [pool.submit(_board, name, found, list(threads), how, only_stale, job, told) for name in names]
            cells = [cell for item in work for cell in item.result()]
    return Campaign(tuple(cells))


@dataclass(frozen=True)
class _How:
    """How every cell is measured; ``originals``: the variant each compressed variant was made from."""

    rule: StopRule
    energy: EnergyPlan | None
    operators: bool
    run: RunOn
    originals: Mapping[str, str]


class _Told:
    """Events of several boards at once, one after another into the journal; progress in cells."""

    def __init__(self, job: Job, total: int) -> None:
        self._job, self._total, self._done = job, total, 0
        self._lock, self._eta = threading.Lock(), Eta(float(total))

    def __call__(self, event: Event) -> None:
        if isinstance(event, Stage | Log):
            with self._lock:
                self._job.emit(event)

    def cells(self, count: int) -> None:
        with self._lock:
            self._done += count
            done = float(self._done)
            self._job.emit(Progress(done, float(self._total), "cells", self._eta.at(done)))


def _board(
    target: str,
    bundles: Sequence[Bundle],
    threads: Sequence[int],
    how: _How,
    only_stale: bool,
    job: Job,
    told: _Told,
) -> list[Cell]:
    """All cells of one board."""
    cells: list[Cell] = []
    try:
        with connect(target, emit=told, cancel=job.cancel) as client:
            ready = [item for item in bundles if _staged(client, item, target, threads, how, job, told, cells)]
            for count in threads:
                wanted = _without_known(client, ready, target, count, how, cells) if only_stale else ready
                for start in range(0, len(wanted), TOGETHER):
                    part = wanted[start : start + TOGETHER]
                    cells += _plan(client, part, target, count, how, job, told)
                    told.cells(len(part))
    except Cancelled:
        raise
    except FlyweightError as error:
        have = {(cell.bundle, cell.threads) for cell in cells}
        cells += [
            _missing(item, target, count, error)
            for item in bundles
            for count in threads
            if (item.sha256, count) not in have
        ]
    return cells


def _staged(
    client: AgentClient,
    bundle: Bundle,
    target: str,
    threads: Sequence[int],
    how: _How,
    job: Job,
    told: _Told,
    cells: list[Cell],
) -> bool:
    """Whether the board verified the bundle; if not, its cells are missing."""
    try:
        told(Stage("verify", f"{bundle.name} on {target}"))
        verify(client, bundle, how.run, told, job.cancel)
    except Cancelled:
        raise
    except FlyweightError as error:
        if error.code in ("agent-ended", "deadline"):
            raise
        cells += [_missing(bundle, target, count, error) for count in threads]
        return False
    return True


def _missing(bundle: Bundle, target: str, threads: int, error: FlyweightError) -> Cell:
    return Cell(bundle.sha256, bundle.name, target, threads, "missing", None, error.message)


def _without_known(
    client: AgentClient, bundles: Sequence[Bundle], target: str, threads: int, how: _How, cells: list[Cell]
) -> list[Bundle]:
    """The bundles without a reading under the board's present state; the others become ``known`` cells.

    Where operators are asked for, a reading of a runtime that tells them counts only with them.
    """
    machine, device, have = client.hello.machine, client.hello.device_id, client.runtimes()
    versions = {(item.id, item.version) for item in have}
    wanted = {item.sha256: _choice(item, have, how.run) for item in bundles}
    with ProfileStore.open() as store:
        own = [
            r
            for r in store.readings(Filter(target=target))
            if r.scenario == "single-stream"
            and r.options == how.run.options
            and r.threads == threads
            and r.device_id == device
            and wanted.get(r.bundle) == (r.runtime, r.provider)
        ]
    state = (machine.os, machine.kernel, machine.power_mode)
    current = {
        r.bundle: r
        for r in sorted(own, key=lambda r: r.measured_at)
        if (r.os, r.kernel, r.power_mode) == state
        and (r.governor == machine.governor or held(r.trust))
        and (r.runtime, r.runtime_version) in versions
        and r.quality is not Quality.REJECTED
        and (r.operators or not how.operators or r.runtime != TRACED)
    }
    cells += [
        Cell(b.sha256, b.name, target, threads, "known", current[b.sha256].latency_ms.p50)
        for b in bundles
        if b.sha256 in current
    ]
    return [item for item in bundles if item.sha256 not in current]


def _choice(bundle: Bundle, have: Sequence[Runtime], run: RunOn) -> tuple[str, str]:
    """The runtime and the provider a board would measure a bundle on."""
    chosen = entry_for(Subject.of(bundle, have=have, run=run), have, run).runtime
    return chosen.id, chosen.provider


def _plan(
    client: AgentClient,
    bundles: Sequence[Bundle],
    target: str,
    threads: int,
    how: _How,
    job: Job,
    told: _Told,
) -> list[Cell]:
    """One interleaved plan; where one bundle spoils it, each is measured alone."""

    def measure(part: Sequence[Bundle]) -> Callable[[], bytes]:
        return lambda: _measure(client, part, target, threads, how, told)

    def key(part: Sequence[Bundle]) -> str:
        return json.dumps([target, threads, [item.sha256 for item in part]])

    try:
        outcome = json.loads(job.memo(key(bundles), measure(bundles), keep=_whole))
        return _cells(outcome, bundles, target, threads)
    except Cancelled:
        raise
    except FlyweightError as error:
        if error.code != "not-measured" or len(bundles) == 1:
            if error.code == "not-measured":
                return [_missing(bundles[0], target, threads, error)]
            raise
    return [cell for item in bundles for cell in _plan(client, [item], target, threads, how, job, told)]


def _measure(
    client: AgentClient,
    bundles: Sequence[Bundle],
    target: str,
    threads: int,
    how: _How,
    told: _Told,
) -> bytes:
    count = f"{len(bundles)} bundles" if len(bundles) > 1 else "1 bundle"
    told(Stage("measure", f"{count} on {target}, interleaved, {threads} thread" + "s" * (threads != 1)))
    have = client.runtimes()
    subjects = [Subject.of(item, threads=threads, have=have, run=how.run) for item in bundles]
    places = {item.variant: place for place, item in enumerate(bundles) if item.variant is not None}
    baselines = [places.get(how.originals.get(item.variant or "", "")) for item in bundles]
    more: dict[str, Any] = {"energy": how.energy, "operators": how.operators}
    measured = measure_on(client, target, subjects, baselines=baselines, stop=how.rule, run=how.run, **more)
    with ProfileStore.open() as store:
        store.add_many(zip(measured.readings, measured.raw, strict=True), measured.comparisons)
    return json.dumps([_outcome(item) for item in measured.readings]).encode()


def _whole(outcome: bytes) -> bool:
    """Whether every reading of a plan can be used: a campaign that goes on measures the others again."""
    return all(row["reason"] is None for row in json.loads(outcome))


def _originals(bundles: Sequence[Bundle], workspace: Workspace) -> dict[str, str]:
    wanted = {item.variant for item in bundles}
    return {item.id: item.baseline for item in workspace.variants() if item.id in wanted and item.baseline is not None}


def _outcome(reading: Reading) -> dict[str, Any]:
    rejected = reading.quality is Quality.REJECTED
    return {"p50_ms": reading.latency_ms.p50, "reason": "; ".join(reading.reasons) if rejected else None}


def _cells(outcome: list[dict[str, Any]], bundles: Sequence[Bundle], target: str, threads: int) -> list[Cell]:
    return [
        Cell(
            item.sha256,
            item.name,
            target,
            threads,
            "measured" if row["reason"] is None else "missing",
            row["p50_ms"] if row["reason"] is None else None,
            row["reason"],
        )
        for item, row in zip(bundles, outcome, strict=True)
    ]


def _wait(at: str, emit: Emit, cancel: Cancel) -> None:
    """Until the next time the local clock shows ``HH:MM``."""
    now = datetime.now()
    due = now + timedelta(seconds=seconds_until(at, now))
    emit(Stage("wait", f"until {due:%Y-%m-%d %H:%M}"))
    done = threading.Event()
    # By the clock on the wall, because a computer that sleeps meanwhile does not count seconds.
    while (left := (due - datetime.now()).total_seconds()) > 0:
        cancel.check()
        done.wait(min(left, 1.0))


def seconds_until(at: str, now: datetime) -> float:
    """Seconds from ``now`` to the next ``HH:MM``.

    Raises:
        UsageError: it is no time of day.

    >>> seconds_until("01:30", datetime(2026, 1, 1, 23, 30))
    7200.0
    """
    try:
        hour, minute = (int(part) for part in at.split(":"))
        due = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise UsageError("bad-time", f"'{at}' is no time of day", "write it as HH:MM, for example 02:30") from None
    return (due - now if due > now else due + timedelta(days=1) - now).total_seconds()
