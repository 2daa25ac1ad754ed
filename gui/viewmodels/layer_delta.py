"""Variants side by side, layer by layer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .rows import ColumnSpec

TELLING = 0.005


@dataclass(frozen=True)
class LayerDelta:
    """One layer; a cell and a number for each variant, None where it has no such layer."""

    layer: str
    op: str
    differs: bool
    cells: tuple[str, ...]
    weights: tuple[int | None, ...]


def read_layers(document: Mapping[str, Any] | None) -> list[LayerDelta]:
    """The document of ``flyweight compare --layers --json``."""
    rows = []
    for item in documents.objects((document or {}).get("layers")):
        found = item.get("cells")
        cells = [documents.object_(cell) for cell in found] if isinstance(found, list) else []
        weights = tuple(documents.whole(cell.get("parameters")) for cell in cells)
        rows.append(
            LayerDelta(
                documents.text(item.get("layer")),
                documents.text(item.get("op")),
                item.get("differs") is True,
                tuple(_words(cell, weights[0]) for cell in cells),
                weights,
            )
        )
    return rows


def _words(cell: Mapping[str, Any], first: int | None) -> str:
    weights, nonzero = documents.whole(cell.get("parameters")), documents.whole(cell.get("nonzero"))
    if weights is None:
        return QCoreApplication.translate("Layers", "none")
    shown = wording.count(weights)
    if first and weights != first:
        shown += f" ({100 * (weights / first - 1):+.0f} %)"
    zeros = 0.0 if nonzero is None or not weights else 1 - nonzero / weights
    share = QCoreApplication.translate("Layers", "{0} % zeros").format(round(100 * zeros)) if zeros >= TELLING else ""
    return " · ".join(filter(None, (shown, "/".join(documents.texts(cell.get("stored_as"))), share)))


def delta_columns(names: Sequence[str]) -> tuple[ColumnSpec[LayerDelta], ...]:
    """The layer, its operator, and a column for each variant."""
    return (
        ColumnSpec("layer", lambda: QCoreApplication.translate("Layers", "Layer"), lambda row: row.layer),
        ColumnSpec("op", lambda: QCoreApplication.translate("Layers", "Operator"), lambda row: row.op),
        *(
            ColumnSpec(f"variant{number}", _named(name), _cell(number), key=_weights(number))
            for number, name in enumerate(names)
        ),
    )


def _named(name: str) -> Callable[[], str]:
    return lambda: name


def _cell(number: int) -> Callable[[LayerDelta], str]:
    return lambda row: row.cells[number] if number < len(row.cells) else wording.NO_VALUE


def _weights(number: int) -> Callable[[LayerDelta], int | None]:
    return lambda row: row.weights[number] if number < len(row.weights) else None
