"""A row of tabs over a stack; each tab is told when it is seen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from ..theme.tokens import Space
from .layout import column


class Tabs(QWidget):
    """Widgets of which one is shown; the names come from ``retranslate`` of the owner."""

    changed = Signal(int)

    def __init__(self, widgets: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.stack = QStackedWidget()
        for widget in widgets:
            self.bar.addTab("")
            self.stack.addWidget(widget)
        inside = column(self.bar, self.stack, gap=Space.M)
        inside.setStretch(1, 1)
        self.setLayout(inside)
        self.bar.currentChanged.connect(self._show)

    def name(self, *names: str) -> None:
        """Set the names."""
        for number, words in enumerate(names):
            self.bar.setTabText(number, words)

    def _show(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.changed.emit(number)
