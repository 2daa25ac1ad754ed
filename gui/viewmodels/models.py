"""The models a person opened, and what is in the one that is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from . import documents, wording
from .heat import Heat, HeatColumn
from .query import Query
from .rows import ColumnSpec, RowsModel, numbers
from .selection import Selection
from .session import Session

SAMPLES = ("sample:fashion-resnet", "sample:fashion-mobilenet")
SUFFIXES = (".onnx", ".tflite", ".pt2", ".pt", ".pth", ".keras", ".h5", ".safetensors")
MAX_RECENT = 12
SPARSITIES, BITS = (0.5, 0.8, 0.9), (8, 4, 2)
CHANGES = (*(("sparsity", share) for share in SPARSITIES), *(("bits", float(width)) for width in BITS))
"""What is done to a layer alone to see what it bears: a share of its weights becomes zero, or all have so many bits."""
ZEROS, FEW_BITS = CHANGES.index(("sparsity", 0.8)), CHANGES.index(("bits", 4.0))
FULL_POINTS = 20.0
"""So many points lost have the darkest colour, as in the picture the command line writes."""


def welcome(path: Path) -> tuple[str, str]:
    """What would happen with a dropped file, and why it is not taken; what is in it is the engine's to judge."""
    if path.is_dir():
        return "", QCoreApplication.translate("Models", "{0} is a folder: drop one model file.").format(path.name)
    if path.suffix.lower() not in SUFFIXES:
        words = QCoreApplication.translate("Models", "{0} is no model file. These are: {1}")
        return "", words.format(path.name, " ".join(SUFFIXES))
    return QCoreApplication.translate("Models", "Drop it to open {0}").format(path.name), ""


@dataclass(frozen=True)
class LayerRow:
    """One layer; shares are of the whole model, 0..1."""

    number: int
    name: str
    op: str
    parameters: int
    macs: int | None
    shape: str
    parameter_share: float
    macs_share: float | None
    lost: tuple[float | None, ...] = (None,) * len(CHANGES)
    """Percentage points lost when this layer alone is changed, for each of the CHANGES."""


@dataclass(frozen=True)
class ModelFacts:
    """What the engine says of a model file."""

    format: str
    quantized: bool
    parameters: int | None
    macs: int | None
    size_bytes: int | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    sha256: str
    opset: int | None
    warnings: tuple[str, ...]
    layers: tuple[LayerRow, ...]


def read_model(document: Mapping[str, Any]) -> ModelFacts:
    """The document of ``flyweight inspect --json``."""
    parameters, macs = documents.whole(document.get("parameters")), documents.whole(document.get("macs"))
    layers = documents.objects(document.get("layers"))
    return ModelFacts(
        format=documents.text(document.get("format")),
        quantized=document.get("quantized") is True,
        parameters=parameters,
        macs=macs,
        size_bytes=documents.whole(document.get("size_bytes")),
        inputs=tuple(map(_tensor, documents.objects(document.get("inputs")))),
        outputs=tuple(map(_tensor, documents.objects(document.get("outputs")))),
        sha256=documents.text(document.get("sha256")),
        opset=documents.whole(document.get("opset")),
        warnings=documents.texts(document.get("warnings")),
        layers=tuple(_layer(n, item, parameters, macs) for n, item in enumerate(layers, 1)),
    )


def _layer(number: int, item: Mapping[str, Any], parameters: int | None, macs: int | None) -> LayerRow:
    own, work = documents.whole(item.get("parameters")) or 0, documents.whole(item.get("macs"))
    return LayerRow(
        number,
        documents.text(item.get("name")),
        documents.text(item.get("op")),
        own,
        work,
        _shape(item.get("output_shape")),
        own / parameters if parameters else 0.0,
        None if work is None or not macs else work / macs,
    )


def _tensor(item: Mapping[str, Any]) -> str:
    shape = _shape(item.get("shape"))
    return " ".join(filter(None, (documents.text(item.get("name")), shape, documents.text(item.get("dtype")))))


