"""The verb ``profile_predict``: latency and memory of models that were not measured on a device, from those that were."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from device_agent.contract.manifest import parse
from profiles.compare import usable
from profiles.memory import Footprint, PredictedMemory, predict_memory
from profiles.predict import VERSION, CostModel, Known, Operator, Predicted, Source, fit
from profiles.reading import Reading

from ..deploy.connect import connect
from ..deploy.seen import last_seen
from ..errors import FlyweightError, UsageError
from ..events import Cancel, Emit, Stage, ignore
from ..measure.candidates import candidate_timer
from ..measure.features import footprint, operator_rows, operators
from ..measure.probe import STOP, probe
from ..workspace import Workspace, user_data_dir, write_atomic
from .bundling import find_bundle
from .profiling import readings_of

RUNTIME = "onnxruntime"
MOST_TRACED = 400
"""Traced operators that a cost model is made of, those of the newest readings: with thousands, fitting takes minutes."""


@dataclass(frozen=True)
class PredictedModel:
    """One model with its prediction and, where it was measured after all, the reading beside it."""

    name: str
    predicted: Predicted
    measured_ms: float | None
    memory: PredictedMemory | None = None
    measured_mb: float | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        memory = None if self.memory is None else self.memory.to_json()
        return {
            "name": self.name,
            **self.predicted.to_json(),
            "measured_ms": self.measured_ms,
            "memory": memory,
            "measured_mb": self.measured_mb,
        }


@dataclass(frozen=True)
class Predictions:
    """Predictions for one device; ``measure_next`` is the model whose reading would teach most."""

    target: str
    threads: int
    readings: int
    probe: str | None
    models: tuple[PredictedModel, ...]
    measure_next: str | None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile predict --json``."""
        return {
            "target": self.target,
            "runtime": RUNTIME,
            "threads": self.threads,
            "readings": self.readings,
            "probe": self.probe,
            "models": [item.to_json() for item in self.models],
            "measure_next": self.measure_next,
        }


