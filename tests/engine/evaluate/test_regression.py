"""Regression metrics against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

from engine.errors import DataError
from engine.evaluate.regression import Regression
from engine.evaluate.resampling import estimates


@pytest.mark.parametrize("shape", [(80,), (80, 3)])
def test_that_errors_and_r2_are_those_of_scikit_learn(shape):
    random = np.random.default_rng(1)
    labels = random.normal(5, 2, shape)
    outputs = labels + random.normal(0, 0.7, shape)
    found = estimates(Regression(outputs, labels))
    assert found["mse"].value == pytest.approx(mean_squared_error(labels, outputs))
    assert found["mae"].value == pytest.approx(mean_absolute_error(labels, outputs))
    assert found["r2"].value == pytest.approx(r2_score(labels, outputs))
    for estimate in found.values():
        assert estimate.ci95[0] < estimate.value < estimate.ci95[1]


def test_that_a_weighting_is_the_same_as_repeating_samples():
    random = np.random.default_rng(2)
    outputs, labels = random.normal(size=30), random.normal(size=30)
    rows = random.integers(0, 30, 30)
    weights = np.bincount(rows, minlength=30)[None].astype(float)
    found = Regression(outputs, labels).values(weights)
    assert found["r2"][0] == pytest.approx(r2_score(labels[rows], outputs[rows]))
    assert found["mse"][0] == pytest.approx(mean_squared_error(labels[rows], outputs[rows]))


def test_that_r2_of_labels_that_never_change_is_undefined():
    found = estimates(Regression(np.array([1.0, 2.0]), np.array([3.0, 3.0])))
    assert found["r2"].value is None
    assert found["mae"].value == pytest.approx(1.5)


def test_that_an_output_of_another_size_is_refused():
    with pytest.raises(DataError, match=r"2 value\(s\) per sample, the data 1"):
        Regression(np.zeros((4, 2)), np.zeros(4))
