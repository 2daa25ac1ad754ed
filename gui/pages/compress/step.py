"""Base of the wizard's steps."""

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...viewmodels.saying import choice_words, said
from ...viewmodels.techniques import TechniqueCard
from ...viewmodels.wizard import WizardModel
from ...viewmodels.wizard_state import RecipeLine


class Step(QWidget):
    """One step: shows the model, changes it through its methods."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.style_ = style

    def sentence(self) -> str:
        """What this step is for."""
        return ""

    def retranslate(self) -> None:
        """Set the texts."""

    def render_state(self) -> None:
        """Show what the model says."""


def title_of(line: RecipeLine, card: TechniqueCard | None) -> str:
    """The technique of a step in words; its id where it is not known."""
    return line.technique if card is None else said(card.name)


def knobs_of(line: RecipeLine, card: TechniqueCard | None) -> str:
    """The knobs of a step that were turned; empty where none was."""
    known = {} if card is None else {knob.name: knob for knob in card.knobs}
    words = []
    for name, value in line.knobs.items():
        knob = known.get(name)
        shown = str(value) if knob is None else knob.shown(value)
        words.append(f"{said(name.replace('_', ' '))} {choice_words(shown) if knob and knob.choices else shown}")
    return ", ".join(words)
