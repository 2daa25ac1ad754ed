"""What a compression will likely take, as the review step and the jobs page say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .documents import Interval


@dataclass(frozen=True)
class Expected:
    """Ranges; ``based_on`` is the number of earlier variants whose speed was recorded."""

    seconds: Interval
    size_bytes: Interval | None
    passes: float
    train_samples: int
    based_on: int

    @property
    def time_words(self) -> str:
        """The time and what the range rests on."""
        said = wording.time_range(self.seconds)
        if self.based_on:
            basis = QCoreApplication.translate("Expected", "from the speed of earlier runs of this model")
        else:
            basis = QCoreApplication.translate("Expected", "a wide range: nothing of this model ran here yet")
        return wording.aside(said, basis)

    @property
    def work_words(self) -> str:
        """What there is to train."""
        if not self.passes:
            return QCoreApplication.translate("Expected", "no training")
        return QCoreApplication.translate("Expected", "up to {0} sample passes over {1} samples").format(
            wording.count(int(self.passes)), wording.count(self.train_samples)
        )

    @property
    def size_words(self) -> str:
        """The file's size."""
        if self.size_bytes is None:
            return ""
        low, high = (wording.size(int(value)) for value in self.size_bytes)
        return QCoreApplication.translate("Expected", "{0} to {1}").format(low, high)


def read_expected(document: Mapping[str, Any]) -> Expected | None:
    """The document of the verb ``forecast``."""
    time, passes = documents.interval(document.get("seconds")), documents.interval(document.get("sample_passes"))
    if time is None:
        return None
    return Expected(
        time,
        documents.interval(document.get("size_bytes")),
        0.0 if passes is None else passes[1],
        documents.whole(document.get("train_samples")) or 0,
        documents.whole(document.get("based_on")) or 0,
    )
