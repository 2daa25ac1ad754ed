"""Fields that are folded away until they are wanted."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from ..theme.tokens import Space
from .layout import button, column, row
from .text import Text


class FoldedForm(QWidget):
    """A button that shows and hides named fields; what is left empty is left open."""

    changed = Signal()

    def __init__(self, fields: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle_button = button(self._toggle, quiet=True)
        self._editors, self._names = tuple(fields), [Text("muted") for _ in fields]
        self._titles = ("", "")
        self.fields = QWidget()
        grid = QGridLayout(self.fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        for number, (name, field) in enumerate(zip(self._names, fields, strict=True)):
            name.setBuddy(field)
            grid.addWidget(name, number, 0)
            grid.addWidget(field, number, 1)
            if isinstance(field, QComboBox):
                field.currentTextChanged.connect(lambda _: self.changed.emit())
            elif isinstance(field, QLineEdit):
                field.textChanged.connect(lambda _: self.changed.emit())
        self.fields.hide()
        self.setLayout(column(row(self.toggle_button, None), self.fields, gap=Space.XS))

    def name(self, words: Sequence[str], *, show: str, hide: str) -> None:
        """Names of the fields in their order, and of the button that shows and hides them."""
        for name, field, text in zip(self._names, self._editors, words, strict=True):
            name.setText(text)
            field.setAccessibleName(text)
            if isinstance(field, QComboBox) and (editor := field.lineEdit()) is not None:
                editor.setAccessibleName(text)
        self._titles = (show, hide)
        self._name_button()

    def _toggle(self) -> None:
        self.fields.setVisible(self.fields.isHidden())
        self._name_button()

    def _name_button(self) -> None:
        self.toggle_button.setText(self._titles[0 if self.fields.isHidden() else 1])
