"""Jobs that were interrupted, and the way to them: those of the project, and the sample project's."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ...theme.tokens import Space
from ...widgets.layout import Card, button, row
from ...widgets.text import Pill, Text


class _Line(Card):
    """One line with one button."""

    def __init__(self, act: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.pill = Pill("warn")
        self.words = Text("", wrap=True)
        self.button = button(act)
        line = row(self.pill, self.words, self.button, gap=Space.M, margins=(Space.L, Space.S, Space.L, Space.S))
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()


class InterruptedCard(_Line):
    """How many jobs of the project did not finish."""

    def __init__(self, show: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(show, parent)
        self._count = 0
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


class SampleCard(_Line):
    """The sample project, which is kept apart from the open one, did not finish."""

    def __init__(self, resume: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(resume, parent)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self.pill.setText(self.tr("Interrupted"))
        self.button.setText(self.tr("Resume"))
        self.words.setText(self.tr("The sample project did not finish. It goes on from its last finished step."))
