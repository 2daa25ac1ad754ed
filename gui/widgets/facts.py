"""Names and values below each other: facts of a model, a variant, a device."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ..theme.tokens import Space
from .layout import clear_layout
from .text import ShrinkingText, Text


class Facts(QWidget):
    """Two columns of text, the names at least so many pixels wide; values can be selected and copied.

    Args:
        names: least width of the names in pixels.
        shrinking: names of the values that rather end in an ellipsis than make the window wider.
    """

    def __init__(self, names: int = 0, parent: QWidget | None = None, *, shrinking: Collection[str] = ()) -> None:
        super().__init__(parent)
        self._shrinking = shrinking
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, names)
        self._shown: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> dict[str, str]:
        """What stands there now."""
        return dict(self._shown)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Replace all; pairs without a value are left out."""
        wanted = tuple((name, value) for name, value in facts if value)
        if wanted == self._shown:
            return
        self._shown = wanted
        clear_layout(self._grid)
        for number, (name, value) in enumerate(wanted):
            left = Text("caption")
            left.setText(name)
            right = _value(value, shrinking=name in self._shrinking)
            right.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(left, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(right, number, 1)


def _value(words: str, *, shrinking: bool) -> Text:
    if shrinking:
        made = ShrinkingText()
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)  # or the names take the rest
        made.show_text(words)
        return made
    whole = Text(wrap=True)
    whole.setText(words)
    return whole
