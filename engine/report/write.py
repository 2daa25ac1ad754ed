"""A report into a file: HTML, Markdown or CSV by its ending."""

from pathlib import Path
from urllib.parse import quote

from ..errors import UsageError, WorkspaceError
from ..workspace import write_atomic
from .data import ReportData, sections
from .html import render
from .markdown import to_markdown
from .rows import to_csv
from .texts import Texts


def write_report(path: Path, data: ReportData, *, language: str = "en") -> Path:
    """Write a report; returns its absolute path.

    Args:
        path: ends in .html, .md or .csv. Plots of a Markdown document lie beside it as NAME-1.svg and so on.
        data: what it shows.
        language: ``en`` or ``zh_CN``; CSV has fixed column names.

    Raises:
        UsageError: another ending or language.
        WorkspaceError: the file cannot be written.
    """
    ending = path.suffix.lower()
    plots: list[str] = []

    def keep_plot(svg: str) -> str:
        plots.append(svg)
        return quote(f"{path.stem}-{len(plots)}.svg")

    if ending in (".html", ".htm"):
        content = render(data, language)
    elif ending == ".md":
        content = to_markdown(data, Texts(language), keep_plot)
    elif ending == ".csv":
        content = to_csv(sections(data))
    else:
        raise UsageError("unknown-ending", f"{path} ends in '{path.suffix}'", "name a file .html, .md or .csv")
    try:
        for number, svg in enumerate(plots, 1):
            write_atomic(path.with_name(f"{path.stem}-{number}.svg"), svg.encode())
        write_atomic(path, content.encode())
    except OSError as error:
        raise WorkspaceError(
            "not-writable", f"cannot write {path}: {error.strerror}", "choose another place with --out FILE"
        ) from None
    return path.resolve()
