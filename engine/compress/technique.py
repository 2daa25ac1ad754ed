"""The contract of a technique: one frozen config dataclass, one function, a declaration of what it takes and does.

A technique is ``(ModelState, Config, Context) -> ModelState``. It never measures or scores by itself: the verb injects
``score`` and ``time`` through the context, so techniques import neither ``evaluate`` nor ``measure``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import RecipeError
from ..events import Cancel, Emit, ignore
from ..records import Format, Knob, Skip, TensorSpec

if TYPE_CHECKING:
    import torch
    from onnx import ModelProto

    from ..model.data import DataSet
    from .processor import Processor


class Takes(StrEnum):
    """The form of model a technique works on. ``EITHER`` keeps the form it is given."""

    TORCH = "torch"
    ONNX = "onnx"
    EITHER = "either"


class Need(StrEnum):
    """What a technique needs beside the model."""

    LABELS = "labels"  # training data with labels
    DATA = "data"  # training inputs, no labels
    CALIBRATION = "calibration"  # a few representative inputs
    GRADIENTS = "gradients"
    DEVICE = "device"  # a device to time candidates on


class Effect(StrEnum):
    """What a technique changes, keeps or destroys; the chain checker works on these words."""

    WEIGHTS = "weights"  # values of the weights
    MASKS = "masks"  # zeros placed on purpose
    PATTERN = "pattern"  # zeros in a regular pattern (N of every M)
    STRUCTURE = "structure"  # shapes of the tensors
    INTEGERS = "integers"  # quantized representation
    TRAINABLE = "trainable"  # the possibility to train afterwards
    FORMAT = "format"  # the kind of file it ends in; integers are taken as they are


class Again(StrEnum):
    """What a technique does to a model that it was applied to just before, with the same knobs."""

    UNCHANGED = "unchanged"  # there is nothing left to do
    FURTHER = "further"  # it takes its share of what is left, or trains on
    REFUSED = "refused"  # the chain checker says why


@dataclass(frozen=True)
class KnobSpec:
    """One knob as CLI, GUI, recipe schema and docs see it; None where a property does not apply."""

    name: str
    type: str  # int | float | bool | str | enum | list (of ``choices`` where there are any) | range (two numbers)
    default: Knob
    unit: str | None
    min: float | None
    max: float | None
    choices: tuple[str, ...] | None
    help: str
    advanced: bool = False

    def to_json(self) -> dict[str, Any]:
        """JSON form of ``flyweight techniques --json``."""
        return {
            "name": self.name,
            "type": self.type,
            "default": self.default,
            "unit": self.unit,
            "min": self.min,
            "max": self.max,
            "choices": None if self.choices is None else list(self.choices),
            "help": self.help,
            "advanced": self.advanced,
        }


def knob(
    default: Any,
    help: str,
    *,
    unit: str | None = None,
    min: float | None = None,
    max: float | None = None,
    choices: tuple[str, ...] | None = None,
    advanced: bool = False,
) -> Any:
    """Declare a knob of a config dataclass with its limits and help."""
    metadata = {"help": help, "unit": unit, "min": min, "max": max, "choices": choices, "advanced": advanced}
    if isinstance(default, (list, dict)):
        frozen = default
        return field(default_factory=lambda: type(frozen)(frozen), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class StepCost:
    """What one step of a recipe cost: seconds and peak resident memory; None where the system does not tell."""

    technique: str
    wall_s: float
    cpu_s: float
    peak_rss_mb: float | None


@dataclass(frozen=True)
class ModelState:
    """A model between two steps: a torch module or an ONNX graph, never both.

    ``masks`` maps parameter names of the module to boolean tensors (True = kept); every step that trains applies them.
    ``format`` is that of the file the recipe ends with.
    """

    inputs: tuple[TensorSpec, ...]
    module: torch.nn.Module | None = None
    onnx: ModelProto | None = None
    masks: Mapping[str, torch.Tensor] = field(default_factory=dict)
    skipped: tuple[Skip, ...] = ()
    notes: tuple[str, ...] = ()
    costs: tuple[StepCost, ...] = ()
    format: Format = Format.ONNX

    @property
    def form(self) -> Takes:
        """Which of the two forms this state holds."""
        return Takes.TORCH if self.module is not None else Takes.ONNX

    def as_module(self) -> ModelState:
        """With a torch module in place of a graph; its layers have readable names.

        Raises:
            ModelError: it holds an operator that has no layer.
        """
        if self.onnx is None:
            return self
        from ..model.onnx_to_torch import to_module

        return replace(self, module=to_module(self.onnx), onnx=None)

    def as_graph(self, graph: ModelProto, skipped: Sequence[Skip] = (), notes: Sequence[str] = ()) -> ModelState:
        """With a graph that was made of it in its place, and what is said of that; masks are of a module and end with it."""
        skips, said = (*self.skipped, *skipped), (*self.notes, *notes)
        return replace(self, module=None, onnx=graph, masks={}, skipped=skips, notes=said)


@dataclass(frozen=True)
class Timed:
    """A quick timing of a candidate on the target device; used by techniques that let measurements decide."""

    p50_ms: float
    ci95_ms: tuple[float, float]
    n: int


@dataclass(frozen=True)
class Context:
    """What a technique may use beside the model. ``time`` and ``score`` are None-able services the verb injects.

    Attributes:
        data: training and calibration data, None when the caller gave none.
        teacher: the original model, for distillation; it is never trained. None where every step works on the graph, or its
            operators cannot become a module.
        scratch: a folder for checkpoints; what is in it survives a killed run and lets it resume.
        cache: a folder of content-addressed results that steps and recipes share (the teacher's outputs).
        score: accuracy (0..1) of a state on held-out training data.
        time: interleaved timings of several states on the target, in the same order; None without a device.
        processor: of the target; None without one, then results are made for this computer.
    """

    data: DataSet | None
    seed: int
    scratch: Path | None = None
    teacher: torch.nn.Module | None = None
    emit: Emit = ignore
    cancel: Cancel = field(default_factory=Cancel)
    threads: int | None = None
    score: Callable[[ModelState], float] | None = None
    time: Callable[[list[ModelState]], list[Timed]] | None = None
    cache: Path | None = None
    processor: Processor | None = None


Apply = Callable[[ModelState, Any, Context], ModelState]

Step = tuple[str, Mapping[str, Any]]
"""Id of a technique, and the knobs that differ from their defaults."""

GOALS = ("latency", "size", "accuracy")
"""What a preset is after."""


@dataclass(frozen=True)
class Offer:
    """A recipe that a technique's author proposes as a candidate of a preset.

    Attributes:
        preset: one of :data:`GOALS`.
        why: what it is there for, in a few words.
        steps: of the recipe.
    """

    preset: str
    why: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Technique:
    """A registered technique: its declaration and the function that does it.

    ``idempotent``: a second time with the same knobs changes nothing, as long as nothing is trained. ``offers``: what
    presets try because this technique is installed.
    """

    id: str
    name: str
    family: str
    covers: tuple[str, ...]
    summary: str
    paper: str
    config: type
    apply: Apply
    takes: Takes
    needs: tuple[Need, ...] = ()
    changes: tuple[Effect, ...] = ()
    destroys: tuple[Effect, ...] = ()
    idempotent: bool = False
    offers: tuple[Offer, ...] = ()

    def __repr__(self) -> str:
        return f"Technique({self.id!r}: {self.summary} Knobs: {', '.join(knob.name for knob in self.knobs)})"

    @property
    def knobs(self) -> tuple[KnobSpec, ...]:
        """The knobs, read from the config dataclass: its own first, last those it shares with most others, as of training."""
        lines = [item for item in self.config.__mro__ if is_dataclass(item)]
        origin = {item.name: depth for depth, base in enumerate(lines) for item in fields(base)}
        return tuple(_spec(item) for item in sorted(fields(self.config), key=lambda item: origin[item.name]))

    def configure(self, values: Mapping[str, Knob]) -> Any:
        """Build the config from recipe values, checking names, types and limits.

        Raises:
            RecipeError: names the knob, the value and its limits.
        """
        specs = {spec.name: spec for spec in self.knobs}
        unknown = sorted(set(values) - set(specs))
        if unknown:
            close = get_close_matches(unknown[0], specs, n=1)
            raise RecipeError(
                "unknown-knob",
                f"technique '{self.id}' has no knob '{unknown[0]}'",
                f"did you mean {close[0]}? see: flyweight techniques {self.id}"
                if close
                else f"use one of: {', '.join(specs) or '(none)'}; see: flyweight techniques {self.id}",
            )
        return self.config(**{name: _checked(self.id, specs[name], value) for name, value in values.items()})

    def check(self) -> None:
        """See that its declaration can be shown, listed and written in a recipe.

        Raises:
            RecipeError: says which part of it is wrong.
        """
        if not is_dataclass(self.config):
            raise RecipeError(
                "bad-technique", f"the config of {self.id} is no dataclass", "decorate it with @dataclass"
            )
        for item in fields(self.config):
            why = _unfit(item)
            if why is not None:
                raise RecipeError("bad-technique", f"{self.id}: the knob '{item.name}' {why}", "declare it with knob()")

    def needs_of(self, config: Any) -> tuple[Need, ...]:
        """What it needs with these knobs: a config with ``needs``, a method or a property, answers itself."""
        asked: Any = getattr(config, "needs", None)
        if callable(asked):
            asked = asked()
        return self.needs if asked is None else tuple(asked)

    def is_idempotent(self, config: Any) -> bool:
        """Whether a second time with these knobs changes nothing; a config with a property ``idempotent`` answers itself."""
        asked: bool | None = getattr(config, "idempotent", None)
        return asked if asked is not None else self.idempotent and not getattr(config, "epochs", 0)

    def is_afresh(self, config: Any) -> bool:
        """Whether it builds a network in which nothing of its input is left; a config with a property ``afresh`` tells."""
        return bool(getattr(config, "afresh", False))

    def acting(self, config: Any) -> Technique:
        """Its declaration with these knobs: a config that applies another technique has that one's form and effects."""
        inner: Any = getattr(config, "acts_as", None)
        if not callable(inner):
            return self
        other: Technique = inner()
        return replace(self, takes=other.takes, changes=other.changes, destroys=other.destroys)

    def to_json(self) -> dict[str, Any]:
        """One entry of ``flyweight techniques --json``."""
        return {
            "id": self.id,
            "name": self.name,
            "family": self.family,
            "covers": list(self.covers),
            "summary": self.summary,
            "paper": self.paper,
            "takes": str(self.takes),
            "needs": [str(need) for need in self.needs],
            "changes": [str(effect) for effect in self.changes],
            "destroys": [str(effect) for effect in self.destroys],
            "knobs": [spec.to_json() for spec in self.knobs],
        }


def _spec(item: Field[Any]) -> KnobSpec:
    default: Any = item.default
    if item.default_factory is not MISSING:
        default = item.default_factory()
    meta = item.metadata
    return KnobSpec(
        name=item.name,
        type=_type_of(item),
        default=default,
        unit=meta.get("unit"),
        min=meta.get("min"),
        max=meta.get("max"),
        choices=meta.get("choices"),
        help=meta.get("help", ""),
        advanced=meta.get("advanced", False),
    )


_KNOB_TYPES = ("int", "float", "bool", "str", "enum", "list", "range", "dict")


def _unfit(item: Field[Any]) -> str | None:
    """Why a field cannot be shown as a knob; None where it can."""
    if item.default is MISSING and item.default_factory is MISSING:
        return "has no default"
    spec = _spec(item)
    if spec.type not in _KNOB_TYPES:
        return f"has the type {spec.type}; use one of {', '.join(_KNOB_TYPES)}"
    try:
        json.dumps(spec.default, allow_nan=False)
    except (TypeError, ValueError) as error:
        return f"has a default that no recipe can hold: {error}"
    return None


def _type_of(item: Field[Any]) -> str:
    word = _type_word(item.type)
    return "enum" if item.metadata.get("choices") and word != "list" else word


def _type_word(annotation: object) -> str:
    if str(annotation) in ("tuple[float, float]", "tuple[int, int]"):
        return "range"
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    head = text.split("|")[0].strip()
    return "list" if head.startswith(("list", "tuple")) else head


def _checked(technique: str, spec: KnobSpec, value: Knob) -> Knob:
    def refuse(why: str) -> RecipeError:
        return RecipeError(
            "bad-knob", f"{technique}: {spec.name}={value!r} {why}", f"see: flyweight techniques {technique}"
        )

    if value is None:
        if spec.default is None:
            return None
        raise refuse("must not be empty")
    if spec.choices is not None:
        chosen = value if spec.type == "list" and isinstance(value, list) else [value]
        if any(item not in spec.choices for item in chosen):
            raise refuse(f"is not one of {', '.join(spec.choices)}")
        return value
    if spec.type == "range":
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise refuse("is not a pair of numbers")
        ends: list[Any] = [_checked(technique, replace(spec, type="float", default=0.0), end) for end in value]
        if ends[0] > ends[1]:
            raise refuse("ends before it begins")
        return ends
    if spec.type in ("int", "float"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise refuse("is not a number")
        if spec.type == "int" and not float(value).is_integer():
            raise refuse("is not a whole number")
        if value != value or (spec.min is not None and value < spec.min) or (spec.max is not None and value > spec.max):
            raise refuse(f"is outside {spec.min} .. {spec.max}{' ' + spec.unit if spec.unit else ''}")
        return int(value) if spec.type == "int" else float(value)
    if spec.type == "bool" and not isinstance(value, bool):
        raise refuse("is not true or false")
    if spec.type == "str" and not isinstance(value, str):
        raise refuse("is not text")
    if spec.type == "list" and not isinstance(value, list):
        raise refuse("is not a list")
    return value
