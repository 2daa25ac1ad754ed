"""A closer look at one variant: what it is worth on a board, where it lost, what it bears, and what it yields as a pipeline."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QCoreApplication

from .variants import VariantRow

FASHION = "fashion-"


class Study(StrEnum):
    """What can be asked of a variant; the value is the engine's verb."""

    QUALITY = "evaluate"
    LOSS = "explain"
    ROBUSTNESS = "robustness"
    PIPELINE = "pipeline"


def study_title(study: Study) -> str:
    """Its name."""
    return {
        Study.QUALITY: QCoreApplication.translate("Studies", "Quality"),
        Study.LOSS: QCoreApplication.translate("Studies", "Where it lost"),
        Study.ROBUSTNESS: QCoreApplication.translate("Studies", "Robustness"),
        Study.PIPELINE: QCoreApplication.translate("Studies", "Pipeline"),
    }[study]


def study_sentence(study: Study) -> str:
    """What it answers."""
    return {
        Study.QUALITY: QCoreApplication.translate(
            "Studies",
            "All metrics with their intervals. With a board its own runtime answers, and is compared with this computer.",
        ),
        Study.LOSS: QCoreApplication.translate(
            "Studies",
            "What was removed and why, layer by layer, and which classes lost; beside it the least time a core needs.",
        ),
        Study.ROBUSTNESS: QCoreApplication.translate(
            "Studies", "Noise, blur, brightness, contrast and attacks (FGSM, PGD), before and after compression."
        ),
        Study.PIPELINE: QCoreApplication.translate(
            "Studies",
            "The model cut into stages over cores of this computer: more samples a second against a longer way for each.",
        ),
    }[study]


NEEDS_DATA = frozenset({Study.QUALITY, Study.LOSS, Study.ROBUSTNESS})


@dataclass(frozen=True)
class Asked:
    """What a person filled in; what a study has no use for is left out of its arguments."""

    data: str = ""
    device: str = ""
    samples: int | None = None
    stages: int = 2

    def arguments(self, study: Study, variant: VariantRow) -> dict[str, Any]:
        """Arguments of the verb."""
        if study is Study.PIPELINE:
            return {"model": variant.path, "stages": self.stages}
        found: dict[str, Any] = {"model": variant.id, "data": self.data}
        if study is Study.QUALITY:
            found["on"] = self.device or None
        if study is not Study.LOSS:
            found["samples"] = self.samples
        return found

    def lacks(self, study: Study) -> str:
        """Why the study cannot begin; empty when it can."""
        if study in NEEDS_DATA and not self.data:
            return QCoreApplication.translate("Studies", "Choose labelled data first.")
        return ""


def as_cli(study: Study, arguments: Mapping[str, Any]) -> str:
    """The same as a command.

    >>> as_cli(Study.QUALITY, {"model": "int8", "data": "digits", "on": None, "samples": 100})
    'flyweight evaluate int8 --data digits --samples 100'
    """
    options = [f"--{name} {shlex.quote(str(v))}" for name, v in arguments.items() if name != "model" and v is not None]
    return " ".join(["flyweight", study.value, shlex.quote(str(arguments["model"])), *options])


def likely_data(variant: VariantRow) -> str:
    """The data a variant is judged on unless a person says otherwise: that of the sample networks; else none."""
    return "fashion-mnist" if variant.model.startswith(FASHION) else ""
