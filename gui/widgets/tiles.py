"""A row of figures with their captions."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from ..theme.tokens import Space
from .layout import clear_layout
from .text import Text


class Tiles(QWidget):
    """Shows pairs of value and caption; the value is large."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.XXL)
        self._grid.setVerticalSpacing(0)
        self._shown: tuple[tuple[str, str], ...] = ()

    def show_values(self, values: Sequence[tuple[str, str]]) -> None:
        """Replace the tiles."""
        if tuple(values) == self._shown:
            return
        self._shown = tuple(values)
        clear_layout(self._grid)
        for number, (value, caption) in enumerate(values):
            metric, words = Text("metric"), Text("caption")
            metric.setText(value)
            words.setText(caption)
            metric.setAccessibleName(f"{value} {caption}")
            self._grid.addWidget(metric, 0, number)
            self._grid.addWidget(words, 1, number)
            self._grid.setColumnStretch(number, 0)
        self._grid.setColumnStretch(len(values), 1)
