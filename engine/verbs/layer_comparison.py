"""The verb ``compare_layers``: two to four variants side by side, layer by layer."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..evaluate.layers import Part, figures, matched, parts
from ..events import Cancel, Emit, Stage, ignore
from ..records import Format
from ..workspace import Workspace
from .evaluation import locate

MOST = 4


@dataclass(frozen=True)
class LayerRow:
    """A layer and what it is in each of the models; None where a model has none that matches."""

    name: str
    op: str
    cells: tuple[Part | None, ...]

    @property
    def differs(self) -> bool:
        """Whether it is not the same in all of them."""
        shown = [None if part is None else figures(part) for part in self.cells]
        return any(item != shown[0] for item in shown[1:])

    def to_json(self) -> dict[str, Any]:
        """One entry of ``layers``."""
        cells = [None if part is None else figures(part) for part in self.cells]
        return {"layer": self.name, "op": self.op, "differs": self.differs, "cells": cells}


@dataclass(frozen=True)
class LayersCompared:
    """Models in the order they were named, and their layers in the order of the first."""

    models: tuple[str, ...]
    layers: tuple[LayerRow, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight compare --layers --json``."""
        return {"models": list(self.models), "layers": [item.to_json() for item in self.layers]}


def compare_layers(
    models: Sequence[str], *, project: str | Path | None = None, emit: Emit = ignore, cancel: Cancel | None = None
) -> LayersCompared:
    """What each layer is in each of two to four models: weights, zeros, how they are stored, MACs, shape of its output.

    Layers are matched with those of the first model, by name, else by order; layers that the first does not have (of a
    factorised one, for example) follow at the end. Nothing is run, so no data is needed.

    Args:
        models: ids or names of variants, or ONNX files.

    Raises:
        UsageError: fewer than two or more than four, or one that is no ONNX file.
    """
    import onnx

    if not 2 <= len(models) <= MOST:
        raise UsageError(
            "bad-count",
            f"{len(models)} models cannot be compared layer by layer",
            f"name two to {MOST} variants or ONNX files",
        )
    workspace, found = Workspace.find(project), []
    with tempfile.TemporaryDirectory() as folder:
        for number, model in enumerate(models):
            if cancel is not None:
                cancel.check()
            emit(Stage("compare", model))
            place = locate(model, workspace, None, Path(folder) / str(number))
            if place.format is not Format.ONNX:
                raise UsageError("not-onnx", f"'{model}' is a {place.format} file", "compare variants in ONNX form")
            found.append(parts(onnx.load(str(place.path))))
    return LayersCompared(tuple(models), tuple(aligned(found)))


def aligned(models: Sequence[tuple[Part, ...]]) -> list[LayerRow]:
    """Rows of layers that belong together."""
    first = models[0]
    beside = [matched(first, other) for other in models[1:]]
    rows = [
        LayerRow(part.layer.name, part.layer.op, (part, *(pairs[number][1] for pairs in beside)))
        for number, part in enumerate(first)
    ]
    more: dict[str, list[Part | None]] = {}
    for number, other in enumerate(models[1:], 1):
        used = {id(part) for _, part in beside[number - 1]}
        for part in other:
            if id(part) not in used:
                more.setdefault(part.layer.name, [None] * len(models))[number] = part
    for name, cells in more.items():
        op = next(part.layer.op for part in cells if part is not None)
        rows.append(LayerRow(name, op, tuple(cells)))
    return rows
