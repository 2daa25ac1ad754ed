"""What a page shows when it has nothing to list: empty, loading, or why it failed, with one thing to do."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ..theme.icons import pixmap
from ..theme.style import Style, restyle
from ..theme.tokens import Space
from .layout import Card, button, column, row
from .text import Text

ICON_PIXELS = 40
TEXT_PIXELS = 520


class MessageCard(Card):
    """Icon, title, one sentence, one button, in the middle of a dashed frame."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(empty=True, parent=parent)
        self._style = style
        self._icon_name = "flyweight"
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title, self.sentence = Text("card-title"), Text("muted", wrap=True)
        for text in (self.title, self.sentence):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setFixedWidth(TEXT_PIXELS)
        self._act: Callable[[], object] | None = None
        self.button = button(self._clicked, primary=True)
        middle = column(
            self._icon,
            Space.XS,
            self.title,
            row(None, self.sentence, None),
            Space.S,
            row(None, self.button, None),
            gap=Space.S,
        )
        self.setLayout(column(None, middle, None, margins=(Space.XL,) * 4))
        style.changed.connect(self._draw)

    def say(
        self,
        icon: str,
        title: str,
        sentence: str,
        action: str = "",
        act: Callable[[], object] | None = None,
        *,
        drop: bool = True,
    ) -> None:
        """Set all of it; without ``action`` there is no button."""
        self._icon_name, self._act = icon, act
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        restyle(self, card="empty" if drop else "true")
        self._draw()

    def _clicked(self) -> None:
        if self._act is not None:
            self._act()

    def _draw(self) -> None:
        ratio = max(self.devicePixelRatioF(), 1.0)
        colour = self._style.tokens.warn if self._icon_name == "warning" else self._style.tokens.faint
        self._icon.setPixmap(pixmap(self._icon_name, colour, ICON_PIXELS, ratio, 1.3))
