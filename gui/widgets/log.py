"""The log of a run: bounded, can be filtered and copied, follows its end unless asked not to."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from ..theme.style import monospace
from ..theme.tokens import Space
from ..viewmodels.log_line import LogLine
from .layout import Card, button, column, row
from .search import SearchField
from .text import Text

MAX_LINES = 5000


class LogPanel(Card):
    """Read-only lines with a filter, a copy button and a switch to follow them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._lines: deque[LogLine] = deque(maxlen=MAX_LINES)
        self._texts: deque[str] = deque(maxlen=MAX_LINES)
        self._needle = ""
        self._title = Text("card-title")
        self.search = SearchField(self.filter)
        self.search.setFixedWidth(160)
        self.copy_button = button(self._copy)
        self.copy_button.setProperty("small", True)
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
        head = row(self._title, None, self.search, self.copy_button, self.follow)
        self.setLayout(column(head, self.view, margins=(Space.L, Space.M, Space.M, Space.M)))
        self.setMinimumHeight(140)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Log"))
        self.follow.setText(self.tr("Follow"))
        self.copy_button.setText(self.tr("Copy"))
        self.search.setPlaceholderText(self.tr("Filter"))
        self.search.setAccessibleName(self.tr("Filter the log"))
        self.view.setAccessibleName(self.tr("Log"))
        if self._lines:
            bar = self.view.verticalScrollBar()
            before = bar.value()
            self._texts = deque((line.text for line in self._lines), MAX_LINES)
            self._show_all()
            bar.setValue(bar.maximum() if self.follow.isChecked() else before)

    def append(self, lines: Sequence[LogLine]) -> None:
        """Add lines at the end."""
        texts = [line.text for line in lines[-MAX_LINES:]]
        self._lines.extend(lines)
        self._texts.extend(texts)
        shown = [text for text in texts if self._needle in text.casefold()]
        if not shown:
            return
        bar = self.view.verticalScrollBar()
        before = bar.value()
        self.view.appendPlainText("\n".join(shown))
        bar.setValue(bar.maximum() if self.follow.isChecked() else before)

    def show_lines(self, lines: Sequence[LogLine]) -> None:
        """Replace all lines."""
        self.clear()
        self.append(lines)

    def filter(self, needle: str) -> None:
        """Show the lines that have this text, whatever the case."""
        self._needle = needle.casefold()
        self._show_all()

    def clear(self) -> None:
        """Remove all lines."""
        self._lines.clear()
        self._texts.clear()
        self.view.clear()

    def _show_all(self) -> None:
        self.view.setPlainText("\n".join(text for text in self._texts if self._needle in text.casefold()))
        self._jump()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.view.toPlainText())

    def _jump(self) -> None:
        if self.follow.isChecked():
            bar = self.view.verticalScrollBar()
            bar.setValue(bar.maximum())
