"""Which variant for which board: the fewest variants that are surely fast enough everywhere."""

from PySide6.QtWidgets import QLineEdit, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.knowledge import CoverRow, cover_columns, cover_words, read_cover
from ...viewmodels.query import Query
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import trouble
from ...widgets.layout import button, column, row
from ...widgets.table import Table
from ...widgets.text import Text

FIELD_PIXELS = 72


class CoverPanel(QWidget):
    """Two limits, a sentence, a table."""

    def __init__(self, query: Query, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query = query
        self.latency, self.points = QLineEdit("10"), QLineEdit("1")
        self._names = [Text("muted") for _ in range(3)]
        for field in (self.latency, self.points):
            field.setFixedWidth(FIELD_PIXELS)
            field.returnPressed.connect(self.ask)
            field.textChanged.connect(lambda _: self.render_state())
        self.find_button = button(self.ask)
        self.words = Text("muted", wrap=True)
        self.rows: RowsModel[CoverRow] = RowsModel(cover_columns(), lambda item: item.board, self)
        self.table = Table(self.rows, style)
        before, between, behind = self._names
        line = row(before, self.latency, between, self.points, behind, Space.S, self.find_button, None)
        self._rest = QWidget()
        whole = column(line, self.words, self.table, self._rest, gap=Space.M)
        whole.setStretch(2, 1)
        whole.setStretch(3, 1)
        self.setLayout(whole)
        query.answered.connect(lambda: self.rows.show(read_cover(query.document)))
        query.changed.connect(self.render_state)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Milliseconds and points; None where something else was typed."""
        try:
            latency, points = float(self.latency.text()), float(self.points.text())
        except ValueError:
            return None
        return (latency, points) if latency > 0 and points >= 0 else None

    def ask(self) -> None:
        """Look for the fewest variants."""
        if self.limits is not None:
            self.query.load(max_latency_ms=self.limits[0], max_loss_points=self.limits[1])

    def retranslate(self) -> None:
        """Set the texts."""
        words = (self.tr("At most"), self.tr("ms, and at most"), self.tr("points of accuracy lost"))
        for label, text in zip(self._names, words, strict=True):
            label.setText(text)
        self.latency.setAccessibleName(self.tr("Latency at most, in milliseconds"))
        self.points.setAccessibleName(self.tr("Points of accuracy lost at most"))
        self.find_button.setText(self.tr("Find the fewest"))
        self.table.setAccessibleName(self.tr("Which variant for which board"))
        self.rows.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what was found."""
        document, failure = self.query.document, self.query.failure
        if self.limits is None:
            words = self.tr("Both limits are numbers.")
        elif self.query.loading:
            words = self.tr("Loading…")
        elif failure is not None:
            words = trouble(failure)
        elif document is None:
            words = self.tr("Finds the fewest variants that are surely fast enough on every board that was measured.")
        else:
            words = cover_words(document)
        self.words.setText(words)
        self.find_button.setEnabled(self.limits is not None and not self.query.loading)
        shows = document is not None and failure is None
        self.table.setVisible(shows)
        self._rest.setVisible(not shows)
