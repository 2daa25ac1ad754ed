"""Variants in rows, devices in columns, a pill for every pair; the reasons of those that failed below."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayoutItem, QScrollArea, QWidget

from ...theme.tokens import Space
from ...viewmodels.deploy import Cell, Key, cell_words
from ...viewmodels.saying import said
from ...widgets.layout import column
from ...widgets.text import Pill, Text


class Matrix(QWidget):
    """Shows the cells of a deployment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pills: dict[Key, Pill] = {}
        self._empty = Text("muted", wrap=True)
        inside = QWidget()
        inside.setObjectName("inside")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        self.reasons = Text("caption", wrap=True)
        self.reasons.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.setLayout(column(self._empty, self._grid, self.reasons, None, gap=Space.M))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self.setLayout(column(area))

    def retranslate(self) -> None:
        """Set the texts."""
        self._empty.setText(self.tr("Tick variants and devices, then deploy: each pair is shown here."))

    def show_cells(self, cells: Mapping[Key, Cell], name: Callable[[str], str]) -> None:
        """Show these cells; the grid is built anew only for other pairs."""
        self._empty.setVisible(not cells)
        if set(cells) != set(self.pills):
            self._build(list(cells), name)
        for key, cell in cells.items():
            self.pills[key].show_state(*cell_words(cell))
            self.pills[key].setToolTip(said(cell.reason))
            self.pills[key].setAccessibleName(f"{name(key[0])}, {key[1]}: {cell_words(cell)[1]}")
        lines = [f"{name(v)} · {t}: {said(cell.reason)}" for (v, t), cell in cells.items() if cell.reason]
        self.reasons.setText("\n".join(lines))
        self.reasons.setVisible(bool(lines))

    def _build(self, keys: list[Key], name: Callable[[str], str]) -> None:
        item: QLayoutItem | None
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        variants = list(dict.fromkeys(variant for variant, _ in keys))
        targets = list(dict.fromkeys(target for _, target in keys))
        for number, target in enumerate(targets, 1):
            head = Text("strong")
            head.setText(target)
            self._grid.addWidget(head, 0, number)
        for line, variant in enumerate(variants, 1):
            head = Text()
            head.setText(name(variant))
            self._grid.addWidget(head, line, 0)
        self.pills = {key: Pill() for key in keys}
        for (variant, target), pill in self.pills.items():
            self._grid.addWidget(pill, variants.index(variant) + 1, targets.index(target) + 1)
        self._grid.setColumnStretch(len(targets) + 1, 1)
