"""Presets: for each goal a list of candidate recipes, from the one that changes least to the one that changes most.

Which of them is best depends on the model and the board, so nobody can know it beforehand: the verb ``choose`` thins the
list by estimates, compresses and measures what is left, and picks. An estimate comes from the outline of a recipe: the
same recipe without its training, which has the shape and the operators of the result but not its weights.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from ..errors import UsageError
from ..records import Recipe, RecipeStep
from .recipe import load_recipe
from .registry import find, techniques
from .technique import Effect, Step


@dataclass(frozen=True)
class Candidate:
    """One recipe of a preset and what it is there for."""

    name: str
    why: str
    steps: tuple[Step, ...]

    @property
    def recipe(self) -> Recipe:
        """The recipe, with its knobs checked."""
        loaded = load_recipe([{"technique": name, "knobs": dict(knobs)} for name, knobs in self.steps])
        return Recipe(loaded.steps, self.name, loaded.version)

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"name": self.name, "why": self.why, "steps": [step.to_json() for step in self.recipe.steps]}


_FUSED: Step = ("graph-fusion", {})
_HALF: Step = ("half-precision", {})
_BYTES: Step = ("weight-only-quantization", {"bits": 8})
_INT8: Step = ("static-quantization", {})
_CAREFUL: Step = ("static-quantization", {"equalize": True, "bias_correction": True})
_FOUR_BITS: Step = ("quantization-aware-training", {"weight_bits": 4, "epochs": 4})
_TFLITE: Step = ("tflite-file", {})
_STUDENT: Step = ("student", {"share": 0.4})
_GUIDED: Step = ("static-quantization", {"placement": "latency-guided"})


def _narrow(share: float, epochs: int) -> tuple[Step, ...]:
    return (("channel-pruning", {"ratio": share, "epochs": 0}), ("soft-label-distillation", {"epochs": epochs}))


def _sparse(sparsity: float, epochs: int) -> Step:
    return ("magnitude-pruning", {"sparsity": sparsity, "epochs": epochs})


CANDIDATES: Mapping[str, tuple[Candidate, ...]] = {
    "latency": (
        Candidate("fused", "the same arithmetic with fewer operators", (_FUSED,)),
        Candidate("guided-int8", "integers wherever the board is faster with them", (_GUIDED,)),
        Candidate("cut25", "a quarter of the channels less, in floating point", (*_narrow(0.25, 3), _FUSED)),
        Candidate("cut25-litert", "a quarter of the channels less, run by LiteRT", (*_narrow(0.25, 3), _TFLITE)),
        Candidate("cut25-guided-int8", "a quarter of the channels less, integers where faster", (*_narrow(0.25, 3), _GUIDED)),
        Candidate("cut50", "half the channels, in floating point", (*_narrow(0.5, 6), _FUSED)),
        Candidate("cut50-litert", "half the channels, run by LiteRT instead of onnxruntime", (*_narrow(0.5, 6), _TFLITE)),
        Candidate("cut50-guided-int8", "half the channels, integers where faster", (*_narrow(0.5, 6), _GUIDED)),
        Candidate("cut75-guided-int8", "a quarter of the channels kept, integers where faster", (*_narrow(0.75, 10), _GUIDED)),
        Candidate("student-guided-int8", "a light network taught by the original, integers where faster", (_STUDENT, _GUIDED)),
    ),
    "size": (
        Candidate("int8", "integers of one byte", (_INT8,)),
        Candidate("sparse50-int8", "half the weights zero, then integers", (_sparse(0.5, 2), _INT8)),
        Candidate("sparse50-4bit", "half the weights zero, the others trained to four bits", (_sparse(0.5, 0), _FOUR_BITS)),
        Candidate("sparse80-int8", "four of five weights zero, then integers", (_sparse(0.8, 3), _INT8)),
        Candidate("cut25-int8", "a quarter of the channels less, then integers", (*_narrow(0.25, 3), _INT8)),
        Candidate("cut50-int8", "half the channels, then integers", (*_narrow(0.5, 6), _INT8)),
        Candidate("cut50-sparse50-int8", "half the channels, many zeros, integers", (*_narrow(0.5, 6), _sparse(0.5, 2), _INT8)),
        Candidate("cut75-int8", "a quarter of the channels kept, then integers", (*_narrow(0.75, 10), _INT8)),
        Candidate("student-int8", "a light network taught by the original, then integers", (_STUDENT, _INT8)),
    ),
    "accuracy": (
        Candidate("fused", "the same arithmetic with fewer operators", (_FUSED,)),
        Candidate("half-precision", "weights of two bytes", (_HALF,)),
        Candidate("weights-int8", "weights of one byte, arithmetic in floating point", (_BYTES,)),
        Candidate("careful-int8", "integers with equalised ranges and corrected biases", (_CAREFUL,)),
        Candidate("int8", "integers of one byte", (_INT8,)),
        Candidate("cut25", "a quarter of the channels less, taught by the original", (*_narrow(0.25, 4), _FUSED)),
        Candidate("cut25-int8", "a quarter of the channels less, then integers", (*_narrow(0.25, 4), _CAREFUL)),
    ),
}  # fmt: skip
"""Goal -> its own candidates, the gentlest first."""


def candidates_of(preset: str) -> tuple[Candidate, ...]:
    """The candidates of a goal: its own, then what techniques of other packages offer, named after the technique.

    Raises:
        UsageError: there is no such goal.
    """
    if preset not in CANDIDATES:
        raise UsageError("unknown-preset", f"there is no preset '{preset}'", f"use one of: {', '.join(CANDIDATES)}")
    own = CANDIDATES[preset]
    taken = {item.name for item in own}
    offered = []
    for technique in techniques():
        for offer in technique.offers:
            if offer.preset == preset:
                name = next(name for name in _numbered(technique.id) if name not in taken)
                taken.add(name)
                offered.append(Candidate(name, f"{offer.why} ({technique.name})", offer.steps))
    return (*own, *offered)


def _numbered(id: str) -> Iterator[str]:
    yield id
    yield from (f"{id}-{number}" for number in count(2))


def outline(recipe: Recipe) -> Recipe:
    """The recipe without its training and without timings on the board: quick, and of the same shape.

    >>> [step.technique for step in outline(CANDIDATES["latency"][4].recipe).steps]
    ['channel-pruning', 'static-quantization']
    """
    steps = []
    for step in recipe.steps:
        technique = find(step.technique)
        if technique.family == "distillation" and Effect.STRUCTURE not in technique.changes:
            continue
        knobs = dict(step.knobs)
        if any(knob.name == "epochs" for knob in technique.knobs):
            knobs["epochs"] = 0
        if knobs.get("placement") == "latency-guided":
            knobs["placement"] = "all"
        steps.append(RecipeStep(step.technique, knobs))
    return Recipe(tuple(steps), recipe.name, recipe.version)
