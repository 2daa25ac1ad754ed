"""The dialog that adds a board: where it is, whether its key is right, how it went."""

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QWidget

from ...theme.style import monospace
from ...theme.tokens import Space, TypeSize
from ...viewmodels import wording
from ...viewmodels.devices import EnrolModel, EnrolState
from ...widgets.layout import button, column, row
from ...widgets.text import Pill, Text

WIDTH = 560


class EnrolDialog(QDialog):
    """Shows an :class:`EnrolModel`."""

    def __init__(self, model: EnrolModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = model
        self.setWindowTitle(self.tr("Add a device"))
        self.setMinimumWidth(WIDTH)
        self._title, self._words = Text("card-title"), Text("muted", wrap=True)
        self.name, self.address, self.identity = QLineEdit(), QLineEdit(), QLineEdit()
        self.address.setPlaceholderText("pi@raspberrypi.local")
        self.identity.setPlaceholderText(self.tr("SSH agent, then ~/.ssh"))
        self.choose_button = button(self._choose)
        self.choose_button.setText(self.tr("Choose…"))
        self._fields = QWidget()
        self._fields.setLayout(
            column(
                self._named(self.tr("Name"), self.name),
                self._named(self.tr("Address"), self.address),
                self._named(self.tr("Private key"), self.identity, self.choose_button),
                gap=Space.S,
            )
        )
        self.pill = Pill()
        self.old_key, self.new_key = Text(), Text()
        for label in (self.old_key, self.new_key):
            label.setFont(monospace(TypeSize.TABLE))
        self.cancel_button = button(self._cancel)
        self.back_button = button(model.again)
        self.go_button = button(self._go, primary=True)
        self.setLayout(
            column(
                row(self._title, None, self.pill),
                self._words,
                self._fields,
                self.old_key,
                self.new_key,
                Space.S,
                row(None, self.cancel_button, self.back_button, self.go_button),
                gap=Space.M,
                margins=(Space.XL, Space.L, Space.XL, Space.L),
            )
        )
        for field in (self.name, self.address):
            field.textChanged.connect(lambda: self.render_state())
        model.changed.connect(self.render_state)
        self.render_state()

    def _named(self, name: str, field: QLineEdit, *more: QWidget) -> QWidget:
        label = Text("muted")
        label.setText(name)
        label.setFixedWidth(110)
        label.setBuddy(field)
        field.setAccessibleName(name)
        made = QWidget()
        made.setLayout(row(label, field, *more))
        return made

    def render_state(self) -> None:
        """Show what the model says."""
        state = self.model.state
        form = state is EnrolState.FORM
        self._fields.setVisible(form)
        asks = state in (EnrolState.UNKNOWN_KEY, EnrolState.CHANGED_KEY)
        self.old_key.setVisible(state is EnrolState.CHANGED_KEY)
        self.new_key.setVisible(asks)
        self.back_button.setVisible(state in (EnrolState.FAILED, *((EnrolState.CHANGED_KEY,) if asks else ())))
        self.back_button.setText(self.tr("Back"))
        self.cancel_button.setText(self.tr("Close") if state is EnrolState.DONE else self.tr("Cancel"))
        self.go_button.setVisible(state in (EnrolState.FORM, EnrolState.UNKNOWN_KEY, EnrolState.CHANGED_KEY))
        self.go_button.setEnabled(not form or bool(self.name.text().strip() and self.address.text().strip()))
        self.pill.setVisible(not form)
        getattr(self, f"_show_{state.name.lower()}")()

    def _show_form(self) -> None:
        self._title.setText(self.tr("Add a device"))
        self._words.setText(
            self.tr("The board needs SSH and any Python from 3.8 on. Nothing is sent before its key is accepted.")
        )
        self.go_button.setText(self.tr("Connect"))

    def _show_working(self) -> None:
        step = self.model.run.step
        self.pill.show_state("info", self.tr("Connecting…"))
        self._words.setText(wording.stage_line(step.name, step.detail) if step.name else self.tr("Connecting…"))

    def _show_unknown_key(self) -> None:
        self._title.setText(self.tr("Is this the key of your board?"))
        self.pill.show_state("warn", self.tr("New key"))
        self._words.setText(
            self.tr(
                "Nobody has accepted this host key yet. Compare it with what the board itself says:"
                " ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
            )
        )
        self.new_key.setText(self.model.fingerprint)
        self.go_button.setText(self.tr("Yes, it is the same"))

    def _show_changed_key(self) -> None:
        self._title.setText(self.tr("The key of this board changed"))
        self.pill.show_state("bad", self.tr("Stopped"))
        self._words.setText(
            self.tr(
                "If you re-flashed the board, this is expected: the old key is forgotten and you compare the new one."
                " If you did not, somebody may be in between: do not go on."
            )
        )
        self.old_key.setText(self.tr("before: {0}").format(self.model.fingerprints[0]))
        self.new_key.setText(self.tr("now: {0}").format(self.model.fingerprint))
        self.go_button.setText(self.tr("I re-flashed this board"))

    def _show_failed(self) -> None:
        self._title.setText(self.tr("The board was not added"))
        self.pill.show_state("bad", self.tr("Failed"))
        self._words.setText(f"{self.model.message}\n{self.model.remedy}")

    def _show_done(self) -> None:
        self._title.setText(self.tr("{0} was added").format(self.name.text().strip()))
        self.pill.show_state("ok", self.tr("Done"))
        self._words.setText(self.tr("The agent is installed and answers. You can deploy to this board now."))

    def _go(self) -> None:
        state = self.model.state
        if state is EnrolState.FORM:
            self.model.begin(self.name.text().strip(), self.address.text().strip(), self.identity.text().strip())
        elif state is EnrolState.UNKNOWN_KEY:
            self.model.accept()
        elif state is EnrolState.CHANGED_KEY:
            self.model.reflashed()

    def _cancel(self) -> None:
        self.model.cancel()
        self.reject()

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Private key"))
        if path:
            self.identity.setText(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is cancelling."""
        self.model.cancel()
        super().closeEvent(event)
