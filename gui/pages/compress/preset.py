"""What a preset tries: its candidates, in the order of how much they change."""

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.rows import ColumnSpec, RowsModel
from ...viewmodels.saying import said
from ...viewmodels.techniques import CandidateRecipe
from ...viewmodels.wizard import WizardModel
from ...widgets.layout import Card, column
from ...widgets.table import Table
from ...widgets.text import Text


class PresetCard(Card):
    """Shown in place of a recipe while a preset is chosen."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self._title, self._hint = Text("card-title"), Text("muted", wrap=True)
        columns = (
            ColumnSpec[CandidateRecipe]("name", lambda: self.tr("Candidate"), lambda item: item.name),
            ColumnSpec[CandidateRecipe]("why", lambda: self.tr("What it changes"), lambda item: said(item.why)),
            ColumnSpec[CandidateRecipe]("steps", lambda: self.tr("Steps"), self._steps),
        )
        self.rows: RowsModel[CandidateRecipe] = RowsModel(columns, lambda item: item.name, self)
        self.table = Table(self.rows, style, wide=2)
        inside = column(self._title, self._hint, self.table, gap=Space.M, margins=(Space.L, Space.M, Space.L, Space.L))
        inside.setStretch(2, 1)
        self.setLayout(inside)

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Candidates, the gentlest first"))
        self._hint.setText(
            self.tr(
                "Estimates rule out what cannot win. The rest is compressed and measured on the devices, and the best"
                " within your limits is picked, with its reasons. Everything that was made stays in the project."
            )
        )
        self.table.setAccessibleName(self.tr("Candidates, the gentlest first"))
        self.rows.retranslate()

    def _steps(self, item: CandidateRecipe) -> str:
        """The techniques of a candidate by their names."""
        cards = [(id_, self._model.card(id_)) for id_ in item.techniques]
        return " → ".join(id_ if card is None else said(card.name) for id_, card in cards)

    def render_state(self) -> None:
        """Show the candidates of the chosen preset."""
        catalogue, preset = self._model.catalogue, self._model.state.preset
        wanted = () if catalogue is None or preset is None else catalogue.candidates.get(preset, ())
        if tuple(self.rows.rows) != wanted:
            self.rows.show(wanted)
