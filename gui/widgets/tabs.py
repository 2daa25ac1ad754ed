"""A row of tabs over a stack; each tab is told when it is seen."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from ..theme.tokens import Space
from .layout import column


class Tabs(QWidget):
    """Widgets of which one is shown; the names come from ``retranslate`` of the owner.

    What is given as a function is built when its tab is shown for the first time.
    """

    changed = Signal(int)

    def __init__(self, widgets: Sequence[QWidget | Callable[[], QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.stack = QStackedWidget()
        self._builders: dict[int, Callable[[], QWidget]] = {}
        self._widgets: list[QWidget] = []
        for number, widget in enumerate(widgets):
            self.bar.addTab("")
            if not isinstance(widget, QWidget):
                self._builders[number] = widget
                widget = QWidget()
            self._widgets.append(widget)
            self.stack.addWidget(widget)
        inside = column(self.bar, self.stack, gap=Space.M)
        inside.setStretch(1, 1)
        self.setLayout(inside)
        self.bar.currentChanged.connect(self._show)

    def name(self, *names: str) -> None:
        """Set the names."""
        for number, words in enumerate(names):
            self.bar.setTabText(number, words)

    def built(self, number: int) -> bool:
        """Whether this one is there already."""
        return number not in self._builders

    def widget(self, number: int) -> QWidget:
        """The widget of a tab, built where it is not there yet."""
        if number in self._builders:
            made, place = self._builders.pop(number)(), self._widgets[number]
            self._widgets[number] = made
            self.stack.insertWidget(number, made)
            self.stack.removeWidget(place)
            place.deleteLater()
        return self._widgets[number]

    def _show(self, number: int) -> None:
        self.widget(number)
        self.stack.setCurrentIndex(number)
        self.changed.emit(number)
