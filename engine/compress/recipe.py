"""Recipes: ordered lists of steps, read from YAML or JSON, checked, written, and three to start with.

A file is a bare list (version 1) or a mapping with ``version``, ``name`` and ``steps``; ``for`` may hold what the
window's wizard was set to (model, data, target, limits), which the engine leaves alone::

    - technique: channel-pruning
      knobs: {ratio: 0.5}
    - technique: static-quantization
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import RecipeError
from ..records import RECIPE_VERSION, Recipe, RecipeStep
from ..workspace import write_atomic
from .registry import find

MAX_BYTES = 1 << 20
MAX_STEPS = 64
MAX_DEPTH = 16
_SHAPE = "write a list of {technique: ID, knobs: {NAME: VALUE}}; techniques are listed by: flyweight techniques"
_STEP_KEYS = {"technique", "knobs"}
_RECIPE_KEYS = {"version", "name", "steps", "for"}


def load_recipe(source: Path | str | Recipe | Sequence[Any] | Mapping[str, Any]) -> Recipe:
    """Read and check a recipe.

    Args:
        source: a YAML or JSON file, a list of steps, a mapping, or a recipe.

    Raises:
        RecipeError: names the file, line or step, the value and what would be right.

    >>> load_recipe([{"technique": "graph-fusion"}]).steps[0].technique
    'graph-fusion'
    """
    if isinstance(source, Recipe):
        return _checked(source, "recipe", {})
    if isinstance(source, (str, Path)):
        path = Path(source)
        value, lines = _parsed(path)
        return _built(value, str(path), path.stem, lines)
    return _built(source, "recipe", "", {})


def recipe_purpose(path: Path) -> Mapping[str, Any]:
    """What a recipe file says under ``for``; empty where it says nothing."""
    value, _ = _parsed(path)
    purpose = value.get("for") if isinstance(value, Mapping) else None
    return dict(purpose) if isinstance(purpose, Mapping) else {}


def save_recipe(recipe: Recipe, path: Path) -> None:
    """Write a recipe as JSON (``.json``) or YAML (any other name)."""
    value = recipe.to_json()
    if path.suffix == ".json":
        text = json.dumps(value, indent=2) + "\n"
    else:
        import yaml

        text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    write_atomic(path, text.encode())


def _parsed(path: Path) -> tuple[Any, dict[int, int]]:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise RecipeError(
            "recipe-unreadable", f"{path} cannot be read: {error.strerror}", "give the path of a recipe file"
        ) from error
    if size > MAX_BYTES:
        raise RecipeError("recipe-too-large", f"{path} has {size} bytes, a recipe has at most {MAX_BYTES}", _SHAPE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError("recipe-not-text", f"{path} is not UTF-8 text (byte {error.start})", _SHAPE) from error
    return _yaml(text, path)


def _yaml(text: str, path: Path) -> tuple[Any, dict[int, int]]:
    """The value (JSON is YAML too) and the line of every step. Aliases are refused: a few lines could mean millions."""
    import yaml

    try:
        _bounded(yaml.scan(text, Loader=yaml.SafeLoader), path)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise RecipeError("recipe-syntax", f"{path}, line {line}: {error.problem}", _SHAPE) from error
    except RecipeError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecipeError("recipe-syntax", f"{path} is not YAML or JSON: {type(error).__name__}", _SHAPE) from error
    steps = node
    if isinstance(node, yaml.MappingNode):
        steps = next((item for key, item in node.value if key.value == "steps"), None)
    lines = {}
    if isinstance(steps, yaml.SequenceNode):
        lines = {index: item.start_mark.line + 1 for index, item in enumerate(steps.value)}
    return value, lines


def _bounded(tokens: Iterable[Any], path: Path) -> None:
    """Refuse aliases and deep nesting while the text is only looked at: both cost the parser far more than their bytes."""
    import yaml

    opening = (
        yaml.FlowSequenceStartToken,
        yaml.FlowMappingStartToken,
        yaml.BlockSequenceStartToken,
        yaml.BlockMappingStartToken,
    )
    closing = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
    depth = 0
    for token in tokens:
        depth += isinstance(token, opening) - isinstance(token, closing)
        if isinstance(token, yaml.AliasToken):
            raise RecipeError("recipe-alias", f"{path} uses YAML aliases (*name)", "write the values out")
        if depth > MAX_DEPTH:
            raise RecipeError("recipe-shape", f"{path} is nested more than {MAX_DEPTH} levels deep", _SHAPE)


def _built(value: Any, where: str, name: str, lines: Mapping[int, int]) -> Recipe:
    version: Any = RECIPE_VERSION
    if isinstance(value, Mapping):
        unknown = sorted(str(key) for key in value if key not in _RECIPE_KEYS)
        if unknown or "steps" not in value:
            what = f"an unknown key '{unknown[0]}'" if unknown else "no 'steps'"
            raise RecipeError("recipe-shape", f"{where} has {what}", f"use {', '.join(sorted(_RECIPE_KEYS))}")
        version, name, value = value.get("version", RECIPE_VERSION), value.get("name", name), value["steps"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1 or version > RECIPE_VERSION:
        raise RecipeError(
            "recipe-version",
            f"{where} is a recipe of version {version!r}, this Flyweight reads version {RECIPE_VERSION}",
            "update Flyweight, or write the recipe in the known version",
        )
    if not isinstance(name, str):
        raise RecipeError("recipe-shape", f"{where}: the name {name!r} is not text", "put the name in quotes")
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        kind = "empty" if value is None else type(value).__name__
        raise RecipeError("recipe-shape", f"{where} is not a list of steps but {kind}", _SHAPE)
    if len(value) > MAX_STEPS:
        raise RecipeError("recipe-too-long", f"{where} has {len(value)} steps, at most {MAX_STEPS} are taken", _SHAPE)
    steps = tuple(_step(item, _place(where, index, lines)) for index, item in enumerate(value))
    return _checked(Recipe(steps, name, version), where, lines)


def _step(value: Any, place: str) -> RecipeStep:
    if isinstance(value, RecipeStep):
        return value
    if not isinstance(value, Mapping):
        raise RecipeError("recipe-shape", f"{place} is not a mapping with 'technique' but {value!r:.80}", _SHAPE)
    unknown = sorted(str(key) for key in value if key not in _STEP_KEYS)
    if unknown:
        raise RecipeError("recipe-shape", f"{place} has an unknown key '{unknown[0]}'", "use 'technique' and 'knobs'")
    technique, knobs = value.get("technique"), value.get("knobs")
    if not isinstance(technique, str):
        raise RecipeError("recipe-shape", f"{place} names no technique", _SHAPE)
    if knobs is not None and not isinstance(knobs, Mapping):
        raise RecipeError("recipe-shape", f"{place}: knobs are not a mapping but {knobs!r:.80}", _SHAPE)
    return RecipeStep(technique, {str(name): item for name, item in (knobs or {}).items()})


def _checked(recipe: Recipe, where: str, lines: Mapping[int, int]) -> Recipe:
    """The recipe with whole numbers and fractions as the knobs' types say, so that equal recipes hash alike."""
    steps = []
    for index, step in enumerate(recipe.steps):
        try:
            technique = find(step.technique)
            config = technique.configure(step.knobs)
        except RecipeError as error:
            raise RecipeError(error.code, f"{_place(where, index, lines)}: {error.message}", error.remedy) from error
        steps.append(RecipeStep(technique.id, {name: getattr(config, name) for name in step.knobs}))
    return Recipe(tuple(steps), recipe.name, recipe.version)


def _place(where: str, index: int, lines: Mapping[int, int]) -> str:
    line = f", line {lines[index]}" if index in lines else ""
    return f"{where}{line}, step {index + 1}"


def _preset(name: str, *steps: tuple[str, dict[str, Any]]) -> Recipe:
    return Recipe(tuple(RecipeStep(technique, knobs) for technique, knobs in steps), name)


PRESETS: Mapping[str, Recipe] = {
    "size": _preset(
        "size",
        ("channel-pruning", {"ratio": 0.5, "epochs": 0}),
        ("soft-label-distillation", {}),
        ("magnitude-pruning", {"sparsity": 0.5, "epochs": 3}),
        ("static-quantization", {}),
    ),
    "latency": _preset(
        "latency",
        ("channel-pruning", {"ratio": 0.5, "epochs": 0}),
        ("soft-label-distillation", {}),
        ("static-quantization", {"placement": "latency-guided"}),
    ),
    "accuracy": _preset("accuracy", ("graph-fusion", {}), ("static-quantization", {})),
}
"""Recipes for whoever has no recipe yet: ``size``, ``latency``, ``accuracy``."""
