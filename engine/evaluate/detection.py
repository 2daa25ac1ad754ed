"""Detection: suppression of overlapping boxes, matching, average precision as COCO defines it (Lin et al., 2014)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from ..model.task import Boxes
from .resampling import Sampled

THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0.0, 1.0, 101)
AT_MOST = 100
CANDIDATES = 1000
SUPPRESS_IOU = 0.5


@dataclass(frozen=True)
class Found:
    """Boxes of one image, best first: ``boxes [k, 4]`` (x1, y1, x2, y2), ``scores [k]``, ``classes [k]``."""

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray


class Detection(Sampled):
    """Boxes against boxes, matched once; average precision for any weighting of the images.

    Args:
        found: of each image.
        labels: ``[n, boxes, 5]``: class, x1, y1, x2, y2; a negative class fills up.
        classes: how many there are.

    Raises:
        DataError: there is no box, or one of a class the model does not have.
    """

    main = "map50_95"
    shares = frozenset({"map50", "map50_95", "recall50"})
    resamples = 300  # every draw sorts recalls anew

    def __init__(self, found: Sequence[Found], labels: np.ndarray, classes: int) -> None:
        numbers = labels[..., 0]
        if not ((numbers >= 0) & (numbers < classes)).any() or numbers.max() >= classes:
            raise DataError(
                "label-range",
                f"the labels have classes {numbers.min():g} to {numbers.max():g}, the model has {classes}",
                "use data with boxes of the model's own classes, numbered from 0",
            )
        self._n = len(found)
        self._classes: list[_OfClass] = []
        for number in range(classes):
            own = _of_class(found, labels, number)
            if own is not None:
                self._classes.append(own)

    @property
    def n(self) -> int:
        """Number of images."""
        return self._n

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Means over the classes that have boxes in the images drawn."""
        precision = self.average_precision(weights)
        with np.errstate(invalid="ignore"):
            by_threshold = _mean(precision, axis=1)
            recall = _mean(np.stack([own.recall(weights) for own in self._classes], axis=1), axis=1)
        return {"map50_95": by_threshold.mean(axis=1), "map50": by_threshold[:, 0], "recall50": recall}

    def average_precision(self, weights: np.ndarray) -> np.ndarray:
        """``[draws, classes with boxes, thresholds]``; NaN where no box of the class was drawn."""
        return np.stack([own.average_precision(weights) for own in self._classes], axis=1)

    def per_class(self) -> "ByClass":
        """AP@50:95 of each class that has boxes, for any weighting of the images."""
        return ByClass(self, tuple(own.number for own in self._classes))


class ByClass(Sampled):
    """Average precision class by class; the metrics are named by the numbers of the classes."""

    main = "0"
    resamples = Detection.resamples

    def __init__(self, whole: Detection, numbers: tuple[int, ...]) -> None:
        self._whole, self.numbers = whole, numbers
        self.shares = frozenset(str(number) for number in numbers)

    @property
    def n(self) -> int:
        """Number of images."""
        return self._whole.n

    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Mean over the ten overlaps; NaN where no box of the class was drawn."""
        each = self._whole.average_precision(weights).mean(axis=2)
        return {str(number): each[:, place] for place, number in enumerate(self.numbers)}


@dataclass(frozen=True)
class _OfClass:
    """All detections of a class, best first: their image, and for each threshold whether they meet a box."""

    number: int
    image: np.ndarray  # [k]
    right: np.ndarray  # bool [thresholds, k]
    boxes: np.ndarray  # true boxes of each image, [n]

    def average_precision(self, weights: np.ndarray) -> np.ndarray:
        """``[draws, thresholds]``: the highest precision at each of 101 recalls or beyond, averaged."""
        true = weights @ self.boxes
        result = np.full((len(weights), len(self.right)), np.nan)
        each = weights[:, self.image]
        seen = np.maximum(np.cumsum(each, axis=1), 1e-12)
        for number, right in enumerate(self.right):
            at = np.nonzero(right)[0]  # between two hits precision only falls
            hits = np.cumsum(each[:, at], axis=1)
            best = np.maximum.accumulate((hits / seen[:, at])[:, ::-1], axis=1)[:, ::-1]
            for draw in np.nonzero(true > 0)[0]:
                place = np.searchsorted(hits[draw] / true[draw], RECALLS - 1e-12, side="left")
                reached = place < best.shape[1]
                result[draw, number] = best[draw, place[reached]].sum() / len(RECALLS)
        return result

    def recall(self, weights: np.ndarray) -> np.ndarray:
        """Share of the boxes that are met at an overlap of a half, ``[draws]``."""
        with np.errstate(divide="ignore", invalid="ignore"):
            result: np.ndarray = (weights[:, self.image] * self.right[0]).sum(axis=1) / (weights @ self.boxes)
        return result


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union ``[a, b]`` of boxes ``[a, 4]`` and ``[b, 4]``.

    >>> overlaps(np.array([[0, 0, 2, 2]]), np.array([[1, 0, 3, 2]])).round(3).tolist()
    [[0.333]]
    """
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None] - shared
    result: np.ndarray = np.divide(shared, union, out=np.zeros_like(shared, dtype=np.float64), where=union > 0)
    return result


