"""The verb ``explain``: where a variant lost, layer by layer and class by class, and what was removed for which reason."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..compress.registry import find
from ..compress.technique import Effect
from ..errors import FlyweightError, UsageError
from ..evaluate.classes import ClassLoss, class_losses
from ..evaluate.layers import LayerLoss, Part, layer_losses
from ..evaluate.paired import lost
from ..evaluate.roofline import Bound, Roof, bounds, this_processor
from ..events import Cancel, Emit, Stage, ignore
from ..model.datasets import check_fits
from ..model.open import inspect
from ..model.task import target_of
from ..records import Estimate, Format, Score, Variant
from ..showing import several
from ..workspace import Workspace
from .evaluation import choose_split, judge, locate, open_as_judged
from .past_readings import newest_readings

_TELLING = 0.05
"""Rounding to integers makes a few weights zero in every layer; fewer than this share say nothing."""


@dataclass(frozen=True)
class LayerStory:
    """One layer: its loss, and in words what happened to it and why."""

    loss: LayerLoss
    removed: str

    def __repr__(self) -> str:
        return f"LayerStory({self.loss.before.layer.name!r}: {self.removed or 'as before'})"

    def to_json(self) -> dict[str, Any]:
        """One entry of ``layers``."""
        return {**self.loss.to_json(), "removed": self.removed}


@dataclass(frozen=True)
class Explained:
    """A variant beside its original."""

    id: str
    original: Score
    score: Score
    loss_points: Estimate | None
    layers: tuple[LayerStory, ...]
    classes: tuple[ClassLoss, ...]
    roof: Roof
    theory: tuple[tuple[Bound, ...], tuple[Bound, ...]]
    measured: tuple[dict[str, float], dict[str, float]]

    def __repr__(self) -> str:
        return several("Explained", (self.score, *self.layers), self.id[:8])

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight explain --json``."""
        return {
            "id": self.id,
            "original": self.original.to_json(),
            "score": self.score.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
            "layers": [item.to_json() for item in self.layers],
            "classes": [item.to_json() for item in self.classes],
            "roofline": {
                "macs_per_s": self.roof.macs_per_s,
                "bytes_per_s": self.roof.bytes_per_s,
                "original": _theory(self.theory[0], self.measured[0]),
                "variant": _theory(self.theory[1], self.measured[1]),
            },
        }


def explain(
    model: str,
    *,
    data: str,
    against: str | None = None,
    split: str | None = None,
    task: str | None = None,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Explained:
    """Where a variant lost against its original: each layer's SQNR and cosine, each class, what was removed and why.

    Args:
        model: id or name of a variant, or an ONNX file.
        data: labelled data; layers are compared on its first 64 samples.
        against: the original for a plain file; a variant knows its own.
        split: part of the data; default as for ``evaluate``.
        task: what the labels mean, where the data does not say it.

    Raises:
        UsageError: there is no original, or one of the two is no ONNX file.
    """
    import onnx

    workspace = Workspace.find(project)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = locate(model, workspace, None, folder / "variant", data, task)
        original = place.original
        if against is not None:
            other = locate(against, workspace, None, folder / "original", data, task)
            original = (other.path, other.format)
        if original is None or original[1] is not Format.ONNX or place.format is not Format.ONNX:
            raise UsageError(
                "nothing-to-compare",
                f"'{model}' has no original to compare with, or one of the two is no ONNX file",
                "name a variant of the project, or give the original with --against FILE.onnx",
            )
        data_set = open_as_judged(data, inspect(str(place.path)).inputs, task, place.judged_by)
        check_fits(data_set, inspect(str(place.path)).inputs)
        split = split or choose_split(data_set, data, (place,))
        emit(Stage("evaluate", "both"))
        before = judge(*original, data_set, split, None)
        after = judge(place.path, place.format, data_set, split, None)
        emit(Stage("compare", "layers"))
        losses = layer_losses(original[0], place.path, data_set, split, folder, cancel=cancel)
        roof = this_processor()
        first, second = (bounds(onnx.load(str(path)), roof) for path in (original[0], place.path))
    variant = next((item for item in workspace.variants() if item.id == place.id), None)
    return Explained(
        place.id,
        before.score,
        after.score,
        lost(before, after),
        tuple(LayerStory(item, _removed(item, variant)) for item in losses),
        class_losses(before, after, target_of(data_set).classes),
        roof,
        (first, second),
        (_measured(None if variant is None else variant.baseline), _measured(place.id)),
    )


def _removed(item: LayerLoss, variant: Variant | None) -> str:
    """What happened to a layer, and which step of the recipe did it."""
    before, after = item.before, item.after
    if after is None:
        return _because("the layer is gone or was split", variant, Effect.STRUCTURE)
    said = []
    if after.parameters != before.parameters:
        what = f"{before.parameters:,} -> {after.parameters:,} weights"
        what = f"{what} in {after.pieces} layers" if after.pieces > 1 else what
        said.append(_because(what, variant, Effect.STRUCTURE))
    zeros = [1 - part.nonzero / part.parameters if part.parameters else 0.0 for part in (before, after)]
    if zeros[1] - zeros[0] > _TELLING:
        said.append(_because(f"{zeros[0]:.0%} -> {zeros[1]:.0%} zeros", variant, Effect.MASKS, Effect.INTEGERS))
    if after.dtypes != before.dtypes:
        what = f"stored as {' and '.join(after.dtypes)} instead of {' and '.join(before.dtypes)}"
        said.append(_because(what, variant, Effect.INTEGERS))
    if said:
        return "; ".join(said)
    return next((f"left alone: {reason}" for reason in _skips(after, before, variant)), "nothing")


def _because(what: str, variant: Variant | None, *effects: Effect) -> str:
    if variant is None:
        return what
    by = [step.technique for step in variant.recipe.steps if _does(step.technique, effects)]
    return f"{what} ({', '.join(dict.fromkeys(by))})" if by else what


def _does(technique: str, effects: tuple[Effect, ...]) -> bool:
    try:
        return any(effect in find(technique).changes for effect in effects)
    except FlyweightError:  # made by a plug-in that is no longer here
        return False


def _skips(after: Part, before: Part, variant: Variant | None) -> list[str]:
    if variant is None:
        return []
    names = {before.layer.name, after.layer.name}
    return [skip.reason for skip in variant.skipped if skip.layer in names]


def _measured(variant: str | None) -> dict[str, float]:
    """The newest median latency on each device, in ms: what the roofline is held against."""
    return {target: item.latency_ms.p50 for target, item in newest_readings(variant).items()}


def _theory(rows: tuple[Bound, ...], measured: dict[str, float]) -> dict[str, Any]:
    return {
        "measured_ms": measured,
        "macs": sum(row.macs for row in rows),
        "bytes_moved": sum(row.bytes_moved for row in rows),
        "bound_ms": sum(row.bound_ms for row in rows),
        "layers": [row.to_json() for row in rows],
    }
