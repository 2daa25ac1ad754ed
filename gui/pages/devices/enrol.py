"""The dialog that adds a board, in numbered steps: find it, log in, check it, install the agent, done."""

from collections.abc import Callable, Collection

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFileDialog, QLineEdit, QWidget

from ...theme.style import Style, monospace
from ...theme.tokens import Space, TypeSize
from ...viewmodels import wording
from ...viewmodels.devices import read_board
from ...viewmodels.enrol import EnrolModel, EnrolState, EnrolStep
from ...viewmodels.saying import capital, said
from ...widgets.facts import Facts
from ...widgets.layout import button, column, row
from ...widgets.stepper import Stepper
from ...widgets.text import Pill, Text

WIDTH = 620
HEIGHT = 400


class EnrolDialog(QDialog):
    """Shows an :class:`EnrolModel`.

    Args:
        find: looks for boards nearby and calls what it is given with the address of the chosen one.
        known: names of the devices that are enrolled.
    """

    def __init__(
        self,
        model: EnrolModel,
        style: Style,
        find: Callable[[Callable[[str], object]], object],
        known: Collection[str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.model = model
        self._known = known
        self.setWindowTitle(self.tr("Add a device"))
        self.setMinimumSize(WIDTH, HEIGHT)
        self.stepper = Stepper(style)
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
        self.root = QCheckBox()
        self.root.setText(self.tr("The login is root, and that is meant"))
        self._root_words = Text("caption", wrap=True)
        self._root_words.setText(
            self.tr(
                "The agent needs no root: an account of its own is safer, and rights for sensors can be granted singly. "
                "Without this tick the agent refuses to run as root."
            )
        )
        self._key_row = self._named(self.tr("Private key"), self.identity, self.choose_button)
        self._password_row = self._named(self.tr("Password"), self.password)
        self.find_button = button(lambda: find(self.address.setText))
        self.find_button.setText(self.tr("Find boards…"))
        self._place, self._login = QWidget(), QWidget()
        self._place.setLayout(
            column(
                self._named(self.tr("Address"), self.address, self.find_button),
                self._named(self.tr("Name"), self.name),
                gap=Space.S,
            )
        )
        self._login.setLayout(
            column(
                self._named(self.tr("Log in with"), self.way),
                self._key_row,
                self._password_row,
                self.root,
                self._root_words,
                gap=Space.S,
            )
        )
        self.why = Text("caption", wrap=True)
        self.pill = Pill()
        self.facts = Facts()
        self.old_key, self.new_key = Text(), Text()
        for label in (self.old_key, self.new_key):
            label.setFont(monospace(TypeSize.TABLE))
        self.cancel_button = button(self._cancel)
        self.back_button = button(model.again)
        self.go_button = button(self._go, primary=True)
        self.go_button.setDefault(True)
        self.setLayout(
            column(
                self.stepper,
                row(self._title, None, self.pill),
                self._words,
                self._place,
                self._login,
                self.old_key,
                self.new_key,
                self.facts,
                self.why,
                None,
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

    @property
    def _as_root(self) -> bool:
        return self.root.isChecked() and not self.root.isHidden()

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
        state, step = self.model.state, self.model.step
        titles = (self.tr("Find"), self.tr("Log in"), self.tr("Check"), self.tr("Install"), self.tr("Done"))
        self.stepper.show_steps(titles, len(titles) if state is EnrolState.DONE else int(step))
        form = state is EnrolState.FORM
        self._place.setVisible(form and step is EnrolStep.FIND)
        self._login.setVisible(form and step is EnrolStep.LOGIN)
        self._key_row.setVisible(not self.by_password)
        self._password_row.setVisible(self.by_password)
        user, at, _ = self.address.text().strip().rpartition("@")
        for part in (self.root, self._root_words):  # a Host of ~/.ssh/config may name its user itself
            part.setVisible(not at or user == "root")
        self.facts.setVisible(state in (EnrolState.DONE, EnrolState.WORKING, EnrolState.FAILED))
        asks = state in (EnrolState.UNKNOWN_KEY, EnrolState.CHANGED_KEY)
        self.old_key.setVisible(state is EnrolState.CHANGED_KEY)
        self.new_key.setVisible(asks)
        self.back_button.setVisible(state is not EnrolState.DONE and not (form and step is EnrolStep.FIND))
        self.back_button.setText(self.tr("Back"))
        self.cancel_button.setText(self.tr("Close") if state is EnrolState.DONE else self.tr("Cancel"))
        self.go_button.setVisible(state not in (EnrolState.WORKING, EnrolState.DONE))
        missing, why = self._missing()
        self.go_button.setEnabled(not form or not missing)
        self.why.setText(why if form else "")
        self.why.setVisible(form and bool(why))
        self.pill.setVisible(not form)
        if state in (EnrolState.WORKING, EnrolState.FAILED):
            self.facts.show_facts([(wording.stage(name), said(detail)) for name, detail in self.model.found])
        getattr(self, f"_show_{state.name.lower()}")()

    def _missing(self) -> tuple[bool, str]:
        """Whether this step can not be left yet, and what a person should know."""
        if self.model.step is EnrolStep.LOGIN:
            missing = self.by_password and not self.password.text()
            return missing, self.tr("Enter the password of the user on the board.") if missing else ""
        name = self.name.text().strip()
        if not self.address.text().strip():
            return True, self.tr("Enter the board's address, as for ssh.")
        if not name:
            return True, self.tr("Give the board a name of your own.")
        if name in self._known:
            return False, self.tr("{0} is enrolled already: it is set up anew, its groups and tags stay.").format(name)
        return False, ""

    def _show_form(self) -> None:
        if self.model.step is EnrolStep.FIND:
            self._title.setText(self.tr("Where is the board?"))
            self._words.setText(
                self.tr("The board needs SSH and any Python from 3.8 on. Nothing is sent before its key is accepted.")
            )
            self.go_button.setText(self.tr("Next"))
            return
        self._title.setText(self.tr("How do you log in to it?"))
        words = self.tr(
            "Your login is used this once. Afterwards a key is used that starts the agent and nothing else."
        )
        if self.by_password:
            words = self.tr(
                "The password is sent to the board once, after its key was accepted, and stored nowhere."
                " Afterwards a key is used that starts the agent and nothing else."
            )
        self._words.setText(words)
        self.go_button.setText(self.tr("Connect"))

    def _show_working(self) -> None:
        step = self.model.run.step
        titles = {
            EnrolStep.CHECK: self.tr("Looking at the board"),
            EnrolStep.INSTALL: self.tr("Installing the agent"),
        }
        self._title.setText(titles.get(self.model.step, self.tr("Connecting…")))
        self.pill.show_state("info", self.tr("Working…"))
        checking = not step.name or step.name.startswith("check ")
        self._words.setText(
            self.tr("This takes some seconds.") if checking else wording.stage_line(step.name, step.detail)
        )

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
        self._words.setText(f"{capital(said(self.model.message))}\n{capital(said(self.model.remedy))}")
        self.go_button.setText(self.tr("Try again"))

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
        if state is EnrolState.FORM and self.model.step is EnrolStep.FIND:
            self.model.next()
            (self.password if self.by_password else self.way).setFocus()
        elif state in (EnrolState.FORM, EnrolState.FAILED):
            name, address = self.name.text().strip(), self.address.text().strip()
            if self.by_password:
                self.model.begin(name, address, password=self.password.text(), allow_root=self._as_root)
            else:
                self.model.begin(name, address, self.identity.text().strip(), allow_root=self._as_root)
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
