"""Base of the wizard's steps."""

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...viewmodels.wizard import WizardModel


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
