"""mIoU against its definition, class by class and pixel by pixel."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.classes import class_losses
from engine.evaluate.resampling import estimates
from engine.evaluate.score import Evaluation
from engine.evaluate.segmentation import Segmentation, pixel_classes
from engine.records import Score


def by_definition(predicted, labels, classes):
    shares = []
    for number in range(classes):
        wanted = {tuple(place) for place in np.argwhere(labels == number)}
        got = {tuple(place) for place in np.argwhere((predicted == number) & (labels != 255))}
        if wanted | got:
            shares.append(len(wanted & got) / len(wanted | got))
    return float(np.mean(shares))


def test_that_the_mean_is_the_one_of_sets_of_pixels():
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, (6, 5, 7))
    labels[random.random(labels.shape) < 0.1] = 255
    predicted = np.where(random.random(labels.shape) < 0.7, labels % 4, random.integers(0, 5, labels.shape))
    found = Segmentation(predicted, labels, 6)
    assert found.value() == pytest.approx(by_definition(predicted, labels, 6))
    per_class = {name: float(value[0]) for name, value in found.per_class().values(np.ones((1, 6))).items()}
    assert "5" not in per_class
    assert np.mean(list(per_class.values())) == pytest.approx(found.value())
    estimate = estimates(found)["miou"]
    assert estimate.ci95[0] < estimate.value < estimate.ci95[1]
    assert estimate.n == 6


@pytest.fixture(scope="module")
def maps():
    """Labels of four classes, the answers of a fair model, and of one that takes class 2 for class 1 in half of the images."""
    random = np.random.default_rng(2)
    labels = random.integers(0, 4, (20, 6, 6))
    fair = np.where(random.random(labels.shape) < 0.8, labels, random.integers(0, 4, labels.shape))
    worse = fair.copy()
    worse[:10][fair[:10] == 2] = 1
    labels[random.random(labels.shape) < 0.1] = 255
    return labels, fair, worse


def test_that_the_figures_of_each_class_are_those_of_sets_of_pixels_and_have_intervals(maps):
    labels, fair, _ = maps
    found = Segmentation(fair, labels, 5)
    wanted = [{tuple(place) for place in np.argwhere(labels == number)} for number in range(4)]
    got = [{tuple(place) for place in np.argwhere((fair == number) & (labels != 255))} for number in range(4)]
    pairs = list(zip(wanted, got, strict=True))
    for by_class, figures in (
        (found.per_class(), [len(a & b) / len(a | b) for a, b in pairs]),
        (found.accuracy_per_class(), [len(a & b) / len(a) for a, b in pairs]),
    ):
        got = estimates(by_class)
        assert [got[str(number)].value for number in range(4)] == pytest.approx(figures)
        assert set(got) == {"0", "1", "2", "3"}, "class 4 is nowhere"
        assert all(item.ci95[0] < item.value < item.ci95[1] and item.n == 20 for item in got.values())


def test_that_the_loss_of_each_class_is_paired(maps):
    labels, fair, worse = maps
    first, second = Segmentation(fair, labels, 4), Segmentation(worse, labels, 4)
    rows = class_losses(
        *(Evaluation(Score({}, "d"), x, None, labels, x_) for x, x_ in ((fair, first), (worse, second)))
    )
    assert rows[0].name == "2"
    assert rows[0].loss_points.value == pytest.approx(100 * (rows[0].before - rows[0].after))
    low, high = rows[0].loss_points.ci95
    assert 0 < low < rows[0].loss_points.value < high
    untouched = next(row for row in rows if row.name == "0")
    assert untouched.loss_points.ci95 == (0, 0), "drawn together, the same answers never differ"


def test_that_scores_are_read_with_channels_first_or_last():
    random = np.random.default_rng(0)
    scores, labels = random.normal(size=(2, 3, 4, 5)), np.zeros((2, 4, 5), int)
    first, classes = pixel_classes(scores, labels)
    last, _ = pixel_classes(scores.transpose(0, 2, 3, 1), labels)
    assert classes == 3
    assert (first == last).all()
    assert (first == scores.argmax(1)).all()
    single, two = pixel_classes(scores[:, :1], labels)
    assert two == 2
    assert (single == (scores[:, 0] > 0)).all()


def test_that_a_map_of_another_size_is_refused():
    with pytest.raises(DataError, match="no map of 8 x 8"):
        pixel_classes(np.zeros((1, 3, 4, 4)), np.zeros((1, 8, 8), int))


def test_that_a_perfect_map_still_has_an_interval():
    labels = np.arange(16).reshape(1, 4, 4).repeat(5, 0) % 3
    found = estimates(Segmentation(labels, labels, 3))["miou"]
    assert found.value == 1
    assert found.ci95[0] < 0.7, "five images prove little"
