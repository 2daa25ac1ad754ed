"""The log of a run: bounded, follows its end unless asked not to."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from ..theme.style import monospace
from ..theme.tokens import Space
from .layout import Card, column, row
from .text import Text

MAX_LINES = 5000


class LogPanel(Card):
    """Read-only lines with a switch to follow them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._title = Text("card-title")
        self.follow = QCheckBox()
        self.follow.setChecked(True)
        self.follow.toggled.connect(lambda: self._jump())
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setMaximumBlockCount(MAX_LINES)
        self.view.setFont(monospace())
        self.view.setTabChangesFocus(True)
        self.view.setUndoRedoEnabled(False)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.view.document().setDocumentMargin(0)
        self.view.verticalScrollBar().rangeChanged.connect(lambda: self._jump())
        head = row(self._title, None, self.follow)
        self.setLayout(column(head, self.view, margins=(Space.L, Space.M, Space.M, Space.M)))
        self.setMinimumHeight(140)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Log"))
        self.follow.setText(self.tr("Follow"))
        self.view.setAccessibleName(self.tr("Log"))

    def append(self, lines: Sequence[str]) -> None:
        """Add lines at the end."""
        bar = self.view.verticalScrollBar()
        before = bar.value()
        self.view.appendPlainText("\n".join(lines[-MAX_LINES:]))
        bar.setValue(bar.maximum() if self.follow.isChecked() else before)

    def clear(self) -> None:
        """Remove all lines."""
        self.view.clear()

    def _jump(self) -> None:
        if self.follow.isChecked():
            bar = self.view.verticalScrollBar()
            bar.setValue(bar.maximum())
