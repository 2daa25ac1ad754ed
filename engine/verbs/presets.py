"""The verb ``choose``: candidates of a preset, thinned by estimates, compressed, measured on the board, one picked."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from device_agent.contract.messages import EnergyPlan, StopRule
from profiles.reading import Comparison, Reading

from ..compress.presets import Candidate, candidates_of, outline
from ..compress.run import apply_recipe
from ..compress.technique import Context
from ..errors import Cancelled, FlyweightError, LimitError, UsageError
from ..evaluate.judging import judge, metrics_of
from ..events import Cancel, Emit, Log, Progress, Stage, ignore
from ..jobs import Job
from ..measure.candidates import CandidateTimer, candidate_timer
from ..measure.choice import (
    Expected,
    Found,
    Goal,
    by_name,
    misses,
    not_picked,
    over_boards,
    pick,
    thin,
)
from ..measure.limits import Limit, read_limit
from ..model.packed_size import packed_size
from ..model.with_data import open_with_data
from ..records import Bundle, Format, Variant, sha256_hex
from ..workspace import Workspace
from .bundling import pack_variant
from .deployment import expand
from .measurement import measure_bundles
from .workbench import Workbench

KEEP = 5
DEFAULT_LIMITS = (Limit("accuracy_loss", 1.0),)


@dataclass(frozen=True)
class Tried:
    """One candidate and what became of it: ``thinned`` by estimates, ``failed``, ``stopped`` or ``measured``.

    ``found`` has what was measured of it on each board.
    """

    candidate: Candidate
    state: str
    reasons: tuple[str, ...]
    expected: Expected | None = None
    found: tuple[Found, ...] = ()
    variant: Variant | None = None
    bundle: Bundle | None = None
    chosen: bool = False

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **self.candidate.to_json(),
            "state": self.state,
            "reasons": list(self.reasons),
            "estimate": None if self.expected is None else dict(vars(self.expected)),
            "found": _told(over_boards(self.found)) if self.found else None,
            "boards": list(map(_told, self.found)),
            "variant": None if self.variant is None else self.variant.id,
            "bundle": None if self.bundle is None else self.bundle.id,
            "chosen": self.chosen,
        }


@dataclass(frozen=True)
class Choice:
    """What was tried on which boards, and what was picked for which reasons.

    ``best_on`` has what would be picked on each board alone, None where nothing keeps the limits there.
    """

    preset: str
    targets: tuple[str, ...]
    metric: str
    limits: tuple[Limit, ...]
    baseline: Variant
    tried: tuple[Tried, ...]
    reasons: tuple[str, ...]
    readings: tuple[Reading, ...]
    comparisons: tuple[Comparison, ...]
    best_on: Mapping[str, str | None]

    @property
    def chosen(self) -> Tried | None:
        """The picked candidate."""
        return next((item for item in self.tried if item.chosen), None)

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight compress --preset NAME --measure --json``."""
        chosen = self.chosen
        return {
            "preset": self.preset,
            "target": self.targets[0],
            "targets": list(self.targets),
            "metric": self.metric,
            "limits": [item.to_json() for item in self.limits],
            "baseline": self.baseline.to_json(),
            "variants": [item.variant.to_json() for item in self.tried if item.variant is not None],
            "candidates": [item.to_json() for item in self.tried],
            "chosen": None if chosen is None or chosen.variant is None else chosen.variant.id,
            "reasons": list(self.reasons),
            "best_on": dict(self.best_on),
            "readings": [item.to_json() for item in self.readings],
            "comparisons": [item.to_json() for item in self.comparisons],
        }


