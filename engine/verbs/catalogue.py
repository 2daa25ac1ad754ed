"""The verb ``techniques``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..compress.presets import CANDIDATES, candidates_of
from ..compress.recipe import PRESETS
from ..compress.registry import broken, find
from ..compress.registry import techniques as all_techniques
from ..compress.technique import Technique
from ..showing import several


@dataclass(frozen=True)
class Catalogue:
    """Techniques, and plug-ins that could not be loaded with the reason."""

    techniques: tuple[Technique, ...]
    broken: Mapping[str, str]

    def __repr__(self) -> str:
        return several("Catalogue", (*self.techniques, *self.broken.items()))

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight techniques --json``."""
        return {
            "techniques": [item.to_json() for item in self.techniques],
            "broken": dict(self.broken),
            "presets": {name: [step.to_json() for step in recipe.steps] for name, recipe in PRESETS.items()},
            "candidates": {name: [item.to_json() for item in candidates_of(name)] for name in CANDIDATES},
        }


def techniques(technique: str | None = None) -> Catalogue:
    """All techniques with their knobs, or the one named.

    Args:
        technique: its id, such as ``channel-pruning``; default: all.

    Raises:
        RecipeError: there is no technique of that id; the remedy names close matches.
    """
    return Catalogue((find(technique),) if technique else all_techniques(), broken())
