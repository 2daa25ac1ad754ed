"""``flyweight effects``: what each technique did on each device."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show
from .options import AsJson, Project
from .quality import signed
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..report.effects import Effect
    from ..verbs.effect_map import EffectMap


class Form(StrEnum):
    """How the table is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("effects")(effects)


def effects(
    technique: Annotated[
        str | None,
        typer.Argument(
            metavar="[TECHNIQUE]", help="Only recipes with this technique.", autocompletion=completing.technique
        ),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL", help="Only variants of this model.")] = None,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="DEVICE", help="Only this device.", autocompletion=completing.device),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="A table for the terminal, or Markdown.")] = Form.TABLE,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """What each technique changed on each measured device.

    Factors of size, packed size and speed, with the change of accuracy.

    Factors are original / variant, so above 1 is smaller or faster; speed has its 95 % interval. A recipe of several
    steps is a row of its own.

    Example: flyweight effects static-quantization
    """
    from ..verbs import effects as verb

    show(
        lambda emit, cancel: verb(technique=technique, model=model, target=target, project=project),
        as_json=as_json,
        render=_render if form is Form.TABLE else _markdown,
    )


def _markdown(found: "EffectMap", console: "Console") -> None:
    from ..report.effects import markdown

    console.print(markdown(found.rows), end="", markup=False, highlight=False, soft_wrap=True)


def _render(found: "EffectMap", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    several = len({row.model for row in found.rows}) > 1
    for column in ("technique", *(["model"] if several else []), "variant", "device"):
        table.add_column(column, overflow="fold")
    for column in ("size", "packed", "speed", "loss (points)"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("effect", overflow="fold")
    for row in found.rows:
        names = (" + ".join(row.techniques), *([row.model] if several else []), row.name, _where(row))
        speed = "" if row.speed_factor is None else f"{row.speed_factor:.2f}x"
        if row.speed_ci95 is not None:
            speed += f" [{row.speed_ci95[0]:.2f}, {row.speed_ci95[1]:.2f}]"
        factors = (f"{row.size_factor:.2f}x", f"{row.packed_factor:.2f}x")
        table.add_row(*map(plain, names), *factors, speed, signed(row.loss_points), row.words)
    print_table(table, console)


def _where(row: "Effect") -> str:
    return f"{row.target} ({row.board})" if row.target else "not measured"
