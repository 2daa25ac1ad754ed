"""Rights on a board that make measuring better: what each unlocks, and what was granted or taken back."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from . import documents
from .findings import Cell, Findings, Line, Sheet
from .saying import said
from .steps import Document

ORDER = ("missing", "granted", "absent")


def missing_rights(document: Document | None) -> tuple[str, ...]:
    """Ids of the rights that could be granted."""
    rows = documents.objects((document or {}).get("rights"))
    return tuple(documents.text(item.get("id")) for item in rows if item.get("state") == "missing")


def granted_rights(document: Document | None) -> tuple[str, ...]:
    """Ids of the rights the agent's user has."""
    rows = documents.objects((document or {}).get("rights"))
    return tuple(documents.text(item.get("id")) for item in rows if item.get("state") == "granted")


def right_state(state: str) -> Cell:
    """State of a right."""
    words = {
        "missing": QCoreApplication.translate("Rights", "Missing"),
        "granted": QCoreApplication.translate("Rights", "Granted"),
        "absent": QCoreApplication.translate("Rights", "Not on this board"),
    }
    return Cell(words.get(state, state), pill={"granted": "ok", "missing": "warn"}.get(state, "idle"))


def read_rights(document: Document) -> Findings:
    """The document of ``flyweight device setup --json``: what could be granted comes first."""
    act, script = documents.text(document.get("act")), documents.text(document.get("script"))
    done = {
        "applied": QCoreApplication.translate("Rights", "The missing rights were granted."),
        "undone": QCoreApplication.translate("Rights", "Everything that was granted was taken back."),
    }
    on_board = f"sudo sh {Path(script).name} apply" if script else ""
    facts = (
        (QCoreApplication.translate("Rights", "Done"), done.get(act, "")),
        (QCoreApplication.translate("Rights", "Written"), script),
        (QCoreApplication.translate("Rights", "On the board"), on_board),
    )
    rows = documents.objects(document.get("rights"))
    rows.sort(key=lambda item: ORDER.index(state) if (state := item.get("state")) in ORDER else len(ORDER))
    lines: tuple[Line, ...] = tuple(
        (right_state(documents.text(item.get("state"))), Cell(said(documents.text(item.get("unlocks")))))
        for item in rows
    )
    heads = (
        QCoreApplication.translate("Rights", "State"),
        QCoreApplication.translate("Rights", "What it makes possible"),
    )
    sheet = Sheet(
        QCoreApplication.translate("Rights", "Rights"), heads, frozenset(), lines, wide=1, pills=frozenset({0})
    )
    return Findings(facts, (sheet,))
