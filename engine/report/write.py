"""A report into a file: HTML, Markdown, PDF or CSV, by its ending or as it is asked for."""

import tempfile
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from ..errors import UsageError, WorkspaceError
from ..workspace import write_atomic
from .data import ReportData, sections
from .html import render
from .markdown import to_markdown
from .parts import ALL_PARTS, Part
from .pdf import print_pdf
from .rows import to_csv
from .texts import Texts


class Form(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    MARKDOWN = "markdown"
    PDF = "pdf"
    CSV = "csv"

    @property
    def ending(self) -> str:
        """The usual ending of such a file."""
        return ".md" if self is Form.MARKDOWN else f".{self}"


ENDINGS = {".htm": Form.HTML, **{form.ending: form for form in Form}}


def form_of(path: Path) -> Form:
    """The form that the ending of a file stands for.

    Raises:
        UsageError: another ending.
    """
    form = ENDINGS.get(path.suffix.lower())
    if form is None:
        raise UsageError(
            "unknown-ending",
            f"{path} ends in '{path.suffix}'",
            "name a file .html, .md, .pdf or .csv, or give --format",
        )
    return form


def write_report(
    path: Path,
    data: ReportData,
    *,
    language: str = "en",
    parts: Collection[Part] = ALL_PARTS,
    form: Form | None = None,
) -> Path:
    """Write a report; returns its absolute path.

    Args:
        path: where. Plots of a Markdown document lie beside it as NAME-1.svg and so on.
        data: what it shows.
        language: ``en`` or ``zh_CN``; CSV has fixed column names.
        parts: what of it; CSV has always every figure.
        form: what it is written as; None = by the ending of ``path``.

    Raises:
        UsageError: another ending or language.
        MissingExtraError: PDF, and the extra ``gui`` is not installed.
        WorkspaceError: the file cannot be written.
    """
    form = form or form_of(path)
    try:
        if form is Form.HTML:
            write_atomic(path, render(data, language, parts).encode())
        elif form is Form.CSV:
            write_atomic(path, to_csv(sections(data)).encode())
        elif form is Form.MARKDOWN:
            _markdown(path, data, Texts(language), parts)
        else:
            with tempfile.TemporaryDirectory() as folder:
                draft = Path(folder) / "report.md"
                _markdown(draft, data, Texts(language), parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                print_pdf(draft, path.resolve(), Texts(language)("title"))
    except OSError as error:
        if isinstance(error, WorkspaceError):
            raise
        raise WorkspaceError(
            "not-writable", f"cannot write {path}: {error.strerror}", "choose another place with --out FILE"
        ) from None
    return path.resolve()


def _markdown(path: Path, data: ReportData, texts: Texts, parts: Collection[Part]) -> None:
    plots: list[str] = []

    def keep_plot(svg: str) -> str:
        plots.append(svg)
        return quote(f"{path.stem}-{len(plots)}.svg")

    content = to_markdown(data, texts, keep_plot, parts)
    for number, svg in enumerate(plots, 1):
        write_atomic(path.with_name(f"{path.stem}-{number}.svg"), svg.encode())
    write_atomic(path, content.encode())
