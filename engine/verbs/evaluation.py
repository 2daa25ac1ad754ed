"""The verbs ``evaluate`` and ``compare``."""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError, UsageError
from ..evaluate.classes import class_accuracies, class_scores
from ..evaluate.efficiency import Taken, efficiency
from ..evaluate.fidelity import fidelity
from ..evaluate.folds import Folds, cross_validated
from ..evaluate.judging import METRICS
from ..evaluate.paired import lost as what_was_lost
from ..evaluate.score import Evaluation, evaluate_file
from ..events import Cancel, Emit, Stage, ignore
from ..model.data import TEST
from ..model.datasets import BUILT_IN, check_fits, open_data
from ..model.datasets.arrays import ALL
from ..model.formats import detect
from ..model.open import inspect, is_there
from ..model.packed_size import packed_size
from ..model.save import to_onnx
from ..model.task import target_of
from ..model.with_data import open_with_data
from ..records import Estimate, Fidelity, Format, ModelInfo, Score, TensorSpec, Variant, sha256_hex
from ..showing import interval, macs, one_line, several, size
from ..workspace import Workspace
from .past_readings import newest_readings

if TYPE_CHECKING:
    from ..model.data import DataSet
    from .on_device import OnDevice


@dataclass(frozen=True)
class Evaluated:
    """Metrics of one model and, where there is an original, its distance to it.

    ``classes``: AP@50:95 of a detector's classes, or the overlap (IoU) of a segmentation's; ``class_accuracy``: the share of
    each class's pixels that a segmentation finds.

    With ``device`` the answers are those of a board.
    """

    id: str
    score: Score
    fidelity: Fidelity | None
    loss_points: Estimate | None
    split: str
    folds: Folds | None = None
    classes: dict[str, Estimate] = field(default_factory=dict)
    class_accuracy: dict[str, Estimate] = field(default_factory=dict)
    device: "OnDevice | None" = None

    def __repr__(self) -> str:
        lost = self.loss_points
        points = None if lost is None else f"{interval(lost.value, lost.ci95, 2)} points lost"
        where = None if self.device is None else "by a device"
        fidelity = None if self.fidelity is None else repr(self.fidelity)
        return one_line("Evaluated", (f"{self.id[:8]} on {self.split}: {self.score!r}", points, fidelity, where))

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight evaluate --json``."""
        return {
            "id": self.id,
            "data": self.score.data,
            "split": self.split,
            "score": self.score.to_json(),
            "confusion": None if self.score.confusion is None else [list(row) for row in self.score.confusion],
            "fidelity": None if self.fidelity is None else self.fidelity.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
            "folds": None if self.folds is None else self.folds.to_json(),
            "classes": {name: estimate.to_json() for name, estimate in self.classes.items()},
            "class_accuracy": {name: estimate.to_json() for name, estimate in self.class_accuracy.items()},
            "device": None if self.device is None else self.device.to_json(),
        }


@dataclass(frozen=True)
class Row:
    """One model of a comparison."""

    name: str
    info: ModelInfo
    packed_bytes: int
    score: Score | None
    loss_points: Estimate | None
    efficiency: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        lost, score = self.loss_points, self.score
        main = None if score is None or score.main is None else score.metrics[score.main]
        quality = None if main is None or score is None else f"{score.main} {interval(main.value, main.ci95)}"
        return one_line(
            "Row",
            (
                f"{self.name!r}: {self.info.format}",
                quality,
                None if lost is None else f"{interval(lost.value, lost.ci95, 2)} points lost",
                f"{self.info.parameters:,} parameters",
                macs(self.info.macs),
                f"{size(self.info.size_bytes)}, packed {size(self.packed_bytes)}",
            ),
        )

    @property
    def accuracy(self) -> Estimate | None:
        """Of a classifier with labelled data."""
        return None if self.score is None else self.score.metrics.get("accuracy")

    def to_json(self) -> dict[str, Any]:
        """One entry of ``models``."""
        return {
            "name": self.name,
            "format": str(self.info.format),
            "parameters": self.info.parameters,
            "nonzero_parameters": self.info.nonzero_parameters,
            "macs": self.info.macs,
            "peak_activation_bytes": self.info.peak_activation_bytes,
            "size_bytes": self.info.size_bytes,
            "packed_bytes": self.packed_bytes,
            "quantized": self.info.quantized,
            "accuracy": None if self.accuracy is None else self.accuracy.to_json(),
            "metric": None if self.score is None else self.score.main,
            "score": None if self.score is None else self.score.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
            "efficiency": self.efficiency,
        }


@dataclass(frozen=True)
class Compared:
    """Models side by side; the first is the original."""

    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return several("Compared", self.rows)

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight compare --json``."""
        return {"models": [row.to_json() for row in self.rows]}


