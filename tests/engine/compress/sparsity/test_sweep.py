"""A sweep keeps the point that costs least at the price given, and tells the whole curve."""

import re

import numpy as np
import pytest
import torch

from engine.compress.registry import find
from engine.errors import RecipeError
from tests.engine.compress.toys import context_for, state_of

TECHNIQUE = find("sparsity-sweep")


def swept(**knobs):
    return TECHNIQUE.apply(state_of("dense"), TECHNIQUE.configure(knobs), context_for("dense"))


def told(made):
    pattern = r"(?:lambda|ratio) ([\d.e-]+): ([+-][\d.]+) points lost, [a-z ]+ ([\d.]+), cost (-?[\d.]+)( \(chosen\))?"
    return [re.fullmatch(pattern, note).groups() for note in made.notes]


@pytest.mark.parametrize(("price", "expected"), [(0.0, None), (100.0, "0.9")])
def test_that_the_cost_is_the_loss_and_the_price_of_what_is_left(price, expected):
    made = swept(over="ratio", price=price, epochs=0)
    rows = told(made)
    assert [row[0] for row in rows] == ["0.3", "0.5", "0.7", "0.9"]
    for _, lost, left, cost, _ in rows:
        assert float(cost) == pytest.approx(float(lost) / 100 + price * float(left), abs=1e-3 + price * 1e-3)
    chosen = next(row for row in rows if row[4])
    assert float(chosen[3]) == min(float(row[3]) for row in rows)
    if expected:
        assert chosen[0] == expected
    weights = [made.module.get_parameter(name).detach() for name in made.masks]
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    assert zeros == int(float(chosen[0]) * sum(weight.numel() for weight in weights))


def test_that_the_loss_is_counted_on_calibration_samples():
    made, context = swept(over="ratio", values=[0.9], epochs=0), context_for("dense")
    batch = next(iter(context.data.batches("calibration", 64)))
    with torch.no_grad():
        right = [
            float(np.mean(module(torch.from_numpy(batch.inputs[0])).argmax(1).numpy() == batch.labels))
            for module in (state_of("dense").module, made.module)
        ]
    assert float(told(made)[0][1]) == pytest.approx(100 * (right[0] - right[1]), abs=0.006)


def test_that_density_falls_along_lambda_and_impossible_sweeps_are_refused():
    made = swept(values=[1e-4, 0.02], epochs=2, batch_size=40, holdout=0.0)
    densities = [float(row[2]) for row in told(made)]
    assert densities[1] < densities[0]
    with pytest.raises(RecipeError, match=r"outside 0 \.\. 1"):
        swept(over="ratio", values=[1.5])
    with pytest.raises(RecipeError, match="epochs=0"):
        swept(epochs=0)
