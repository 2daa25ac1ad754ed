from dataclasses import replace

import numpy as np
import onnx
import pytest

from engine.compress.quantization.affine import least_error_grid
from engine.compress.quantization.mixed_precision import WIDTHS, Sensitivity, narrowing, sensitivity
from engine.compress.quantization.saturation import outputs
from engine.compress.quantization.weights import float_weights, replace_values
from engine.compress.technique import Context
from engine.model.cost import count_parameters

from .apply import apply, of_zoo


def table(costs, sizes):
    """Errors that grow by a factor of four for every bit less."""
    errors = {(name, bits): cost * 4.0 ** (8 - bits) for name, cost in costs.items() for bits in WIDTHS}
    return Sensitivity(tuple(costs), tuple(sizes), errors)


def mean_bits(choice, sizes):
    return sum(size * bits for size, bits in zip(sizes, choice.values(), strict=True)) / sum(sizes)


@pytest.mark.parametrize("budget", [7.0, 5.0, 4.0, 3.0, 2.0])
def test_that_the_budget_holds_and_sensitive_layers_keep_more_bits(budget):
    sizes = [1000, 4000, 500]
    path = narrowing(table({"calm": 1e-6, "middle": 1e-4, "touchy": 1e-2}, sizes), budget)
    assert mean_bits(path[-1], sizes) <= budget
    assert all(mean_bits(choice, sizes) > budget for choice in path[:-1])
    assert path[-1]["calm"] <= path[-1]["touchy"]


def test_that_the_greedy_choice_is_within_a_step_of_the_best_of_all_choices():
    from itertools import product

    sizes = [300, 100, 200]
    found = table({"a": 1e-5, "b": 3e-3, "c": 2e-4}, sizes)
    chosen = narrowing(found, 4.0)[-1]

    def error(choice):
        return sum(found.errors[name, bits] for name, bits in choice.items())

    fitting = [dict(zip("abc", widths, strict=True)) for widths in product(WIDTHS, repeat=3)]
    best = min(error(choice) for choice in fitting if mean_bits(choice, sizes) <= 4.0)
    assert error(chosen) <= 4 * best


def test_that_the_table_holds_what_rounding_one_layer_does_to_the_outputs():
    state, data = of_zoo("perceptron")
    weights, _ = float_weights(state.onnx, "test")
    found = sensitivity(state.onnx, weights, [data.x[:16]], Context(data=data, seed=0))
    original = outputs(state.onnx, [data.x[:16]], exact=False)[0].astype(np.float64)
    for weight in weights:
        changed = onnx.ModelProto()
        changed.CopyFrom(state.onnx)
        grid = least_error_grid(weight.values, 3, axis=weight.axis)
        replace_values(changed, weight.name, grid.real(grid.codes(weight.values)))
        error = np.square(outputs(changed, [data.x[:16]], exact=False)[0] - original).mean() / original.var()
        assert found.errors[weight.name, 3] == pytest.approx(error, rel=1e-3)
        assert found.errors[weight.name, 8] < found.errors[weight.name, 2]


def test_that_the_result_is_as_narrow_as_stated_and_the_note_names_every_layer():
    state, data = of_zoo("concat")
    result = apply("mixed-precision", state, Context(data=data, seed=0), average_bits=4, samples=8)
    layers = [item.layer for item in float_weights(state.onnx, "test")[0]]
    assert all(layer in result.notes[-1] for layer in layers)
    assert float(result.notes[-1].split(",")[1].split()[0]) <= 4
    assert count_parameters(result.onnx) == count_parameters(state.onnx)


def test_that_narrowing_stops_before_the_limit_of_lost_accuracy():
    state, data = of_zoo("perceptron")

    wanted = outputs(state.onnx, [data.x], exact=False)[0]

    def score(item):
        """Falls with the error of the outputs."""
        return 1 - float(np.abs(outputs(item.onnx, [data.x], exact=False)[0] - wanted).mean())

    context = replace(Context(data=data, seed=0), score=score)
    limit = 100 * (score(state) - score(apply("mixed-precision", state, context, average_bits=6, samples=8)))
    result = apply("mixed-precision", state, context, average_bits=2, max_loss=limit, samples=8)
    assert 100 * (score(state) - score(result)) <= limit + 1e-9
    assert any("not reached" in note for note in result.notes)
