"""A line for every device and variant, a column for every step on the way there; the reason of a failure below its line."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from ...theme.tokens import Space
from ...viewmodels.deploy import Cell, DeployStep, Key, step_name, step_words
from ...viewmodels.saying import said
from ...widgets.layout import clear_layout, column
from ...widgets.text import Pill, ShrinkingText, Text

FIRST_STEP = 2
NAME_PIXELS = 170  # of a variant; a longer name ends in an ellipsis
"""Columns before the steps: device and variant."""


class Matrix(QWidget):
    """Shows the cells of a deployment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pills: dict[tuple[Key, DeployStep], Pill] = {}
        self.reasons: dict[Key, Text] = {}
        self._heads: list[Text] = []
        self._steps: tuple[DeployStep, ...] = ()
        self._empty = Text("muted", wrap=True)
        inside = QWidget()
        inside.setObjectName("inside")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.S)
        inside.setLayout(column(self._empty, self._grid, None, gap=Space.M))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self.setLayout(column(area))

    def retranslate(self) -> None:
        """Set the texts."""
        self._empty.setText(self.tr("Tick variants and devices, then deploy: each step of each pair is shown here."))
        for head, words in zip(self._heads, self._head_words(), strict=True):
            head.setText(words)

    def _head_words(self) -> Sequence[str]:
        return [self.tr("Device"), self.tr("Variant"), *map(step_name, self._steps)] if self._heads else []

    def show_cells(self, cells: Mapping[Key, Cell], name: Callable[[str], str], steps: Sequence[DeployStep]) -> None:
        """Show these cells with these steps; the grid is built anew only for other pairs or steps."""
        self._empty.setVisible(not cells)
        if list(cells) != list(self.reasons) or tuple(steps) != self._steps:
            self._build(list(cells), name, steps)
        for (key, step), pill in self.pills.items():
            kind, word = step_words(cells[key], step)
            pill.setVisible(bool(word))
            if word:
                pill.show_state(kind, word)
                pill.setToolTip(said(cells[key].reason) if step is cells[key].at else "")
                pill.setAccessibleName(f"{name(key[0])}, {key[1]}, {step_name(step)}: {word}")
        for key, text in self.reasons.items():
            text.setText(said(cells[key].reason))
            text.setVisible(bool(cells[key].reason))

    def _build(self, keys: list[Key], name: Callable[[str], str], steps: Sequence[DeployStep]) -> None:
        clear_layout(self._grid)
        self._steps = tuple(steps)
        self._heads = [Text("head") for _ in range(FIRST_STEP + len(steps))] if keys else []
        for number, head in enumerate(self._heads):
            self._grid.addWidget(head, 0, number)
        self.retranslate()
        self.pills, self.reasons = {}, {}
        before = ""
        for number, key in enumerate(keys):
            line = 2 * number + 1
            device, variant, reason = ShrinkingText("strong"), ShrinkingText(), Text("caption", wrap=True)
            device.show_text("" if key[1] == before else key[1])
            variant.show_text(name(key[0]))
            variant.setMinimumWidth(min(variant.sizeHint().width(), NAME_PIXELS))
            before = key[1]
            reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(device, line, 0)
            self._grid.addWidget(variant, line, 1)
            for place, step in enumerate(steps, FIRST_STEP):
                pill = Pill()
                self.pills[key, step] = pill
                self._grid.addWidget(pill, line, place)
            self._grid.addWidget(reason, line + 1, 1, 1, len(steps) + FIRST_STEP)
            self.reasons[key] = reason
        self._grid.setColumnStretch(FIRST_STEP + len(steps), 1)
