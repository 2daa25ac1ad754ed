"""What each technique changed on each measured device: a line for every variant and device."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.effect_map import read_effects
from ...viewmodels.query import Query
from ...viewmodels.saying import trouble
from ...widgets.layout import column, row
from ...widgets.search import SearchField
from ...widgets.sheets import Sheets
from ...widgets.text import Text


class EffectsPanel(QWidget):
    """Asked when it is seen."""

    def __init__(self, query: Query, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query = query
        self.words = Text("muted", wrap=True)
        self.search = SearchField(self._filter)
        self.sheets = Sheets(style)
        head = row(self.words, self.search)
        head.setStretch(0, 1)
        self._rest = QWidget()
        whole = column(head, self.sheets, self._rest, gap=Space.M)
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        query.changed.connect(self.render_state)

    @property
    def _document(self) -> Mapping[str, Any] | None:
        return None if self.query.failure is not None and not self.query.loading else self.query.document

    def ask(self) -> None:
        """Ask for the map again."""
        self.query.load()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask whenever it is seen: something may have been made or measured meanwhile."""
        super().showEvent(event)
        self.ask()

    def retranslate(self) -> None:
        """Set the texts."""
        self.search.setPlaceholderText(self.tr("Filter"))
        self.search.setAccessibleName(self.tr("Filter by technique, variant or device"))
        self.render_state()

    def render_state(self) -> None:
        """Show the map."""
        failure, document = self.query.failure, self._document
        if failure is not None and not self.query.loading:
            words = trouble(failure)
        elif document is None:
            words = self.tr("Loading…")
        else:
            words = self.tr(
                "Original divided by variant: above 1 is smaller or faster. Speed with its 95 % interval; a recipe of "
                "several steps is a line of its own."
            )
        self.words.setText(words)
        self.sheets.setVisible(document is not None)
        self._rest.setVisible(document is None)
        if document is not None:
            self.sheets.show_sheets([read_effects(document)])
            self._filter(self.search.text())

    def _filter(self, needle: str) -> None:
        for view in self.sheets.views:
            view.rows.filter(needle)
