"""How long a recipe may take and how large its file may become, before anything runs. Honest ranges, no promises.

Time is counted in sample passes: epochs x training samples of every step that trains. One pass costs three times the
arithmetic of a prediction (forward, and twice that backward); how fast this computer does it is taken from variants that
were made before, else from a range that covers small and large desktops.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..records import Recipe, Variant
from .registry import find

SLOW_MACS_S, FAST_MACS_S = 1e9, 3e10
LEAST_STEP_S, MOST_STEP_S = 1.0, 20.0  # of a step that trains nothing: conversion, calibration
FASTER, SLOWER = 0.7, 1.6  # around recorded speeds

Range = tuple[float, float]


@dataclass(frozen=True)
class Speed:
    """Seconds of a thousand sample passes, from ``variants`` earlier ones (0 = nothing was recorded)."""

    low: float
    high: float
    variants: int


def passes(recipe: Recipe, train_samples: int) -> float:
    """Sample passes of all trainings of a recipe.

    >>> from engine.compress.recipe import load_recipe
    >>> passes(load_recipe([{"technique": "soft-label-distillation", "knobs": {"epochs": 2, "holdout": 0.0}}]), 100)
    200.0
    """
    total = 0.0
    for step in recipe.steps:
        own = getattr(find(step.technique).configure(step.knobs), "passes", None)
        if callable(own):  # those of training have it
            total += own(train_samples)
    return total


def recorded_speed(variants: Sequence[Variant], train_samples: int, macs: int) -> Speed:
    """The speed of training, from what earlier variants of the same model took."""
    found = []
    for variant in variants:
        count, wall = passes(variant.recipe, train_samples), variant.cost.get("wall_s", 0.0)
        if count > 0 and wall > 0:
            found.append(1000 * wall / count)
    if found:
        return Speed(FASTER * min(found), SLOWER * max(found), len(found))
    return Speed(3000 * macs / FAST_MACS_S, 3000 * macs / SLOW_MACS_S, 0)


def seconds(recipe: Recipe, train_samples: int, test_samples: int, macs: int, speed: Speed) -> Range:
    """How long making and evaluating one variant may take."""
    thousands = passes(recipe, train_samples) / 1000
    judged = test_samples * macs
    return (
        thousands * speed.low + judged / FAST_MACS_S + LEAST_STEP_S * len(recipe.steps),
        thousands * speed.high + judged / SLOW_MACS_S + MOST_STEP_S * len(recipe.steps),
    )


def share_of_size(recipe: Recipe) -> Range:
    """Which share of the original file may be left."""
    low, high = 1.0, 1.0
    for step in recipe.steps:
        config = find(step.technique).configure(step.knobs)
        small, large = _share(step.technique, config)
        low, high = low * small, high * large
    return low, high


def _share(technique: str, config: object) -> Range:
    if technique == "channel-pruning":
        left = 1 - float(getattr(config, "ratio", 0.0))
        return left * left, left
    if technique == "weight-only-quantization":
        bits = int(getattr(config, "bits", 8))
        return bits / 32, 1.0  # what it cannot take stays
    known = {
        "static-quantization": (0.25, 0.4),
        "quantization-aware-training": (0.25, 0.4),
        "dynamic-quantization": (0.25, 1.0),
        "half-precision": (0.5, 0.6),
        "graph-fusion": (0.95, 1.0),
        "magnitude-pruning": (1.0, 1.0),
        "soft-label-distillation": (1.0, 1.0),
        "hard-label-distillation": (1.0, 1.0),
        "feature-distillation": (1.0, 1.0),
    }
    return known.get(technique, (0.25, 1.0))
