"""A field that filters a list while a person types."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

WIDTH = 220
WAIT_MS = 120


class SearchField(QLineEdit):
    """Calls ``changed`` with its text a moment after the last key; Ctrl+F jumps into it."""

    def __init__(self, changed: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self.setFixedWidth(WIDTH)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(lambda: changed(self.text()))
        self.textChanged.connect(lambda: self._wait.start())
        self._jump = QShortcut(QKeySequence.StandardKey.Find, self)
        self._jump.activated.connect(lambda: self.setFocus())
