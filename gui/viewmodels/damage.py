"""Records of a project that cannot be read: why, and what helps."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents
from .saying import capital, with_remedy

SHOWN = 3


def damaged_records(document: Mapping[str, Any] | None) -> list[str]:
    """A sentence for each of the first damaged records of ``project_show``, and how many more there are.

    Files are named from the project's folder on; a long path may break after each folder.
    """
    document = document or {}
    folder = documents.text(document.get("folder")).rpartition("/")[0]
    found = [
        with_remedy(documents.text(item.get("message")), documents.text(item.get("remedy")))
        for item in documents.objects(document.get("damaged"))
    ]
    if folder:
        found = [text.replace(f"{folder}/", "") for text in found]
    shown = [capital(text).replace("/", "/\u200b") for text in found[:SHOWN]]
    if more := len(found) - len(shown):
        shown.append(QCoreApplication.translate("Damage", "and {0} more").format(more))
    return shown
