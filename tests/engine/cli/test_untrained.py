"""What ``compress`` says where accuracy was lost because nothing was trained."""

import pytest

from engine.cli.compress import _untrained
from engine.records import Estimate, Format, Recipe, RecipeStep, Variant


def variant(steps, low):
    made = Recipe(tuple(RecipeStep(name, knobs) for name, knobs in steps))
    loss = None if low is None else Estimate(low + 1, (low, low + 2), 1000)
    return Variant("id", "v", "m", "b", "p", Format.ONNX, made, 9, 9, 9, 9, 9, "0", loss_points=loss)


PRUNE, INT8 = ("entropy-pruning", {"ratio": 0.5}), ("static-quantization", {})


@pytest.mark.parametrize(
    ("steps", "low", "named"),
    [
        ([PRUNE], 80.0, "entropy-pruning"),
        ([PRUNE, INT8], 80.0, "entropy-pruning"),
        ([("channel-pruning", {}), PRUNE], 80.0, "channel-pruning, entropy-pruning"),
        ([PRUNE, ("soft-label-distillation", {"epochs": 2})], 80.0, ""),
        ([("entropy-pruning", {"epochs": 1})], 80.0, ""),
        ([PRUNE], 0.5, ""),
        ([PRUNE], None, ""),
        ([INT8], 80.0, ""),
    ],
)
def test_that_only_what_could_have_trained_and_lost_surely_is_named(steps, low, named):
    assert _untrained(variant(steps, low)) == named
