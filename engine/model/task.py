"""What the labels of a data set mean, and so which metrics a model is judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from ..errors import DataError
from .data import Batch, DataSet, DataView, RawSample


class Task(StrEnum):
    """What a model is asked."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    DETECTION = "detection"
    SEGMENTATION = "segmentation"
    SEQUENCE = "sequence"


class Boxes(StrEnum):
    """How a detector writes its boxes, in the unit of the labels.

    ``xyxy`` and ``cxcywh`` come with a score for every class and overlap; ``final`` rows are ``x1, y1, x2, y2, score,
    class`` of a model that holds its own suppression.
    """

    XYXY = "xyxy"
    CXCYWH = "cxcywh"
    FINAL = "final"


class Decoding(StrEnum):
    """How a sequence is read from scores ``[n, steps, symbols]``: the best symbol of a step; ``ctc``: symbol 0 is blank."""

    TOKENS = "tokens"
    CTC = "ctc"


@dataclass(frozen=True)
class Target:
    """The task of a data set and how a model's outputs are read for it.

    Labels of each task, with samples on the first axis:

        classification  int ``[n]``
        regression      float ``[n]`` or ``[n, values]``
        detection       float ``[n, boxes, 5]``: class, x1, y1, x2, y2; a negative class fills up
        segmentation    int ``[n, h, w]``; classes below 0 and 255 do not count
        sequence        int ``[n, symbols]``; a negative symbol fills up

    Attributes:
        task: of the data.
        classes: names in label order; the symbols of sequences. Empty where the data has none.
        boxes: of detectors.
        decoding: of sequences.
    """

    task: Task = Task.CLASSIFICATION
    classes: tuple[str, ...] = ()
    boxes: Boxes = Boxes.XYXY
    decoding: Decoding = Decoding.TOKENS


def target_of(data: DataSet) -> Target:
    """What a data set declares; classification where it says nothing."""
    found = getattr(data, "target", None)
    return found if isinstance(found, Target) else Target(classes=data.classes or ())


def task_named(word: str) -> Task:
    """A task by its word.

    Raises:
        DataError: there is no such task.

    >>> task_named("detection")
    <Task.DETECTION: 'detection'>
    """
    try:
        return Task(word)
    except ValueError:
        raise DataError("unknown-task", f"there is no task '{word[:80]}'", f"use one of {', '.join(Task)}") from None


class Unlabelled(DataView):
    """A data set without its labels: what training may see of data whose labels it cannot learn from."""

    @property
    def target(self) -> Target:
        """That of the data."""
        return target_of(self._data)

    @property
    def classes(self) -> tuple[str, ...] | None:
        """None: there are no labels."""
        return None

    def seen(self, batch: Batch) -> Batch:
        """The inputs alone."""
        return replace(batch, labels=None)

    def raw(self, split: str, index: int) -> RawSample:
        """One sample before pre-processing, without its label."""
        return replace(self._data.raw(split, index), label=None)
