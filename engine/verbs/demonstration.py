"""The verb ``demo``: the whole loop on the embedded networks, data and the loopback device.

Compress, evaluate, bundle, sign, push over SSH, verify there, measure there, file in the profile, report. Nothing here
is special to the demo but the choice of recipes: every step calls what the other verbs call.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from math import log2
from typing import Any

from device_agent.contract.messages import StopRule
from profiles.reading import Comparison, Reading, Verdict
from profiles.store import ProfileStore

from ..compress.processor import Processor
from ..compress.recipe import load_recipe
from ..deploy import release as releasing
from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..deploy.transport import Deadline
from ..events import Cancel, Emit, Log, Stage, ignore
from ..jobs import Job
from ..measure.candidates import candidate_timer
from ..model.datasets import open_data
from ..model.open import inspect, open_model
from ..model.samples import sample
from ..records import Bundle, Format, Placement, Recipe, Variant
from ..report.data import DeviceFacts as ReportFacts
from ..report.data import ReportData
from ..report.write import write_report
from ..workspace import Workspace, user_data_dir
from .bundling import pack_variant
from .devices import DeviceFacts, device_probe
from .measurement import measure_bundles
from .workbench import Workbench

DATA = "fashion-mnist"
SHIPPED = "fashion-mnist:shipped"  # the same images on every machine
GOAL_SMALLER, GOAL_FASTER, GOAL_LOSS, GOAL_CLOSE = 10.0, 3.0, 1.0, 0.3
DEPLOY_TIMEOUT_S = 120.0

INT8 = {"technique": "static-quantization", "knobs": {"granularity": "per-channel"}}
INT8_PER_TENSOR = {"technique": "static-quantization", "knobs": {"granularity": "per-tensor"}}
INT8_GUIDED = {
    "technique": "static-quantization",
    "knobs": {"granularity": "per-channel", "placement": "latency-guided", "max_timings": 16},
}
TFLITE = {"technique": "tflite-file", "knobs": {"bits": 7}}
HALF_ZERO = {"technique": "magnitude-pruning", "knobs": {"sparsity": 0.5, "epochs": 0}}


@dataclass(frozen=True)
class Epochs:
    """Passes over the 10,000 shipped images: enough to show what a technique does, few enough to wait for.

    Networks of full width train slowly: after zeros are placed they see only ``sparse_samples`` of the images (0 = all).
    """

    sparse: int
    half: int
    quarter: int
    sparse_samples: int = 0


EPOCHS = {
    "fashion-resnet": Epochs(sparse=1, half=3, quarter=1, sparse_samples=6000),
    "fashion-mobilenet": Epochs(sparse=1, half=4, quarter=1, sparse_samples=3000),
}
QUICK_EPOCHS = Epochs(sparse=0, half=1, quarter=0)


def _narrow(ratio: float, epochs: int) -> list[dict[str, Any]]:
    """Fewer channels, then taught by the original."""
    taught = {"epochs": epochs, "learning_rate": 0.1, "views": 4}
    return [
        {"technique": "channel-pruning", "knobs": {"ratio": ratio}},
        {"technique": "soft-label-distillation", "knobs": taught},
    ]


def recipes(epochs: Epochs) -> dict[str, list[dict[str, Any]]]:
    """What the demo makes of one network."""
    tuned = {"weight_bits": 4, "epochs": epochs.sparse, "views": 2, "max_samples": epochs.sparse_samples}
    four_bits = {"technique": "quantization-aware-training", "knobs": tuned}
    return {
        "int8": [INT8],
        "int8-per-tensor": [INT8_PER_TENSOR],
        "sparse50-4bit": [HALF_ZERO, four_bits],
        "half-int8": [*_narrow(0.5, epochs.half), INT8],
        "half-guided": [*_narrow(0.5, epochs.half), INT8_GUIDED],
        "half-litert": [*_narrow(0.5, epochs.half), TFLITE],
        "quarter-guided": [*_narrow(0.25, epochs.quarter), INT8_GUIDED],
    }


QUICK = ("int8", "half-int8")


@dataclass(frozen=True)
class DemoRow:
    """One variant as the table shows it."""

    name: str
    accuracy: str
    loss: str
    size_bytes: int
    packed_bytes: int
    smaller: float
    p50_ms: float | None
    speedup: str
    verdict: str
    recommended: bool


@dataclass(frozen=True)
class DemoModel:
    """One network of the demo."""

    model: str
    title: str
    rows: tuple[DemoRow, ...]
    sentence: str


@dataclass(frozen=True)
class Demonstrated:
    """Everything the demo did."""

    models: tuple[DemoModel, ...]
    variants: tuple[Variant, ...]
    device: Mapping[str, Any]
    placements: tuple[Placement, ...]
    readings: tuple[Reading, ...]
    comparisons: tuple[Comparison, ...]
    profile: Mapping[str, Any]
    report: str
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight demo --json``."""
        return {
            "models": [item.model for item in self.models],
            "model": self.models[0].model,
            "data": DATA,
            "variants": [item.to_json() for item in self.variants],
            "device": dict(self.device),
            "placements": [item.to_json() for item in self.placements],
            "readings": [item.to_json() for item in self.readings],
            "comparisons": [item.to_json() for item in self.comparisons],
            "recommended": {
                item.model: next((row.name for row in item.rows if row.recommended), None) for item in self.models
            },
            "profile": dict(self.profile),
            "report": self.report,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class _Made:
    """A variant with its bundle; ``base`` is the index of the float original of its network."""

    variant: Variant
    bundle: Bundle
    base: int


def demo(
    *, quick: bool = False, target: str = "loopback", seed: int = 0, emit: Emit = ignore, cancel: Cancel | None = None
) -> Demonstrated:
    """Run the whole loop on the embedded networks.

    Args:
        quick: one network, three variants, about a minute; the same code.
        target: device to deploy to and measure on.

    The project is ``demo`` in the user's data folder. A killed run resumes at the last finished step.
    """
    workspace = Workspace(user_data_dir() / ("demo-quick" if quick else "demo"))
    networks = ["fashion-resnet"] if quick else ["fashion-resnet", "fashion-mobilenet"]
    request = {"quick": quick, "target": target, "seed": seed}
    with ExitStack() as stack:
        job = stack.enter_context(Job(workspace, "demo", request, emit, cancel, request))
        job.emit(Stage("device", target))
        facts = device_probe(target)
        timer = None if quick else stack.enter_context(candidate_timer(target, cancel=job.cancel))
        made: list[_Made] = []
        for network in networks:
            bench = Workbench(
                workspace,
                job,
                open_model(f"sample:{network}"),
                open_data(SHIPPED),
                seed=seed,
                timer=timer,
                processor=Processor.of(facts.hello.machine.arch, facts.hello.machine.isa),
            )
            variants = _variants(bench, network, quick)
            base = len(made)
            job.emit(Stage("bundle", f"{len(variants)} variants of {network}"))
            with ThreadPoolExecutor(2) as pool:  # each waits for a child that runs the golden samples
                bundles = pool.map(partial(pack_variant, bench), variants)
                made += [_Made(*pair, base) for pair in zip(variants, bundles, strict=True)]
        with connect(target, emit=job.emit, cancel=job.cancel) as client:
            placements = [_deploy(client, item, target, job) for item in made]
        readings, comparisons = _measure(made, target, quick, job)
        best = _recommend(made, comparisons)
        with connect(target, emit=job.emit, cancel=job.cancel) as client:
            for item in best.values():
                _deploy(client, item, target, job)
        data = ReportData.of(
            tuple(item.variant for item in made),
            readings,
            comparisons,
            ReportFacts.of(facts.name, facts.board, facts.board_name, facts.hello, facts.runtimes),
            placements=tuple(placements),
            recommended=tuple(item.variant.id for item in best.values()),
            notes=_goals(made, comparisons),
        )
        report = write_report(workspace.reports_dir / "report.html", data)
        models = tuple(_model(network, made, readings, comparisons, best) for network in networks)
        notes = _goals(made, comparisons)
        for note in notes:
            job.emit(Log(note))
        return Demonstrated(
            models,
            tuple(item.variant for item in made),
            _device(facts),
            tuple(placements),
            readings,
            comparisons,
            _profile(facts),
            str(report),
            notes,
        )


def _variants(bench: Workbench, network: str, quick: bool) -> list[Variant]:
    """The float original first, then its LiteRT twins, then what the recipes make."""
    variants = [bench.baseline()]
    shipped = sample(network)
    twins = (
        {"fp32-litert": shipped.tflite}
        if quick
        else {"fp32-litert": shipped.tflite, "int8-litert": shipped.tflite_int8}
    )
    for name, path in twins.items():
        recipe = Recipe((), name)
        variants.append(
            bench.keep(path.read_bytes(), recipe, name=name, format_=Format.TFLITE, info=inspect(str(path)))
        )
    wanted = recipes(QUICK_EPOCHS if quick else EPOCHS[network])
    for name, steps in wanted.items():
        if quick and name not in QUICK:
            continue
        recipe = load_recipe(steps)
        variants.append(bench.make(Recipe(recipe.steps, name, recipe.version), name))
    return variants


def _deploy(client: AgentClient, item: _Made, target: str, job: Job) -> Placement:
    job.emit(Stage("deploy", f"{item.bundle.name} to {target}"))
    return releasing.deploy_with(
        client,
        item.bundle,
        target,
        slot=item.variant.model.removeprefix("sample:"),
        deadline=Deadline(DEPLOY_TIMEOUT_S),
        emit=job.emit,
        cancel=job.cancel,
    )


def _measure(
    made: Sequence[_Made], target: str, quick: bool, job: Job
) -> tuple[tuple[Reading, ...], tuple[Comparison, ...]]:
    return measure_bundles(
        [item.bundle for item in made],
        target,
        threads=1,
        stop=StopRule(min_n=299, min_s=0.5 if quick else 1.0, max_s=5.0 if quick else 1.0),
        timeout_s=600.0,
        emit=job.emit,
        cancel=job.cancel,
        baselines=[None if item.base == index else item.base for index, item in enumerate(made)],
        staged=True,
    )


def _comparison(item: _Made, comparisons: Sequence[Comparison]) -> Comparison | None:
    return next((c for c in comparisons if c.a == item.bundle.sha256), None)


def _loss(variant: Variant) -> float | None:
    return None if variant.loss_points is None else variant.loss_points.value


def _smaller(item: _Made, made: Sequence[_Made]) -> float:
    return made[item.base].variant.packed_bytes / item.variant.packed_bytes


def _recommend(made: Sequence[_Made], comparisons: Sequence[Comparison]) -> dict[int, _Made]:
    """For each network the variant within one point that is surely faster and smaller, by the product of both gains."""
    best: dict[int, tuple[float, _Made]] = {}
    for item in made:
        compared, lost = _comparison(item, comparisons), _loss(item.variant)
        if compared is None or lost is None or lost > GOAL_LOSS or compared.verdict is not Verdict.PASS:
            continue
        gain = log2(max(compared.ci95[0], 1.0)) / 4 + log2(max(_smaller(item, made), 1.0)) / 6
        if item.base not in best or gain > best[item.base][0]:
            best[item.base] = (gain, item)
    return {base: item for base, (_, item) in best.items()}


def _goals(made: Sequence[_Made], comparisons: Sequence[Comparison]) -> tuple[str, ...]:
    """What the demo set out to show, and whether this run did."""
    strong = [
        item
        for item in made
        if (c := _comparison(item, comparisons)) is not None
        and (lost := _loss(item.variant)) is not None
        and lost <= GOAL_LOSS
        and c.ci95[0] >= GOAL_FASTER
        and _smaller(item, made) >= GOAL_SMALLER
    ]
    close = [
        item
        for item in made
        if item.variant.recipe.steps and (lost := _loss(item.variant)) is not None and abs(lost) <= GOAL_CLOSE
    ]
    wanted = f"{GOAL_SMALLER:g}x smaller packed and surely {GOAL_FASTER:g}x faster at {GOAL_LOSS:g} point or less"
    return (
        f"goal {wanted}: " + (f"reached by {_names(strong)}" if strong else "missed in this run"),
        f"goal within {GOAL_CLOSE:g} points of the original: "
        + (f"reached by {_names(close)}" if close else "missed in this run"),
    )


def _names(items: Sequence[_Made]) -> str:
    return ", ".join(item.bundle.name for item in items)


def _model(
    network: str,
    made: Sequence[_Made],
    readings: Sequence[Reading],
    comparisons: Sequence[Comparison],
    best: Mapping[int, _Made],
) -> DemoModel:
    own = [item for item in made if item.variant.model.removeprefix("sample:") == network]
    chosen = best.get(own[0].base)
    rows = tuple(_row(item, made, readings, comparisons, item is chosen) for item in own)
    sentence = "no variant is surely faster within 1 point in this run"
    if chosen is not None:
        compared = _comparison(chosen, comparisons)
        assert compared is not None
        sentence = (
            f"* {chosen.variant.name}: {_smaller(chosen, made):.1f}x smaller (packed), {compared.speedup:.2f}x faster, "
            f"{_signed(chosen.variant)} points lost; it now runs in slot {network}"
        )
    return DemoModel(f"sample:{network}", sample(network).title, rows, sentence)


def _row(
    item: _Made,
    made: Sequence[_Made],
    readings: Sequence[Reading],
    comparisons: Sequence[Comparison],
    recommended: bool,
) -> DemoRow:
    variant, compared = item.variant, _comparison(item, comparisons)
    reading = next((r for r in readings if r.bundle == item.bundle.sha256), None)
    estimate = None if variant.score is None else variant.score.metrics.get("accuracy")
    accuracy = "n/a"
    if estimate is not None and estimate.value is not None:
        accuracy = f"{100 * estimate.value:.2f}"
    return DemoRow(
        variant.name,
        accuracy,
        _signed(variant),
        variant.size_bytes,
        variant.packed_bytes,
        _smaller(item, made),
        None if reading is None else reading.latency_ms.p50,
        "" if compared is None else f"{compared.speedup:.2f}x [{compared.ci95[0]:.2f}, {compared.ci95[1]:.2f}]",
        "baseline" if compared is None else str(compared.verdict),
        recommended,
    )


def _signed(variant: Variant) -> str:
    estimate = variant.loss_points
    if estimate is None or estimate.value is None or estimate.ci95 is None:
        return ""
    return f"{estimate.value:+.2f} [{estimate.ci95[0]:+.2f}, {estimate.ci95[1]:+.2f}]"


def _device(facts: DeviceFacts) -> dict[str, Any]:
    machine = facts.hello.machine
    return {
        "name": facts.name,
        "address": facts.address,
        "board": facts.board,
        "board_name": facts.board_name,
        "device_id": facts.hello.device_id,
        "agent_id": facts.hello.agent_id,
        "arch": machine.arch,
        "cpu_model": machine.cpu_model,
        "cpus": machine.cpus,
        "isa": list(machine.isa),
        "kernel": machine.kernel,
        "os": machine.os,
    }


def _profile(facts: DeviceFacts) -> dict[str, Any]:
    from profiles.store import Filter

    with ProfileStore.open() as store:
        return {"board": facts.board, "rows": len(store.readings(Filter(board=facts.board))), "store": store.url}
