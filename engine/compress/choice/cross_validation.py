"""X5: k-fold cross-validation chooses one knob of another technique, then that technique works on all training data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean, stdev
from typing import Any

import numpy as np

from ...errors import DataError, RecipeError
from ...events import Stage
from ...model.data import CALIBRATION, TRAIN, DataSet
from ...records import Knob
from ..quality import Quality, labelled_batches, quality
from ..registry import find, technique
from ..technique import Context, Effect, ModelState, Need, Takes, Technique, knob
from ..training_subset import TrainingSubset

ID = "cross-validation"


@dataclass(frozen=True)
class CrossValidation:
    """Knobs of the choice; those of the technique it sets are given in ``others``."""

    technique: str = knob("magnitude-pruning", "The technique that is set and then applied.")
    vary: str = knob("sparsity", "Its knob that is chosen.")
    values: list[Any] = knob([0.5, 0.7, 0.9], "Values of that knob to try.")
    others: list[str] = knob([], "Its other knobs, each as name=value.")
    folds: int = knob(5, "Parts of the training data, each of which judges once.", unit="folds", min=2, max=20)
    max_samples: int = knob(
        2000, "Training samples the folds are made of at most; 0 = all.", unit="samples", min=0, max=10**9
    )
    rule: str = knob(
        "best",
        "best: the lowest cost; one-standard-error: the smallest packed file that is not clearly worse.",
        choices=("best", "one-standard-error"),
    )
    price: float = knob(
        0.0, "Mu: accuracy (as a share of 1) you would give for all of the packed size.", min=0, max=100
    )

    def __post_init__(self) -> None:
        """Refuse what the technique would refuse, before anything runs."""
        if not self.values:
            raise RecipeError("bad-knob", f"{ID}: values is empty", "give two values or more: values: [0.5, 0.7]")
        for value in self.values:
            self.inner(value)

    def inner(self, value: Knob) -> Any:
        """The config of the technique with one value.

        Raises:
            RecipeError: the technique is not there or does not take these knobs.
        """
        if self.technique == ID:
            raise RecipeError("bad-knob", f"{ID} cannot choose its own knobs", "name another technique")
        return find(self.technique).configure({**self.fixed, self.vary: value})

    @property
    def fixed(self) -> Mapping[str, Knob]:
        """The other knobs by name."""
        import yaml

        found: dict[str, Knob] = {}
        for item in self.others:
            name, mark, text = str(item).partition("=")
            try:
                value = yaml.safe_load(text)
            except (yaml.YAMLError, ValueError) as error:
                raise RecipeError("bad-knob", f"{ID}: others has {item!r:.80}", "write name=value") from error
            if not mark or isinstance(value, dict):
                raise RecipeError("bad-knob", f"{ID}: others has {item!r:.80}", "write name=value")
            found[name.strip()] = value
        return found

    def acts_as(self) -> Technique:
        """The technique whose effects this one has."""
        return find(self.technique)

    def needs(self) -> tuple[Need, ...]:
        """Labels to judge by, and what the technique needs."""
        asked = find(self.technique).needs_of(self.inner(self.values[0]))
        return (Need.LABELS, *(need for need in asked if need is not Need.LABELS))

    def passes(self, train_samples: int) -> float:
        """Sample passes of all trainings: of every value on every fold, and of one of them on everything."""
        seen = min(train_samples, self.max_samples or train_samples)
        trained = [item for value in self.values if callable(item := getattr(self.inner(value), "passes", None))]
        on_folds = self.folds * sum(passes(seen * (self.folds - 1) // self.folds) for passes in trained)
        return float(on_folds + (trained[0](train_samples) if trained else 0))


@technique(
    ID,
    name="Cross-validated choice of a knob",
    family="choice",
    covers=("X5",),
    summary="Tries values of any technique's knob on k folds of the training data and applies the best one.",
    paper="Stone: Cross-Validatory Choice and Assessment of Statistical Predictions, 1974; one-standard-error rule: "
    "Breiman et al.: Classification and Regression Trees, 1984",
    config=CrossValidation,
    takes=Takes.EITHER,
    needs=(Need.LABELS,),
    changes=(Effect.WEIGHTS,),
)
def cross_validation(state: ModelState, config: CrossValidation, context: Context) -> ModelState:
    """Minimise the mean over the folds of ``1 - accuracy + mu * packed / original packed``, then apply to all data.

    R2 takes the place of accuracy where the labels are numbers.
    """
    apply = find(config.technique).apply
    costs: dict[int, list[float]] = {number: [] for number in range(len(config.values))}
    rights: dict[int, list[float]] = {number: [] for number in costs}
    sizes: dict[int, list[float]] = {number: [] for number in costs}
    sized = config.price > 0 or config.rule == "one-standard-error"
    whole = _packed(state) if sized else 1
    name = ""
    for fold, (learned, judge) in enumerate(folds(context, config), 1):
        for number, value in enumerate(config.values):
            context.cancel.check()
            said = f"{config.vary} = {value}, fold {fold} of {config.folds}"
            context.emit(Stage("cross-validation", said))
            inner = replace(context, data=learned, score=partial(_score, learned, context))
            made = apply(state, config.inner(value), inner)
            found = _judged(judge, context, made)
            right, name = found.value, found.name
            size = _packed(made) / whole if sized else 0.0
            rights[number].append(right)
            sizes[number].append(size)
            costs[number].append(1 - right + config.price * size)
    best = _chosen(costs, sizes, config.rule)
    notes = []
    for number, value in enumerate(config.values):
        left = f", packed {fmean(sizes[number]):.3f}" if sized else ""
        notes.append(
            f"{config.technique} {config.vary} = {value}: {name} {100 * fmean(rights[number]):.2f} % "
            f"(standard error {100 * _error(rights[number]):.2f}, {config.folds} folds){left}"
            f"{' (chosen)' if number == best else ''}"
        )
    context.emit(Stage("cross-validation", f"{config.vary} = {config.values[best]} on all training data"))
    made = apply(state, config.inner(config.values[best]), context)
    return replace(made, notes=(*made.notes, *notes))


def folds(context: Context, config: CrossValidation) -> Iterator[tuple[TrainingSubset, TrainingSubset]]:
    """Of each fold the samples to learn from and those to judge by: disjoint, together all, of nearly equal size.

    Raises:
        DataError: there is no training data, or less than one sample for each fold.
    """
    data = context.data
    count = 0 if data is None else data.count(TRAIN)
    if data is None or count < config.folds:
        raise DataError(
            "no-training-data",
            f"cross-validation makes {config.folds} folds of the training data, which has {count} samples",
            "give --data with a training part, or fewer folds",
        )
    rows = np.random.default_rng([context.seed, 29]).permutation(count)[: config.max_samples or count]
    parts = np.array_split(rows, config.folds)
    for number, part in enumerate(parts):
        others = np.concatenate([item for place, item in enumerate(parts) if place != number])
        yield TrainingSubset(data, others, calibrates=True), TrainingSubset(data, part, calibrates=True)


def _judged(data: DataSet, context: Context, state: ModelState) -> Quality:
    return quality(state, labelled_batches(data, CALIBRATION, context))


def _score(data: DataSet, context: Context, state: ModelState) -> float:
    return _judged(data, context, state).value


def _chosen(costs: Mapping[int, list[float]], sizes: Mapping[int, list[float]], rule: str) -> int:
    """Number of the value that is taken; the folds are the same for all, so the differences count."""
    best = min(costs, key=lambda number: fmean(costs[number]))
    if rule == "best":
        return best

    def close(number: int) -> bool:
        more = [mine - its for mine, its in zip(costs[number], costs[best], strict=True)]
        return fmean(more) <= _error(more)

    return min((number for number in costs if close(number)), key=lambda number: fmean(sizes[number]))


def _error(values: list[float]) -> float:
    """Standard error of the mean."""
    return stdev(values) / math.sqrt(len(values))


def _packed(state: ModelState) -> int:
    from ...model.packed import pack
    from ...model.save import to_onnx
    from ...records import Format

    graph = state.onnx
    if graph is None:
        assert state.module is not None
        graph = to_onnx(state.module, state.inputs)
    return len(pack(graph.SerializeToString(), Format.ONNX))


__all__ = ["CrossValidation", "cross_validation", "folds"]
