"""mIoU against its definition, class by class and pixel by pixel."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.resampling import estimates
from engine.evaluate.segmentation import Segmentation, pixel_classes


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
    per_class = found.per_class()
    assert np.isnan(per_class[5])
    assert np.nanmean(per_class) == pytest.approx(found.value())
    estimate = estimates(found)["miou"]
    assert estimate.ci95[0] < estimate.value < estimate.ci95[1]
    assert estimate.n == 6


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
