"""After a run: what was gained in three numbers per network, and the table of all variants."""

from PySide6.QtWidgets import QGridLayout, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.documents import Interval
from ...viewmodels.results import ResultRow
from ...viewmodels.saying import said
from ...viewmodels.start import StartModel
from ...widgets.layout import Card, column, row
from ...widgets.table import Table
from ...widgets.text import Text


class GainCard(Card):
    """One network and its recommended variant."""

    def __init__(self, model: str, best: ResultRow | None, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        title, name = Text("card-title"), Text("caption")
        title.setText(model)
        head = row(title, Space.XS, name, None)
        if best is None:
            name.setText(self.tr("No variant is surely faster within one point in this run."))
            self.setLayout(column(head, margins=(Space.L, Space.M, Space.L, Space.M)))
            return
        name.setText(self.tr("recommended: {0}").format(best.name))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.XXL)
        grid.setVerticalSpacing(0)
        for number, (value, unit) in enumerate(self._gains(best)):
            metric, caption = Text("metric"), Text("caption")
            metric.setText(value)
            caption.setText(unit)
            metric.setAccessibleName(f"{value} {unit}")
            grid.addWidget(metric, 0, number)
            grid.addWidget(caption, 1, number)
        grid.setColumnStretch(3, 1)
        self.setLayout(column(head, grid, margins=(Space.L, Space.M, Space.L, Space.M)))

    def _gains(self, best: ResultRow) -> list[tuple[str, str]]:
        times = [
            (best.smaller, self.tr("smaller, packed")),
            (best.speedup, self.tr("faster")),
        ]
        gains = [(wording.number(value, 1) + "×", unit) for value, unit in times if value is not None]
        if best.lost_points is not None:
            gains.append((wording.number(abs(best.lost_points), 1), self._change(best.lost_points, best.lost_ci95)))
        return gains

    def _change(self, lost: float, interval: Interval | None) -> str:
        """A change counts as one only where its interval leaves zero out."""
        if interval is None or interval[0] <= 0 <= interval[1]:
            return self.tr("points of change, within the noise")
        return self.tr("points lost") if lost > 0 else self.tr("points gained")


class GainedState(QWidget):
    """Cards above, table below."""

    def __init__(self, model: StartModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._shown: object = None
        self.cards: list[GainCard] = []
        self._cards_row = row(gap=Space.M)
        self.table = Table(model.table, style)
        self._title, self._conditions = Text("card-title"), Text("caption")
        self.notes = Text("caption", wrap=True)
        below = Card()
        below.setLayout(
            column(
                row(self._title, Space.XS, self._conditions, None),
                self.table,
                self.notes,
                margins=(Space.L, Space.M, Space.L, Space.M),
            )
        )
        whole = column(self._cards_row, below, gap=Space.M)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Variants"))
        self.table.setAccessibleName(self.tr("Variants"))
        self._shown = None
        self._model.table.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says; the cards are made anew only for new results."""
        results = self._model.results
        if results is None or results is self._shown:
            return
        self._shown = results
        for card in self.cards:
            self._cards_row.removeWidget(card)
            card.deleteLater()
        self.cards = [GainCard(name, results.recommended(name)) for name in results.models]
        for card in self.cards:
            self._cards_row.addWidget(card, 1)
        self.table.setColumnHidden(self._model.table.column("model"), len(results.models) < 2)
        self.notes.setText("\n".join(map(said, results.notes)))
        self.notes.setVisible(bool(results.notes))
        parts = [said(results.board)]
        if results.threads is not None:
            one = results.threads == 1
            parts.append(self.tr("1 thread") if one else self.tr("{0} threads").format(results.threads))
        if results.runs is not None:
            parts.append(self.tr("at least {0} predictions each, interleaved").format(results.runs))
        self._conditions.setText(" · ".join(filter(None, parts)))
