"""A form made from a schema of the engine: type, unit, limits, help and default of each field come from there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QSizePolicy, QWidget

from ..theme.style import restyle
from ..theme.tokens import Space
from ..viewmodels.saying import choice_words, said, unit_words
from ..viewmodels.techniques import Knob
from .layout import button, column, row
from .text import Text

FIELD_PIXELS = 160
LEAST_FIELD_PIXELS = 96


class KnobForm(QWidget):
    """A field for each knob, of a technique or of a device; ``changed(name, value)`` is called for every valid change."""

    def __init__(
        self,
        knobs: Sequence[Knob],
        values: Mapping[str, Any],
        changed: Callable[[str, Any], object],
        *,
        advanced: bool = False,
        field_pixels: int = FIELD_PIXELS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._changed, self._field_pixels = changed, field_pixels
        self.editors: dict[str, QWidget] = {}
        self.errors: dict[str, Text] = {}
        basic = [knob for knob in knobs if not knob.advanced]
        rest = [knob for knob in knobs if knob.advanced]
        self._rest = self._grid(rest, values)
        self._rest.setVisible(advanced and bool(rest))
        self.advanced_button = button(self._toggle, quiet=True)
        self.advanced_button.setVisible(bool(rest))
        self.shows_advanced = advanced
        self._name_button()
        self.setLayout(
            column(self._grid(basic, values), row(self.advanced_button, None), self._rest, None, gap=Space.S)
        )

    def _grid(self, knobs: list[Knob], values: Mapping[str, Any]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, Space.M, 0)  # away from the scroll bar
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 100)  # up to the width of the fields; the rest is beside the unit
        grid.setColumnStretch(2, 1)
        for number, knob in enumerate(knobs):
            name, unit, words = Text(), Text("caption"), Text("caption", wrap=True)
            label = said(knob.label)
            name.setText(label[:1].upper() + label[1:])
            unit.setText(" ".join(filter(None, (_limits(knob), unit_words(knob.unit)))))
            words.setText(said(knob.help))
            editor = self._editor(knob, values.get(knob.name, knob.default))
            editor.setAccessibleName(said(knob.label))
            editor.setAccessibleDescription(said(knob.help))
            name.setBuddy(editor)
            error = Text("error", wrap=True)
            error.hide()
            self.editors[knob.name], self.errors[knob.name] = editor, error
            grid.addWidget(name, 3 * number, 0)
            grid.addWidget(editor, 3 * number, 1)
            grid.addWidget(unit, 3 * number, 2)
            grid.addWidget(error, 3 * number + 1, 1, 1, 2)
            grid.addWidget(words, 3 * number + 2, 0, 1, 3)
            words.setContentsMargins(0, 0, 0, Space.S)
            grid.setAlignment(words, Qt.AlignmentFlag.AlignTop)
        return made

    def _editor(self, knob: Knob, value: Any) -> QWidget:
        if knob.type == "bool":
            box = QCheckBox()
            box.setChecked(bool(value))
            box.toggled.connect(lambda on: self._changed(knob.name, on))
            return box
        if knob.choices and knob.type == "list":
            return self._ticks(knob, value or ())
        if knob.choices:
            choice = QComboBox()
            for item in knob.choices:
                choice.addItem(choice_words(item), item)
            choice.setCurrentIndex(choice.findData(str(value)))
            self._bound(choice)
            choice.currentIndexChanged.connect(lambda place: self._changed(knob.name, knob.choices[place]))
            return choice
        field = QLineEdit(knob.shown(value))
        self._bound(field)
        field.setPlaceholderText(knob.shown(knob.default))
        field.editingFinished.connect(lambda: self._typed(knob, field))
        return field

    def _bound(self, field: QWidget) -> None:
        """So wide, and narrower where there is no room."""
        field.setMinimumWidth(LEAST_FIELD_PIXELS)
        field.setMaximumWidth(self._field_pixels)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _ticks(self, knob: Knob, chosen: Sequence[str]) -> QWidget:
        """A tick for each choice; none at all is no choice."""
        boxes = [QCheckBox(choice_words(item)) for item in knob.choices]

        def ticked() -> None:
            wanted = [item for item, box in zip(knob.choices, boxes, strict=True) if box.isChecked()]
            self.errors[knob.name].setText(self.tr("Tick at least one."))
            self.errors[knob.name].setVisible(not wanted)
            if wanted:
                self._changed(knob.name, wanted)

        for item, box in zip(knob.choices, boxes, strict=True):
            box.setChecked(item in chosen)
            box.toggled.connect(ticked)
        made = QWidget()
        made.setLayout(column(*boxes, gap=Space.XS))
        return made

    def _typed(self, knob: Knob, field: QLineEdit) -> None:
        try:
            value = knob.read(field.text()) if field.text().strip() else knob.default
        except ValueError:
            self._invalid(knob, field, True)
            return
        self._invalid(knob, field, False)
        self._changed(knob.name, value)

    def _invalid(self, knob: Knob, field: QLineEdit, wrong: bool) -> None:
        restyle(field, invalid=wrong)
        pairs = self.tr("KEY=VALUE, separated by commas")
        kinds = {
            "int": self.tr("a whole number"),
            "float": self.tr("a number"),
            "range": self.tr("two numbers, low – high, each"),
            "pairs": pairs,
        }
        kind = kinds.get(knob.type, self.tr("a list"))
        limits = _limits(knob)
        self.errors[knob.name].setText(self.tr("This must be {0} {1}").format(kind, limits).strip())
        self.errors[knob.name].setVisible(wrong)

    def _toggle(self) -> None:
        self.shows_advanced = not self.shows_advanced
        self._rest.setVisible(self.shows_advanced)
        self._name_button()

    def _name_button(self) -> None:
        self.advanced_button.setText(self.tr("Fewer settings") if self.shows_advanced else self.tr("More settings"))


def _limits(knob: Knob) -> str:
    """The limits a person may meet; those far away are not worth a word."""
    low, high = knob.low, knob.high
    if low is not None and high is not None and high < 1000:
        return f"{low:g} – {high:g}"
    return "" if low is None else f"≥ {low:g}"