def _shape(value: object) -> str:
    if not isinstance(value, list):
        return ""
    return " × ".join("N" if documents.whole(size) is None else str(documents.whole(size)) for size in value)


def layer_columns() -> tuple[ColumnSpec[LayerRow], ...]:
    """Columns of the table of layers."""
    return (
        numbers(
            "number",
            lambda: QCoreApplication.translate("Models", "No."),
            lambda row: row.number,
            str,
        ),
        ColumnSpec("name", lambda: QCoreApplication.translate("Models", "Layer"), lambda row: row.name),
        ColumnSpec("op", lambda: QCoreApplication.translate("Models", "Operator"), lambda row: row.op),
        ColumnSpec("shape", lambda: QCoreApplication.translate("Models", "Output"), lambda row: row.shape),
        numbers(
            "parameters",
            lambda: QCoreApplication.translate("Models", "Parameters"),
            lambda row: row.parameters,
            wording.count,
        ),
        numbers(
            "parameter_share",
            lambda: QCoreApplication.translate("Models", "Share"),
            lambda row: row.parameter_share,
            wording.share,
            lambda: QCoreApplication.translate("Models", "Share of all parameters of the model"),
        ),
        numbers(
            "macs",
            lambda: QCoreApplication.translate("Models", "MACs"),
            lambda row: row.macs,
            wording.count,
            lambda: QCoreApplication.translate("Models", "Multiply-accumulates for one sample"),
        ),
        numbers(
            "macs_share",
            lambda: QCoreApplication.translate("Models", "Share of MACs"),
            lambda row: row.macs_share,
            wording.share,
        ),
        ColumnSpec(
            "lost_zeros",
            lambda: QCoreApplication.translate("Models", "80 % zeros"),
            lambda row: _lost(row.lost[ZEROS]),
            key=lambda row: row.lost[ZEROS],
            number=True,
            explanation=lambda: QCoreApplication.translate(
                "Models", "Percentage points lost when 80 % of the weights of this layer alone are zero"
            ),
        ),
        ColumnSpec(
            "lost_bits",
            lambda: QCoreApplication.translate("Models", "4 bits"),
            lambda row: _lost(row.lost[FEW_BITS]),
            key=lambda row: row.lost[FEW_BITS],
            number=True,
            explanation=lambda: QCoreApplication.translate(
                "Models", "Percentage points lost when the weights of this layer alone have 4 bits"
            ),
        ),
    )


def module_name(layer: str) -> str:
    """The name a layer has in a network, from the one of its operator in an ONNX file.

    >>> module_name("/stages/stages.1/shortcut/shortcut.0/Conv")
    'stages.1.shortcut.0'
    """
    if not layer.startswith("/"):
        return layer
    parts = layer.split("/")[1:-1]
    return ".".join(p for p, after in zip(parts, [*parts[1:], ""], strict=True) if not after.startswith(p + "."))


def read_sensitivity(document: Mapping[str, Any]) -> dict[str, tuple[float | None, ...]]:
    """Layer -> points lost for each of the CHANGES; from ``flyweight sensitivity --json``."""
    untouched = documents.number(documents.object_(document.get("untouched")).get("accuracy"))
    found: dict[str, list[float | None]] = {}
    for item in documents.objects(document.get("rows")):
        change = (documents.text(item.get("change")), documents.number(item.get("amount")))
        accuracy = documents.number(item.get("accuracy"))
        if accuracy is None or untouched is None or change not in CHANGES:
            continue
        lost = found.setdefault(documents.text(item.get("layer")), [None] * len(CHANGES))
        lost[CHANGES.index(change)] = 100 * (untouched - accuracy)
    return {layer: tuple(lost) for layer, lost in found.items()}


