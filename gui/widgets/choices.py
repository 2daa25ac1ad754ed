"""Boxes whose choices carry a value and come from an answer of the engine."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox


def choice_box() -> QComboBox:
    """A box that is always as wide as its longest choice wants: Qt keeps the width of its first language else."""
    made = QComboBox()
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made


def choose_from(box: QComboBox, choices: Sequence[tuple[str, str]], wanted: str = "") -> None:
    """Choices (value, words); what was chosen stays where it is still there, else ``wanted`` is chosen, else the first."""
    if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] == list(choices):
        return
    before = box.currentData()
    box.blockSignals(True)
    box.clear()
    for value, words in choices:
        box.addItem(words, value)
    place = box.findData(before) if before else -1
    box.setCurrentIndex(max(place if place >= 0 else box.findData(wanted), 0))
    box.blockSignals(False)


def chosen(box: QComboBox) -> str:
    """The value of what is chosen; empty where there is none."""
    found = box.currentData()
    return found if isinstance(found, str) else ""
