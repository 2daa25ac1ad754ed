"""The verb ``forecast``: time and size to expect of a compression, before it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..compress.expectation import Range, passes, recorded_speed, seconds, share_of_size
from ..compress.presets import candidates_of
from ..compress.recipe import load_recipe
from ..compress.run import refuse_quantized
from ..model.data import TRAIN
from ..model.task import target_of
from ..model.with_data import open_with_data
from ..records import Recipe
from ..workspace import Workspace
from .presets import KEEP

OUTLINE_S = (1.0, 15.0)  # of one candidate's estimate
MEASURE_S = (4.0, 40.0)  # of one candidate on the board


@dataclass(frozen=True)
class Forecast:
    """Ranges from the quickest to the slowest that is likely; ``based_on`` earlier variants, 0 = a general range.

    ``task`` is that of the data, None without data.
    """

    seconds: Range
    size_bytes: Range | None
    sample_passes: Range
    train_samples: int
    based_on: int
    task: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {
            "seconds": list(self.seconds),
            "size_bytes": None if self.size_bytes is None else [round(x) for x in self.size_bytes],
            "sample_passes": list(self.sample_passes),
            "train_samples": self.train_samples,
            "based_on": self.based_on,
            "task": self.task,
        }


def forecast(
    model: str,
    *,
    recipe: Sequence[Any] | Mapping[str, Any] | None = None,
    preset: str | None = None,
    data: str | None = None,
    task: str | None = None,
    arch: str | None = None,
    keep: int = KEEP,
    project: str | Path | None = None,
) -> Forecast:
    """What a recipe, or the measured candidates of a preset, will likely take.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        recipe: steps, as in a recipe file; or ``preset``.
        preset: name; at most ``keep`` of its candidates are compressed.
        data: data set; without one nothing trains.
        task: what the labels mean, where the data does not say it.
        arch: ``module:factory`` for a state dict.
        keep: as of the verb ``choose``.
        project: folder of the project, whose variants tell how fast this computer trains.

    Raises:
        UsageError: unknown preset.
        ModelError: it is quantized already.
        DataError: the data cannot be read, does not fit, or is for another task.
    """
    recipes = _recipes(recipe, preset)
    opened, found = open_with_data(model, data, arch=arch, task=task)
    if any(item.steps for item in recipes):
        refuse_quantized(opened.info.quantized)
    asked = None if found is None else str(target_of(found).task)
    train, test = (0, 0) if found is None else (found.count(TRAIN), found.count("test"))
    macs = opened.info.macs or 0
    earlier = [item for item in Workspace.find(project).variants() if item.model == opened.name]
    speed = recorded_speed(earlier, train, macs)
    each = [seconds(item, train, test, macs, speed) for item in recipes]
    counted = [passes(item, train) for item in recipes]
    if preset is None:
        small, large = share_of_size(recipes[0])
        size = (small * opened.info.size_bytes, large * opened.info.size_bytes)
        return Forecast(each[0], size, (counted[0], counted[0]), train, speed.variants, asked)
    count = min(keep, len(recipes))
    quick, slow = sorted(low for low, _ in each)[:1], sorted((high for _, high in each), reverse=True)[:count]
    whole = (
        sum(quick) + len(recipes) * OUTLINE_S[0] + 2 * MEASURE_S[0],
        sum(slow) + len(recipes) * OUTLINE_S[1] + (count + 1) * MEASURE_S[1],
    )
    return Forecast(whole, None, (min(counted), sum(sorted(counted)[-count:])), train, speed.variants, asked)


def _recipes(recipe: Sequence[Any] | Mapping[str, Any] | None, preset: str | None) -> list[Recipe]:
    if preset is not None:
        return [item.recipe for item in candidates_of(preset)]
    return [load_recipe(recipe or [])]
