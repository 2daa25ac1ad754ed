"""What kept a model's process in on a board, in the words of the window. No answer is unknown, never "no"."""

from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording


def isolation_words(value: object) -> str:
    """The walls of a probe or a reading: the network, then the limits that hold, then those that do not.

    Args:
        value: ``isolation`` of the document; anything but an object means that nobody told.
    """
    if not isinstance(value, dict):
        return QCoreApplication.translate("Isolation", "unknown: the agent was too old to tell")
    held: list[str] = []
    missing: list[str] = []
    for limit, name in _limits(value):
        (held if limit else missing).append(limit or name)
    words, comma = [_network(value.get("network"))], QCoreApplication.translate("Isolation", ", ")
    if held:
        words.append(QCoreApplication.translate("Isolation", "at most {0}").format(comma.join(held)))
    if missing:
        words.append(QCoreApplication.translate("Isolation", "no limit on {0}").format(comma.join(missing)))
    return QCoreApplication.translate("Sayings", "; ").join(words)


def _network(wall: object) -> str:
    known = {
        "namespace": QCoreApplication.translate("Isolation", "no network (a namespace of its own)"),
        "filter": QCoreApplication.translate("Isolation", "no network (a filter of system calls)"),
        "": QCoreApplication.translate("Isolation", "the network is open to a model"),
    }
    name = documents.text(wall)
    return known.get(name) or QCoreApplication.translate("Isolation", "no network ({0})").format(name)


def _limits(value: dict[str, Any]) -> list[tuple[str, str]]:
    """Each limit in words, empty where there is none, and what it is a limit on."""
    kinds = (
        (
            "memory_bytes",
            QCoreApplication.translate("Isolation", "{0} of address space"),
            QCoreApplication.translate("Isolation", "address space"),
            wording.size,
        ),
        (
            "cpu_s",
            QCoreApplication.translate("Isolation", "{0} s of processor time"),
            QCoreApplication.translate("Isolation", "processor time"),
            wording.count,
        ),
        (
            "file_bytes",
            QCoreApplication.translate("Isolation", "{0} per file"),
            QCoreApplication.translate("Isolation", "file size"),
            wording.size,
        ),
        (
            "open_files",
            QCoreApplication.translate("Isolation", "{0} open files"),
            QCoreApplication.translate("Isolation", "open files"),
            wording.count,
        ),
    )
    found = []
    for key, words, name, shown in kinds:
        limit = documents.whole(value.get(key))
        found.append(("" if limit is None else words.format(shown(limit)), name))
    return found
