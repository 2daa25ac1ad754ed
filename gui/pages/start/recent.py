"""Projects and models that were open lately, one click each."""

from collections.abc import Callable, Sequence
from pathlib import PurePath

from PySide6.QtWidgets import QGridLayout, QWidget

from ...theme.tokens import Space
from ...widgets.layout import Card, button, clear_layout, column
from ...widgets.text import ShrinkingText, Text

SHOWN = 5
Recent = tuple[str, Callable[[], object]]


class RecentCard(Card):
    """Their names with their places."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._title = Text("card-title")
        self._shown: list[str] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        self.setLayout(column(self._title, self._grid, margins=(Space.L, Space.M, Space.L, Space.M)))
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Recent"))

    def show_recent(self, found: Sequence[Recent]) -> None:
        """Offer these, the newest first."""
        wanted = list(found[:SHOWN])
        if [place for place, _ in wanted] == self._shown:
            return
        self._shown = [place for place, _ in wanted]
        clear_layout(self._grid)
        for number, (place, back) in enumerate(wanted):
            name, where = button(back), ShrinkingText("caption")
            name.setProperty("small", True)
            name.setText(PurePath(place).name or place)
            where.show_text(place)
            self._grid.addWidget(name, number, 0)
            self._grid.addWidget(where, number, 1)
