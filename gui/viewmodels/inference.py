"""A model tried on files of a person's own: what runs in a slot of a device, or a variant that is put beside it for that."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Cell, Findings, Line, Sheet
from .steps import Document, Step, step

SLOT = "try"
"""Where a variant is put that is only tried: what runs in the other slots of the device stays."""
TAKEN = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".npy", ".csv", ".wav")
VALUES_SHOWN = 12


@dataclass(frozen=True)
class TryAsked:
    """What a person filled in: either a slot of the device or a variant."""

    target: str = ""
    slot: str = ""
    variant: str = ""
    files: tuple[str, ...] = ()
    top_k: int = 3
    data: str = ""

    @property
    def lacking(self) -> str:
        """Why it cannot begin; empty when it can."""
        if not self.target:
            return QCoreApplication.translate("Trying", "Choose a device.")
        if not self.slot and not self.variant:
            return QCoreApplication.translate("Trying", "Nothing runs on this device yet: choose a variant.")
        if not self.files:
            return QCoreApplication.translate("Trying", "Choose one or more files.")
        return ""

    def work(self, packed: Collection[str]) -> list[Step]:
        """The steps: a variant is packed and put into a slot of its own first."""
        last = step("run", target=self.target, files=list(self.files), slot=self.slot or SLOT, top_k=self.top_k)
        if self.slot:
            return [last]
        if self.variant in packed:
            return [self._deploy(lambda answers: self.variant), last]
        pack = step("bundle", variant=self.variant, data=self.data or None)
        return [pack, self._deploy(lambda answers: documents.text(answers[0].get("id"))), last]

    def _deploy(self, bundle: Any) -> Step:
        def arguments(answers: Sequence[Document]) -> Mapping[str, Any]:
            return {"bundle": bundle(answers), "targets": [self.target], "slot": SLOT}

        return Step("deploy", arguments)

    def command(self, names: Mapping[str, str], packed: Collection[str]) -> str:
        """The same for a terminal."""
        words = [
            ["flyweight", "run", self.target, *self.files, "--slot", self.slot or SLOT, "--top-k", str(self.top_k)]
        ]
        if not self.slot:
            name = names.get(self.variant, self.variant)
            words.insert(0, ["flyweight", "deploy", name, self.target, "--slot", SLOT])
            if self.variant not in packed:
                words.insert(0, ["flyweight", "bundle", name, *(["--data", self.data] if self.data else [])])
        return " && ".join(map(shlex.join, words))


def read_predicted(document: Document) -> Findings:
    """The document of ``flyweight run --json``: the classes of each file, or the values that came out."""
    answers = documents.objects(document.get("predictions"))
    facts = [
        (
            QCoreApplication.translate("Trying", "Answered by"),
            f"{documents.text(document.get('target'))} · {documents.text(document.get('slot'))}",
        )
    ]
    if any(documents.objects(item.get("classes")) for item in answers):
        return Findings(tuple(facts), (_classes(answers),))
    return Findings(tuple(facts), (_values(answers),))


def _classes(answers: Sequence[Mapping[str, Any]]) -> Sheet:
    lines: list[Line] = []
    for item in answers:
        name = Path(documents.text(item.get("file"))).name
        for place, found in enumerate(documents.objects(item.get("classes"))):
            share = documents.number(found.get("probability"))
            index = documents.whole(found.get("index"))
            label = documents.text(found.get("label")) or str(index)
            lines.append((Cell(name if not place else ""), Cell(label), Cell(wording.share(share), share)))
    heads = (
        QCoreApplication.translate("Trying", "File"),
        QCoreApplication.translate("Trying", "Class"),
        QCoreApplication.translate("Trying", "Probability"),
    )
    return Sheet(QCoreApplication.translate("Trying", "Answers"), heads, frozenset({2}), tuple(lines), wide=1)


def _values(answers: Sequence[Mapping[str, Any]]) -> Sheet:
    lines = tuple((Cell(Path(documents.text(item.get("file"))).name), Cell(_told(item))) for item in answers)
    heads = (QCoreApplication.translate("Trying", "File"), QCoreApplication.translate("Trying", "Values"))
    return Sheet(QCoreApplication.translate("Trying", "Answers"), heads, frozenset(), lines, wide=1)


def _told(item: Mapping[str, Any]) -> str:
    """The first numbers of all outputs."""
    found = [number for number in _numbers(item.get("outputs"))]
    shown = ", ".join(wording.number(number, 4) for number in found[:VALUES_SHOWN])
    return f"{shown} …" if len(found) > VALUES_SHOWN else shown or wording.NO_VALUE


def _numbers(value: object) -> list[float]:
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    if isinstance(value, dict):
        return [number for item in value.values() for number in _numbers(item)]
    number = documents.number(value)
    return [] if number is None else [number]
