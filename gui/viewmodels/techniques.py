"""Techniques and their knobs as the engine declares them; forms and cards are made from these. No Qt in here."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import documents

SEPARATOR = re.compile(r"\s*(?:–|,|;|\.\.|\bto\b)\s*")
"""Of the ends of a range; a hyphen may be a sign."""
DATA_NEEDS = frozenset({"labels", "data", "calibration", "gradients"})


@dataclass(frozen=True)
class Knob:
    """One knob; None where a property does not apply."""

    name: str
    type: str  # int | float | bool | str | enum | list | range | dict | names | pairs
    default: Any
    unit: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    help: str
    advanced: bool

    @property
    def label(self) -> str:
        """Its name in words."""
        return self.name.replace("_", " ")

    def shown(self, value: Any) -> str:
        """A value as it stands in a field."""
        if isinstance(value, float):
            return f"{value:g}"
        if self.type == "range":
            return " – ".join(f"{end:g}" for end in value or ())
        if self.type == "names":
            return ", ".join(value or ())
        if self.type == "pairs":
            return ", ".join(f"{key}={item}" for key, item in (value or {}).items())
        if isinstance(value, (list, dict)):
            return json.dumps(value, ensure_ascii=False)
        return "" if value is None else str(value)

    def read(self, text: str) -> Any:
        """The value a person typed.

        Raises:
            ValueError: it is not of this type or outside the limits.
        """
        text = text.strip()
        if self.type == "int":
            return self._within(int(text))
        if self.type == "float":
            return self._within(float(text))
        if self.type == "range":
            low, high = (float(end) for end in SEPARATOR.split(text))
            if not self._within(low) <= self._within(high):
                raise ValueError(text)
            return [low, high]
        if self.type == "names":
            return sorted({part.strip() for part in text.split(",") if part.strip()})
        if self.type == "pairs":
            return self._pairs(text)
        if self.type in ("list", "dict"):
            return self._container(text)
        return text or (None if self.default is None else "")

    def _container(self, text: str) -> Any:
        kind = dict if self.type == "dict" else list
        if text.startswith(("[", "{")):
            value = json.loads(text)
            if not isinstance(value, kind):
                raise ValueError(text)
            return value
        if kind is dict:
            if text:
                raise ValueError(text)
            return {}
        return [part.strip() for part in text.split(",") if part.strip()]

    @staticmethod
    def _pairs(text: str) -> dict[str, str]:
        pairs = [part.partition("=") for part in text.split(",") if part.strip()]
        if not all(key.strip() and sign for key, sign, _ in pairs):
            raise ValueError(text)
        return {key.strip(): value.strip() for key, _, value in pairs}

    def _within(self, value: Any) -> Any:
        if value != value:
            raise ValueError(value)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise ValueError(value)
        return value


@dataclass(frozen=True)
class TechniqueCard:
    """One technique."""

    id: str
    name: str
    family: str
    summary: str
    paper: str
    takes: str
    needs: tuple[str, ...]
    covers: tuple[str, ...]
    knobs: tuple[Knob, ...]

    @property
    def needs_data(self) -> bool:
        """True when it cannot work without a data set."""
        return bool(DATA_NEEDS & set(self.needs))

    def default(self, name: str) -> Any:
        """The default of a knob."""
        return next((knob.default for knob in self.knobs if knob.name == name), None)


@dataclass(frozen=True)
class CandidateRecipe:
    """One of the recipes a preset tries."""

    name: str
    why: str
    techniques: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """All techniques, by family, the recipes to start with, and what each preset tries."""

    techniques: tuple[TechniqueCard, ...]
    presets: Mapping[str, Any]
    broken: Mapping[str, str]
    candidates: Mapping[str, tuple[CandidateRecipe, ...]]

    def find(self, id_: str) -> TechniqueCard | None:
        """A technique by its id."""
        return next((item for item in self.techniques if item.id == id_), None)


def read_catalogue(document: Mapping[str, Any]) -> Catalogue:
    """The document of ``flyweight techniques --json``."""
    return Catalogue(
        tuple(map(_technique, documents.objects(document.get("techniques")))),
        documents.object_(document.get("presets")),
        {key: str(value) for key, value in documents.object_(document.get("broken")).items()},
        {
            key: tuple(map(_candidate, documents.objects(value)))
            for key, value in documents.object_(document.get("candidates")).items()
        },
    )


def _candidate(item: Mapping[str, Any]) -> CandidateRecipe:
    steps = documents.objects(item.get("steps"))
    used = tuple(documents.text(step.get("technique")) for step in steps)
    return CandidateRecipe(documents.text(item.get("name")), documents.text(item.get("why")), used)


def _technique(item: Mapping[str, Any]) -> TechniqueCard:
    return TechniqueCard(
        documents.text(item.get("id")),
        documents.text(item.get("name")) or documents.text(item.get("id")),
        documents.text(item.get("family")),
        documents.text(item.get("summary")),
        documents.text(item.get("paper")),
        documents.text(item.get("takes")),
        documents.texts(item.get("needs")),
        documents.texts(item.get("covers")),
        tuple(map(read_knob, documents.objects(item.get("knobs")))),
    )


def read_knob(item: Mapping[str, Any]) -> Knob:
    """One field of a schema."""
    return Knob(
        documents.text(item.get("name")),
        documents.text(item.get("type")),
        item.get("default"),
        documents.text(item.get("unit")),
        documents.number(item.get("min")),
        documents.number(item.get("max")),
        documents.texts(item.get("choices")),
        documents.text(item.get("help")),
        item.get("advanced") is True,
    )
