"""One task: an original, what this product and the peers make of it, all timed in one interleaved plan on the loopback board."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.contract.messages import StopRule
from engine.compress.recipe import load_recipe
from engine.evaluate.paired import lost
from engine.evaluate.score import evaluate_file
from engine.events import Cancel, Event, Stage
from engine.model.datasets import open_data
from engine.model.packed import pack
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Estimate, Format, Recipe
from engine.verbs import compress, inspect
from engine.verbs.measurement import measure_bundles
from profiles.reading import Comparison

from .front import hypervolume
from .peers import Peer

STOP = StopRule(min_n=299, min_s=2.0, max_s=6.0)


@dataclass(frozen=True)
class Claim:
    """Bounds that one variant must keep all at once; None = the claim does not speak of it.

    Attributes:
        text: as published.
        loss_points: largest loss of accuracy.
        smaller: raw file, ``packed``: entropy-coded, ``faster``: lower bound of the interval, ``parameters``: original / result.
    """

    text: str
    loss_points: float
    smaller: float | None = None
    packed: float | None = None
    faster: float | None = None
    parameters: float | None = None

    def kept_by(self, entry: "Entry") -> bool:
        """Whether an entry keeps every bound."""
        fast = entry.speedup.ci95[0] if entry.speedup is not None else 1.0
        pairs = [
            (self.smaller, entry.smaller),
            (self.packed, entry.packed),
            (self.faster, fast),
            (self.parameters, entry.fewer_parameters),
        ]
        return entry.loss_points <= self.loss_points and all(
            bound is None or (value is not None and value >= bound) for bound, value in pairs
        )


@dataclass(frozen=True)
class Task:
    """An original and what is made of it.

    Attributes:
        original: makes the file in a folder, or names a shipped sample.
        data: names the data set; may make it in that folder.
        recipes: name to steps.
        peers: scripts that see the same file and data.
        target: where latency-guided recipes time their candidates.
    """

    name: str
    claims: tuple[Claim, ...]
    original: Callable[[Path], str]
    data: Callable[[Path], str]
    recipes: Mapping[str, list[dict]]
    peers: tuple[Peer, ...]
    goal: float | None = None
    note: str = ""


@dataclass
class Entry:
    """One file; factors are original / result."""

    name: str
    ours: bool
    path: Path
    format: Format
    loss: Estimate
    smaller: float
    packed: float
    fewer_parameters: float | None
    cpu_s: float | None
    speedup: Comparison | None = None

    @property
    def loss_points(self) -> float:
        """Points of accuracy lost; negative is a gain."""
        return self.loss.value or 0.0

    @property
    def point(self) -> tuple[float, float, float]:
        """Loss, speed-up, packed factor."""
        return self.loss_points, self.speedup.speedup if self.speedup is not None else 1.0, self.packed


@dataclass(frozen=True)
class Outcome:
    """A task after its run."""

    task: Task
    original: str
    entries: tuple[Entry, ...]
    latency_ms: float | None

    def volume(self, *, ours: bool) -> float:
        """Hypervolume of one side's front."""
        return hypervolume([entry.point for entry in self.entries if entry.ours is ours])

    def met(self, claim: Claim) -> list[str]:
        """Names of our entries that keep a claim."""
        return [entry.name for entry in self.entries if entry.ours and claim.kept_by(entry)]


def run(task: Task, folder: Path) -> Outcome:
    """Make, judge and time everything of a task in a folder, which may hold finished parts of an earlier run."""
    folder.mkdir(parents=True, exist_ok=True)
    data_name, original = task.data(folder), task.original(folder)
    recipes = [_named(name, steps) for name, steps in task.recipes.items()]
    made = compress(original, data=data_name, recipes=recipes, target="loopback", project=folder, emit=shown)
    base = made.baseline
    base_path = Path(base.path)
    data = open_data(data_name, inspect(str(base_path)).inputs)
    entries = []
    for variant in made.variants:
        assert variant.loss_points is not None
        entries.append(
            Entry(
                variant.name,
                True,
                Path(variant.path),
                variant.format,
                variant.loss_points,
                base.size_bytes / variant.size_bytes,
                base.packed_bytes / variant.packed_bytes,
                base.parameters / variant.parameters,
                None,
            )
        )
    truth = evaluate_file(base_path, base.format, data)
    for peer in task.peers:
        shown(Stage("peer", peer.name))
        start = _cpu_s()
        path = peer.make(base_path, original, data, folder)
        cpu_s, content = _cpu_s() - start, path.read_bytes()
        loss = lost(truth, evaluate_file(path, Format.ONNX, data))
        assert loss is not None
        packed = base.packed_bytes / len(pack(content, Format.ONNX))
        entries.append(
            Entry(peer.name, False, path, Format.ONNX, loss, base.size_bytes / len(content), packed, None, cpu_s)
        )
    files = [(base.name, base_path, base.format), *((entry.name, entry.path, entry.format) for entry in entries)]
    bundles = [
        make_bundle(
            {format_: path},
            data=data,
            recipe=Recipe((), name),
            name=f"claim-{number}-{name}",
            out_dir=folder / "bundles",
            signing_key=signing_key(),
        )
        for number, (name, path, format_) in enumerate(files)
    ]
    readings, comparisons = measure_bundles(
        bundles,
        "loopback",
        threads=1,
        stop=STOP,
        timeout_s=600,
        emit=shown,
        cancel=Cancel(),
        baselines=[None, *[0] * len(entries)],
    )
    for entry, bundle in zip(entries, bundles[1:], strict=True):
        entry.speedup = next((item for item in comparisons if item.a == bundle.sha256), None)
    accuracy = base.score.metrics["accuracy"] if base.score is not None else None
    shares = "" if accuracy is None or accuracy.value is None else f", accuracy {100 * accuracy.value:.2f} %"
    size = f"{base.parameters:,} parameters, {base.size_bytes / 1000:,.0f} kB{shares}"
    return Outcome(task, size, tuple(entries), readings[0].latency_ms.p50 if readings else None)


def _named(name: str, steps: Sequence[dict]) -> Recipe:
    recipe = load_recipe(list(steps))
    return Recipe(recipe.steps, name, recipe.version)


def _cpu_s() -> float:
    """CPU seconds of this process and its ended children."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def shown(event: Event) -> None:
    """Progress of long rows."""
    if isinstance(event, Stage):
        print(f"  {time.strftime('%H:%M:%S')} {event.name}: {event.detail}", flush=True)
