"""The signing keys boards trust: whose they are, and which boards could not be asked."""

from PySide6.QtCore import QCoreApplication

from . import documents
from .findings import Cell, Findings, Line, Sheet
from .saying import with_remedy
from .steps import Document


def keys_of(document: Document | None) -> dict[str, list[str]]:
    """Each key with the boards that trust it, this desktop's own first."""
    document = document or {}
    own = documents.text(document.get("own"))
    found: dict[str, list[str]] = {own: []} if own else {}
    for board, keys in documents.object_(document.get("boards")).items():
        for key in documents.texts(keys):
            found.setdefault(key, []).append(board)
    return found


def read_keys(document: Document) -> Findings:
    """The document of ``flyweight device keys --json``."""
    own = documents.text(document.get("own"))
    lines: tuple[Line, ...] = tuple(
        (
            Cell(key),
            Cell(
                QCoreApplication.translate("Signing", "This desktop's")
                if key == own
                else QCoreApplication.translate("Signing", "Another's"),
                pill="ok" if key == own else "info",
            ),
            Cell(", ".join(boards) or QCoreApplication.translate("Signing", "no board")),
        )
        for key, boards in keys_of(document).items()
    )
    heads = (
        QCoreApplication.translate("Signing", "Key"),
        QCoreApplication.translate("Signing", "Whose"),
        QCoreApplication.translate("Signing", "Trusted by"),
    )
    failed = [
        f"{board}: {with_remedy(documents.text(error.get('message')), documents.text(error.get('remedy')))}"
        for board, error in documents.object_(document.get("errors")).items()
    ]
    facts = ((QCoreApplication.translate("Signing", "Not asked"), "\n".join(failed)),)
    sheet = Sheet(
        QCoreApplication.translate("Signing", "Keys"), heads, frozenset(), lines, wide=2, pills=frozenset({1})
    )
    return Findings(facts, (sheet,))
