"""The verb ``robustness``: a model on training data, on corrupted data and under attack, before and after compression."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FlyweightError, UsageError
from ..evaluate.paired import lost
from ..evaluate.predict import predict_all
from ..evaluate.robustness import CORRUPTIONS, Held, attacked, corrupted, held
from ..evaluate.score import Evaluation, judged
from ..events import Cancel, Emit, Stage, ignore
from ..model.data import TEST, TRAIN
from ..model.datasets import check_fits
from ..model.open import inspect
from ..model.task import Task, target_of
from ..records import Estimate, Format, Score
from ..showing import one_line, several
from ..workspace import Workspace
from .evaluation import locate, open_as_judged

if TYPE_CHECKING:
    from torch import nn

ATTACKS = ("fgsm", "pgd")


@dataclass(frozen=True)
class Condition:
    """One condition: what the samples went through, and both models on them."""

    name: str
    gradients_of: str | None
    original: Score | None
    score: Score
    loss_points: Estimate | None

    def __repr__(self) -> str:
        before = None if self.original is None else f"before {self.original!r}"
        return one_line("Condition", (repr(self.name), before, f"{self.score!r}"))

    def to_json(self) -> dict[str, Any]:
        """One entry of ``conditions``."""
        return {
            "condition": self.name,
            "gradients_of": self.gradients_of,
            "original": None if self.original is None else self.original.to_json(),
            "score": self.score.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
        }


@dataclass(frozen=True)
class Robustness:
    """All conditions; ``train`` against ``test`` is the generalisation gap."""

    id: str
    conditions: tuple[Condition, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return several("Robustness", self.conditions, self.id[:8])

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight robustness --json``."""
        return {"id": self.id, "conditions": [item.to_json() for item in self.conditions], "notes": list(self.notes)}


def robustness(
    model: str,
    *,
    data: str,
    against: str | None = None,
    task: str | None = None,
    samples: int = 1000,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Robustness:
    """A model on training and test data, under common corruptions and (classifiers) under FGSM and PGD.

    A variant's original is judged on the same samples. Gradients are the model's own where its graph becomes a PyTorch
    module, else the original's: then the attack is carried over, and is weaker than one made for the model itself.

    Args:
        model: id or name of a variant, or a model file.
        data: labelled data with a training and a test split.
        against: the original of a plain file.
        task: what the labels mean, where the data does not say it.
        samples: how many of each condition.

    Raises:
        UsageError: ``samples`` is below 1.
    """
    if samples < 1:
        raise UsageError("bad-samples", f"{samples} samples are too few", "give --samples 1 or more")
    workspace = Workspace.find(project)
    with tempfile.TemporaryDirectory() as name:
        place = locate(model, workspace, None, Path(name) / "variant", data, task)
        original = place.original
        if against is not None:
            other = locate(against, workspace, None, Path(name) / "original", data, task)
            original = (other.path, other.format)
        inputs = inspect(str(place.path)).inputs
        data_set = open_as_judged(data, inputs, task, place.judged_by)
        check_fits(data_set, inputs)
        clean = held(data_set, TEST, samples)
        conditions: list[tuple[str, str | None, Held]] = [("test", None, clean)]
        if data_set.count(TRAIN):
            conditions.insert(0, ("train", None, held(data_set, TRAIN, samples)))
        conditions += [(item, None, corrupted(clean, item)) for item in CORRUPTIONS]
        notes: list[str] = []
        if target_of(data_set).task is Task.CLASSIFICATION:
            module, whose, why = _gradients((place.path, place.format), original)
            if module is None:
                notes.append(f"no attacks: {why}")
            else:
                conditions += [(item, whose, attacked(clean, module, item)) for item in ATTACKS]
        emit(Stage("evaluate", model))
        everything = [samples for _, _, samples in conditions]
        after = _judged(place.path, place.format, everything, cancel)
        before: list[Evaluation] = []
        if original is not None:
            emit(Stage("evaluate", "the original"))
            before = _judged(*original, everything, cancel)
    found = []
    for number, (condition, whose, _) in enumerate(conditions):
        first = before[number] if before else None
        loss = None if first is None else lost(first, after[number])
        score = None if first is None else first.score
        found.append(Condition(condition, whose, score, after[number].score, loss))
    return Robustness(place.id, tuple(found), tuple(notes))


def _judged(path: Path, format_: Format, conditions: Sequence[Held], cancel: Cancel | None) -> list[Evaluation]:
    """Predict on all conditions in one go, judge each by itself."""
    names = [item.name for item in conditions[0].contract.inputs]
    batches = chain.from_iterable(samples.batches(samples.split, 256) for samples in conditions)
    outputs = predict_all(path, format_, batches, names=names, cancel=cancel)
    found, start = [], 0
    for samples in conditions:
        end = start + samples.count(samples.split)
        found.append(judged([array[start:end] for array in outputs], samples.labels, samples))
        start = end
    return found


def _gradients(
    own: tuple[Path, Format], original: tuple[Path, Format] | None
) -> "tuple[nn.Module | None, str | None, str]":
    """A module to take gradients of, whose it is, and why there is none."""
    import onnx

    from ..model.cost import is_quantized
    from ..model.onnx_to_torch import to_module

    why = "there is no ONNX file with gradients"
    for whose, place in (("model", own), ("original", original)):
        if place is None or place[1] is not Format.ONNX:
            continue
        graph = onnx.load(str(place[0]))
        if is_quantized(graph):
            why = f"the {whose} is quantized, rounding has no gradient"
            continue
        try:
            return to_module(graph), whose, ""
        except FlyweightError as error:
            why = error.message
    return None, None, why
