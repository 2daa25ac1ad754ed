"""Files from outside: a widget that takes one dropped file, and says while it hovers what would happen."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QWidget

from ..theme.icons import pixmap
from ..theme.style import Style, restyle
from ..theme.tokens import Space
from .layout import Card, column, row
from .text import ShrinkingText

ICON_PIXELS = 40


class DropVeil(Card):
    """Lies over a widget while something hovers there."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(empty=True, parent=parent)
        self._style = style
        self._icon, self.words = QLabel(), ShrinkingText("card-title")
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = row(None, self.words, None)
        self.setLayout(column(None, self._icon, middle, None, gap=Space.M, margins=(Space.XL,) * 4))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, words: str, taken: bool) -> None:
        """Cover the parent with what would happen."""
        self.words.show_text(words)
        restyle(self, veil="taken" if taken else "refused")
        name, tokens = ("deploy", self._style.tokens.accent) if taken else ("warning", self._style.tokens.bad)
        self._icon.setPixmap(pixmap(name, tokens, ICON_PIXELS, max(self.devicePixelRatioF(), 1.0), 1.3))
        parent = self.parentWidget()
        assert parent is not None
        self.setGeometry(parent.rect().adjusted(Space.M, Space.M, -Space.M, -Space.M))
        self.raise_()
        self.show()


class DropTarget(QObject):
    """Makes a widget take a dropped file.

    Args:
        welcome: what would happen with a file, and why it cannot be taken (empty when it can).
        dropped: takes the file.
    """

    def __init__(
        self,
        widget: QWidget,
        style: Style,
        welcome: Callable[[Path], tuple[str, str]],
        dropped: Callable[[Path], object],
    ) -> None:
        super().__init__(widget)
        self.veil = DropVeil(style, widget)
        self._welcome, self._dropped = welcome, dropped
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the first file of a drop; a web address or a text is left alone."""
        if isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.DragEnter:
            found = self._file(event)
            if found is not None:
                words, why = self._welcome(found)
                self.veil.say(why or words, not why)
                if why:
                    event.setDropAction(Qt.DropAction.IgnoreAction)  # the pointer says so, and leaving is told
                    event.accept()
                else:
                    event.acceptProposedAction()
                return True
        elif event.type() == QEvent.Type.DragLeave:
            self.veil.hide()
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self.veil.hide()
            found = self._file(event)
            if found is not None and not self._welcome(found)[1]:
                event.acceptProposedAction()
                self._dropped(found)
                return True
        return False

    def _file(self, event: QDropEvent) -> Path | None:
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        return Path(urls[0].toLocalFile()) if urls else None
