"""Ranges of time and size before a run, against counts made by hand."""

import pytest

from engine.compress.expectation import passes, recorded_speed, seconds, share_of_size
from engine.compress.recipe import load_recipe
from engine.records import Format, Variant

TRAINED = load_recipe(
    [
        {"technique": "channel-pruning", "knobs": {"ratio": 0.5}},
        {"technique": "soft-label-distillation", "knobs": {"epochs": 4, "holdout": 0.1}},
        {"technique": "static-quantization"},
    ]
)
SHORT = load_recipe(
    [{"technique": "soft-label-distillation", "knobs": {"epochs": 1, "max_samples": 100, "holdout": 0.0}}]
)


def variant(recipe, wall_s):
    return Variant(
        "id", "n", "m", None, "", Format.ONNX, recipe, 1, 1, 1, 1, 1, "", cost={"wall_s": wall_s} if wall_s else {}
    )


def test_that_passes_are_epochs_times_samples_without_those_kept_apart():
    assert passes(TRAINED, 1000) == pytest.approx(4 * 900)
    assert passes(SHORT, 1000) == 100
    assert passes(load_recipe([{"technique": "static-quantization"}]), 1000) == 0


def test_that_recorded_runs_narrow_the_range():
    known = recorded_speed([variant(TRAINED, 36.0), variant(TRAINED, 72.0), variant(SHORT, None)], 1000, 10**6)
    assert known.variants == 2
    assert known.low < 10.0 < 20.0 < known.high, "36 s and 72 s for 3,600 passes are 10 s and 20 s a thousand"
    assert known.high / known.low < 5
    unknown = recorded_speed([], 1000, 10**6)
    assert unknown.variants == 0
    assert unknown.high / unknown.low == pytest.approx(30)


def test_that_more_training_is_expected_to_take_longer():
    speed = recorded_speed([], 1000, 10**7)
    short, long = (seconds(item, 1000, 100, 10**7, speed) for item in (SHORT, TRAINED))
    assert short[0] < long[0]
    assert short[1] < long[1]
    assert all(low < high for low, high in (short, long))


def test_that_the_size_range_holds_what_pruning_and_integers_leave():
    low, high = share_of_size(TRAINED)
    assert low == pytest.approx(0.5**2 / 4)
    assert high == pytest.approx(0.5 * 0.4)
    assert share_of_size(load_recipe([])) == (1.0, 1.0)
