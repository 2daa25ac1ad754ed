"""A list with ticks that may be long: a field that filters it, and one button that ticks what is shown."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget
from shiboken6 import isValid

from .layout import button, column, row

MANY = 12
"""Rows from which on there is something to filter."""


class Sieve(QWidget):
    """Holds the list; rows that are filtered out keep their ticks."""

    def __init__(self, box: QListWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = box
        self.needle = QLineEdit()
        self.needle.setClearButtonEnabled(True)
        self.needle.textChanged.connect(lambda: self._sift())
        self.all_button = button(self._tick_all)
        self.all_button.setProperty("small", True)
        self.bar = QWidget()
        line = row(self.needle, self.all_button)
        line.setStretch(0, 1)
        self.bar.setLayout(line)
        inside = column(self.bar, box)
        inside.setStretch(1, 1)
        self.setLayout(inside)
        for happened in (box.model().rowsInserted, box.model().rowsRemoved, box.model().modelReset):
            happened.connect(lambda *_: self._changed(self._sift))
        box.model().dataChanged.connect(lambda *_: self._changed(self._name))
        self._retranslate()
        self._sift()

    @property
    def shown(self) -> list[QListWidgetItem]:
        """The rows that are not filtered out."""
        items = (self.box.item(number) for number in range(self.box.count()))
        return [item for item in items if not item.isHidden()]

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.needle.setPlaceholderText(self.tr("Filter"))
        self.needle.setAccessibleName(self.tr("Filter"))
        self._name()

    def _changed(self, then: Callable[[], None]) -> None:
        """The rows changed; those of a list that is being deleted go, too, and nobody looks at them."""
        if isValid(self) and isValid(self.box):
            then()

    def _sift(self) -> None:
        many = self.box.count() > MANY
        self.bar.setVisible(many)
        wanted = self.needle.text().casefold().split() if many else []
        for number in range(self.box.count()):
            item = self.box.item(number)
            words = item.text().casefold()
            item.setHidden(not all(word in words for word in wanted))
        self._name()

    def _name(self) -> None:
        """What the button does next."""
        self.all_button.setText(self.tr("None") if self._all_ticked() else self.tr("All"))
        self.all_button.setToolTip(self.tr("Tick or untick all that are shown"))
        self.all_button.setEnabled(bool(self.shown))

    def _all_ticked(self) -> bool:
        return bool(self.shown) and all(item.checkState() is Qt.CheckState.Checked for item in self.shown)

    def _tick_all(self) -> None:
        state = Qt.CheckState.Unchecked if self._all_ticked() else Qt.CheckState.Checked
        for item in self.shown:
            item.setCheckState(state)
