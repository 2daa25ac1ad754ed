"""The command palette: type a few letters, press Enter."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from ..actions import Command, find
from ..theme.style import Style
from ..theme.tokens import Space
from .layout import column
from .two_lines import KEYS_ROLE, TwoLines

WIDTH, HEIGHT = 560, 420
TOP = 90


class CommandPalette(QDialog):
    """Lists the commands that can be used now."""

    def __init__(self, commands: Sequence[Command], style: Style, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self._commands = [command for command in commands if command.enabled() and command.id != "palette"]
        self.needle = QLineEdit()
        self.needle.setPlaceholderText(self.tr("Type to find a command"))
        self.needle.setAccessibleName(self.tr("Type to find a command"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Commands"))
        TwoLines(self.list, style)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.needle.textChanged.connect(self._fill)
        self.needle.installEventFilter(self)
        self.needle.returnPressed.connect(self._run)
        self.list.itemClicked.connect(lambda item: self._run())
        self.setLayout(column(self.needle, self.list, margins=(Space.M,) * 4))
        self.resize(WIDTH, HEIGHT)
        self.move(parent.mapToGlobal(QPoint((parent.width() - WIDTH) // 2, TOP)))
        self._fill("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the text keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return False

    def _fill(self, needle: str) -> None:
        self.list.clear()
        for command in find(self._commands, needle):
            item = QListWidgetItem(command.title)
            item.setData(Qt.ItemDataRole.UserRole, command.id)
            item.setData(KEYS_ROLE, command.keys)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        if not self.list.count():
            return
        chosen = self.list.currentItem().data(Qt.ItemDataRole.UserRole)
        self.accept()
        next(command for command in self._commands if command.id == chosen)()
