"""While it runs: the phases in one row."""

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.phases import Phase
from ...viewmodels.start import StartModel
from ...widgets.layout import Card, column
from ...widgets.stepper import Stepper


class RunningState(Card):
    """Where the run is."""

    def __init__(self, model: StartModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self.stepper = Stepper(style)
        self.setLayout(column(self.stepper, margins=(Space.L, Space.XL, Space.L, Space.L)))

    def retranslate(self) -> None:
        """Set the texts."""
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        phase = self._model.phase
        self.stepper.show_steps([wording.phase(p) for p in Phase], -1 if phase is None else int(phase))
