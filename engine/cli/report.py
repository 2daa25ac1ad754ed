"""``flyweight report``: one self-contained page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import show
from .options import AsJson, Project

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.reporting import Reported


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it (.html, .md or .csv).")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="Only variants of this model.")] = None,
    target: Annotated[str | None, typer.Option("--target", help="Only readings of this device.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="en or zh_CN.")] = "en",
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Write the report: variants, Pareto plot, how measured.

    Variants against the baseline, with the machine's fingerprint.

    Example: flyweight report --out report.html
    """
    from ..verbs import report as verb

    show(
        lambda emit, cancel: verb(out=out, model=model, target=target, language=lang, project=project),
        as_json=as_json,
        render=_render,
    )


def _render(result: "Reported", console: "Console") -> None:
    console.print(f"report  {result.path}")
