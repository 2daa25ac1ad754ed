"""Devices that became slower or faster than they were, and those that are unlike their sisters."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.drift import drift_words, read_drift
from ...viewmodels.query import Query
from ...viewmodels.saying import trouble
from ...widgets.layout import column
from ...widgets.sheets import Sheets
from ...widgets.text import Text


class DriftPanel(QWidget):
    """Asked when it is seen."""

    def __init__(self, query: Query, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query = query
        self.words = Text("muted", wrap=True)
        self.sheets = Sheets(style)
        self._rest = QWidget()
        whole = column(self.words, self.sheets, self._rest, gap=Space.M)
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        query.changed.connect(self.render_state)

    def ask(self) -> None:
        """Look again."""
        self.query.load()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask whenever it is seen: something may have been measured meanwhile."""
        super().showEvent(event)
        self.ask()

    def retranslate(self) -> None:
        """Set the texts."""
        self.render_state()

    def render_state(self) -> None:
        """Show the lists."""
        failure, document = self.query.failure, self.query.document
        failed = failure is not None and not self.query.loading
        found = read_drift(document).sheets if document is not None and not failed else ()
        if failure is not None and failed:
            words = trouble(failure)
        elif document is None:
            words = self.tr("Loading…")
        else:
            words = drift_words(document)
        self.words.setText(words)
        self.sheets.setVisible(bool(found))
        self._rest.setVisible(not found)
        self.sheets.show_sheets(found)
