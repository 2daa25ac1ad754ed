"""The line that says which desktop has a board, with the button that frees it."""

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.lease import HeldModel
from ...widgets.layout import Card, button, row
from ...widgets.question import Question
from ...widgets.text import Pill, Text


class HeldLine(Card):
    """Shows a :class:`HeldModel`; hidden while nobody has the board."""

    def __init__(self, model: HeldModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.model, self._style = model, style
        self.pill, self.words = Pill(), Text(wrap=True)
        self.free_button = button(self._ask)
        self.box: Question | None = None
        line = row(self.pill, self.words, self.free_button, margins=(Space.M, Space.S, Space.M, Space.S))
        line.setStretch(1, 1)
        self.setLayout(line)
        model.changed.connect(self.render_state)
        self.hide()

    def retranslate(self) -> None:
        """Set the texts."""
        self.free_button.setText(self.tr("Unlock…"))
        self.free_button.setToolTip(self.tr("Take the board from whoever has it"))
        self.render_state()

    def render_state(self) -> None:
        """Say who has it."""
        words = self.model.words
        self.pill.show_state("warn", self.tr("Held"))
        self.words.setText("\n".join(filter(None, (words, self.model.trouble))))
        self.free_button.setEnabled(not self.model.freeing)
        self.setVisible(bool(words))

    def _ask(self) -> None:
        """The other desktop loses what it does, so a person is asked."""
        self.box = Question(
            self._style,
            self.tr("Take the board {0} from whoever has it?").format(self.model.device),
            self.model.words + "\n\n" + self.tr("What is under way there ends as after a cut link; what runs stays."),
            ((self.tr("Unlock"), self.model.free),),
            self,
        )
        self.box.open()
