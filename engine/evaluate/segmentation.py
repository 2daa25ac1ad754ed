"""Segmentation: intersection over union of every class, their mean, and the share of pixels that are right."""

from collections.abc import Callable

import numpy as np

from ..errors import DataError
from .resampling import Sampled

IGNORED = 255


class Segmentation(Sampled):
    """Classes of pixels, counted in one confusion matrix per image.

    Args:
        predicted: class of every pixel, int ``[n, h, w]``; see :func:`pixel_classes`.
        labels: int ``[n, h, w]``; below 0 and 255 do not count.
        classes: how many there are.

    Raises:
        DataError: a label has no class.
    """

    main = "miou"
    shares = frozenset({"miou", "pixel_accuracy"})

    def __init__(self, predicted: np.ndarray, labels: np.ndarray, classes: int) -> None:
        counted = (labels >= 0) & (labels != IGNORED)
        largest = int(labels[counted].max()) if counted.any() else 0
        if largest >= classes:
            raise DataError(
                "label-range",
                f"the labels have class {largest}, the model has {classes} classes",
                "use data with the model's own classes, numbered from 0",
            )
        self.classes = classes
        n = len(labels)
        cells = (np.arange(n)[:, None, None] * classes + labels) * classes + predicted
        counts = np.bincount(cells[counted].reshape(-1), minlength=n * classes * classes)
        self.confusions = counts.reshape(n, classes, classes)

    @property
    def n(self) -> int:
        """Number of images."""
        return len(self.confusions)

    def total(self, weights: np.ndarray) -> np.ndarray:
        """Confusion matrices ``[draws, classes, classes]`` (labels, answers) of the images so weighted."""
        summed: np.ndarray = weights @ self.confusions.reshape(self.n, -1)
        return summed.reshape(-1, self.classes, self.classes)

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """The mean is over the classes that occur in labels or answers."""
        total = self.total(weights)
        share = intersection_over_union(total)
        occurs = np.isfinite(share)
        with np.errstate(invalid="ignore"):
            mean = np.where(occurs, share, 0).sum(axis=1) / occurs.sum(axis=1)
            pixels = np.trace(total, axis1=1, axis2=2) / total.sum(axis=(1, 2))
        return {"miou": mean, "pixel_accuracy": pixels}

    def per_class(self) -> "ByClass":
        """Intersection over union of each class that occurs, for any weighting of the images."""
        return ByClass(self, intersection_over_union)

    def accuracy_per_class(self) -> "ByClass":
        """Share of the pixels of each labelled class that are found."""
        return ByClass(self, found_share)


class ByClass(Sampled):
    """A figure class by class; the metrics are named by the numbers of the classes it is defined for."""

    main = "0"

    def __init__(self, whole: Segmentation, figure: Callable[[np.ndarray], np.ndarray]) -> None:
        self._whole, self._figure = whole, figure
        defined = np.isfinite(figure(whole.total(np.ones((1, whole.n))))[0])
        self.numbers = tuple(int(number) for number in np.nonzero(defined)[0])
        self.shares = frozenset(str(number) for number in self.numbers)

    @property
    def n(self) -> int:
        """Number of images."""
        return self._whole.n

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """NaN where the class was not drawn."""
        each = self._figure(self._whole.total(weights))
        return {str(number): each[:, number] for number in self.numbers}


def intersection_over_union(total: np.ndarray) -> np.ndarray:
    """Of each class ``[draws, classes]`` in confusion matrices; NaN where it is in neither labels nor answers.

    >>> intersection_over_union(np.array([[[3, 1], [0, 4]]])).tolist()
    [[0.75, 0.8]]
    """
    right = np.diagonal(total, axis1=1, axis2=2)
    with np.errstate(invalid="ignore"):
        result: np.ndarray = right / (total.sum(axis=1) + total.sum(axis=2) - right)
    return result


def found_share(total: np.ndarray) -> np.ndarray:
    """Of each class's pixels in confusion matrices, ``[draws, classes]``; NaN where no label has the class.

    >>> found_share(np.array([[[3, 1], [0, 4]]])).tolist()
    [[0.75, 1.0]]
    """
    with np.errstate(invalid="ignore"):
        result: np.ndarray = np.diagonal(total, axis1=1, axis2=2) / total.sum(axis=2)
    return result


def pixel_classes(output: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, int]:
    """The class of every pixel and how many classes the output has.

    Args:
        output: scores ``[n, classes, h, w]`` or ``[n, h, w, classes]``; one channel: a logit of class 1; or class
            numbers ``[n, h, w]``.
        labels: ``[n, h, w]``, which tell height and width.

    Raises:
        DataError: the output has another size than the labels.
    """
    size = labels.shape[1:]
    if output.ndim == 3 and output.shape[1:] == size and output.dtype.kind in "iu":
        return output.astype(np.int64), int(max(output.max(), 0)) + 1
    if output.ndim == 4 and output.shape[2:] == size:
        scores, axis = output, 1
    elif output.ndim == 4 and output.shape[1:3] == size:
        scores, axis = output, 3
    else:
        raise DataError(
            "map-size",
            f"the model's output of shape {list(output.shape[1:])} is no map of {size[0]} x {size[1]} pixels",
            "export the model with its upsampling, and give labels of its output's size",
        )
    if scores.shape[axis] == 1:
        return (np.take(scores, 0, axis) > 0).astype(np.int64), 2
    return scores.argmax(axis=axis), scores.shape[axis]
