"""The dialog that adds a board: where it is, whether its key is right, how it went."""

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit, QWidget

from ...theme.style import monospace
from ...theme.tokens import Space, TypeSize
from ...viewmodels import wording
from ...viewmodels.devices import read_board
from ...viewmodels.enrol import EnrolModel, EnrolState
from ...widgets.facts import Facts
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
        self.way = QComboBox()
        self.way.addItems([self.tr("SSH agent or private key"), self.tr("Password, this once")])
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._key_row = self._named(self.tr("Private key"), self.identity, self.choose_button)
        self._password_row = self._named(self.tr("Password"), self.password)
        self._fields = QWidget()
        self._fields.setLayout(
            column(
                self._named(self.tr("Name"), self.name),
                self._named(self.tr("Address"), self.address),
                self._named(self.tr("Log in with"), self.way),
                self._key_row,
                self._password_row,
                gap=Space.S,
            )
        )
        self.pill = Pill()
        self.facts = Facts()
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
                self.facts,
                Space.S,
                row(None, self.cancel_button, self.back_button, self.go_button),
                gap=Space.M,
                margins=(Space.XL, Space.L, Space.XL, Space.L),
            )
        )
        self.way.currentIndexChanged.connect(lambda: self.render_state())
        for field in (self.name, self.address, self.password):
            field.textChanged.connect(lambda: self.render_state())
        model.changed.connect(self.render_state)
        self.render_state()

    @property
    def by_password(self) -> bool:
        """Whether a password is used instead of a key."""
        return self.way.currentIndex() == 1

    def _named(self, name: str, field: QLineEdit | QComboBox, *more: QWidget) -> QWidget:
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
        self._key_row.setVisible(not self.by_password)
        self._password_row.setVisible(self.by_password)
        self.facts.setVisible(state is EnrolState.DONE)
        asks = state in (EnrolState.UNKNOWN_KEY, EnrolState.CHANGED_KEY)
        self.old_key.setVisible(state is EnrolState.CHANGED_KEY)
        self.new_key.setVisible(asks)
        self.back_button.setVisible(state in (EnrolState.FAILED, *((EnrolState.CHANGED_KEY,) if asks else ())))
        self.back_button.setText(self.tr("Back"))
        self.cancel_button.setText(self.tr("Close") if state is EnrolState.DONE else self.tr("Cancel"))
        self.go_button.setVisible(state in (EnrolState.FORM, EnrolState.UNKNOWN_KEY, EnrolState.CHANGED_KEY))
        filled = bool(self.name.text().strip() and self.address.text().strip())
        filled = filled and not (self.by_password and not self.password.text())
        self.go_button.setEnabled(not form or filled)
        self.pill.setVisible(not form)
        getattr(self, f"_show_{state.name.lower()}")()

    def _show_form(self) -> None:
        self._title.setText(self.tr("Add a device"))
        words = self.tr("The board needs SSH and any Python from 3.8 on. Nothing is sent before its key is accepted.")
        if self.by_password:
            words = self.tr(
                "The password is sent to the board once, after its key was accepted, and stored nowhere."
                " Afterwards a key is used that starts the agent and nothing else."
            )
        self._words.setText(words)
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
        self.password.clear()
        board = read_board(self.model.facts)
        sensors = ", ".join(f"{name} {value}" for name, value, measured in board.sensors if measured)
        rows = [
            (self.tr("Board"), board.board),
            *board.facts,
            (self.tr("Runtimes"), ", ".join(board.runtimes) or self.tr("none yet; the first deployment brings one")),
            (self.tr("Sensors"), sensors or self.tr("no sensor")),
        ]
        self.facts.show_facts([(name, value) for name, value in rows if value])

    def _go(self) -> None:
        state = self.model.state
        if state is EnrolState.FORM:
            name, address = self.name.text().strip(), self.address.text().strip()
            if self.by_password:
                self.model.begin(name, address, password=self.password.text())
            else:
                self.model.begin(name, address, self.identity.text().strip())
        elif state is EnrolState.UNKNOWN_KEY:
            self.model.accept()
        elif state is EnrolState.CHANGED_KEY:
            self.model.reflashed()

    def _cancel(self) -> None:
        self.reject()

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Private key"))
        if path:
            self.identity.setText(path)

    def done(self, result: int) -> None:
        """Closing is cancelling; the password goes with the dialog."""
        self.model.cancel()
        self.password.clear()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is cancelling."""
        self.model.cancel()
        self.password.clear()
        super().closeEvent(event)
