"""Folds: every sample once, metrics like scikit-learn's on each part, the interval of Student's t."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score, r2_score

from engine.errors import DataError
from engine.evaluate.folds import cross_validated, fold_rows
from engine.evaluate.regression import Regression
from engine.evaluate.resampling import estimates
from engine.evaluate.score import Evaluation, score_outputs
from engine.records import Score

RNG = np.random.default_rng(7)
LABELS = RNG.integers(0, 4, 203)
OUTPUTS = (np.eye(4)[LABELS] * 1.5 + RNG.normal(size=(203, 4))).astype(np.float32)


def test_that_every_sample_is_in_one_fold():
    parts = fold_rows(203, 5)
    assert sorted(len(part) for part in parts) == [40, 40, 41, 41, 41]
    assert sorted(np.concatenate(parts).tolist()) == list(range(203))


def test_that_metrics_of_each_fold_are_those_of_scikit_learn_and_the_interval_is_students():
    score, correct = score_outputs(OUTPUTS, LABELS, "toy")
    found = cross_validated(Evaluation(score, OUTPUTS, correct, LABELS), 5)
    said = OUTPUTS.argmax(1)
    parts = fold_rows(203, 5)
    expected = [accuracy_score(LABELS[rows], said[rows]) for rows in parts]
    assert found.each["accuracy"] == pytest.approx(expected)
    assert found.each["f1_macro"] == pytest.approx([f1_score(LABELS[r], said[r], average="macro") for r in parts])
    low, high = stats.t.interval(0.95, 4, loc=np.mean(expected), scale=stats.sem(expected))
    assert found.mean["accuracy"].ci95 == pytest.approx((low, high))
    assert found.mean["accuracy"].value == pytest.approx(np.mean(expected))
    assert found.mean["accuracy"].n == 5


def test_that_regressions_have_folds_too():
    true = RNG.normal(size=60)
    predicted = true + RNG.normal(scale=0.3, size=60)
    sampled = Regression(predicted[:, None], true)
    found = cross_validated(Evaluation(Score(estimates(sampled), "toy"), predicted[:, None], None, true, sampled), 3)
    expected = [r2_score(true[rows], predicted[rows]) for rows in fold_rows(60, 3)]
    assert found.each["r2"] == pytest.approx(expected)


def test_that_too_few_samples_and_missing_labels_are_told():
    with pytest.raises(DataError, match="no 5 folds"):
        fold_rows(9, 5)
    with pytest.raises(DataError, match="needs labels"):
        cross_validated(Evaluation(Score({}, "toy"), OUTPUTS, None), 5)
