"""No result: what happened, what to do, one button."""

from PySide6.QtWidgets import QWidget

from ...actions import Command
from ...operations import OperationState
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.start import StartModel
from ...widgets.layout import Card, button, column, row
from ...widgets.text import Pill, Text

PILLS = {OperationState.CANCELLED: "idle", OperationState.FAILED: "bad", OperationState.CRASHED: "bad"}


class NoticeState(Card):
    """A failed, crashed or cancelled run."""

    def __init__(self, model: StartModel, retry: Command, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model, self._retry = model, retry
        self.pill = Pill()
        self.message = Text("card-title", wrap=True)
        self.remedy = Text("muted", wrap=True)
        self.retry_button = button(retry, primary=True)
        self.setLayout(
            column(
                row(self.pill, None),
                self.message,
                self.remedy,
                Space.XS,
                row(self.retry_button, None),
                gap=Space.S,
                margins=(Space.XL, Space.L, Space.XL, Space.L),
            )
        )
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self.retry_button.setToolTip(self._retry.hint)
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        notice = self._model.notice
        if notice is None:
            return
        self.pill.show_state(PILLS.get(notice.state, "idle"), wording.state(notice.state))
        self.message.setText(notice.message)
        self.remedy.setText(notice.remedy)
        again = notice.state is OperationState.CANCELLED
        self.retry_button.setText(self.tr("Run again") if again else self.tr("Retry"))
