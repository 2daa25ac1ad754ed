"""A report into a file: HTML, Markdown or CSV by its ending."""

from pathlib import Path

from ..errors import UsageError, WorkspaceError
from ..workspace import write_atomic
from .data import ReportData, sections
from .html import render
from .rows import to_csv, to_markdown
from .texts import Texts


def write_report(path: Path, data: ReportData, *, language: str = "en") -> Path:
    """Write a report; returns its absolute path.

    Args:
        path: ends in .html, .md or .csv.
        data: what it shows.
        language: ``en`` or ``zh_CN``; CSV has fixed column names.

    Raises:
        UsageError: another ending or language.
        WorkspaceError: the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending in (".html", ".htm"):
        content = render(data, language)
    elif ending == ".md":
        content = to_markdown(sections(data), Texts(language))
    elif ending == ".csv":
        content = to_csv(sections(data))
    else:
        raise UsageError("unknown-ending", f"{path} ends in '{path.suffix}'", "name a file .html, .md or .csv")
    try:
        write_atomic(path, content.encode())
    except OSError as error:
        raise WorkspaceError(
            "not-writable", f"cannot write {path}: {error.strerror}", "choose another place with --out FILE"
        ) from None
    return path.resolve()
