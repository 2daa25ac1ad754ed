"""Profile packs of others, and whether the own store is whole."""

import re

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Cell, Findings, Line, Sheet
from .saying import said
from .steps import Document

KEY = re.compile(r"(?<=unknown key )[0-9a-f]{16}\b")  # the name of the file before it may look like one


def unknown_key(message: str) -> str:
    """The key in the refusal of a pack nobody vouches for; empty where there is none."""
    found = KEY.search(message)
    return "" if found is None else found[0]


def read_pack(document: Document) -> Findings:
    """The document of ``flyweight profile import --json``."""
    new, all_ = (documents.whole(document.get(key)) or 0 for key in ("new", "readings"))
    return Findings(
        (
            (QCoreApplication.translate("Packs", "Pack"), documents.text(document.get("path"))),
            (QCoreApplication.translate("Packs", "Signed by"), documents.text(document.get("key"))),
            (QCoreApplication.translate("Packs", "Readings in it"), wording.count(all_)),
            (QCoreApplication.translate("Packs", "New here"), wording.count(new)),
        ),
        (),
    )


def damaged(document: Document | None) -> bool:
    """Whether a check found damage that was not repaired yet."""
    found = document or {}
    return bool(documents.objects(found.get("damage"))) and not documents.object_(found.get("salvaged"))


def read_store(document: Document) -> Findings:
    """The document of ``flyweight profile check --json``."""
    rows, saved = documents.objects(document.get("damage")), documents.object_(document.get("salvaged"))
    whole = QCoreApplication.translate("Packs", "Every row and every sample is whole.")
    found = QCoreApplication.translate("Packs", "{0} rows are damaged.").format(wording.count(len(rows)))
    if len(rows) == 1:
        found = QCoreApplication.translate("Packs", "1 row is damaged.")
    kept, lost = (documents.whole(saved.get(key)) for key in ("readings", "lost"))
    rescue = QCoreApplication.translate("Packs", "{0} readings kept, {1} lost").format(kept, lost) if saved else ""
    facts = (
        (QCoreApplication.translate("Packs", "Store"), documents.text(document.get("store"))),
        (QCoreApplication.translate("Packs", "Found"), found if rows else whole),
        (QCoreApplication.translate("Packs", "Saved"), rescue),
        (QCoreApplication.translate("Packs", "The damaged file is now"), documents.text(saved.get("moved_to"))),
    )
    lines: tuple[Line, ...] = tuple(
        (
            Cell(documents.text(item.get("table"))),
            Cell(str(item.get("row", ""))),
            Cell(said(documents.text(item.get("reason")))),
        )
        for item in rows
    )
    heads = (
        QCoreApplication.translate("Packs", "Table"),
        QCoreApplication.translate("Packs", "Row"),
        QCoreApplication.translate("Packs", "Reason"),
    )
    sheet = Sheet(QCoreApplication.translate("Packs", "Damage"), heads, frozenset(), lines, wide=2)
    return Findings(facts, (sheet,) if lines else ())
