"""The verb ``measure``."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.contract.manifest import parse
from device_agent.contract.messages import EnergyPlan, StopRule
from profiles.columns import figure
from profiles.reading import Comparison, Reading, Verdict
from profiles.store import ProfileStore

from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..deploy.release import stage_on
from ..deploy.run_on import USUAL, RunOn
from ..errors import LimitError, RejectedError, UsageError
from ..events import Cancel, Emit, Stage, ignore
from ..measure.declared import DeclaredPower
from ..measure.operators import LayerTime, by_layer
from ..measure.plan import Subject, measure_on
from ..measure.plug import IDLE_S, WINDOW_S, Plug
from ..measure.scenario import Kind, Request, run_scenario
from ..measure.service import Service
from ..measure.truncated import Asked, time_parts
from ..records import Bundle
from ..showing import several
from ..workspace import Workspace
from .bundling import find_bundle
from .deployment import expand


@dataclass(frozen=True)
class Measurements:
    """Readings and, where something was measured against, comparisons."""

    readings: tuple[Reading, ...]
    comparisons: tuple[Comparison, ...]
    layers: tuple[tuple[LayerTime, ...], ...] = ()
    """Of each reading, where operators were traced."""

    def __repr__(self) -> str:
        return several("Measurements", (*self.readings, *self.comparisons))

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight measure --json``."""
        return {
            "readings": [item.to_json() for item in self.readings],
            "comparisons": [item.to_json() for item in self.comparisons],
            "layers": [[row.to_json() for row in rows] for rows in self.layers],
        }


