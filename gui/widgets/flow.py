"""A row that goes on below where it is short of room."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

from ..theme.tokens import Space


@dataclass
class _Line:
    items: list[tuple[QLayoutItem, QSize]]
    width: int = 0
    height: int = 0


class Flow(QLayout):
    """Widgets beside each other, each as wide as it wants to be; None takes the free room between two of a line."""

    def __init__(self, *items: QWidget | None, gap: int = Space.S) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._stretch: int | None = None  # place of the first item behind the free room
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)
        for item in items:
            if item is None:
                self._stretch = len(self._items)
            else:
                self.addWidget(item)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item; Qt calls this."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """An item by its place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give an item away."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes the width it gets."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """More lines where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels of all lines."""
        lines = self._lines(width)
        return sum(line.height for line in lines) + self._gap * max(len(lines) - 1, 0)

    def sizeHint(self) -> QSize:
        """All in one line."""
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(hint.width() for hint in hints) + self._gap * max(len(hints) - 1, 0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:
        """The widest of them in a line of its own."""
        least = [_least(item) for item in self._items if not item.isEmpty()]
        return QSize(max((size.width() for size in least), default=0), max((s.height() for s in least), default=0))

    def setGeometry(self, rect: QRect) -> None:
        """Lay the lines out."""
        super().setGeometry(rect)
        top = rect.top()
        after = () if self._stretch is None else self._items[self._stretch :]
        spring = next((item for item in after if not item.isEmpty()), None)
        for line in self._lines(rect.width()):
            left = rect.left()
            for place, (item, size) in enumerate(line.items):
                if item is spring and place:
                    left += max(rect.width() - line.width, 0)
                item.setGeometry(QRect(QPoint(left, top + (line.height - size.height()) // 2), size))
                left += size.width() + self._gap
            top += line.height + self._gap

    def _lines(self, width: int) -> list[_Line]:
        lines: list[_Line] = []
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint().expandedTo(item.minimumSize())
            size = QSize(min(hint.width(), max(width, _least(item).width())), hint.height())
            if not lines or lines[-1].width + self._gap + size.width() > width:
                lines.append(_Line([]))
            line = lines[-1]
            line.width += size.width() + (self._gap if line.items else 0)
            line.height = max(line.height, size.height())
            line.items.append((item, size))
        return lines


def _least(item: QLayoutItem) -> QSize:
    """The least an item can be; one that does not shrink keeps its hint."""
    widget = item.widget() if isinstance(item, QWidgetItem) else None
    return item.minimumSize() if widget is not None else item.sizeHint()
