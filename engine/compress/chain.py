"""The chain checker: says before anything runs when a later step destroys an earlier one, or lacks what it needs.

It works on the declarations of the techniques (takes, needs, changes, destroys) alone, so it holds for techniques of
third parties too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import RecipeError
from ..records import Recipe, RecipeStep
from .registry import find
from .technique import Again, Effect, Need, Takes, Technique

_DATA_NEEDS = {
    Need.LABELS: "labelled training data",
    Need.DATA: "training data",
    Need.CALIBRATION: "data to calibrate with",
    Need.GRADIENTS: "labelled training data for its gradients",
}
_FLOAT_WORK = {Effect.WEIGHTS, Effect.MASKS, Effect.STRUCTURE, Effect.TRAINABLE}
_WORDS = {
    Effect.WEIGHTS: "the trained weights",
    Effect.MASKS: "the zeros placed on purpose",
    Effect.PATTERN: "the regular pattern of zeros",
    Effect.STRUCTURE: "the structure",
    Effect.INTEGERS: "the integer weights",
    Effect.TRAINABLE: "the possibility to train",
    Effect.FORMAT: "the kind of file",
}


@dataclass(frozen=True)
class Problem:
    """Something wrong with a recipe: ``fatal`` problems keep it from running. ``step`` counts from 1."""

    step: int
    message: str
    remedy: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"step {self.step}: {self.message}; {self.remedy}"


@dataclass(frozen=True)
class _Step:
    number: int
    technique: Technique
    config: Any

    @property
    def label(self) -> str:
        return f"step {self.number} ({self.technique.id})"


def check_chain(recipe: Recipe, *, has_data: bool = True, has_device: bool = True) -> tuple[Problem, ...]:
    """Problems that do not keep the recipe from running.

    Args:
        recipe: a checked recipe.
        has_data: a data set is given.
        has_device: a target device is given, so candidates can be timed.

    Raises:
        RecipeError: a step destroys an earlier one or lacks what it needs; names both and the repair.
    """
    problems = find_problems(recipe, has_data=has_data, has_device=has_device)
    fatal = [problem for problem in problems if problem.fatal]
    if fatal:
        message = "; ".join(f"step {problem.step}: {problem.message}" for problem in fatal)
        raise RecipeError("bad-chain", message, "; ".join(dict.fromkeys(problem.remedy for problem in fatal)))
    return problems


def find_problems(recipe: Recipe, *, has_data: bool = True, has_device: bool = True) -> tuple[Problem, ...]:
    """All problems of a recipe in step order, fatal ones and advice."""
    steps = _steps(recipe.steps)
    repair = _suggestion(recipe)
    found: list[Problem] = []
    for later in steps:
        found += _missing(later, has_data, has_device) + _useless(later, steps[: later.number - 1])
        for earlier in steps[: later.number - 1]:
            message = _conflict(earlier, later)
            if message is not None:
                found.append(Problem(later.number, message, repair))
                break
    return tuple(found)


def again(technique: Technique, config: Any) -> Again:
    """What a technique does with these knobs to a model that it was applied to just before."""
    first = _Step(1, technique.acting(config), config)
    if _conflict(first, replace(first, number=2)) is not None:
        return Again.REFUSED
    return Again.UNCHANGED if technique.is_idempotent(config) else Again.FURTHER


def repaired(recipe: Recipe) -> Recipe | None:
    """The same steps in an order without conflicts; None where no order of them is free of conflicts."""
    steps = sorted(_steps(recipe.steps), key=lambda step: _phase(step.technique))
    ordered = Recipe(tuple(recipe.steps[step.number - 1] for step in steps), recipe.name, recipe.version)
    checked = _steps(ordered.steps)
    free = all(_conflict(a, b) is None for i, b in enumerate(checked) for a in checked[:i])
    return ordered if free else None


def _steps(steps: Sequence[RecipeStep]) -> list[_Step]:
    made = []
    for number, step in enumerate(steps, 1):
        technique = find(step.technique)
        config = technique.configure(step.knobs)
        made.append(_Step(number, technique.acting(config), config))
    return made


def _phase(technique: Technique) -> int:
    """The place in a chain: structure first, then training, zeros, what ends training, integers, the kind of file last."""
    changes = set(technique.changes)
    if Effect.FORMAT in changes:
        return 6
    if Effect.INTEGERS in changes:
        return 5
    if Effect.TRAINABLE in technique.destroys:
        return 4
    if Effect.MASKS in changes:
        return 3
    if Effect.STRUCTURE in changes:
        return 1
    return 2


def _conflict(earlier: _Step, later: _Step) -> str | None:
    first, second = earlier.technique, later.technique
    before, after = set(first.changes), set(second.changes)
    if Effect.INTEGERS in before and Effect.INTEGERS in after:
        return f"{second.id} quantizes what {earlier.label} quantized already"
    if Effect.INTEGERS in before and Effect.FORMAT not in after and after & _FLOAT_WORK:
        return f"{second.id} works on float weights, but {earlier.label} made them integers"
    if Effect.TRAINABLE in first.destroys and second.takes is Takes.TORCH:
        return f"{second.id} needs a model that can be trained, but {earlier.label} ended that"
    if Effect.FORMAT in before and Effect.FORMAT not in after:
        return f"{second.id} changes the graph, but {earlier.label} ended it in its own kind of file"
    lost = [effect for effect in second.destroys if effect in before]
    if lost:
        return f"{second.id} destroys what {earlier.label} made: {_WORDS[lost[0]]}"
    return None


def _missing(step: _Step, has_data: bool, has_device: bool) -> list[Problem]:
    problems = []
    for need in step.technique.needs_of(step.config):
        if need in _DATA_NEEDS and not has_data:
            message = f"{step.technique.id} needs {_DATA_NEEDS[need]}, and no data is given"
            problems.append(Problem(step.number, message, "give --data, or leave the step out"))
            break
        if need is Need.DEVICE and not has_device:
            message = f"{step.technique.id} is set to let a device decide, and no device is given"
            problems.append(Problem(step.number, message, "give --target; without it nothing is timed", fatal=False))
    return problems


def _useless(later: _Step, before: Sequence[_Step]) -> list[Problem]:
    """Advice where a step follows itself and has nothing left to do, or leaves nothing of what was done before it."""
    same = before and (before[-1].technique.id, before[-1].config) == (later.technique.id, later.config)
    if same and again(later.technique, later.config) is Again.UNCHANGED:
        message = f"{later.technique.id} changes nothing after {before[-1].label} with the same knobs"
        return [Problem(later.number, message, "leave it out", fatal=False)]
    if not before or not later.technique.is_afresh(later.config):
        return []
    earlier = ", ".join(step.label for step in before)
    message = f"{later.technique.id} builds another network, in which nothing is left of {earlier}"
    return [Problem(later.number, message, "do those steps after it, or leave them out", fatal=False)]


def _suggestion(recipe: Recipe) -> str:
    better = repaired(recipe)
    if better is not None and better.steps != recipe.steps:
        return "use this order: " + ", ".join(step.technique for step in better.steps)
    return "leave one of the two steps out"
