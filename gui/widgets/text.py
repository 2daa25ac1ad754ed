"""Labels: plain text only, so that foreign names cannot carry markup."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ..theme.style import restyle

SHORT = 20
"""Letters of an item that is not broken either: a figure with its unit."""
BREAKS_NOT = "\N{NO-BREAK SPACE}"


def unbroken(words: str) -> str:
    """A list whose dots stay at the end of a line, and whose short items stay whole.

    >>> unbroken("a b · c").replace(BREAKS_NOT, "_")
    'a_b_· c'
    """
    items = (item.replace(" ", BREAKS_NOT) if len(item) <= SHORT else item for item in words.split(" · "))
    return f"{BREAKS_NOT}· ".join(items)


class Text(QLabel):
    """A label with a role of the style sheet (``page-title``, ``card-title``, ``muted``, ``caption``, ``metric``)."""

    def __init__(self, role: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if role:
            self.setProperty("role", role)


class ShrinkingText(Text):
    """One line that gives way when space is short: it ends in an ellipsis and tells all as its tool tip."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(role, parent=parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(60)

    def show_text(self, text: str) -> None:
        """Set the whole text."""
        self._whole = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        self._fit()

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        hint = super().sizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance(self._whole) + 4)
        return hint

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 60))
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")
        self.setAccessibleName(self._whole)
        self.updateGeometry()


class Pill(QLabel):
    """A state as a word on a tint: ``ok``, ``warn``, ``bad``, ``info`` or ``idle``."""

    def __init__(self, kind: str = "idle", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.setProperty("pill", kind)

    def show_state(self, kind: str, text: str) -> None:
        """Set kind and word."""
        restyle(self, pill=kind)
        self.setText(text)