def choose(
    model: str,
    *,
    preset: str,
    target: str | Sequence[str],
    data: str | None = None,
    metric: str | None = None,
    limits: Sequence[str] = (),
    keep: int = KEEP,
    min_runs: int = 299,
    task: str | None = None,
    arch: str | None = None,
    seed: int = 0,
    threads: int | None = None,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Choice:
    """Try the candidate recipes of a preset on a model and boards, and pick the best within the limits on all of them.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        preset: ``size``, ``latency`` or ``accuracy``: what the picked one is best at.
        target: devices (or ``@group``) on which estimates are timed and results are measured.
        data: data set with labels, for training, calibration and evaluation.
        metric: of the data's task, which judges what was lost; by default the main one.
        limits: ``NAME<=NUMBER`` of accuracy_loss (points of the metric), latency_ms, memory_mb, size_bytes (packed),
            energy_mj; by default ``accuracy_loss<=1``.
        keep: how many candidates may be compressed and measured.
        min_runs: inferences per candidate.
        task: what the labels mean, where the data does not say it.
        arch: ``module:factory`` for a state dict.
        seed: of everything random.
        threads: of training.
        project: folder of the project.

    Every candidate that was compressed stays in the project as a variant with its bundle and reading, picked or not.

    Raises:
        UsageError: unknown preset, bad limit, no data, no such metric or device.
        DeviceError: a board cannot be reached.
    """
    candidates = candidates_of(preset)
    if data is None:
        raise UsageError(
            "no-data", "without data no candidate can be judged", "give --data: a set with labels, as for training"
        )
    allowed = tuple(map(read_limit, limits)) or DEFAULT_LIMITS
    targets = expand(target)
    workspace = Workspace.find(project)
    opened, data_set = open_with_data(model, data, arch=arch, task=task)
    assert data_set is not None
    judged_by = judge(metric, data_set)
    request = {
        "model": model, "preset": preset, "target": targets[0] if len(targets) == 1 else list(targets), "data": data,
        "metric": metric, "limits": [f"{x.name}<={x.most:g}" for x in allowed], "keep": keep, "min_runs": min_runs,
        "arch": arch, "seed": seed, "threads": threads,
    }  # fmt: skip
    request |= {} if task is None else {"task": task}
    arguments = {**request, "model": opened.info.sha256}
    with ExitStack() as stack:
        job = stack.enter_context(Job(workspace, "choose", arguments, emit, cancel, request))
        job.emit(Stage("device", ", ".join(targets)))
        timer = stack.enter_context(candidate_timer(*targets, cancel=job.cancel))
        bench = Workbench(
            workspace, job, opened, data_set, seed=seed, timer=timer, threads=threads, processor=timer.processor,
            metric=judged_by,
        )  # fmt: skip
        job.emit(Stage("baseline", opened.name))
        baseline = bench.baseline()
        expected, failed = _estimates(bench, candidates, timer)
        stay, thinned = thin(expected, allowed, keep)
        ruled_out = {name: why for name, (_, why) in failed.items()} | dict(thinned)
        made, broken = _compress(bench, [item for item in candidates if item.name in stay], ruled_out)
    bundles = {}
    for name, variant in {**made, "baseline": baseline}.items():
        job.emit(Stage("bundle", variant.name))
        bundles[name] = pack_variant(bench, variant)
    readings: list[Reading] = []
    comparisons: list[Comparison] = []
    found: list[Found] = []
    named_metric = metric or metrics_of(data_set)[0]
    for board in targets:
        taken, compared = measure_bundles(
            list(bundles.values()),
            board,
            threads=1,
            stop=StopRule(min_n=min_runs),
            timeout_s=600.0,
            emit=emit,
            cancel=cancel or Cancel(),
            energy=EnergyPlan() if any(item.name == "energy_mj" for item in allowed) else None,
        )
        readings += taken
        comparisons += compared
        for name, variant in made.items():
            loss = variant.lost(judged_by)
            figures = _figures(bundles[name], taken, compared)
            points = None if loss is None else loss.value
            found.append(Found(name, variant.packed_bytes, points, **figures, target=board, metric=named_metric))
    goal = Goal(preset)
    chosen, reasons = pick(found, goal, allowed)
    dropped = {**failed, **{key: ("thinned", why) for key, why in thinned.items()}, **broken}
    told = _Told(goal, allowed, expected, made, bundles, by_name(found), dropped, chosen)
    best_on = {board: pick([item for item in found if item.target == board], goal, allowed)[0] for board in targets}
    return Choice(
        preset, targets, named_metric, allowed, baseline, tuple(map(told.tried, candidates)), reasons, tuple(readings),
        tuple(comparisons), best_on,
    )  # fmt: skip


def _told(found: Found) -> dict[str, Any]:
    return {key: value for key, value in vars(found).items() if key != "name"}


def _estimates(
    bench: Workbench, candidates: Sequence[Candidate], timer: CandidateTimer
) -> tuple[dict[str, Expected], dict[str, tuple[str, str]]]:
    """Size and quick timing of every candidate's outline; those whose outline cannot be made, with the reason."""
    job = bench.job
    graphs: dict[str, bytes] = {}
    quick: list[str] = []  # those the quick timings can run: ONNX files
    failed: dict[str, tuple[str, str]] = {}
    for place, item in enumerate(candidates):
        job.cancel.check()
        job.emit(Stage("estimate", item.name))
        job.emit(Progress(place, len(candidates), "candidates"))
        try:
            graphs[item.name], format_ = _outlined(bench, item)
            if format_ is Format.ONNX:
                quick.append(item.name)
        except (Cancelled, MemoryError):
            raise
        except FlyweightError as error:
            failed[item.name] = ("failed", error.message)
    if not graphs:
        raise UsageError(
            "no-candidate", "no candidate of this preset fits this model: " + "; ".join(r for _, r in failed.values()),
            "compress it with a recipe of your own; techniques are listed by: flyweight techniques",
        )  # fmt: skip
    timed: dict[str, dict[str, float]] = {}
    if quick:
        different = {sha256_hex(graphs[name]): graphs[name] for name in quick}  # one file is not faster than itself
        job.emit(Stage("time", f"{len(different)} outlines"))
        told = job.memo("outlines on boards " + " ".join(different), _timings(timer, list(different.values())))
        boards = {board: dict(zip(different, medians, strict=True)) for board, medians in json.loads(told).items()}
        timed = {name: {board: known[sha256_hex(graphs[name])] for board, known in boards.items()} for name in quick}
    return {name: _expected(content, timed.get(name, {})) for name, content in graphs.items()}, failed


def _expected(content: bytes, boards_ms: Mapping[str, float]) -> Expected:
    mean = geometric_mean(boards_ms.values()) if boards_ms else None
    return Expected(packed_size(content, Format.ONNX).size_bytes, mean, boards_ms)


def _timings(timer: CandidateTimer, graphs: Sequence[bytes]) -> Callable[[], bytes]:
    return lambda: json.dumps(
        {board: [item.p50_ms for item in timed] for board, timed in timer.on_each(list(graphs)).items()}
    ).encode()


def _outlined(bench: Workbench, item: Candidate) -> tuple[bytes, Format]:
    """The ONNX file of an outline, and the format the candidate itself is written in."""
    scratch = bench.job.scratch / "outlines"
    scratch.mkdir(parents=True, exist_ok=True)
    context = Context(
        data=bench.data, seed=bench.seed, scratch=scratch, teacher=bench.teacher(), emit=ignore, cancel=bench.job.cancel,
        threads=bench.threads, processor=bench.processor,
    )  # fmt: skip
    state = apply_recipe(bench.original, outline(item.recipe), context, bench.graph)
    content: bytes = bench.graph(state).SerializeToString()
    return content, state.format


def _compress(
    bench: Workbench, candidates: Sequence[Candidate], ruled_out: Mapping[str, str]
) -> tuple[dict[str, Variant], dict[str, tuple[str, str]]]:
    """The variants by name, and what could not be made; after a request to finish, what is there is enough.

    Raises:
        LimitError: none is left; tells of each why, ``ruled_out`` before and now.
    """
    made: dict[str, Variant] = {}
    left: dict[str, tuple[str, str]] = {}
    for item in candidates:
        bench.job.cancel.check()
        if made and bench.job.cancel.finishing:
            left[item.name] = ("stopped", "the run was asked to finish before its turn")
            continue
        try:
            made[item.name] = bench.make(item.recipe, item.name)
        except (Cancelled, MemoryError):
            raise
        except FlyweightError as error:
            bench.job.emit(Log(f"{item.name}: {error.message}", "warning"))
            left[item.name] = ("failed", error.message)
    if not made:
        lost = {**ruled_out, **{name: why for name, (_, why) in left.items()}}
        raise LimitError(
            "nothing-left",
            "; ".join(["no candidate is left to measure", *(f"{name}: {why}" for name, why in lost.items())]),
            "raise the limits, or compress with a recipe of your own",
        )
    return made, left


def _figures(bundle: Bundle, readings: Sequence[Reading], comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """What was measured of a bundle on one board."""
    reading = next((item for item in readings if item.bundle == bundle.sha256), None)
    compared = next((item for item in comparisons if item.a == bundle.sha256), None)
    energy = None if reading is None or reading.energy_mj is None else reading.energy_mj["total"]["value"]
    return {
        "latency_ms": None if reading is None else reading.latency_ms.p50,
        "latency_ci95": None if reading is None else reading.latency_ms.ci95_p50,
        "energy_mj": energy,
        "memory_mb": None if reading is None else reading.memory_mb.run_peak,
        "speedup": None if compared is None else compared.speedup,
    }


@dataclass(frozen=True)
class _Told:
    """Everything that is known of the candidates, put together for each."""

    goal: Goal
    limits: tuple[Limit, ...]
    expected: Mapping[str, Expected]
    made: Mapping[str, Variant]
    bundles: Mapping[str, Bundle]
    found: Mapping[str, Sequence[Found]]
    dropped: Mapping[str, tuple[str, str]]
    chosen: str | None = field(default=None)

    def tried(self, item: Candidate) -> Tried:
        """One candidate with its state and reasons."""
        name, expected = item.name, self.expected.get(item.name)
        if name in self.dropped:
            state, reason = self.dropped[name]
            return Tried(item, state, (reason,), expected)
        found = self.found[name]
        reasons = misses(found, self.limits)
        if self.chosen == name:
            reasons = ("chosen",)
        elif not reasons and self.chosen is not None:
            reasons = (not_picked(over_boards(found), over_boards(self.found[self.chosen]), self.goal),)
        return Tried(
            item, "measured", reasons, expected, tuple(found), self.made[name], self.bundles[name], self.chosen == name
        )
