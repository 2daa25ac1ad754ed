"""What the engine says, in the language of the window.

The engine speaks English. Names and help texts of techniques have a catalogue of their own, collected from the engine
(:mod:`gui.i18n.update`); sentences with names and figures in them are listed here. What neither knows stays English.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from PySide6.QtCore import QCoreApplication

ENGINE = "Engine"
FIELD = re.compile(r"\{(\d)\}")
Sentence = tuple[str, str]


def said(text: str) -> str:
    """A text of the engine in the language of the window."""
    if not text:
        return ""
    known = QCoreApplication.translate(ENGINE, text)
    return known if known != text else fitted(text, sentences())


def fitted(text: str, known: Sequence[Sentence], field: Callable[[str], str] = str) -> str:
    """The translation of the sentence that fits a text, with the text's own names and figures; else the text.

    Args:
        text: what was said.
        known: sentences with fields ({0}, {1}) and their translations.
        field: how a name or figure is written.
    """
    for sentence, translated in known:
        found = _pattern(sentence).fullmatch(text)
        if found is not None:
            return translated.format(*map(field, found.groups()))
    return text


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(FIELD.sub("(.+?)", re.escape(sentence).replace(r"\{", "{").replace(r"\}", "}")))


def sentences() -> list[Sentence]:
    """Sentences of checks, boards, sensors and runs."""
    return [
        ("product", QCoreApplication.translate("Sayings", "product")),
        ("extra {0}", QCoreApplication.translate("Sayings", "extra {0}")),
        ("data folder", QCoreApplication.translate("Sayings", "data folder")),
        ("cache folder", QCoreApplication.translate("Sayings", "cache folder")),
        ("signing key", QCoreApplication.translate("Sayings", "signing key")),
        ("profile store", QCoreApplication.translate("Sayings", "profile store")),
        ("agent", QCoreApplication.translate("Sayings", "agent")),
        ("address", QCoreApplication.translate("Sayings", "address")),
        ("port", QCoreApplication.translate("Sayings", "port")),
        ("host key", QCoreApplication.translate("Sayings", "host key")),
        ("login", QCoreApplication.translate("Sayings", "login")),
        ("runtime", QCoreApplication.translate("Sayings", "runtime")),
        ("disk", QCoreApplication.translate("Sayings", "disk")),
        ("not installed", QCoreApplication.translate("Sayings", "not installed")),
        ("not installed (optional): {0}", QCoreApplication.translate("Sayings", "not installed (optional): {0}")),
        ("{0} readings in {1}", QCoreApplication.translate("Sayings", "{0} readings in {1}")),
        ("{0} bytes, id {1}", QCoreApplication.translate("Sayings", "{0} bytes, id {1}")),
        ("the pinned key", QCoreApplication.translate("Sayings", "the pinned key")),
        ("accepted after {0} s", QCoreApplication.translate("Sayings", "accepted after {0} s")),
        ("{0}, Python {1}, protocol {2}", QCoreApplication.translate("Sayings", "{0}, Python {1}, protocol {2}")),
        (
            "none yet; the first deploy brings one",
            QCoreApplication.translate("Sayings", "none yet; the first deploy brings one"),
        ),
        ("{0} GB free", QCoreApplication.translate("Sayings", "{0} GB free")),
        (
            "free some space on the board: flyweight needs 0.2 GB",
            QCoreApplication.translate("Sayings", "free some space on the board: flyweight needs 0.2 GB"),
        ),
        (
            "install Python 3.11, 3.12 or 3.13",
            QCoreApplication.translate("Sayings", "install Python 3.11, 3.12 or 3.13"),
        ),
        (
            "is SSH switched on? on a Raspberry Pi: sudo raspi-config",
            QCoreApplication.translate("Sayings", "is SSH switched on? on a Raspberry Pi: sudo raspi-config"),
        ),
        ("this is no SSH server", QCoreApplication.translate("Sayings", "this is no SSH server")),
        ("{0} (this computer)", QCoreApplication.translate("Sayings", "{0} (this computer)")),
        ("This computer ({0})", QCoreApplication.translate("Sayings", "This computer ({0})")),
        ("{0}, {1} cores", QCoreApplication.translate("Sayings", "{0}, {1} cores")),
        *_of_boards(),
        *_of_runs(),
    ]


def _of_boards() -> list[Sentence]:
    """What an agent says of its board and sensors, and the lines above a data sheet."""
    return [
        (
            "the agent runs as root; an account of its own is safer",
            QCoreApplication.translate("Sayings", "the agent runs as root; an account of its own is safer"),
        ),
        (
            "the kernel shows no thermal zone",
            QCoreApplication.translate("Sayings", "the kernel shows no thermal zone"),
        ),
        (
            "no cpufreq policy (virtual machine or container)",
            QCoreApplication.translate("Sayings", "no cpufreq policy (virtual machine or container)"),
        ),
        (
            "this machine has no throttling counter",
            QCoreApplication.translate("Sayings", "this machine has no throttling counter"),
        ),
        (
            "no power monitor is known to the kernel",
            QCoreApplication.translate("Sayings", "no power monitor is known to the kernel"),
        ),
        (
            "the kernel knows no power monitor, and the board's firmware measures no current",
            QCoreApplication.translate(
                "Sayings", "the kernel knows no power monitor, and the board's firmware measures no current"
            ),
        ),
        (
            "the kernel shows no RAPL package",
            QCoreApplication.translate("Sayings", "the kernel shows no RAPL package"),
        ),
        (
            "the counter is readable by root only",
            QCoreApplication.translate("Sayings", "the counter is readable by root only"),
        ),
        ("scaling_cur_freq is not readable", QCoreApplication.translate("Sayings", "the clock is not readable")),
        (
            "the zone is switched off or unreadable",
            QCoreApplication.translate("Sayings", "the zone is switched off or unreadable"),
        ),
        (
            "the agent there does not tell it",
            QCoreApplication.translate("Sayings", "the agent there does not tell it"),
        ),
        ("board {0}", QCoreApplication.translate("Sayings", "board {0}")),
        ("system {0}, kernel {1}", QCoreApplication.translate("Sayings", "system {0}, kernel {1}")),
        ("ISA {0}", QCoreApplication.translate("Sayings", "ISA {0}")),
        (
            "governor unknown, power mode unknown",
            QCoreApplication.translate("Sayings", "governor unknown, power mode unknown"),
        ),
        (
            "governor {0}, power mode unknown",
            QCoreApplication.translate("Sayings", "governor {0}, power mode unknown"),
        ),
        ("governor {0}, power mode {1}", QCoreApplication.translate("Sayings", "governor {0}, power mode {1}")),
    ]


def _of_runs() -> list[Sentence]:
    """Notes of the sample project, and remarks beside a reading."""
    return [
        (
            "goal within {0} point of the original: reached by {1}",
            QCoreApplication.translate("Sayings", "goal within {0} point of the original: reached by {1}"),
        ),
        (
            "goal within {0} point of the original: missed in this run",
            QCoreApplication.translate("Sayings", "goal within {0} point of the original: missed in this run"),
        ),
        (
            "goal {0}x smaller packed and surely {1}x faster at {2} point or less: reached by {3}",
            QCoreApplication.translate(
                "Sayings", "goal {0}x smaller packed and surely {1}x faster at {2} point or less: reached by {3}"
            ),
        ),
        (
            "goal {0}x smaller packed and surely {1}x faster at {2} point or less: missed in this run",
            QCoreApplication.translate(
                "Sayings", "goal {0}x smaller packed and surely {1}x faster at {2} point or less: missed in this run"
            ),
        ),
        (
            "contended: the model had {0}% of the processor time of its threads",
            QCoreApplication.translate("Sayings", "contended: the model had {0}% of the processor time of its threads"),
        ),
    ]