def evaluate(
    model: str,
    *,
    data: str,
    against: str | None = None,
    split: str | None = None,
    samples: int | None = None,
    task: str | None = None,
    arch: str | None = None,
    cross_validate: int | None = None,
    on: str | None = None,
    runtime: str | None = None,
    provider: str | None = None,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Evaluated:
    """Metrics of a variant or model file with 95 % intervals, and its fidelity to the original.

    Args:
        model: id or name of a variant, or a model file.
        data: data set; without labels only the fidelity is given.
        against: the original for a plain file; a variant knows its own.
        split: ``train``, ``calibration``, ``test`` or ``all``; default: all of the user's own data where it is not
            divided, but ``test`` where the model is a variant of this project that was made with the same data.
        samples: use only so many, the first of the split.
        task: what the labels mean, where the data does not say it: ``classification``, ``regression``, ``detection``,
            ``segmentation`` or ``sequence``.
        arch: ``module:factory`` that builds the network for a state dict.
        cross_validate: also give every metric over so many folds of the split, mean with interval.
        on: a device, whose own runtime answers the samples; this computer's answers to them are compared with its.
        runtime, provider: of that device; default: what it prefers for the format.
    """
    if on is None and (runtime or provider):
        raise UsageError("no-device", "a runtime and a provider are those of a device", "name it: --on TARGET")
    workspace = Workspace.find(project)
    with tempfile.TemporaryDirectory() as folder:
        place = locate(model, workspace, arch, Path(folder), data, task)
        original = place.original
        if against is not None:
            other = locate(against, workspace, arch, Path(folder) / "original", data, task)
            original = (other.path, other.format)
        data_set = open_as_judged(data, inspect(str(place.path)).inputs, task, place.judged_by)
        split = split or choose_split(data_set, data, (place,))
        emit(Stage("evaluate", model))
        found, device = judge(place.path, place.format, data_set, split, samples), None
        if on is not None:
            from .on_device import judge_on

            file, wanted = (place.path, place.format), (runtime, provider)
            found, device = judge_on(on, file, data_set, split, samples, found, wanted, emit, cancel)
        folds = None
        if cross_validate is not None:
            softmax = data_set.contract.output.activation == "softmax"
            folds = cross_validated(found, cross_validate, softmax=softmax)
        close, lost = None, None
        if original is not None:
            if cancel is not None:
                cancel.check()
            emit(Stage("evaluate", "the original"))
            reference = judge(*original, data_set, split, samples)
            close = fidelity(reference.outputs, found.outputs)
            lost = what_was_lost(reference, found)
    names = target_of(data_set).classes
    by_class = class_scores(found, names), class_accuracies(found, names)
    return Evaluated(place.id, found.score, close, lost, split, folds, *by_class, device)


def compare(
    models: Sequence[str],
    *,
    data: str | None = None,
    split: str | None = None,
    task: str | None = None,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Compared:
    """Models side by side; with data also the metrics of its task and the paired loss against the first.

    All are judged on the same samples.

    Args:
        models: ids or names of variants, or model files; the first is what the others are compared with.
        data: data set; without it only sizes and work are told.
        split, task: as ``evaluate`` takes them.
    """
    workspace = Workspace.find(project)
    rows: list[Row] = []
    first: Evaluation | None = None
    original: Taken | None = None
    with tempfile.TemporaryDirectory() as folder:
        places = [
            locate(model, workspace, None, Path(folder) / str(number), data, task)
            for number, model in enumerate(models)
        ]
        for model, place in zip(models, places, strict=True):
            info = inspect(str(place.path))
            score, lost = None, None
            if data is not None:
                emit(Stage("evaluate", model))
                data_set = open_as_judged(data, info.inputs, task, place.judged_by)
                split = split or choose_split(data_set, data, places)
                found = judge(place.path, place.format, data_set, split, None)
                score = found.score
                lost = None if first is None else what_was_lost(first, found)
                first = first or found
            packed_bytes = packed_size(place.path.read_bytes(), place.format).size_bytes
            taken = _taken(place, info, packed_bytes, score, workspace)
            rows.append(Row(model, info, packed_bytes, score, lost, efficiency(taken, original)))
            original = original or taken
            if cancel is not None:
                cancel.check()
    return Compared(tuple(rows))


def _taken(place: "Place", info: ModelInfo, packed_bytes: int, score: Score | None, workspace: Workspace) -> Taken:
    """What a model takes, as far as it is known: measured on devices, and noted when it was made."""
    known = next((variant for variant in workspace.variants() if variant.id == place.id), None)
    readings = newest_readings(None if known is None else known.id)
    worth = None if score is None or score.main is None else score.metrics[score.main].value
    if worth is not None and score is not None and score.main == "wer":
        worth = 1 - worth  # errors, where the others grow with quality
    return Taken(
        info.size_bytes,
        packed_bytes,
        info.macs,
        worth,
        {target: item.latency_ms.p50 for target, item in readings.items()},
        {target: item.load_ms for target, item in readings.items() if item.load_ms is not None},
        {} if known is None else known.cost,
    )


def choose_split(data: "DataSet", spec: str, places: "Sequence[Place]") -> str:
    """All of the user's data, unless it is divided already or these variants were trained on a part of it."""
    known = any(place.made_with == data.name for place in places)
    return TEST if known or spec.partition(":")[0] in BUILT_IN or not data.count(ALL) else ALL


def judge(path: Path, format_: Format, data: "DataSet", split: str, limit: int | None) -> Evaluation:
    """One file on a split of data that fits it.

    Raises:
        DataError: the data does not fit the model's inputs.
    """
    check_fits(data, inspect(str(path)).inputs)
    return evaluate_file(path, format_, data, split=split, limit=limit)


@dataclass(frozen=True)
class Place:
    """A runnable file; for a variant of the project also its original, and the data and the metric it was made with."""

    path: Path
    format: Format
    id: str
    original: tuple[Path, Format] | None = None
    made_with: str | None = None
    judged_by: str | None = None


def locate(
    model: str,
    workspace: Workspace,
    arch: str | None,
    folder: Path,
    data: str | None = None,
    task: str | None = None,
) -> Place:
    """Find or make the file of a variant (by id, name, or as one of its files) or of a model spec.

    ``data`` tells the shape of the input where a module does not.
    """
    if ":" not in model and not is_there(model):
        return _of_variant(workspace.load_variant(model), workspace)
    opened = None if _is_tflite(model) else open_with_data(model, data, arch=arch, task=task)[0]
    if opened is None:
        path = Path(model).expanduser()
        content = path.read_bytes()
        return _known(content, workspace) or Place(path, Format.TFLITE, sha256_hex(content)[:16])
    if opened.onnx is not None:
        content = opened.onnx
    else:
        assert opened.module is not None
        content = to_onnx(opened.module, opened.inputs).SerializeToString()
    known = _known(content, workspace)
    if known is not None:
        return known
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    path.write_bytes(content)
    return Place(path, Format.ONNX, sha256_hex(content)[:16])


def _is_tflite(model: str) -> bool:
    return is_there(model) and detect(Path(model).expanduser()) is Format.TFLITE


def _known(content: bytes, workspace: Workspace) -> Place | None:
    sha256 = sha256_hex(content)
    found = [variant for variant in workspace.variants() if variant.sha256 == sha256]
    return _of_variant(found[-1], workspace) if found else None


def _of_variant(variant: Variant, workspace: Workspace) -> Place:
    base = next((item for item in workspace.variants() if item.id == variant.baseline), None)
    original = None if base is None else (Path(base.path), base.format)
    made_with, judged_by = (None, None) if variant.score is None else (variant.score.data, variant.score.main)
    return Place(Path(variant.path), variant.format, variant.id, original, made_with, judged_by)


def open_as_judged(data: str, inputs: Sequence[TensorSpec], task: str | None, judged_by: str | None) -> "DataSet":
    """Data for a variant: where neither the caller nor the data say what labels mean, they mean what they did when it was made.

    Raises:
        DataError: the data cannot be read, or is for another task than ``task``.
    """
    meant = next((str(kind) for kind, names in METRICS.items() if judged_by in names), None) if task is None else None
    if meant is not None:
        with suppress(DataError):  # it is for another task, or it cannot be read at all: the same without an opinion
            return open_data(data, inputs, meant)
    return open_data(data, inputs, task)
