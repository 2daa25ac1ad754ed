"""Latency and memory foretold for variants that were not measured on a device; every such figure says that it is predicted."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Cell, Findings, Line, Sheet
from .saying import said
from .steps import Document, Step, step

TABLES = ("ncnn", "xnnpack")


class Source(StrEnum):
    """What a prediction is learnt from; the last two are the names of published tables."""

    READINGS = "readings"
    BOARDS = "other-boards"
    NCNN = "ncnn"
    XNNPACK = "xnnpack"

    @property
    def published(self) -> bool:
        """True where models are those of a published table."""
        return self.value in TABLES


def source_title(source: Source) -> str:
    """Its name."""
    return {
        Source.READINGS: QCoreApplication.translate("Foreseeing", "Its own readings"),
        Source.BOARDS: QCoreApplication.translate("Foreseeing", "Your other boards"),
        Source.NCNN: QCoreApplication.translate("Foreseeing", "Table of ncnn"),
        Source.XNNPACK: QCoreApplication.translate("Foreseeing", "Table of XNNPACK"),
    }[source]


def source_sentence(source: Source) -> str:
    """What it needs."""
    if source is Source.READINGS:
        return QCoreApplication.translate("Foreseeing", "Needs some bundles of this project measured on the device.")
    if source is Source.BOARDS:
        return QCoreApplication.translate(
            "Foreseeing", "Needs one bundle measured there, and the same bundles on several other boards."
        )
    return QCoreApplication.translate(
        "Foreseeing",
        "For the models of the table. Needs what one or two of them take on this device: squeezenet=41.2, resnet18=120",
    )


@dataclass(frozen=True)
class Foreseen:
    """What a person filled in; the way of learning decides which verb is asked."""

    target: str = ""
    models: tuple[str, ...] = ()
    threads: int = 1
    source: Source = Source.READINGS
    probe: bool = False
    names: tuple[str, ...] = ()
    anchors: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacking(self) -> str:
        """Why it cannot begin; empty when it can."""
        if not self.target:
            return QCoreApplication.translate("Foreseeing", "Choose a device.")
        if self.source.published:
            if not self.names:
                return QCoreApplication.translate("Foreseeing", "Name models of the table.")
            if not self.anchors:
                return QCoreApplication.translate("Foreseeing", "Write what a model of the table takes here: NAME=MS")
        elif not self.models:
            return QCoreApplication.translate("Foreseeing", "Tick at least one variant.")
        return ""

    def work(self) -> list[Step]:
        """One question."""
        asked: dict[str, Any] = {"target": self.target, "models": list(self.models), "threads": self.threads}
        if self.source is Source.READINGS:
            return [step("profile_predict", **asked, micro_benchmark=self.probe or None)]
        if self.source is Source.BOARDS:
            return [step("profile_transfer", **asked)]
        asked["models"] = list(self.names)
        return [step("profile_transfer", **asked, published=self.source.value, anchors=dict(self.anchors))]

    def command(self, names: Mapping[str, str]) -> str:
        """The same for a terminal."""
        models = self.names if self.source.published else tuple(names.get(model, model) for model in self.models)
        words = ["flyweight", "profile", "predict", self.target, *models]
        if self.threads != 1:
            words += ["--threads", str(self.threads)]
        if self.source is Source.READINGS and self.probe:
            words.append("--micro-benchmark")
        elif self.source is Source.BOARDS:
            words.append("--other-boards")
        elif self.source.published:
            words += ["--published", self.source.value]
            for name, value in self.anchors.items():
                words += ["--anchor", f"{name}={value}"]
        return shlex.join(words)


def listed(text: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def anchors_of(text: str) -> dict[str, str]:
    """``NAME=VALUE, NAME=VALUE``; empty where something else was typed."""
    parts = [part.partition("=") for part in listed(text)]
    fine = all(name.strip() and value.strip() for name, _, value in parts)
    return {name.strip(): value.strip() for name, _, value in parts} if fine else {}


def read_foreseen(document: Document, labels: Mapping[str, str]) -> Findings:
    """The document of ``flyweight profile predict --json``, learnt from this device or from others."""
    rows = documents.objects(document.get("models"))
    facts = (
        (QCoreApplication.translate("Foreseeing", "Rests on"), _basis(document)),
        (QCoreApplication.translate("Foreseeing", "Caution"), said(documents.text(document.get("caution")))),
        (QCoreApplication.translate("Foreseeing", "Most worth measuring"), _following(document, labels)),
    )
    memory = any(documents.object_(row.get("memory")) for row in rows)
    heads = [
        QCoreApplication.translate("Foreseeing", "Model"),
        QCoreApplication.translate("Foreseeing", "p50 (ms)"),
        QCoreApplication.translate("Foreseeing", "90 % interval"),
        QCoreApplication.translate("Foreseeing", "Origin"),
        QCoreApplication.translate("Foreseeing", "Known (ms)"),
    ]
    if memory:
        heads.append(QCoreApplication.translate("Foreseeing", "Memory (MB)"))
    lines = tuple(_line(row, labels, memory) for row in rows)
    title = QCoreApplication.translate("Foreseeing", "Predictions")
    words = QCoreApplication.translate(
        "Foreseeing", "Predicted, not measured: such figures never enter a profile or a comparison."
    )
    numbers = frozenset({1, 2, 4, 5} if memory else {1, 2, 4})
    return Findings(facts, (Sheet(title, tuple(heads), numbers, lines, words, pills=frozenset({3})),))


def _basis(document: Document) -> str:
    if basis := said(documents.text(document.get("basis"))):
        return basis
    count = documents.whole(document.get("readings")) or 0
    words = QCoreApplication.translate("Foreseeing", "{0} bundles measured on {1}")
    found = words.format(wording.count(count), documents.text(document.get("target")))
    return " · ".join(filter(None, (found, said(documents.text(document.get("probe"))))))


def _following(document: Document, labels: Mapping[str, str]) -> str:
    name = documents.text(document.get("measure_next"))
    return labels.get(name, name)


def _line(row: Mapping[str, Any], labels: Mapping[str, str], memory: bool) -> Line:
    name = documents.text(row.get("name"))
    value, interval = documents.number(row.get("p50_ms")), documents.interval(row.get("interval"))
    known = documents.object_(row.get("known"))
    measured = documents.number(row.get("measured_ms")) or documents.number(known.get("latency_ms"))
    none = QCoreApplication.translate("Foreseeing", "too few readings")
    cells = [
        Cell(labels.get(name, name)),
        _number(value, 3),
        Cell(none if interval is None else " – ".join(wording.number(end, 3) for end in interval)),
        Cell(QCoreApplication.translate("Foreseeing", "Predicted"), pill="info"),
        _number(measured, 3),
    ]
    if memory:
        cells.append(_number(documents.number(documents.object_(row.get("memory")).get("peak_mb")), 1))
    return tuple(cells)


def _number(value: float | None, decimals: int) -> Cell:
    return Cell(wording.NO_VALUE) if value is None else Cell(wording.number(value, decimals), value)
