"""The dialog that takes over a signed profile pack of somebody else, and looks for damage in the own store."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from ...theme.style import Style
from ...viewmodels.findings import Findings
from ...viewmodels.packs import damaged, read_pack, read_store, unknown_key
from ...viewmodels.steps import Document, Step, Steps, step
from ...widgets.drop import DropTarget
from ...widgets.layout import button
from ...widgets.question import Question
from ...widgets.task import TaskDialog
from ...widgets.text import Text

IMPORT, CHECK = "profile_import", "profile_check"


class PacksDialog(TaskDialog):
    """A key that is not known is trusted for one import only, and only after a person said so."""

    def __init__(self, steps: Steps, style: Style, parent: QWidget) -> None:
        super().__init__(
            steps,
            style,
            self.tr("Profile packs and store"),
            self.tr(
                "A pack brings the readings of somebody else's boards, signed. They stay marked with where they come "
                "from; your own readings stay as they are."
            ),
            parent,
        )
        self.resize(self.width(), 460)
        self.box: Question | None = None
        self.key = ""
        self.empty.setText(self.tr("Choose or drop a pack (.pack), or check whether the store is whole."))
        self.path = QLineEdit()
        self.choose_button = button(self._choose)
        self.choose_button.setText(self.tr("Choose…"))
        self.trust = QCheckBox()
        self.about = Text("caption", wrap=True)
        self.about.setText(self.tr("Trust it only if its sender told you this key in another way."))
        self.add(self.tr("Pack"), self.path)
        self.add("", self.choose_button, narrow=True)
        self.put(self.trust)
        self.put(self.about)
        self.path.textChanged.connect(lambda _: self._other())
        self.trust.toggled.connect(lambda _: self.render_state())
        self.check_button, self.save_button = button(self._check), button(self._ask)
        self.check_button.setText(self.tr("Check the store"))
        self.check_button.setToolTip(self.tr("Look for damage: every row, every sample, runs with rows missing"))
        self.save_button.setText(self.tr("Save what is whole…"))
        self.drop = DropTarget(self, style, self._welcome, lambda path: self.path.setText(str(path)))
        self.lay_out(self.save_button, self.check_button)

    @property
    def _path(self) -> str:
        return self.path.text().strip()

    @property
    def _asked_path(self) -> str:
        return "" if self.steps.run is None else str(self.steps.run.operation.arguments.get("path", ""))

    @property
    def lacking(self) -> str:
        """Why nothing can be imported."""
        if not self._path:
            return self.tr("Choose a pack.")
        if self.key and not self.trust.isChecked():
            return self.tr("Its key is not known here.")
        return ""

    @property
    def command(self) -> str:
        """The same for a terminal."""
        key = ["--accept-key", self.key] if self.key and self.trust.isChecked() else []
        return shlex.join(["flyweight", "profile", "import", self._path or "FILE", *key])

    def work(self) -> Sequence[Step]:
        """Take the readings over."""
        key = self.key if self.trust.isChecked() else None
        return [step(IMPORT, path=self._path, accept_key=key or None)]

    def findings(self, document: Document) -> Findings:
        """What came of the last act."""
        return read_store(document) if "damage" in document else read_pack(document)

    def render_state(self) -> None:
        """Show what can be done."""
        failure = self.steps.failure
        if failure is not None and failure.code == "pack-not-trusted" and self._asked_path == self._path:
            self.key = unknown_key(failure.message)
        self.trust.setText(self.tr("Trust the key {0} this once").format(self.key))
        self.trust.setVisible(bool(self.key))
        self.about.setVisible(bool(self.key))
        super().render_state()
        if self.key and not self.steps.busy:
            self.words.setText(self.tr("It is signed by the key {0}, which is not known here.").format(self.key))
        self.start_button.setText(self.tr("Import"))
        self.check_button.setEnabled(not self.steps.busy)
        self.save_button.setVisible(damaged(self.steps.document))
        self.save_button.setEnabled(not self.steps.busy)

    def _other(self) -> None:
        """Another pack has another key."""
        self.key = ""
        self.trust.setChecked(False)
        self.render_state()

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose…"), "", "*.pack")
        if path:
            self.path.setText(path)

    def _welcome(self, path: Path) -> tuple[str, str]:
        if path.suffix == ".pack":
            return self.tr("Drop {0} to import its readings").format(path.name), ""
        return "", self.tr("{0} is no profile pack").format(path.name)

    def _check(self) -> None:
        self.steps.start([step(CHECK)])

    def _ask(self) -> None:
        self.box = Question(
            self._style,
            self.tr("Save everything in the store that is whole?"),
            self.tr("The damaged file is moved aside, and a new one is made of every row that is whole."),
            ((self.tr("Save what is whole"), lambda: self.steps.start([step(CHECK, repair=True)])),),
            self,
        )
        self.box.open()
