"""Loss in points: closed form, coverage, edges."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.metrics import macro_area
from engine.evaluate.paired import loss_points, lost
from engine.evaluate.score import Evaluation, score_outputs


def pair(both, lost, gained, neither):
    cells = [(True, True)] * both + [(True, False)] * lost + [(False, True)] * gained + [(False, False)] * neither
    return np.array(cells).T


def test_that_the_loss_is_the_difference_of_the_accuracies_in_points():
    baseline, variant = pair(880, 20, 5, 95)
    found = loss_points(baseline, variant)
    assert found.value == pytest.approx(100 * (baseline.mean() - variant.mean()))
    assert found.value == 1.5
    assert found.n == 1000


def test_that_the_interval_is_agresti_and_mins():
    centre = (20.5 - 5.5) / 1002
    half = 1.959963984540054 * np.sqrt(26 - 15**2 / 1002) / 1002
    assert loss_points(*pair(880, 20, 5, 95)).ci95 == pytest.approx((100 * (centre - half), 100 * (centre + half)))


def test_that_pairing_is_narrower_than_two_separate_accuracies():
    from engine.evaluate.metrics import accuracy

    baseline, variant = pair(880, 20, 5, 95)
    low, high = loss_points(baseline, variant).ci95
    separate = [accuracy(item).ci95 for item in (baseline, variant)]
    assert high - low < 100 * sum(b - a for a, b in separate) / 2


@pytest.mark.parametrize("cells", [(50, 0, 0, 50), (0, 100, 0, 0), (0, 0, 100, 0), (100, 0, 0, 0), (1, 0, 0, 0)])
def test_that_extreme_tables_have_a_finite_interval_around_the_value(cells):
    found = loss_points(*pair(*cells))
    low, high = found.ci95
    assert -100 <= low < high <= 100
    assert low <= found.value <= high


def test_that_a_gain_is_negative():
    assert loss_points(*pair(80, 0, 10, 10)).value == -10


def test_that_different_sample_counts_cannot_be_paired():
    with pytest.raises(DataError, match="5 samples"):
        loss_points(np.ones(5, bool), np.ones(4, bool))


def test_that_nothing_compared_is_undefined():
    assert loss_points(np.ones(0, bool), np.ones(0, bool)).value is None


@pytest.mark.parametrize("shares", [(0.9, 0.02, 0.01, 0.07), (0.5, 0.1, 0.1, 0.3), (0.97, 0.004, 0.002, 0.024)])
def test_that_the_interval_covers_the_truth_as_often_as_it_says(shares):
    generator, wanted, covered = np.random.default_rng(4), 100 * (shares[1] - shares[2]), 0
    for cells in generator.multinomial(500, shares, size=1000):
        low, high = loss_points(*pair(*cells)).ci95
        covered += low <= wanted <= high
    assert 0.935 <= covered / 1000 <= 0.999


def evaluations(classes=7, n=3000):
    """A classifier and a worse one, on the same samples of unequal classes."""
    generator = np.random.default_rng(3)
    labels = generator.choice(classes, n, p=np.arange(1, classes + 1) / sum(range(classes + 1)))
    signal = 2.5 * np.eye(classes)[labels]
    noise = generator.normal(size=(n, classes))
    made = []
    for outputs in (signal + noise, 0.8 * signal + noise):
        score, correct = score_outputs(outputs, labels, "made")
        made.append(Evaluation(score, outputs, correct, labels))
    return made


@pytest.mark.parametrize(
    "metric", ["top5_accuracy", "f1_macro", "f1_weighted", "precision_macro", "recall_macro", "roc_auc_macro"]
)
def test_that_the_loss_of_any_metric_is_the_difference_of_what_evaluate_reports(metric):
    original, variant = evaluations()
    found = lost(original, variant, metric)
    before, after = (item.score.metrics[metric] for item in (original, variant))
    assert found.value == pytest.approx(100 * (before.value - after.value))
    low, high = found.ci95
    assert 0 < low < found.value < high, "this one surely lost"
    separate = [100 * (b - a) for a, b in (before.ci95, after.ci95)]
    assert high - low < np.hypot(*separate), "pairing is narrower than two samples of their own"
    assert original.goodness(metric) == before.value


def test_that_the_paired_interval_of_an_area_is_that_of_drawing_the_samples_again():
    original, variant = evaluations(classes=3, n=600)
    low, high = lost(original, variant, "roc_auc_macro").ci95
    generator, drawn = np.random.default_rng(1), []
    for _ in range(200):
        rows = generator.integers(0, 600, 600)
        areas = []
        for item in (original, variant):
            shares = np.exp(item.outputs[rows]) / np.exp(item.outputs[rows]).sum(axis=1, keepdims=True)
            areas.append(macro_area(shares, item.labels[rows])[0])
        drawn.append(100 * (areas[0] - areas[1]))
    again = np.quantile(drawn, (0.025, 0.975))
    assert high - low == pytest.approx(again[1] - again[0], rel=0.25)


def test_that_a_tie_of_every_sample_is_no_loss_of_any_metric():
    original, _ = evaluations(n=200)
    for metric in (None, "f1_macro", "roc_auc_macro", "top5_accuracy"):
        assert lost(original, original, metric).value == 0
