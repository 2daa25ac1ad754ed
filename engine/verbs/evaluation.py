"""The verbs ``evaluate`` and ``compare``."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..evaluate.fidelity import fidelity
from ..evaluate.paired import loss_points
from ..evaluate.score import Evaluation, evaluate_file
from ..events import Cancel, Emit, Stage, ignore
from ..model.datasets import check_fits, open_data
from ..model.open import inspect, open_model
from ..model.packed import pack
from ..model.save import to_onnx
from ..records import Estimate, Fidelity, Format, ModelInfo, Score, sha256_hex
from ..workspace import Workspace

if TYPE_CHECKING:
    from ..model.data import DataSet


@dataclass(frozen=True)
class Evaluated:
    """Metrics of one model and, where there is an original, its distance to it."""

    id: str
    score: Score
    fidelity: Fidelity | None
    loss_points: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight evaluate --json``."""
        return {
            "id": self.id,
            "score": self.score.to_json(),
            "confusion": None if self.score.confusion is None else [list(row) for row in self.score.confusion],
            "fidelity": None if self.fidelity is None else self.fidelity.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
        }


@dataclass(frozen=True)
class Row:
    """One model of a comparison."""

    name: str
    info: ModelInfo
    packed_bytes: int
    accuracy: Estimate | None
    loss_points: Estimate | None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``models``."""
        return {
            "name": self.name,
            "format": str(self.info.format),
            "parameters": self.info.parameters,
            "nonzero_parameters": self.info.nonzero_parameters,
            "macs": self.info.macs,
            "size_bytes": self.info.size_bytes,
            "packed_bytes": self.packed_bytes,
            "quantized": self.info.quantized,
            "accuracy": None if self.accuracy is None else self.accuracy.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
        }


@dataclass(frozen=True)
class Compared:
    """Models side by side; the first is the original."""

    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight compare --json``."""
        return {"models": [row.to_json() for row in self.rows]}


def evaluate(
    model: str,
    *,
    data: str,
    against: str | None = None,
    split: str = "test",
    limit: int | None = None,
    arch: str | None = None,
    project: Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Evaluated:
    """Metrics of a variant or model file with 95 % intervals, and its fidelity to the original.

    Args:
        model: id or name of a variant, or a model file.
        data: data set; without labels only the fidelity is given.
        against: the original for a plain file; a variant knows its own.
        limit: use only the first samples of the split.
    """
    workspace = Workspace.find(project)
    with tempfile.TemporaryDirectory() as folder:
        path, format_, key, original = _locate(model, workspace, arch, Path(folder))
        if against is not None:
            original = _locate(against, workspace, arch, Path(folder) / "original")[:2]
        data_set = open_data(data, inspect(str(path)).inputs)
        emit(Stage("evaluate", model))
        found = _run(path, format_, data_set, split, limit)
        close, lost = None, None
        if original is not None:
            emit(Stage("evaluate", "the original"))
            reference = _run(*original, data_set, split, limit)
            close = fidelity(reference.outputs, found.outputs)
            if reference.correct is not None and found.correct is not None:
                lost = loss_points(reference.correct, found.correct)
    return Evaluated(key, found.score, close, lost)


def compare(
    models: Sequence[str],
    *,
    data: str | None = None,
    split: str = "test",
    project: Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Compared:
    """Models side by side; with data also accuracy and the paired loss against the first."""
    workspace = Workspace.find(project)
    rows: list[Row] = []
    first: Evaluation | None = None
    with tempfile.TemporaryDirectory() as folder:
        for number, model in enumerate(models):
            path, format_, _, _ = _locate(model, workspace, None, Path(folder) / str(number))
            info = inspect(str(path))
            accuracy, lost = None, None
            if data is not None:
                emit(Stage("evaluate", model))
                found = _run(path, format_, open_data(data, info.inputs), split, None)
                accuracy = found.score.metrics.get("accuracy")
                if first is not None and first.correct is not None and found.correct is not None:
                    lost = loss_points(first.correct, found.correct)
                first = first or found
            rows.append(Row(model, info, len(pack(path.read_bytes(), format_)), accuracy, lost))
            if cancel is not None:
                cancel.check()
    return Compared(tuple(rows))


def _run(path: Path, format_: Format, data: "DataSet", split: str, limit: int | None) -> Evaluation:
    check_fits(data, inspect(str(path)).inputs)
    return evaluate_file(path, format_, data, split=split, limit=limit)


def _locate(
    model: str, workspace: Workspace, arch: str | None, folder: Path
) -> tuple[Path, Format, str, tuple[Path, Format] | None]:
    """A runnable file for a variant or a model spec: path, format, id, and the original of a variant."""
    known = {v.id: v for v in workspace.variants()}
    if not Path(model).exists() and ":" not in model:
        variant = workspace.load_variant(model)
        base = known.get(variant.baseline or "")
        original = None if base is None else (Path(base.path), base.format)
        return Path(variant.path), variant.format, variant.id, original
    opened = open_model(model, arch=arch)
    if opened.info.format is Format.TFLITE:
        return Path(model), Format.TFLITE, opened.info.sha256[:16], None
    content = opened.onnx
    if content is None:
        assert opened.module is not None
        content = to_onnx(opened.module, opened.inputs).SerializeToString()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    path.write_bytes(content)
    return path, Format.ONNX, sha256_hex(content)[:16], None