def boxes_of(outputs: Sequence[np.ndarray], kind: Boxes, classes: int) -> list[Found]:
    """What a detector found in each image, overlapping boxes of a class suppressed, at most 100.

    Args:
        outputs: boxes ``[n, k, 4]`` and scores ``[n, k, classes]`` in this order or the other, or both in one array
            ``[n, k, 4 + classes]`` or ``[n, 4 + classes, k]``; for ``final`` one array ``[n, k, 6]``.
        kind: how boxes are written.
        classes: of the data.

    Raises:
        DataError: the outputs are no such arrays.
    """
    if kind is Boxes.FINAL:
        rows = next((item for item in outputs if item.ndim == 3 and item.shape[2] == 6), None)
        if rows is None:
            raise _not_boxes(outputs, "[n, boxes, 6]")
        return [_best(row[:, :4], row[:, 4], row[:, 5].astype(np.int64)) for row in rows.astype(np.float64)]
    boxes, scores = _parts(outputs, classes)
    if kind is Boxes.CXCYWH:
        half = boxes[..., 2:] / 2
        boxes = np.concatenate([boxes[..., :2] - half, boxes[..., :2] + half], axis=2)
    return [_kept(one, score) for one, score in zip(boxes, scores, strict=True)]


def _parts(outputs: Sequence[np.ndarray], classes: int) -> tuple[np.ndarray, np.ndarray]:
    arrays = [item.astype(np.float64) for item in outputs if item.ndim == 3]
    if len(arrays) == 1:
        (both,) = arrays
        if both.shape[2] != 4 + classes and both.shape[1] == 4 + classes:
            both = both.transpose(0, 2, 1)
        if both.shape[2] == 4 + classes:
            return both[..., :4], both[..., 4:]
    if len(arrays) >= 2:
        for boxes, scores in ((arrays[0], arrays[1]), (arrays[1], arrays[0])):
            if boxes.shape[2] == 4 and scores.shape[1:] == (boxes.shape[1], classes):
                return boxes, scores
    raise _not_boxes(outputs, f"[n, boxes, 4] and [n, boxes, {classes}], or [n, boxes, {4 + classes}]")


def _not_boxes(outputs: Sequence[np.ndarray], wanted: str) -> DataError:
    shapes = ", ".join(str(list(item.shape[1:])) for item in outputs)
    return DataError(
        "not-boxes",
        f"the model's outputs of shapes {shapes} are no boxes with scores",
        f"export {wanted}, and declare 'classes' and 'boxes' ({', '.join(Boxes)}) with the data",
    )


def _kept(boxes: np.ndarray, scores: np.ndarray) -> Found:
    usable = np.isfinite(boxes).all(axis=1) & np.isfinite(scores).all(axis=1)
    boxes, scores = boxes[usable], scores[usable]
    flat = np.argsort(-scores, axis=None, kind="stable")[:CANDIDATES]
    rows, numbers = np.unravel_index(flat, scores.shape)
    used, place = np.unique(rows, return_inverse=True)
    shared = overlaps(boxes[used], boxes[used]) > SUPPRESS_IOU
    alive = np.ones(len(flat), dtype=bool)
    kept: list[int] = []
    while alive.any() and len(kept) < AT_MOST:
        best = int(alive.argmax())  # they are in the order of their scores
        kept.append(best)
        alive &= ~(shared[place[best]][place] & (numbers == numbers[best]))
        alive[best] = False
    return Found(boxes[rows[kept]], scores.reshape(-1)[flat[kept]], numbers[kept])


def _best(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray) -> Found:
    usable = np.isfinite(scores) & np.isfinite(boxes).all(axis=1) & (classes >= 0)
    boxes, scores, classes = boxes[usable], scores[usable], classes[usable]
    order = np.argsort(-scores, kind="stable")[:AT_MOST]
    return Found(boxes[order], scores[order], classes[order])


def _of_class(found: Sequence[Found], labels: np.ndarray, number: int) -> _OfClass | None:
    """Match each image's detections, best first, with the free box they overlap most; None for a class without boxes."""
    true = np.array([(rows[:, 0] == number).sum() for rows in labels], dtype=np.float64)
    if not true.any():
        return None
    images, scores, rights = [], [], []
    for image, (one, rows) in enumerate(zip(found, labels, strict=True)):
        own = one.classes == number
        if not own.any():
            continue
        images.append(np.full(own.sum(), image))
        scores.append(one.scores[own])
        rights.append(_matched(overlaps(one.boxes[own], rows[rows[:, 0] == number, 1:].astype(np.float64))))
    if not images:
        return _OfClass(number, np.empty(0, np.int64), np.empty((len(THRESHOLDS), 0), bool), true)
    order = np.argsort(-np.concatenate(scores), kind="stable")
    return _OfClass(number, np.concatenate(images)[order], np.concatenate(rights, axis=1)[:, order], true)


def _matched(iou: np.ndarray) -> np.ndarray:
    """Whether each detection (rows, best first) takes a box (columns) that is still free; ``[thresholds, k]``."""
    right = np.zeros((len(THRESHOLDS), len(iou)), dtype=bool)
    for number, threshold in enumerate(THRESHOLDS):
        free = np.ones(iou.shape[1], dtype=bool)
        for row in np.nonzero((iou >= threshold - 1e-9).any(axis=1))[0]:
            able = np.where(free, iou[row], -1.0)
            if able.max() >= threshold - 1e-9:
                free[able.argmax()] = False
                right[number, row] = True
    return right


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over what is defined; NaN where nothing is."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        result: np.ndarray = np.where(known, values, 0).sum(axis=axis) / known.sum(axis=axis)
    return result
