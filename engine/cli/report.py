"""``flyweight report``: one self-contained page, a data sheet in Markdown, or a PDF."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import show
from .options import AsJson, Project, Quiet

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.reporting import Reported


class ReportForm(StrEnum):
    """What a report is written as."""

    HTML = "html"
    PDF = "pdf"
    MARKDOWN = "markdown"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Where to write it: .html, .md, .pdf or .csv (default: in the project)."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL", help="Only variants of this model.")] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target", metavar="DEVICE", help="Only readings of this device.", autocompletion=completing.device
        ),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", metavar="en|zh_CN", help="en or zh_CN.")] = "en",
    sections: Annotated[
        str | None,
        typer.Option(
            "--sections",
            metavar="NAME,...",
            help="Of: result, notes, plot, table, efficiency, remarks, recipes, effects, cover, method, machine, limits "
            "(default: all).",
        ),
    ] = None,
    form: Annotated[
        ReportForm | None, typer.Option("--format", help="What it is written as (default: by the ending of --out).")
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            metavar="[BOARD:]NAME=NUMBER",
            help="Also tell which variant keeps such limits of each board, as 'profile cover' does (repeatable).",
        ),
    ] = None,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write the report: variants, Pareto plot, how measured.

    Variants against the baseline, with efficiency, cost and the machine's fingerprint. Markdown reads like a data sheet;
    PDF needs the extra gui.

    Example: flyweight report --out report.html

    Example: flyweight report --limit latency_ms=20 --limit pi-zero:memory_mb=40
    """
    from ..verbs import report as verb

    show(
        lambda emit, cancel: verb(
            out=out,
            model=model,
            target=target,
            language=lang,
            sections=None if sections is None else sections.split(","),
            form=form,
            limits=limit or (),
            project=project,
        ),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Reported", console: "Console") -> None:
    console.print(f"report  {result.path}", soft_wrap=True)
