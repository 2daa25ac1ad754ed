"""A short message in a corner of the window. It never takes the focus, and goes by itself."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from ..theme.tokens import Space
from .layout import Card, button, column, row
from .text import Pill, Text

SHOWN_MS = 8000
PIXELS = 360


class Toast(Card):
    """Lies over the window, bottom right."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(parent=window)
        self._window = window
        self._act: Callable[[], object] | None = None
        self.pill, self.title, self.words = Pill(), Text("strong"), Text("muted", wrap=True)
        self.show_button, self.close_button = button(self._clicked), button(self.hide, quiet=True)
        for made in (self.show_button, self.close_button):
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedWidth(PIXELS)
        head = row(self.pill, self.title, None)
        below = row(None, self.close_button, self.show_button)
        self.setLayout(column(head, self.words, below, margins=(Space.L, Space.M, Space.L, Space.M)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def say(self, state: tuple[str, str], title: str, words: str, act: Callable[[], object]) -> None:
        """Show it: kind and word of its pill, what happened, where; ``act`` goes there."""
        self._act = act
        self.pill.show_state(*state)
        self.title.setText(title)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.show_button.setText(self.tr("Show"))
        self.close_button.setText(self.tr("Close"))
        self.setAccessibleName(f"{state[1]}: {title}. {words}")
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._timer.start()

    def _clicked(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def _place(self) -> None:
        self.move(self._window.width() - self.width() - Space.XL, self._window.height() - self.height() - Space.XL)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False
