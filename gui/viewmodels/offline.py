"""A release for a board that nobody can reach: one file, carried there on a stick."""

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Findings
from .steps import Document, Step, step

ARCHITECTURES = ("aarch64", "x86_64", "armv7l")
PYTHONS = ("", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")


def architecture_words(name: str) -> str:
    """A kind of board."""
    return {
        "aarch64": QCoreApplication.translate("Carrying", "Arm, 64 bit"),
        "x86_64": QCoreApplication.translate("Carrying", "PC, 64 bit"),
        "armv7l": QCoreApplication.translate("Carrying", "Arm, 32 bit"),
    }[name]


@dataclass(frozen=True)
class CarryAsked:
    """What a person filled in."""

    variant: str = ""
    out: str = ""
    slot: str = "main"
    arch: str = "aarch64"
    python: str = ""
    data: str = ""

    @property
    def lacking(self) -> str:
        """Why it cannot begin; empty when it can."""
        if not self.variant:
            return QCoreApplication.translate("Carrying", "Choose a variant.")
        if not self.slot:
            return QCoreApplication.translate("Carrying", "Name the slot on the board.")
        return ""

    def _options(self) -> dict[str, Any]:
        pythons = [self.python] if self.python else None
        return {"out": self.out, "slot": self.slot, "arch": self.arch, "pythons": pythons}

    def work(self, packed: Collection[str]) -> list[Step]:
        """Pack what is not packed, then write the file."""
        if self.variant in packed:
            return [step("offline", bundle=self.variant, **self._options())]
        pack = step("bundle", variant=self.variant, data=self.data or None)
        return [
            pack,
            Step("offline", lambda answers: {"bundle": documents.text(answers[0].get("id")), **self._options()}),
        ]

    def command(self, names: Mapping[str, str]) -> str:
        """The same for a terminal."""
        name = names.get(self.variant, self.variant)
        words = ["flyweight", "offline", name, "--out", self.out or "card.pyz", "--slot", self.slot]
        words += ["--board-arch", self.arch, *(["--board-python", self.python] if self.python else [])]
        return shlex.join(words)


def read_carried(document: Document) -> Findings:
    """The document of ``flyweight offline --json``."""
    path = documents.text(document.get("path"))
    runtimes = ", ".join(documents.texts(document.get("runtimes_for")))
    none = QCoreApplication.translate("Carrying", "none: the board has its own")
    on_board = QCoreApplication.translate("Carrying", "run {0}").format(f"python3 {shlex.quote(Path(path).name)}")
    return Findings(
        (
            (QCoreApplication.translate("Carrying", "Written"), path),
            (QCoreApplication.translate("Carrying", "Size"), wording.size(documents.whole(document.get("size_bytes")))),
            (QCoreApplication.translate("Carrying", "Runtime inside"), runtimes or none),
            (QCoreApplication.translate("Carrying", "Slot"), documents.text(document.get("slot"))),
            (QCoreApplication.translate("Carrying", "On the board"), on_board),
        ),
        (),
    )
