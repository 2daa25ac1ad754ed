"""The dialog that lists what more rights would let a board measure, grants them once, and takes them back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from ...theme.style import Style
from ...viewmodels.findings import Findings
from ...viewmodels.rights import granted_rights, missing_rights, read_rights
from ...viewmodels.steps import Document, Step, Steps, step
from ...widgets.layout import button
from ...widgets.task import TaskDialog
from ...widgets.text import Text

VERB = "device_setup"


class RightsDialog(TaskDialog):
    """Asks the board when it is opened. A password goes to the worker alone, and is gone with the dialog."""

    def __init__(self, steps: Steps, style: Style, parent: QWidget, device: str, *, loopback: bool = False) -> None:
        super().__init__(
            steps,
            style,
            self.tr("Rights of the agent on {0}").format(device),
            self.tr(
                "Nothing of this is needed: without a right its sensor is shown as unavailable. What is granted is "
                "written down on the board, and can be taken back exactly."
            ),
            parent,
        )
        self.device, self.loopback = device, loopback
        self.resize(self.width(), 480)
        self.empty.setText(self.tr("The board is asked what it lets the agent do."))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText(self.tr("if it asks for one"))
        self.about = Text("caption", wrap=True)
        self.about.setText(
            self.tr(
                "The rights are granted with sudo of your own login there, once. The password is sent to the board over "
                "SSH and stored nowhere. Or save the script, read it, and run it there yourself."
            )
        )
        self.add(self.tr("sudo password"), self.password)
        self.put(self.about)
        self.undo_button, self.script_button = button(self._undo), button(self._script)
        self.undo_button.setText(self.tr("Take back"))
        self.script_button.setText(self.tr("Save the script…"))
        self.lay_out(self.undo_button, self.script_button)
        if not steps.busy:
            steps.start([step(VERB, name=device)])

    @property
    def lacking(self) -> str:
        """Why nothing can be granted."""
        if self.steps.document is None:
            return ""
        if not missing_rights(self.steps.document):
            return self.tr("No right is missing on this board.")
        if self.loopback:
            return self.tr("This is this computer: save the script and run it here with sudo.")
        return ""

    @property
    def command(self) -> str:
        """The same for a terminal."""
        return f"flyweight device setup {self.device} --apply"

    def work(self) -> Sequence[Step]:
        """Grant what is missing; while the board has not answered, ask."""
        if self.steps.document is None:
            return [step(VERB, name=self.device)]
        return [step(VERB, name=self.device, apply=True)]

    def findings(self, document: Document) -> Findings:
        """The rights."""
        return read_rights(document)

    def render_state(self) -> None:
        """Show what can be done."""
        super().render_state()
        document, free = self.steps.document, not self.steps.busy
        grants = document is not None or not free
        self.start_button.setText(self.tr("Grant what is missing") if grants else self.tr("Ask again"))
        self.start_button.setEnabled(free and not self.lacking)
        self.undo_button.setEnabled(free and not self.loopback and bool(granted_rights(document)))
        self.script_button.setEnabled(free and bool(missing_rights(document)))
        self.password.setEnabled(not self.loopback)

    def save(self, path: str) -> None:
        """Write the script there."""
        self.steps.start([step(VERB, name=self.device, script=path)])

    def _script(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the script…"), "flyweight-rights.sh", "*.sh")
        if path:
            self.save(path)

    def _secrets(self) -> dict[str, str]:
        password = self.password.text()
        self.password.clear()
        return {"password": password} if password else {}

    def _start(self) -> None:
        if not self.lacking:
            self.steps.start(self.work(), self._secrets())

    def _undo(self) -> None:
        self.steps.start([step(VERB, name=self.device, undo=True)], self._secrets())

    def done(self, result: int) -> None:
        """The password goes with the dialog."""
        self.password.clear()
        super().done(result)
