"""Boxes on the grid of four pixels, cards and buttons."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ..theme.tokens import Space

Margins = tuple[int, int, int, int]
Item = QWidget | QLayout | int | None


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


def scrolled(content: QLayout) -> QScrollArea:
    """Content that may be more than there is room for."""
    inside, area = QWidget(), QScrollArea()
    inside.setObjectName("inside")
    inside.setLayout(content)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area


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
