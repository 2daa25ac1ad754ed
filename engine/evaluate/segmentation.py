"""Segmentation: intersection over union of every class, their mean, and the share of pixels that are right."""

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

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """The mean is over the classes that occur in labels or answers."""
        total = (weights @ self.confusions.reshape(self.n, -1)).reshape(-1, self.classes, self.classes)
        right = np.diagonal(total, axis1=1, axis2=2)
        union = total.sum(axis=1) + total.sum(axis=2) - right
        with np.errstate(divide="ignore", invalid="ignore"):
            share = right / union
            mean = np.where(union > 0, share, 0).sum(axis=1) / (union > 0).sum(axis=1)
            pixels = right.sum(axis=1) / total.sum(axis=(1, 2))
        return {"miou": mean, "pixel_accuracy": pixels}

    def per_class(self) -> np.ndarray:
        """Intersection over union of each class on all images; NaN where it does not occur."""
        total = self.confusions.sum(axis=0)
        right = np.diag(total)
        union = total.sum(axis=0) + total.sum(axis=1) - right
        with np.errstate(invalid="ignore"):
            result: np.ndarray = right / union
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
