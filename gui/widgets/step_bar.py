"""The steps of a wizard in one row: finished ones are ticked, those that can be reached are buttons."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from ..theme.tokens import Space
from .layout import row


class StepBar(QWidget):
    """Calls ``go`` with the number of the step that was clicked."""

    def __init__(self, count: int, go: Callable[[int], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = [self._button(number, go) for number in range(count)]
        self.setLayout(row(*self.buttons, None, gap=Space.XS))

    def _button(self, number: int, go: Callable[[int], object]) -> QToolButton:
        made = QToolButton()
        made.setProperty("nav", True)
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        made.clicked.connect(lambda: go(number))
        return made

    def show_steps(
        self, titles: Sequence[str], current: int, finished: Sequence[bool], reachable: Sequence[bool]
    ) -> None:
        """Set all of it."""
        for number, (made, title) in enumerate(zip(self.buttons, titles, strict=True)):
            tick = "✓" if finished[number] and number != current else str(number + 1)
            made.setText(f"{tick}  {title}")
            made.setAccessibleName(f"{number + 1}/{len(titles)} {title}")
            made.setChecked(number == current)
            made.setEnabled(reachable[number])
