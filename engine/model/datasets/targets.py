"""Labels of every task: checked, brought to the type the metrics take, and what an archive or a factory says of them."""

from __future__ import annotations

import numpy as np

from ...errors import DataError
from ..child import printable
from ..task import Boxes, Decoding, Target, Task, task_named

WORDS = ("task", "classes", "boxes", "decoding")
"""Names under which data declares its target: arrays of text in an archive, attributes of a factory's data set."""

_SHAPES = {
    Task.REGRESSION: ("numbers of shape [n] or [n, values]", (1, 2)),
    Task.DETECTION: ("numbers of shape [n, boxes, 5]: class, x1, y1, x2, y2", (3,)),
    Task.SEGMENTATION: ("class numbers of shape [n, height, width]", (3,)),
    Task.SEQUENCE: ("symbol numbers of shape [n, symbols]", (2,)),
}


def declared(words: dict[str, object], task: str | None) -> Target:
    """A target from the words data declares; ``task`` of the caller goes first.

    Raises:
        DataError: a word is not known.
    """

    def text(name: str) -> str | None:
        value = words.get(name)
        return None if value is None else str(np.asarray(value).reshape(-1)[0])

    chosen = task or text("task")
    classes = words.get("classes")
    names = () if classes is None else tuple(str(item) for item in np.asarray(classes).reshape(-1))
    try:
        boxes, decoding = Boxes(text("boxes") or Boxes.XYXY), Decoding(text("decoding") or Decoding.TOKENS)
    except ValueError as error:
        raise DataError(
            "unknown-target",
            f"the data declares something unknown: {printable(str(error), 100)}",
            f"'boxes' is one of {', '.join(Boxes)}; 'decoding' one of {', '.join(Decoding)}",
        ) from None
    return Target(Task.CLASSIFICATION if chosen is None else task_named(chosen), names, boxes, decoding)


def checked(name: str, labels: np.ndarray, task: Task) -> np.ndarray:
    """Labels of a task other than classification: float32 for numbers and boxes, int64 for maps and symbols.

    Raises:
        DataError: shape or kind of number do not fit the task.
    """
    words, axes = _SHAPES[task]
    whole = task in (Task.SEGMENTATION, Task.SEQUENCE)
    kinds = "iub" if whole else "iufb"
    fits = labels.ndim in axes and labels.dtype.kind in kinds and labels.size
    if not fits or (task is Task.DETECTION and labels.shape[2] != 5):
        raise DataError(
            "labels-of-task",
            f"the labels of '{printable(name, 80)}' are {labels.dtype} of shape {list(labels.shape)}",
            f"{task} needs {words}",
        )
    if not whole and not np.isfinite(labels).all():
        raise DataError("labels-of-task", f"'{printable(name, 80)}' has labels that are no numbers", "leave them out")
    return labels if whole else np.asarray(labels, np.float32)


def classes_of(labels: np.ndarray, target: Target) -> tuple[str, ...]:
    """The declared class names, else the numbers that occur."""
    if target.classes or target.task is Task.REGRESSION:
        return target.classes
    seen = labels[..., 0] if target.task is Task.DETECTION else labels
    used = seen[(seen >= 0) & (seen != 255)] if target.task is Task.SEGMENTATION else seen[seen >= 0]
    return tuple(str(index) for index in range(int(used.max()) + 1)) if used.size else ()
