"""``flyweight techniques``: what exists, and the knobs of one technique."""

from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show
from .options import AsJson
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..compress.technique import KnobSpec
    from ..verbs.catalogue import Catalogue


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("techniques")(techniques)


def techniques(
    technique: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Show the knobs of this technique.", autocompletion=completing.technique),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the techniques; show one with its knobs and paper.

    Example: flyweight techniques channel-pruning
    """
    from ..verbs import techniques as verb

    show(lambda emit, cancel: verb(technique), as_json=as_json, render=_one if technique else _all)


def _all(catalogue: "Catalogue", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "family", "what it does"):
        table.add_column(column, overflow="fold")
    for item in catalogue.techniques:
        table.add_row(item.id, item.family, item.summary)
    print_table(table, console)
    for name, reason in catalogue.broken.items():
        console.print(f"\nplug-in '{plain(name)}' could not be loaded: {plain(reason)}", style="yellow")
    console.print("\nknobs of one: flyweight techniques ID")


def _one(catalogue: "Catalogue", console: "Console") -> None:
    from rich.table import Table

    item = catalogue.techniques[0]
    console.print(f"{item.name} ({item.id}), {item.family}", style="bold")
    console.print(item.summary)
    console.print(f"source: {item.paper}\n" if item.paper else "")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("knob", "default", "limits", "help"):
        table.add_column(column, overflow="fold")
    for spec in item.knobs:
        table.add_row(spec.name, "none" if spec.default is None else str(spec.default), _limits(spec), spec.help)
    print_table(table, console)
    console.print(f"\nin a recipe:\n- technique: {item.id}")
    if item.knobs:
        console.print(f"  knobs: {{{item.knobs[0].name}: {item.knobs[0].default}}}")


def _limits(spec: "KnobSpec") -> str:
    if spec.choices:
        return " | ".join(spec.choices)
    if spec.min is None and spec.max is None:
        return spec.type
    low = "" if spec.min is None else _number(spec.min)
    high = "" if spec.max is None else _number(spec.max)
    return f"{spec.type} {low} .. {high}{' ' + spec.unit if spec.unit else ''}"


def _number(value: float) -> str:
    """A limit as a person writes it: 1,000,000 instead of 1e+06."""
    return f"{value:,.0f}" if abs(value) >= 1000 and value == int(value) else f"{value:g}"
