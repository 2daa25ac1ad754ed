"""Short messages in a corner of the window, the newest at the top. They never take the focus, and go by themselves."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from ..theme.tokens import Space
from .layout import Card, button, column, row
from .text import Pill, Text

SHOWN_MS = 8000
PIXELS = 360
MOST_CHARACTERS = 280
AT_ONCE = 3


@dataclass(frozen=True)
class Told:
    """Kind and word of the pill, what happened, what it was about."""

    state: tuple[str, str]
    title: str
    words: str


class Toast(Card):
    """One message; it stays while the mouse or the keyboard is on it, and speaks the language of the window."""

    def __init__(self, window: QWidget, gone: Callable[[], object]) -> None:
        super().__init__(parent=window)
        self._gone = gone
        self._act: Callable[[], object] | None = None
        self._tell: Callable[[], Told] | None = None
        self.pill, self.title, self.words = Pill(), Text("strong"), Text("muted", wrap=True)
        self.show_button, self.close_button = button(self._clicked), button(self.hide, quiet=True)
        for made in (self.show_button, self.close_button):
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedWidth(PIXELS)
        head = row(self.pill, self.title, None)
        below = row(None, self.close_button, self.show_button)
        self._inside = column(head, self.words, below, margins=(Space.L, Space.M, Space.L, Space.M))
        self.setLayout(self._inside)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._over)
        self.hide()

    def say(self, tell: Callable[[], Told], act: Callable[[], object]) -> None:
        """Show what ``tell`` says; ``act`` goes there."""
        self._tell, self._act = tell, act
        self.retranslate()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._timer.start()

    def retranslate(self) -> None:
        """Set the texts."""
        if self._tell is None:
            return
        told = self._tell()
        words = told.words
        if len(words) > MOST_CHARACTERS:
            words = words[: MOST_CHARACTERS - 1].rstrip() + "…"
        self.pill.show_state(*told.state)
        self.title.setText(told.title)
        self.words.setText(words.replace("/", "/\u200b"))  # a long path may break after each folder
        self.words.setVisible(bool(words))
        self.words.setToolTip(told.words if words != told.words else "")
        self.show_button.setText(self.tr("Show"))
        self.close_button.setText(self.tr("Close"))
        self.setAccessibleName(f"{told.state[1]}: {told.title}. {told.words}")
        self._inside.activate()
        self.resize(PIXELS, self._inside.totalHeightForWidth(PIXELS))

    def _clicked(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def _over(self) -> None:
        """Time is up; somebody who is at it is given more."""
        if self.underMouse() or self.isAncestorOf(QApplication.focusWidget() or self.window()):
            self._timer.start()
        else:
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Somebody reads it."""
        super().enterEvent(event)
        self._timer.start()

    def event(self, event: QEvent) -> bool:
        """Tell when it is gone, however that came."""
        if event.type() is QEvent.Type.Hide:
            self._gone()
        return super().event(event)


class Toasts(QObject):
    """The messages that are shown now, from the corner upwards; of more than three the oldest gives way."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shown: list[Toast] = []
        self._spare = [Toast(window, self._arrange) for _ in range(AT_ONCE)]
        window.installEventFilter(self)

    @property
    def shown(self) -> list[Toast]:
        """Those that can be seen, the oldest first."""
        return list(self._shown)

    @property
    def newest(self) -> Toast:
        """The one that spoke last."""
        return self._shown[-1] if self._shown else self._spare[0]

    def say(self, tell: Callable[[], Told], act: Callable[[], object]) -> None:
        """Show one more; see :meth:`Toast.say`."""
        toast = next((toast for toast in self._spare if toast not in self._shown), None) or self._shown[0]
        self._shown = [*(shown for shown in self._shown if shown is not toast), toast]
        toast.say(tell, act)
        self._arrange()

    def hide(self) -> None:
        """Close all of them."""
        for toast in self.shown:
            toast.hide()

    def retranslate(self) -> None:
        """The window speaks another language."""
        for toast in self._shown:
            toast.retranslate()
        self._arrange()

    def _arrange(self) -> None:
        self._shown = [toast for toast in self._shown if not toast.isHidden()]
        bottom = self._window.height() - Space.XL
        for toast in self._shown:
            bottom -= toast.height()
            toast.move(self._window.width() - toast.width() - Space.XL, bottom)
            bottom -= Space.S

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return False
