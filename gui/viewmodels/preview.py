"""What a data set looks like to the model: its first samples, and the rules of the I/O contract in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording


@dataclass(frozen=True)
class Sample:
    """One sample: ``shape`` is height, width, channels of an image, else one axis; ``values`` are 0..1 of its range."""

    label: str
    kind: str
    shape: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Preview:
    """The answer of ``data_preview``; ``metrics`` can judge a model on this data, the usual one first."""

    classes: int | None
    counts: Mapping[str, int]
    inputs: tuple[Mapping[str, Any], ...]
    samples: tuple[Sample, ...]
    metrics: tuple[str, ...] = ()

    def facts(self) -> list[tuple[str, str]]:
        """Names and words for a list of facts."""
        splits = {
            "train": QCoreApplication.translate("Preview", "{0} to train"),
            "calibration": QCoreApplication.translate("Preview", "{0} to calibrate"),
            "test": QCoreApplication.translate("Preview", "{0} to test"),
        }
        counted = [
            words.format(wording.count(self.counts[name])) for name, words in splits.items() if self.counts.get(name)
        ]
        facts = [
            (QCoreApplication.translate("Preview", "Samples"), " · ".join(counted)),
            (QCoreApplication.translate("Preview", "Classes"), "" if self.classes is None else str(self.classes)),
        ]
        for item in self.inputs[:1]:
            facts += _rules(item)
        return facts


def read_preview(document: Mapping[str, Any]) -> Preview:
    """The document of ``data_preview``."""
    contract = documents.object_(document.get("contract"))
    classes = document.get("classes")
    counts = documents.object_(document.get("counts"))
    return Preview(
        len(classes) if isinstance(classes, list) else None,
        {name: number for name, value in counts.items() if (number := documents.whole(value)) is not None},
        tuple(documents.objects(contract.get("inputs"))),
        tuple(filter(None, map(_sample, documents.objects(document.get("samples"))))),
        documents.texts(document.get("metrics")),
    )


def _sample(item: Mapping[str, Any]) -> Sample | None:
    shape = tuple(size for value in item.get("shape") or () if (size := documents.whole(value)) is not None)
    values = [documents.number(value) for value in item.get("values") or ()]
    low, high = documents.number(item.get("low")), documents.number(item.get("high"))
    expected = 1
    for size in shape:
        expected *= size
    if low is None or high is None or not values or len(values) != expected:
        return None
    span = (high - low) or 1.0
    return Sample(
        documents.text(item.get("label")),
        documents.text(item.get("kind")),
        shape,
        tuple(0.0 if value is None else min(max((value - low) / span, 0.0), 1.0) for value in values),
    )


def _rules(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The I/O contract of an input, rule by rule."""
    shape = [size for value in item.get("shape") or () if (size := documents.whole(value)) is not None]
    kind, taken = documents.text(item.get("kind")), documents.text(item.get("dtype"))
    facts = [
        (QCoreApplication.translate("Preview", "The model takes"), f"{' × '.join(map(str, shape))} {taken}".strip())
    ]
    if kind == "image":
        words = (
            _colour(documents.text(item.get("colour"))),
            _resize(documents.text(item.get("resize"))),
            _layout(documents.text(item.get("layout"))),
        )
        facts.append((QCoreApplication.translate("Preview", "Picture"), " · ".join(filter(None, words))))
    rate = documents.whole(item.get("rate_hz"))
    if rate is not None:
        facts.append((QCoreApplication.translate("Preview", "Rate"), f"{wording.count(rate)} Hz"))
    facts.append((QCoreApplication.translate("Preview", "Values"), _values(item, kind)))
    return facts


def _values(item: Mapping[str, Any], kind: str) -> str:
    mean, deviation = _numbers(item.get("mean")), _numbers(item.get("std"))
    if mean and deviation:
        words = QCoreApplication.translate("Preview", "0 to 1, then minus {0}, divided by {1}").format(
            ", ".join(mean), ", ".join(deviation)
        )
    elif kind == "image":
        words = QCoreApplication.translate("Preview", "0 to 1")
    else:
        words = QCoreApplication.translate("Preview", "as they are")
    scale, zero = documents.number(item.get("scale")), documents.whole(item.get("zero_point"))
    if scale is not None:
        words += "; " + QCoreApplication.translate("Preview", "rounded to integers (scale {0}, zero point {1})").format(
            f"{scale:.4g}", zero or 0
        )
    return words


def _numbers(value: object) -> list[str]:
    found = [documents.number(item) for item in value] if isinstance(value, list) else []
    return [f"{item:.4g}" for item in found if item is not None]


def _colour(value: str) -> str:
    return {
        "gray": QCoreApplication.translate("Preview", "grey"),
        "rgb": QCoreApplication.translate("Preview", "red, green, blue"),
        "bgr": QCoreApplication.translate("Preview", "blue, green, red"),
    }.get(value, value)


def _resize(value: str) -> str:
    return {
        "stretch": QCoreApplication.translate("Preview", "stretched to fit"),
        "center-crop": QCoreApplication.translate("Preview", "the shorter side fits, the rest is cut off"),
    }.get(value, value)


def _layout(value: str) -> str:
    return {
        "CHW": QCoreApplication.translate("Preview", "channels first"),
        "HWC": QCoreApplication.translate("Preview", "channels last"),
    }.get(value, value)