def profile_predict(
    target: str,
    models: Sequence[str],
    *,
    threads: int = 1,
    micro_benchmark: bool = False,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Predictions:
    """Predict the median latency and the peak memory of ONNX models on a device.

    Args:
        target: device name or board id.
        models: files, variants or bundles of the project.
        threads: of onnxruntime.
        micro_benchmark: first time small graphs of every kind of operator on the device (about ten seconds); kept for later.
        project: folder of the project, whose bundles tell what the readings were taken of.

    Raises:
        UsageError: neither readings nor a micro-benchmark are there to predict from.
    """
    workspace = Workspace.find(project)
    if micro_benchmark:
        emit(Stage("micro-benchmark", target))
        with connect(target, emit=emit, cancel=cancel) as client:
            device = client.hello.device_id
        with candidate_timer(target, threads=threads, stop=STOP, emit=emit, cancel=cancel) as time:
            _keep(device, threads, probe(time))
    readings = _readings(target, threads)
    devices = {item.device_id for item in readings} or ({device} if micro_benchmark else set())
    probes = [row for name in sorted(devices) for row in _kept(name, threads)]
    known = _known(readings, workspace)
    if not known and not probes:
        raise UsageError(
            "nothing-to-predict-from",
            f"no bundle of this project was measured on '{target}' with {RUNTIME} and {threads} threads",
            f"add --micro-benchmark, or measure some: flyweight profile run --bundles B... --targets {target}",
        )
    traced = _operators(readings, workspace)
    model = fit([*known.values(), *probes, *traced])
    peaks = _peaks(readings, workspace)
    found = tuple(_with_memory(_predicted(model, key, workspace, known), workspace, peaks) for key in models)
    unknown = [item for item in found if item.measured_ms is None]
    following = max(unknown, key=lambda item: item.predicted.leverage).name if unknown else None
    used = [f"{len(probes)} rows of the micro-benchmark"] if probes else []
    used += [f"{len(traced)} traced operators"] if traced else []
    return Predictions(target, threads, len(known), ", ".join(used) or None, found, following)


def _readings(target: str, threads: int) -> list[Reading]:
    try:
        given = readings_of(target)
    except UsageError:
        return []
    return [
        item
        for item in usable(given, last_seen())
        if item.runtime == RUNTIME and item.threads == threads and item.on_processor
    ]


def _known(readings: Sequence[Reading], workspace: Workspace) -> dict[str, Known]:
    """What each measured bundle of the project asks for and takes, by bundle."""
    newest = {item.bundle: item for item in sorted(readings, key=lambda r: r.measured_at)}
    found = {}
    for bundle in workspace.bundles():
        asked = _asked(bundle.path, workspace) if bundle.sha256 in newest else None
        if asked is not None:
            found[bundle.sha256] = Known(asked, newest[bundle.sha256].latency_ms.p50, model=bundle.sha256)
    return found


def _operators(readings: Sequence[Reading], workspace: Workspace) -> list[Known]:
    """Rows from the traced runs of the project's bundles."""
    import onnx

    newest = {item.bundle: item for item in sorted(readings, key=lambda r: r.measured_at) if item.operators}
    found: list[Known] = []
    pairs = ((newest[item.sha256], item) for item in workspace.bundles() if item.sha256 in newest)
    for reading, bundle in sorted(pairs, key=lambda pair: pair[0].measured_at, reverse=True):
        path = _onnx(bundle.path, workspace)
        if path is not None and len(found) < MOST_TRACED:
            found += operator_rows(onnx.load(path), reading.operators, reading.latency_ms.p50, bundle.sha256)
    return found


def _peaks(readings: Sequence[Reading], workspace: Workspace) -> list[Footprint]:
    """What each measured bundle of the project holds, and the peak it took."""
    import onnx

    newest = {item.bundle: item for item in sorted(readings, key=lambda r: r.measured_at)}
    found = []
    for bundle in workspace.bundles():
        reading = newest.get(bundle.sha256)
        path = None if reading is None else _onnx(bundle.path, workspace)
        peak = None if reading is None else reading.memory_mb.run_peak
        if path is not None and peak is not None:
            found.append(replace(footprint(onnx.load(path)), peak_mb=peak))
    return found


def _with_memory(item: PredictedModel, workspace: Workspace, known: Sequence[Footprint]) -> PredictedModel:
    import onnx

    path = _onnx(item.name, workspace)
    if path is None:
        return item
    own = footprint(onnx.load(path))
    sizes = (own.weight_bytes, own.activation_bytes)
    measured = next((row.peak_mb for row in known if (row.weight_bytes, row.activation_bytes) == sizes), None)
    return replace(item, memory=predict_memory(known, own), measured_mb=measured)


def _asked(key: str, workspace: Workspace) -> tuple[Operator, ...] | None:
    """What a file, variant or bundle asks for; None where it holds no ONNX graph."""
    import onnx

    path = _onnx(key, workspace)
    return None if path is None else operators(onnx.load(path))


def _onnx(key: str, workspace: Workspace) -> Path | None:
    if Path(key).is_file():
        return Path(key) if key.endswith(".onnx") else None
    try:
        bundle = find_bundle(key, workspace)
    except FlyweightError:
        variant = workspace.load_variant(key)
        return Path(variant.path) if variant.path.endswith(".onnx") else None
    folder = Path(bundle.path)
    manifest = parse((folder / "manifest.json").read_bytes())
    return next((folder / item.file for item in manifest.models if item.format == "onnx"), None)


def _predicted(model: CostModel, key: str, workspace: Workspace, known: dict[str, Known]) -> PredictedModel:
    asked = _asked(key, workspace)
    if asked is None:
        raise UsageError("not-onnx", f"'{key}' holds no ONNX graph", "predictions are made for ONNX models")
    measured = next((item.p50_ms for item in known.values() if item.operators == asked), None)
    return PredictedModel(key, model.predict(asked), measured)


def _file(device: str, threads: int) -> Path:
    return user_data_dir() / "micro-benchmarks" / f"{device}-{threads}.json"


def _keep(device: str, threads: int, rows: Sequence[Known]) -> None:
    plain = {
        "version": VERSION,
        "rows": [{"operators": [item.to_json() for item in row.operators], "p50_ms": row.p50_ms} for row in rows],
    }
    write_atomic(_file(device, threads), json.dumps(plain).encode())


def _kept(device: str, threads: int) -> list[Known]:
    try:
        document = json.loads(_file(device, threads).read_text())
        if document["version"] != VERSION:  # it tells other things
            return []
        return [
            Known(tuple(map(Operator.from_json, r["operators"])), float(r["p50_ms"]), Source.PROBE)
            for r in document["rows"]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
