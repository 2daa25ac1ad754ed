"""The verb ``compress``."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from ..compress.chain import check_chain
from ..compress.quantization import fixed_point
from ..compress.recipe import PRESETS, load_recipe
from ..compress.run import refuse_quantized
from ..errors import LimitError, UsageError
from ..evaluate.judging import judge
from ..events import Cancel, Emit, Log, Stage, ignore
from ..jobs import Job
from ..measure.candidates import candidate_timer
from ..model.with_data import open_with_data
from ..records import Recipe, Variant
from ..showing import several
from ..workspace import Workspace
from .deployment import expand
from .workbench import Workbench


@dataclass(frozen=True)
class Compressed:
    """The original and what the recipes made of it, a variant each, in their order."""

    baseline: Variant
    variants: tuple[Variant, ...]

    def __repr__(self) -> str:
        return several("Compressed", (self.baseline, *self.variants))

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight compress --json``."""
        return {"baseline": self.baseline.to_json(), "variants": [item.to_json() for item in self.variants]}


def compress(
    model: str,
    *,
    data: str | None = None,
    metric: str | None = None,
    recipes: Sequence[Path | str | Recipe | list[Any] | dict[str, Any]] = (),
    preset: str | None = None,
    target: str | Sequence[str] | None = None,
    out: str | Path | None = None,
    max_accuracy_loss: float | None = None,
    name: str | None = None,
    task: str | None = None,
    arch: str | None = None,
    seed: int = 0,
    threads: int | None = None,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Compressed:
    """Compress a model with recipes, evaluate what came out, keep it as variants of the project.

    Args:
        model: file, ``sample:NAME`` or ``module:factory``.
        data: data set for training, calibration and evaluation; recipes that need none run without.
        metric: of the data's task, which judges candidates and what was lost; by default the main one.
        recipes: files (YAML or JSON), lists of steps, or :class:`Recipe` objects; a variant each. A step is
            ``{"technique": ID, "knobs": {NAME: VALUE}}``.
        preset: ``size``, ``latency`` or ``accuracy`` instead of recipes.
        target: devices (or ``@group``) on which techniques time their candidates.
        out: folder that also gets the model files, named after the variants.
        max_accuracy_loss: in points of the metric; a variant that loses more raises LimitError after everything is saved.
        name: of the variant of a single recipe; default: the recipe's, which is that of its file, else its techniques.
        task: what the labels mean, where the data does not say it; see ``evaluate``.
        arch: ``module:factory`` that builds the network for a state dict.
        seed: of everything random; the same seed, model, data and recipe give the same file.
        threads: of the processor, for training; default: all.

    Raises:
        RecipeError: a recipe cannot be read, or a later step would destroy an earlier one.
        ModelError: the model cannot be opened, or is quantized already.
        DataError: the data cannot be read, or does not fit the model.
        LimitError: ``max_accuracy_loss`` is not met; ``result`` is what was made.

    >>> made = compress("net.onnx", recipes=[[{"technique": "graph-fusion"}]])  # doctest: +SKIP
    >>> made.variants[0].size_bytes, made.variants[0].path  # doctest: +SKIP
    """
    workspace = Workspace.find(project)
    wanted = _recipes(recipes, preset, name)
    opened, data_set = open_with_data(model, data, arch=arch, task=task)
    judged_by = judge(metric, data_set)
    targets = () if target is None else expand(target)
    asked_target = None if not targets else targets[0] if len(targets) == 1 else list(targets)
    if any(recipe.steps for recipe in wanted):
        refuse_quantized(opened.info.quantized)
    arguments = {
        "model": opened.info.sha256,
        "data": data,
        "recipes": [recipe.sha256 for recipe in wanted],
        "seed": seed,
        "target": asked_target,
        **({} if judged_by is None else {"metric": judged_by}),
    }
    request = {
        "model": model,
        "data": data,
        "metric": metric,
        "recipes": [recipe.to_json() for recipe in wanted],
        "target": asked_target,
        "out": None if out is None else str(out),
        "max_accuracy_loss": max_accuracy_loss,
        "task": task,
        "arch": arch,
        "seed": seed,
        "threads": threads,
    }
    # before the job is noted: what cannot run as it is asked for leaves nothing to resume
    advice = [
        f"{recipe.name}: {problem}"
        for recipe in wanted
        for problem in check_chain(recipe, has_data=data_set is not None, has_device=bool(targets))
    ]
    with ExitStack() as stack:
        job = stack.enter_context(Job(workspace, "compress", arguments, emit, cancel, request))
        for line in advice:
            job.emit(Log(line, "warning"))
        timer = stack.enter_context(candidate_timer(*targets, cancel=job.cancel)) if targets else None
        processor = None if timer is None else timer.processor
        bench = Workbench(
            workspace,
            job,
            opened,
            data_set,
            seed=seed,
            timer=timer,
            threads=threads,
            processor=processor,
            metric=judged_by,
        )
        job.emit(Stage("baseline", opened.name))
        baseline = bench.baseline()
        variants = _made(bench, wanted)
    if out is not None:
        _copy((*variants,) or (baseline,), Path(out))
    made = Compressed(baseline, variants)
    _check_limit(made, max_accuracy_loss, judged_by)
    return made


def _made(bench: Workbench, wanted: Sequence[Recipe]) -> tuple[Variant, ...]:
    """A variant per recipe; after a request to finish, the recipes that did not begin are left out."""
    made: list[Variant] = []
    for recipe in wanted:
        if made and bench.job.cancel.finishing:
            bench.job.emit(Log(f"{recipe.name}: left out, the run was asked to finish", "warning"))
            continue
        made.append(bench.make(recipe, recipe.name))
    return tuple(made)


def _recipes(
    recipes: Sequence[Path | str | Recipe | list[Any] | dict[str, Any]], preset: str | None, name: str | None
) -> tuple[Recipe, ...]:
    if preset is not None:
        if recipes:
            raise UsageError("recipe-and-preset", "--recipe and --preset were both given", "give one of them")
        if preset not in PRESETS:
            raise UsageError("unknown-preset", f"there is no preset '{preset}'", f"use one of: {', '.join(PRESETS)}")
        return (PRESETS[preset],)
    if not recipes:
        raise UsageError(
            "no-recipe",
            "no recipe was given",
            f"give --recipe FILE or --preset {'|'.join(PRESETS)}; techniques are listed by: flyweight techniques",
        )
    single = isinstance(recipes, (str, Path, Recipe, Mapping))
    if single or any(isinstance(item, Mapping) and "technique" in item for item in recipes):
        raise UsageError(
            "recipes-not-a-list",
            "recipes is a list of recipes, a variant each, and was given a single one",
            'write recipes=["half.yaml"], or a list of steps in a list: recipes=[[{"technique": "graph-fusion"}]]',
        )
    loaded = [load_recipe(item) for item in recipes]
    named: dict[str, Recipe] = {}
    for recipe in loaded:
        steps = "+".join(step.technique for step in recipe.steps) or "unchanged"
        wanted = (name if len(loaded) == 1 else None) or recipe.name or steps
        number = next(n for n in count(1) if _numbered(wanted, n) not in named)  # files in ``out`` are named so
        named[_numbered(wanted, number)] = Recipe(recipe.steps, _numbered(wanted, number), recipe.version)
    return tuple(named.values())


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _copy(variants: Sequence[Variant], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for variant in variants:
        for path in (variant.path, *variant.twins.values()):
            shutil.copyfile(path, out / f"{variant.name}{Path(path).suffix}")
        if any(step.technique == fixed_point.TECHNIQUE for step in variant.recipe.steps):
            import onnx

            fixed_point.export_integers(onnx.load(variant.path), out / f"{variant.name}.fixed-point")


def _check_limit(made: Compressed, limit: float | None, metric: str | None) -> None:
    if limit is None:
        return
    points = "points" if metric is None else f"points of {metric}"
    for variant in made.variants:
        lost = variant.lost(metric)
        if lost is None or lost.value is None:
            raise LimitError(
                "accuracy-unknown",
                f"{variant.name} was not evaluated, so its loss is unknown",
                "give --data with labels",
                made,
            )
        if lost.value > limit:
            raise LimitError(
                "accuracy-loss",
                f"{variant.name} loses {lost.value:.2f} {points}, more than the limit of {limit:g}",
                "prune less, fine-tune longer, or raise the limit; the variant is kept in the project",
                made,
            )
