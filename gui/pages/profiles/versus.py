"""Two boards or devices beside each other: the bundles both were measured with."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import documents
from ...viewmodels.knowledge import RatioRow, ratio_columns, ratio_points, read_ratios
from ...viewmodels.query import Query
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import trouble
from ...viewmodels.selection import Selection
from ...widgets.layout import column, row
from ...widgets.plots import IntervalPlot
from ...widgets.table import Table
from ...widgets.text import Text


class VersusPanel(QWidget):
    """Two choices, a plot of ratios, a table."""

    def __init__(self, query: Query, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query = query
        self.selection = Selection(self)
        self.first, self.second = QComboBox(), QComboBox()
        self._against = Text("muted")
        for box in (self.first, self.second):
            box.setMinimumWidth(200)
            box.activated.connect(lambda _: self.ask())
        self.rows: RowsModel[RatioRow] = RowsModel(
            ratio_columns(self.tr("First"), self.tr("Second")), lambda item: item.id, self
        )
        self.words = Text("muted", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)  # below the choices where nothing else is shown
        self.plot = IntervalPlot(style, lambda id_: self.selection.select([id_]))
        self.table = Table(self.rows, style, self.selection)
        whole = column(
            row(self.first, self._against, self.second, None), self.words, self.plot, self.table, gap=Space.M
        )
        whole.setStretch(2, 2)
        whole.setStretch(3, 3)
        self.setLayout(whole)
        query.answered.connect(lambda: self.rows.show(read_ratios(query.document)))
        query.changed.connect(self.render_state)
        self.selection.changed.connect(self.render_state)

    def show_names(self, names: list[str]) -> None:
        """Boards and devices that can be chosen."""
        if [self.first.itemText(n) for n in range(self.first.count())] == names:
            return
        for place, box in enumerate((self.first, self.second)):
            chosen = box.currentText()
            box.clear()
            box.addItems(names)
            box.setCurrentIndex(names.index(chosen) if chosen in names else min(place, len(names) - 1))
        self.render_state()

    def ask(self) -> None:
        """Compare the two that are chosen."""
        a, b = self.first.currentText(), self.second.currentText()
        if a and b and a != b:
            self.rows.columns = ratio_columns(a, b)
            self.rows.retranslate()
            self.query.load(a=a, b=b)
        else:
            self.query.forget()

    def retranslate(self) -> None:
        """Set the texts."""
        self._against.setText(self.tr("against"))
        self.first.setAccessibleName(self.tr("The first board or device"))
        self.second.setAccessibleName(self.tr("The second board or device"))
        self.table.setAccessibleName(self.tr("Boards beside each other"))
        self.plot.setAccessibleName(self.tr("Speed-up of each variant with its interval"))
        self.rows.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what is known."""
        document, failure = self.query.document, self.query.failure
        shows = document is not None and not (failure is not None and not self.query.loading)
        stale = len(documents.objects((document or {}).get("stale")))
        if self.query.loading:
            words = self.tr("Loading…")
        elif failure is not None:
            words = trouble(failure)
        elif document is None and self.first.count() < 2:
            words = self.tr("One board was measured so far: measure the same bundles on a second one to compare them.")
        elif document is None:
            words = self.tr("Choose two boards or devices that were measured with the same bundles.")
        elif stale == 1:
            words = self.tr("Above 1× the second is faster. 1 reading is stale and left out.")
        elif stale:
            words = self.tr("Above 1× the second is faster. {0} readings are stale and left out.").format(stale)
        else:
            words = self.tr("Above 1× the second is faster.")
        self.words.setText(words)
        for part in (self.plot, self.table):
            part.setVisible(shows)
        points = ratio_points(list(self.rows.rows))
        self.plot.show_values(points, self.selection.first, self.tr("Speed-up (×)   better →"))
