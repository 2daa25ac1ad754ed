"""What each layer bears, as a heat map beside the model: layers side by side, changes below each other."""

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.models import FULL_POINTS, ModelsModel, heat, lost_words
from ...widgets.heat import HeatMap, HeatScale
from ...widgets.layout import Card, column, row
from ...widgets.text import ShrinkingText, Text


class SensitivityCard(Card):
    """Shows what a :class:`ModelsModel` knows of it, and shares its selection; hidden while nothing is known."""

    def __init__(self, model: ModelsModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self._title, self.words = Text("card-title"), ShrinkingText("caption")
        self.scale, self.map = HeatScale(style), HeatMap(style, self._say)
        self.setLayout(
            column(
                row(self._title, None, self.scale),
                self.words,
                self.map,
                gap=Space.XS,
                margins=(Space.L, Space.M, Space.L, Space.S),
            )
        )
        self.map.told.connect(self._tell)
        self.map.picked.connect(lambda id_: model.selection.select([id_]))
        model.selection.changed.connect(self.render_state)

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Sensitivity"))
        self.map.setAccessibleName(self.tr("Sensitivity of the layers"))
        self.map.setToolTip(self.tr("Points lost when a layer alone is changed"))
        full = wording.number(FULL_POINTS, 0)
        self.scale.show_ends("0", self.tr("{0} points or more").format(full))

    def render_state(self) -> None:
        """Show what is known."""
        facts = self._model.facts
        found = heat(() if facts is None else facts.layers)
        self.map.show_heat(found, self._model.selection.first)
        self.setVisible(bool(found.columns))

    def _say(self, column: int, change: int) -> str:
        """One cell in words."""
        facts, id_ = self._model.facts, self.map.heat.columns[column].id
        layers = () if facts is None else facts.layers
        return next((lost_words(layer, change) for layer in layers if str(layer.number) == id_), "")

    def _tell(self, words: str) -> None:
        if not words:
            words, samples = self.tr("points lost when a layer alone is changed"), self._model.sensed_samples
            if samples is not None:
                looked_at = self.tr("{0} samples")
                words = f"{words} · {looked_at.format(wording.count(samples))}"
        self.words.show_text(words)
