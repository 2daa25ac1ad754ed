"""What ``flyweight compress --dry-run`` shows: how long each recipe may take, and how large its file may be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .console import plain, show, size

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.expectations import Forecast


@dataclass(frozen=True)
class Forecasts:
    """A forecast for every recipe by its name, and what the chain checker advises."""

    each: dict[str, "Forecast"]
    advice: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight compress --dry-run --json``."""
        return {
            "forecasts": [
                {"name": n, **item.to_json(), "advice": list(self.advice.get(n, ()))} for n, item in self.each.items()
            ]
        }


def foretell(
    model: str,
    recipes: Sequence[Path],
    preset: str | None,
    measured: bool,
    *,
    has_device: bool,
    data: str | None,
    task: str | None,
    arch: str | None,
    keep: int,
    project: Path | None,
    as_json: bool,
) -> None:
    """Print what these recipes, or the preset, will likely take."""

    def found() -> Forecasts:
        from ..compress.chain import check_chain
        from ..compress.recipe import PRESETS, load_recipe
        from ..verbs import forecast

        if (preset is None) == (not recipes):
            raise UsageError("no-recipe", "give either --recipe or --preset", "for example: --preset size --dry-run")
        given: dict[str, Any] = {"data": data, "task": task, "arch": arch, "keep": keep, "project": project}
        if preset is not None and (measured or preset not in PRESETS):
            return Forecasts({preset: forecast(model, preset=preset, **given)})
        loaded = [load_recipe(path) for path in recipes] if preset is None else [PRESETS[preset]]
        advice = {
            item.name: tuple(map(str, check_chain(item, has_data=data is not None, has_device=has_device)))
            for item in loaded
        }
        return Forecasts({item.name: forecast(model, recipe=item.to_json(), **given) for item in loaded}, advice)

    show(lambda emit, cancel: found(), as_json=as_json, render=_render)


def _render(result: Forecasts, console: "Console") -> None:
    for name, item in result.each.items():
        low, high = item.seconds
        basis = (
            f"from {item.based_on} earlier runs of this model"
            if item.based_on
            else "nothing of this model ran here yet"
        )
        console.print(f"{plain(name)}: {_time(low)} to {_time(high)} ({basis})")
        passes = item.sample_passes[1]
        if passes:
            console.print(f"  trains: up to {passes:,.0f} sample passes over {item.train_samples:,} samples")
        if item.size_bytes is not None:
            small, large = item.size_bytes
            console.print(f"  file: {size(round(small))} to {size(round(large))}")
        if item.task is not None:
            console.print(f"  task: {item.task}")
        for line in result.advice.get(name, ()):
            console.print(f"  {plain(line)}", style="yellow")


def _time(seconds: float) -> str:
    """In the unit a person would say it in.

    >>> _time(4.2), _time(600), _time(9000)
    ('4 s', '10 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
