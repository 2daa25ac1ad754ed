from itertools import pairwise, product

import numpy as np
import pytest

from engine.compress.quantization.placement_model import CostModel, fastest, fit


def prefixes_and_suffixes(count):
    shapes = [tuple(i < cut for i in range(count)) for cut in range(count + 1)]
    return list(dict.fromkeys([*shapes, *(tuple(not item for item in shape) for shape in shapes)]))


def test_that_prefixes_and_suffixes_tell_every_price():
    truth = CostModel(np.array([-0.1, 0.2, -0.05, 0.3]), np.array([0.02, 0.09, 0.04]))
    found = fit([(shape, truth.ratio(shape)) for shape in prefixes_and_suffixes(4)], 4)
    for shape in product((False, True), repeat=4):
        assert found.ratio(shape) == pytest.approx(truth.ratio(shape), abs=0.02)


def test_that_a_border_nobody_measured_is_held_to_cost_what_the_others_do():
    model = CostModel(np.array([-0.1, 0.2, -0.05, 0.3]), np.full(3, 0.05))
    seen = [(shape, model.ratio(shape)) for shape in prefixes_and_suffixes(4) if shape != (False, True, True, True)]
    assert fit(seen, 4).borders == pytest.approx(np.full(3, 0.05), abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_that_the_fastest_are_those_an_exhaustive_search_finds(seed):
    numbers = np.random.default_rng(seed)
    model = CostModel(numbers.normal(0, 0.2, 7), np.abs(numbers.normal(0, 0.1, 6)))
    every = {
        shape: 1
        + sum(price for price, floats in zip(model.layers, shape, strict=True) if floats)
        + sum(price for price, (a, b) in zip(model.borders, pairwise(shape), strict=True) if a != b)
        for shape in product((False, True), repeat=7)
    }
    best = sorted(every, key=every.get)[:5]
    found = fastest(model, 5)
    assert [shape for shape, _ in found] == best
    assert [ratio for _, ratio in found] == pytest.approx([every[shape] for shape in best])


def test_that_one_layer_has_no_border():
    model = fit([((False,), 1.0), ((True,), 0.7)], 1)
    assert fastest(model, 3) == [((True,), pytest.approx(0.7)), ((False,), pytest.approx(1.0))]
