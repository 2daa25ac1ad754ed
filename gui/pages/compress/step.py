"""Base of the wizard's steps."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QStackedWidget, QWidget

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


class Steps(Sequence[Step]):
    """The steps in their order; each is built when it is asked for the first time, for all at once would be felt."""

    def __init__(self, builders: Sequence[Callable[[], Step]], stack: QStackedWidget) -> None:
        self._builders, self._stack = builders, stack
        self._made: dict[int, Step] = {}

    def __len__(self) -> int:
        return len(self._builders)

    def __getitem__(self, number: int) -> Step:  # type: ignore[override]  # a slice would build them
        if number not in self._made:
            made = self._builders[number]()
            self._made[number] = made
            self._stack.addWidget(made)
            made.retranslate()
        return self._made[number]

    @property
    def made(self) -> tuple[Step, ...]:
        """Those that were built."""
        return tuple(self._made.values())


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
