"""The verb ``effects``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.store import Filter, ProfileStore

from ..errors import UsageError
from ..report.effects import Effect
from ..report.effects import effects as map_of
from ..workspace import Workspace


@dataclass(frozen=True)
class EffectMap:
    """What each technique did on each device."""

    rows: tuple[Effect, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight effects --json``."""
        return {"effects": [row.to_json() for row in self.rows]}


def effects(
    *,
    technique: str | None = None,
    model: str | None = None,
    target: str | None = None,
    project: str | Path | None = None,
) -> EffectMap:
    """What each technique did to size, speed and accuracy, for every device its variants were measured on.

    Args:
        technique: only rows with this technique.
        model: only variants of this model.
        target: only this device.

    Raises:
        UsageError: the project has no variants that were made by a recipe.
    """
    workspace = Workspace.find(project)
    variants = [item for item in workspace.variants() if model in (None, item.model)]
    with ProfileStore.open() as store:
        readings = [item for item in store.readings(Filter(target=target)) if item.plain]
        compared = store.comparisons(Filter(target=target))
    rows = map_of(variants, readings, compared)
    chosen = tuple(row for row in rows if technique is None or technique in row.techniques)
    if not chosen:
        raise UsageError(
            "no-effects",
            f"{workspace.folder} has no variant" + (f" made with {technique}" if technique else " made by a recipe"),
            "make some and measure them: flyweight compress MODEL --recipe FILE, then bundle, deploy and measure",
        )
    return EffectMap(chosen)
