"""``flyweight compare --layers``: what each layer is in each of the models."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .console import plain, show
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.layer_comparison import LayersCompared


def layers(models: list[str], every: bool, project: Path | None, as_json: bool, quiet: bool) -> None:
    """Print the layers, those that are the same in all models only when asked for."""
    from ..verbs import compare_layers as verb

    show(
        lambda emit, cancel: verb(models, project=project, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=lambda result, console: _render(result, console, every),
    )


def _render(result: "LayersCompared", console: "Console", every: bool) -> None:
    from rich.table import Table

    shown = [row for row in result.layers if every or row.differs]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("layer", "op", *result.models):
        table.add_column(plain(title), overflow="fold")
    for row in shown:
        cells = row.to_json()["cells"]
        table.add_row(plain(row.name), plain(row.op), *(cell_words(cell, cells[0]) for cell in cells))
    if shown:
        print_table(table, console)
    same = len(result.layers) - len(shown)
    if same:
        console.print(f"{same} layers are the same in all of them" + ("" if every else " (--all-layers shows them)"))


def cell_words(cell: dict[str, Any] | None, first: dict[str, Any] | None) -> str:
    """A layer in short: weights with the change against the first model, zeros, how it is stored."""
    if cell is None:
        return "none"
    weights = f"{cell['parameters']:,}"
    if first is not None and first["parameters"] and cell["parameters"] != first["parameters"]:
        weights += f" ({cell['parameters'] / first['parameters'] - 1:+.0%})"
    zeros = 1 - cell["nonzero"] / cell["parameters"] if cell["parameters"] else 0.0
    return ", ".join(
        filter(None, (weights, "/".join(cell["stored_as"]), f"{zeros:.0%} zeros" if zeros >= 0.005 else ""))
    )
