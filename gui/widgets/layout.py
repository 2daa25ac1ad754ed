"""Boxes on the grid of four pixels, cards and buttons."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..theme.tokens import Space

Margins = tuple[int, int, int, int]
Item = QWidget | QLayout | int | None
FRAME = (16, 40)  # pixels a desktop may draw around a window


def row(*items: Item, gap: int = Space.S, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """Items beside each other; a number is a distance, None takes the free space."""
    made = QHBoxLayout()
    _fill(made, items, gap, margins)
    return made


def column(*items: Item, gap: int = Space.S, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """Items below each other; a number is a distance, None takes the free space."""
    made = QVBoxLayout()
    _fill(made, items, gap, margins)
    return made


class _Inside(QWidget):
    """What is scrolled."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__()
        self._area = area
        self.setObjectName("inside")

    def event(self, event: QEvent) -> bool:
        """Tell the area when the parts need another width."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._area.updateGeometry()
        return super().event(event)


class Scrolled(QScrollArea):
    """Content that may be higher than there is room for, and wider only if it goes ``sideways``, too."""

    def __init__(self, content: QLayout, *, sideways: bool = False) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self._sideways = sideways
        if not sideways:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = _Inside(self)
        self.setWidget(self._inside)
        self._inside.setLayout(content)

    def sizeHint(self) -> QSize:
        """What the content wants now; Qt remembers what it wanted first."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest part that does not shrink, and a scroll bar."""
        if self._sideways:
            return super().minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._inside.minimumSizeHint().width() + bar, super().minimumSizeHint().height())


def clear_layout(layout: QLayout) -> None:
    """Take all widgets out of a layout; they are not seen again."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def resize_on_screen(widget: QWidget, width: int, height: int) -> None:
    """Give a window this size in pixels, or what the screen has room for with the frame around it."""
    room = widget.screen().availableGeometry().size() - QSize(*FRAME)
    widget.resize(QSize(width, height).boundedTo(room))


def _fill(layout: QBoxLayout, items: tuple[Item, ...], gap: int, margins: Margins) -> None:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)


class Card(QFrame):
    """A surface with a thin border; ``empty`` is the dashed one."""

    def __init__(self, *, empty: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "empty" if empty else "true")


def framed(widget: QWidget) -> Card:
    """A card around one list, as it stands in a dialog."""
    made = Card()
    made.setLayout(column(widget, margins=(Space.S,) * 4))
    return made


def button(
    clicked: Callable[[], object], *, primary: bool = False, quiet: bool = False, parent: QWidget | None = None
) -> QPushButton:
    """A push button; its text comes from ``retranslate`` of its owner."""
    made = QPushButton(parent)
    made.setProperty("primary", primary)
    made.setProperty("quiet", quiet)
    made.setAutoDefault(True)
    made.clicked.connect(lambda: clicked())
    return made