def change_name(kind: str, amount: float) -> str:
    """What was done to a layer, in words."""
    if kind == "sparsity":
        return QCoreApplication.translate("Models", "{0} % zeros").format(wording.number(100 * amount, 0))
    return QCoreApplication.translate("Models", "{0} bits").format(f"{amount:g}")


def heat(layers: Sequence[LayerRow]) -> Heat:
    """What each layer lost, as a heat map: a column for every layer that was changed, a row for every change."""
    columns = tuple(
        HeatColumn(str(row.number), str(row.number), row.lost) for row in layers if any(v is not None for v in row.lost)
    )
    return Heat(columns, tuple(change_name(*change) for change in CHANGES) if columns else (), FULL_POINTS)


def lost_words(row: LayerRow, change: int) -> str:
    """What one layer lost by one change, as a sentence."""
    points, words = row.lost[change], change_name(*CHANGES[change])
    if points is None:
        told = QCoreApplication.translate("Models", "{0}, {1}: not measured")
        return told.format(row.name, words)
    told = (
        QCoreApplication.translate("Models", "{0}, {1}: {2} points gained")
        if points < 0
        else QCoreApplication.translate("Models", "{0}, {1}: {2} points lost")
    )
    return told.format(row.name, words, wording.number(abs(points), 1))


def _lost(value: float | None) -> str:
    return wording.NO_VALUE if value is None else wording.number(value, 1)


class ModelsModel(QObject):
    """Asks the engine about one model after the other."""

    changed = Signal()
    opened = Signal(str)  # source of a model that could be read

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.query = Query(session, "inspect", self)
        self.layers: RowsModel[LayerRow] = RowsModel(layer_columns(), lambda row: str(row.number), self)
        self.selection = Selection(self)
        self.source = ""
        self.recent: list[str] = []
        self.facts: ModelFacts | None = None
        self.sensitivity = Query(session, "sensitivity", self)
        self.query.answered.connect(self._answered)
        self.sensitivity.answered.connect(self._sensed)
        for query in (self.query, self.sensitivity):
            query.changed.connect(self.changed)

    @property
    def name(self) -> str:
        """Name of the model for people."""
        return PurePath(self.source).name

    def open(self, source: str) -> None:
        """Look into a file, ``sample:NAME`` or ``module:factory``."""
        self.source, self.facts = source, None
        self.selection.select([])
        self.sensitivity.cancel()
        self.sensitivity.forget()
        self.query.forget()
        self.query.load(model=source)

    def again(self) -> None:
        """Ask once more."""
        if self.source:
            self.open(self.source)

    @property
    def sensed(self) -> bool:
        """True when the sensitivity of the layers is known."""
        return self.facts is not None and bool(heat(self.facts.layers).columns)

    @property
    def sensed_samples(self) -> int | None:
        """How many samples were looked at for it."""
        untouched = documents.object_((self.sensitivity.document or {}).get("untouched"))
        return documents.whole(untouched.get("n"))

    def sense(self, data: str) -> None:
        """Measure how much each layer minds being changed, on this data."""
        self.sensitivity.load(model=self.source, data=data, sparsities=list(SPARSITIES), bits=list(BITS))

    def _sensed(self) -> None:
        if self.facts is None or self.sensitivity.arguments.get("model") != self.source:
            return
        lost = read_sensitivity(self.sensitivity.document or {})
        rows = []
        for row in self.facts.layers:
            known = lost.get(row.name) or lost.get(module_name(row.name)) or (None,) * len(CHANGES)
            rows.append(replace(row, lost=known))
        self.facts = replace(self.facts, layers=tuple(rows))
        self.layers.show(rows)

    def _answered(self) -> None:
        document = self.query.document
        if document is None or self.query.arguments.get("model") != self.source:
            return
        self.facts = read_model(document)
        self.layers.show(self.facts.layers)
        self.recent = [self.source, *(item for item in self.recent if item != self.source)][:MAX_RECENT]
        self.opened.emit(self.source)
