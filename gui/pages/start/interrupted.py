"""Jobs that were interrupted: how many, and the way to them."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ...theme.tokens import Space
from ...widgets.layout import Card, button, row
from ...widgets.text import Pill, Text


class InterruptedCard(Card):
    """One line with one button."""

    def __init__(self, show: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._count = 0
        self.pill = Pill("warn")
        self.words = Text("", wrap=True)
        self.button = button(show)
        line = row(self.pill, self.words, self.button, gap=Space.M, margins=(Space.L, Space.S, Space.L, Space.S))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self.pill.setText(self.tr("Interrupted"))
        self.button.setText(self.tr("Show jobs"))
        self.show_count(self._count)

    def show_count(self, count: int) -> None:
        """Say how many."""
        self._count = count
        one = self.tr("1 job of this project did not finish. It can go on from its last finished step.")
        many = self.tr("{0} jobs of this project did not finish. They can go on from their last finished steps.")
        self.words.setText(one if count == 1 else many.format(count))