def measure(
    bundle: str,
    targets: Sequence[str] | str,
    *,
    against: str | None = None,
    threads: int | Sequence[int] = 1,
    min_runs: int = 299,
    energy: bool = False,
    operators: bool = False,
    beside: Sequence[str] = (),
    plug: str | None = None,
    declared_power: str | None = None,
    sustained: float | None = None,
    before: str | None = None,
    after: str | None = None,
    provider: str | None = None,
    runtime: str | None = None,
    delegate: str | None = None,
    delegate_options: Sequence[str] = (),
    min_speedup: float | None = None,
    max_latency_ms: float | None = None,
    timeout_s: float = 600.0,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Measurements:
    """Measure a bundle on boards, alone or interleaved with another; the readings go into the profile.

    Args:
        bundle: id, name or folder.
        targets: device names, ``@group`` or ``@all``.
        against: a second bundle, measured in the same blocks.
        threads: of the runtime; several give one run each.
        min_runs: per variant.
        energy: also the energy per inference: 30 s more per variant, where the board has a sensor.
        operators: also the time of every operator: from a traced run of its own (onnxruntime), or from models cut after each
            operator and timed side by side (TFLite), with intervals.
        beside: slots of the board whose models run all the while, as they would in use.
        plug: URL of a metering plug the board hangs on; energy then takes three minutes per variant.
        declared_power: ``IDLE:LOAD[@SCOPE]`` in watts, read off a meter: energy per inference, marked as declared.
        sustained: run for so many minutes and compare the first minute with the steady state of the warm board.
        before, after: commands on the board that stop your own service before the run and start it again after it,
            whatever happens; signed, without a shell, 30 s each.
        provider: cpu, cuda, tensorrt or the runtime's own name of another, where the board's runtime has it (not run on
            hardware yet); nodes that fell back are a reason of the reading, one of which nothing ran there is rejected.
        runtime: id of the runtime, such as that of an adapter added to the board; default: what it prefers for the format.
        delegate: of TFLite: ``xnnpack``, ``none``, or the library of another on the board, with its ``delegate_options``.
        min_speedup, max_latency_ms: limits of the caller.
        timeout_s: for connecting and verifying.

    Bundles that are not on the board yet are pushed and verified first (their slots stay as they are).

    Raises:
        LimitError: ``min_speedup`` or ``max_latency_ms`` was stated and is not surely met; the readings are stored.
        DeviceError: a board cannot be reached or rejects the bundle.
    """
    workspace, cancel = Workspace.find(project), cancel or Cancel()
    service, run = Service.of(before, after), RunOn.of(runtime, provider, delegate, delegate_options)
    if declared_power is not None and (energy or plug is not None):
        raise UsageError("one-of", "power is declared or measured, not both", "leave out one of them")
    declared = None if declared_power is None else DeclaredPower.of(declared_power)
    bundles = [find_bundle(key, workspace) for key in (bundle, against) if key]
    readings: list[Reading] = []
    comparisons: list[Comparison] = []
    counts = [threads] if isinstance(threads, int) else list(dict.fromkeys(threads))
    for name in expand(targets):
        for count in counts:
            cancel.check()
            taken, compared = measure_bundles(
                bundles,
                name,
                threads=count,
                stop=StopRule(min_n=min_runs),
                timeout_s=timeout_s,
                emit=emit,
                cancel=cancel,
                energy=EnergyPlan() if energy else None,
                operators=operators,
                beside=beside,
                plug=plug,
                declared=declared,
                minutes=sustained,
                service=service,
                run=run,
            )
            readings += taken
            comparisons += compared
    known = {item.sha256: item for item in bundles}
    layers = tuple(
        layer_times(item, known[item.bundle]) or _cut_times(item, known[item.bundle], run, timeout_s, emit, cancel)
        for item in (readings if operators else ())
    )
    result = Measurements(tuple(readings), tuple(comparisons), layers)
    _check_limits(result, bundles[0], min_speedup, max_latency_ms)
    return result


def measure_scenario(
    bundle: str,
    targets: Sequence[str] | str,
    request: Request,
    *,
    threads: int = 1,
    before: str | None = None,
    after: str | None = None,
    provider: str | None = None,
    runtime: str | None = None,
    delegate: str | None = None,
    delegate_options: Sequence[str] = (),
    timeout_s: float = 600.0,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Measurements:
    """Run a bundle as a service on boards; the readings go into the profile.

    Args:
        bundle: id, name or folder.
        targets: device names, ``@group`` or ``@all``.
        request: kind, rate, seconds, deadline; of a cold burst its inferences and the rest before it.
        threads: of the runtime.
        before, after, provider, runtime, delegate, delegate_options: as in :func:`measure`.
        timeout_s: for connecting and verifying.
        project: folder of the project.

    Raises:
        UsageError: an open-loop scenario without a rate.
    """
    if request.kind in (Kind.SERVER, Kind.CAMERA) and request.rate_hz <= 0:
        raise UsageError(
            "no-rate", f"the scenario {request.kind} needs a rate", "add --rate: queries or frames a second"
        )
    service, run = Service.of(before, after), RunOn.of(runtime, provider, delegate, delegate_options)
    found, readings = find_bundle(bundle, Workspace.find(project)), []
    for name in expand(targets):
        with connect(name, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
            verify(client, found, run, emit, cancel or Cancel())
            emit(Stage(str(request.kind), f"{found.name} on {name}, {request.length_s:g} s"))
            subject = Subject.of(found, threads=threads, have=client.runtimes(), run=run)
            reading, raw = run_scenario(client, name, subject, request, run=run, service=service)
        with ProfileStore.open() as store:
            store.add(reading, raw)
        readings.append(reading)
    return Measurements(tuple(readings), ())


def measure_bundles(
    bundles: Sequence[Bundle],
    target: str,
    *,
    threads: int,
    stop: StopRule,
    timeout_s: float,
    emit: Emit,
    cancel: Cancel,
    baselines: Sequence[int | None] | None = None,
    energy: EnergyPlan | None = None,
    operators: bool = False,
    beside: Sequence[str] = (),
    plug: str | None = None,
    declared: DeclaredPower | None = None,
    minutes: float | None = None,
    service: Service | None = None,
    run: RunOn | Sequence[RunOn] = USUAL,
    staged: bool = False,
) -> tuple[tuple[Reading, ...], tuple[Comparison, ...]]:
    """Stage bundles on one board, measure them in one interleaved plan, store the readings.

    Args:
        bundles: what to measure; by default all others are compared with the last one.
        baselines: for each bundle the index of the one it is compared with, or None.
        declared: power that somebody read off a meter.
        run: on what, or for each bundle on what; what it leaves open is the board's usual.
        staged: the bundles were verified on the board a moment ago; they are not verified again.
    """
    if baselines is None:
        baselines = [None if i == len(bundles) - 1 else len(bundles) - 1 for i in range(len(bundles))]
    runs = [run] * len(bundles) if isinstance(run, RunOn) else list(run)
    with ExitStack() as stack:
        client = stack.enter_context(connect(target, emit=emit, cancel=cancel, timeout_s=timeout_s))
        for item, on in () if staged else zip(bundles, runs, strict=True):
            emit(Stage("verify", f"{item.name} on {target}"))
            verify(client, item, on, emit, cancel)
        emit(
            Stage(
                "measure",
                f"{len(bundles)} variants on {target}, interleaved" if len(bundles) > 1 else f"1 variant on {target}",
            )
        )
        have = client.runtimes()
        subjects = [
            Subject.of(item, threads=threads, have=have, run=on) for item, on in zip(bundles, runs, strict=True)
        ]
        meter = None if plug is None else stack.enter_context(Plug(plug))
        if meter is not None:
            energy = EnergyPlan(WINDOW_S, IDLE_S, always=True)
        measured = measure_on(
            client,
            target,
            subjects,
            baselines=baselines,
            stop=stop,
            energy=energy,
            operators=operators,
            beside=beside,
            plug=meter,
            minutes=minutes,
            service=service,
            run=runs,
            emit=emit,
        )
    readings = measured.readings
    if declared is not None:
        readings = tuple(declared.put_on(item) for item in readings)
    with ProfileStore.open() as store:
        store.add_many(zip(readings, measured.raw, strict=True), measured.comparisons)
    return readings, measured.comparisons


def _cut_times(
    reading: Reading, bundle: Bundle, run: RunOn, timeout_s: float, emit: Emit, cancel: Cancel
) -> tuple[LayerTime, ...]:
    """Times of the operators of a TFLite file by the truncated-model method; empty for other files."""
    with connect(reading.target, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        subject = Subject.of(bundle, threads=reading.threads, have=client.runtimes(), run=run)
        if subject.format != "tflite":
            return ()
        asked = Asked(Path(bundle.path) / subject.file, reading.threads, run)
        return time_parts(client, asked, emit=emit, cancel=cancel)


def verify(client: AgentClient, bundle: Bundle, run: RunOn, emit: Emit, cancel: Cancel) -> None:
    """The board computes the golden outputs of a bundle on what it is then measured on.

    Raises:
        RejectedError: it computes others.
    """
    result = stage_on(client, bundle, run, emit=emit, cancel=cancel).result
    if result.state != "verified":
        raise RejectedError(
            "golden-failed",
            f"the board does not compute the golden outputs of {bundle.name}: {result.reason}",
            "measure what is right: another runtime or provider, or make the bundle again",
        )


def layer_times(reading: Reading, bundle: Bundle) -> tuple[LayerTime, ...]:
    """The traced operators of a reading, put back on the layers of its model; empty where the runtime does not tell."""
    if not reading.operators:
        return ()
    import onnx

    from ..measure.features import parts

    folder = Path(bundle.path)
    name = next(
        (item.file for item in parse((folder / "manifest.json").read_bytes()).models if item.format == "onnx"), None
    )
    if name is None:
        return by_layer(reading.operators, [])
    model = onnx.load(folder / name)
    folded = {alias: part.names[0] for part in parts(model) for alias in part.names[1:]}
    return by_layer(reading.operators, [node.name for node in model.graph.node], folded)


def _check_limits(
    result: Measurements, bundle: Bundle, min_speedup: float | None, max_latency_ms: float | None
) -> None:
    """Raise with every limit that is not surely kept, and what was measured."""
    failed: list[tuple[str, str, str]] = []
    if min_speedup is not None:
        missed = [c for c in result.comparisons if c.ci95[0] < min_speedup]
        if missed or not result.comparisons:
            found = ", ".join(f"{c.speedup:.2f}x [{c.ci95[0]:.2f}, {c.ci95[1]:.2f}] on {c.target}" for c in missed)
            failed.append(
                (
                    "speedup-not-met",
                    f"{bundle.name} is not surely {min_speedup:g}x faster: {found or 'nothing to compare with'}",
                    "compress further, or change the limit" if missed else "measure --against the original",
                )
            )
    if max_latency_ms is not None:
        slow = [
            r
            for r in result.readings
            if r.bundle == bundle.sha256 and (r.latency_ms.ci95_p50 or (0, r.latency_ms.p50))[1] > max_latency_ms
        ]
        if slow:
            found = ", ".join(f"{figure(r.latency_ms.p50)} ms on {r.target}" for r in slow)
            failed.append(
                (
                    "latency-not-met",
                    f"the median of {bundle.name} is not surely below {max_latency_ms:g} ms: {found}",
                    "compress further, or change the limit",
                )
            )
    if failed:
        codes, messages, remedies = zip(*failed, strict=True)
        raise LimitError(codes[0], "; ".join(messages), "; ".join(dict.fromkeys(remedies)), result)


__all__ = ["Measurements", "Verdict", "measure", "measure_bundles", "measure_scenario"]
