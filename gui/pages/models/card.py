"""The card of a model."""

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.models import ModelFacts
from ...viewmodels.saying import said
from ...widgets.facts import Facts
from ...widgets.layout import Card, column, row
from ...widgets.text import Pill, ShrinkingText, Text
from ...widgets.tiles import Tiles


class ModelCard(Card):
    """Name, format, figures, tensors, warnings."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.name = ShrinkingText("card-title")
        self.format, self.precision = Pill("info"), Pill("idle")
        self.tiles, self.facts = Tiles(), Facts(shrinking=("SHA-256",))
        self.warnings = Text("caption", wrap=True)
        head = row(self.name, Space.XS, self.format, self.precision, None)
        self.setLayout(
            column(head, self.tiles, Space.XS, self.facts, self.warnings, margins=(Space.L, Space.M, Space.L, Space.M))
        )

    def show_model(self, name: str, facts: ModelFacts) -> None:
        """Show what is known."""
        self.name.show_text(name)
        self.format.setText(facts.format.upper())
        self.precision.setText(self.tr("Quantized") if facts.quantized else self.tr("Float"))
        self.tiles.show_values(
            [
                (wording.short_count(facts.parameters), self.tr("parameters")),
                (wording.short_count(facts.macs), self.tr("MACs per sample")),
                (wording.size(facts.size_bytes), self.tr("file size")),
                (wording.count(len(facts.layers)), self.tr("layers")),
            ]
        )
        self.facts.show_facts(
            [
                (self.tr("Inputs"), "\n".join(facts.inputs)),
                (self.tr("Outputs"), "\n".join(facts.outputs)),
                (self.tr("Operator set"), "" if facts.opset is None else str(facts.opset)),
                ("SHA-256", facts.sha256),
            ]
        )
        self.warnings.setText("\n".join(map(said, facts.warnings)))
        self.warnings.setVisible(bool(facts.warnings))
