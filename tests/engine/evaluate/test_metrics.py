"""Metrics against scikit-learn and closed forms; intervals against seeded simulations."""

import warnings

import numpy as np
import pytest

from engine.evaluate import metrics


def sample(n=400, classes=5, seed=0, sharpness=1.0):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, n)
    scores = generator.normal(size=(n, classes))
    scores[np.arange(n), labels] += sharpness
    return scores, labels


def test_that_wilsons_interval_is_the_closed_form():
    from scipy.stats import binomtest

    for right, n in ((0, 10), (10, 10), (1, 3), (920, 1000), (4571, 5000)):
        found = metrics.wilson(right, n)
        wanted = binomtest(right, n).proportion_ci(0.95, "wilson")
        assert found.value == right / n
        assert found.ci95 == pytest.approx((wanted.low, wanted.high), abs=1e-12)
    assert metrics.wilson(0, 0).value is None


@pytest.mark.parametrize("seed", range(4))
def test_that_averages_equal_scikit_learns(seed):
    from sklearn.metrics import f1_score, precision_score, recall_score

    scores, labels = sample(300, 6, seed)
    labels[labels == 5] = 4  # a class that never occurs as a label
    predicted = scores.argmax(axis=1)
    found = metrics.averaged(metrics.confusion_matrix(labels, predicted, 6), resamples=200)
    for name, function in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        for average in ("macro",) if name != "f1" else ("macro", "weighted", "micro"):
            wanted = function(labels, predicted, average=average, zero_division=0)
            assert found[f"{name}_{average}"].value == pytest.approx(wanted, abs=1e-12)


def test_that_the_confusion_matrix_equals_scikit_learns():
    from sklearn.metrics import confusion_matrix

    scores, labels = sample()
    predicted = scores.argmax(axis=1)
    assert (
        metrics.confusion_matrix(labels, predicted, 5) == confusion_matrix(labels, predicted, labels=range(5))
    ).all()


@pytest.mark.parametrize("k", [1, 2, 4])
def test_that_top_k_equals_scikit_learns(k):
    from sklearn.metrics import top_k_accuracy_score

    scores, labels = sample()
    assert metrics.top_k_correct(scores, labels, k).mean() == pytest.approx(top_k_accuracy_score(labels, scores, k=k))


def test_that_top_one_is_argmax_even_with_equal_scores():
    scores, labels = np.round(sample()[0]), sample()[1]
    assert (metrics.top_k_correct(scores, labels, 1) == (scores.argmax(axis=1) == labels)).all()


def test_that_an_answer_that_is_not_a_number_is_wrong():
    scores = np.array([[np.nan, np.nan], [np.nan, 1.0]])
    assert metrics.top_k_correct(scores, np.array([0, 1]), 1).tolist() == [False, True]


def test_that_the_area_equals_scikit_learns_one_against_the_rest():
    from sklearn.metrics import roc_auc_score

    scores, labels = sample()
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    found = metrics.roc_auc_macro(shares, labels)
    assert found.value == pytest.approx(roc_auc_score(labels, shares, multi_class="ovr"))


def test_that_the_two_class_interval_is_delongs():
    """Against the definition: variances of all pairwise placements, written out."""
    generator = np.random.default_rng(3)
    labels = (generator.random(60) < 0.4).astype(int)
    scores = generator.normal(size=60) + labels
    positive, negative = scores[labels == 1], scores[labels == 0]
    pairs = (positive[:, None] > negative).astype(float)
    area = pairs.mean()
    variance = pairs.mean(axis=1).var() / len(positive) + pairs.mean(axis=0).var() / len(negative)
    width = metrics.Z95 * np.sqrt(variance * 60 / 59) / (area * (1 - area))
    wanted = 1 / (1 + np.exp(-(np.log(area / (1 - area)) + np.array([-width, width]))))
    found = metrics.roc_auc_macro(np.stack([-scores, scores], axis=1), labels)
    assert found.ci95 == pytest.approx(tuple(wanted), abs=1e-9)


def test_that_undefined_areas_are_none_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert metrics.roc_auc_macro(np.ones((4, 2)), np.zeros(4, int)).value is None
        assert metrics.roc_auc_macro(np.full((4, 2), np.nan), np.array([0, 1, 0, 1])).value is None


def test_that_perfect_results_still_have_a_width():
    labels = np.arange(30) % 3
    confusion = metrics.confusion_matrix(labels, labels, 3)
    assert metrics.averaged(confusion)["f1_macro"].ci95 == pytest.approx(metrics.wilson(30, 30).ci95)
    area = metrics.roc_auc_macro(np.eye(3)[labels], labels)
    assert area.value == 1
    assert area.ci95[0] < 0.8


def test_that_the_bootstrap_is_the_same_every_time():
    scores, labels = sample()
    confusion = metrics.confusion_matrix(labels, scores.argmax(axis=1), 5)
    assert metrics.averaged(confusion) == metrics.averaged(confusion)


def test_that_a_thousand_classes_fit_into_memory_and_time():
    scores, labels = sample(20_000, 1000, sharpness=4.0)
    confusion = metrics.confusion_matrix(labels, scores.argmax(axis=1), 1000)
    found = metrics.averaged(confusion)["f1_macro"]
    assert found.ci95[0] < found.value < found.ci95[1]


@pytest.mark.parametrize("name", ["precision_macro", "recall_macro", "f1_macro", "f1_weighted"])
def test_that_the_bootstrap_interval_covers_the_truth_nine_times_in_ten(name):
    """300 data sets from a known confusion matrix; 95 % nominal, accepted from 91 % on."""
    truth = np.array([[50, 8, 2], [6, 30, 4], [3, 3, 44]], float)
    shares = truth / truth.sum()
    right, true, predicted = np.diag(truth), truth.sum(axis=1), truth.sum(axis=0)
    wanted = float(metrics.averages(right, true, predicted)[name])
    generator = np.random.default_rng(1)
    covered = 0
    for _ in range(300):
        drawn = generator.multinomial(400, shares.reshape(-1)).reshape(3, 3)
        low, high = metrics.averaged(drawn, resamples=400)[name].ci95
        covered += low <= wanted <= high
    assert 0.91 <= covered / 300 <= 0.99


def test_that_the_area_interval_covers_the_truth_nine_times_in_ten():
    """Normal scores one standard deviation apart: the true area is Phi(1 / sqrt 2)."""
    from scipy.stats import norm

    wanted, generator, covered = norm.cdf(1 / np.sqrt(2)), np.random.default_rng(2), 0
    for _ in range(300):
        labels = np.arange(120) % 2
        scores = generator.normal(size=120) + labels
        low, high = metrics.roc_auc_macro(np.stack([-scores, scores], axis=1), labels).ci95
        covered += low <= wanted <= high
    assert 0.91 <= covered / 300 <= 0.99
