"""The dialog that tries a model on files of a person's own."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QListWidget, QSpinBox, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import documents
from ...viewmodels.at_hand import AtHand
from ...viewmodels.findings import Findings
from ...viewmodels.inference import TAKEN, TryAsked, read_predicted
from ...viewmodels.query import Query
from ...viewmodels.saying import trouble
from ...viewmodels.session import Session
from ...viewmodels.steps import Document, Step, Steps
from ...viewmodels.studies import likely_data
from ...widgets.choices import choose_from, chosen
from ...widgets.drop import DropTarget
from ...widgets.layout import button, column, row
from ...widgets.task import TaskDialog
from ...widgets.text import Text

VARIANT, IN_SLOT = "variant ", "slot "
TOP_PIXELS = 64


class TryDialog(TaskDialog):
    """Tries; files can be chosen or dropped."""

    def __init__(
        self,
        steps: Steps,
        at_hand: AtHand,
        session: Session,
        style: Style,
        parent: QWidget,
        variant: str = "",
        target: str = "",
    ) -> None:
        super().__init__(
            steps,
            style,
            self.tr("Try it on a file"),
            self.tr(
                "Your files go to the device as they are and through the model's own pre- and post-processing there. "
                "A variant is put into the slot “try” for that; what runs in the other slots stays."
            ),
            parent,
        )
        self.at_hand, self._variant, self._target = at_hand, variant, target
        at_hand.setParent(self)
        self.files: list[str] = []
        self.empty.setText(self.tr("Choose or drop images, .wav, .npy or .csv files: the answers are shown here."))
        self.device, self.model = QComboBox(), QComboBox()
        self.data, self.top = QComboBox(), QSpinBox()
        self.data.setEditable(True)
        self.data.addItems(["", "fashion-mnist", "digits"])
        self.top.setRange(1, 100)
        self.top.setValue(3)
        self.top.lineEdit().setTextMargins(Space.S, 0, 0, 0)
        self.top.setFixedWidth(TOP_PIXELS)
        self.listed = QListWidget()
        self.choose_button, self.clear_button = button(self._choose), button(lambda: self.take([]))
        self.choose_button.setText(self.tr("Choose files…"))
        self.clear_button.setText(self.tr("Clear"))
        self.clear_button.setToolTip(self.tr("Take all files off the list"))
        self.add(self.tr("Device"), self.device)
        self.add(self.tr("Model"), self.model)
        self.add(
            self.tr("Data"),
            self.data,
            tip=self.tr("Data like the model was made for: it tells how a file is scaled and laid out"),
        )
        self.add(self.tr("Classes shown"), self.top, narrow=True)
        named = Text("muted")
        named.setText(self.tr("Files"))
        named.setBuddy(self.listed)
        self.name_field(self.listed, self.tr("Files"))
        part = QWidget()
        inside = column(row(named, None, self.clear_button, self.choose_button), self.listed)
        inside.setStretch(1, 1)
        part.setLayout(inside)
        self.put(part, 1)
        self.drop = DropTarget(self, style, self._welcome, lambda path: self.take([*self.files, str(path)]))
        self.releases = Query(session, "releases", self)
        self.lay_out(fills=True)
        self.device.currentIndexChanged.connect(lambda _: self._ask())
        self.model.currentIndexChanged.connect(lambda _: self._choose_data())
        self.data.editTextChanged.connect(lambda _: self.render_state())
        self.top.valueChanged.connect(lambda _: self.render_state())
        self.releases.changed.connect(self._fill)
        at_hand.changed.connect(self._fill)
        self._fill()

    @property
    def asked(self) -> TryAsked:
        """What is filled in."""
        wanted = chosen(self.model)
        return TryAsked(
            chosen(self.device),
            wanted.removeprefix(IN_SLOT) if wanted.startswith(IN_SLOT) else "",
            wanted.removeprefix(VARIANT) if wanted.startswith(VARIANT) else "",
            tuple(self.files),
            self.top.value(),
            self.data.currentText().strip(),
        )

    @property
    def lacking(self) -> str:
        """Why it cannot begin."""
        if self.at_hand.loading and not self.device.count():
            return self.tr("Loading…")
        if self.releases.loading and not chosen(self.model):
            return self.tr("Asking the device what it runs…")
        if self.releases.failure is not None and self._unanswered:
            return trouble(self.releases.failure)
        return self.at_hand.trouble or self.asked.lacking

    @property
    def command(self) -> str:
        """The same for a terminal."""
        return self.asked.command(self.at_hand.names, self.at_hand.packed)

    def work(self) -> Sequence[Step]:
        """Pack and deploy a variant, then run."""
        return self.asked.work(self.at_hand.packed)

    def findings(self, document: Document) -> Findings:
        """Classes or values."""
        return read_predicted(document)

    def take(self, files: Sequence[str]) -> None:
        """These files and no others."""
        self.files = list(dict.fromkeys(files))
        self.listed.clear()
        self.listed.addItems([Path(path).name for path in self.files])
        self.render_state()

    def render_state(self) -> None:
        """Show what can be done."""
        asked = self.asked
        self.show_field(self.data, bool(asked.variant) and asked.variant not in self.at_hand.packed)
        self.clear_button.setEnabled(bool(self.files))
        super().render_state()
        self.start_button.setText(self.tr("Ask again") if self._unanswered else self.tr("Try it"))
        if self._unanswered:
            self.start_button.setEnabled(True)
            self.empty.hide()

    @property
    def _unanswered(self) -> bool:
        """True when the device did not say what it runs."""
        return self.releases.failure is not None and not self.releases.loading and not self.steps.busy

    def _start(self) -> None:
        if self._unanswered:
            self._ask()
        else:
            super()._start()

    def _fill(self) -> None:
        names = [(row_.name, row_.name) for row_ in self.at_hand.devices]
        if names and not self.device.count():
            choose_from(self.device, names, self._target)
            self._ask()
        slots = [
            (f"{IN_SLOT}{name}", self.tr("in slot {0}").format(name))
            for name, slot in documents.object_((self.releases.document or {}).get("slots")).items()
            for release in documents.objects(documents.object_(slot).get("releases"))
            if release.get("release") == documents.object_(slot).get("current")
        ]
        rows = [(VARIANT + row_.id, row_.label) for row_ in self.at_hand.variants]
        if self.releases.document is not None or self.releases.failure is not None:
            choose_from(self.model, [*slots, *rows], VARIANT + self._variant)
        self._choose_data()

    def _choose_data(self) -> None:
        row_ = next((row_ for row_ in self.at_hand.variants if row_.id == self.asked.variant), None)
        if row_ is not None and not self.data.currentText():
            self.data.setCurrentText(likely_data(row_))
        self.render_state()

    def _ask(self) -> None:
        self.releases.forget()
        self.releases.load(target=chosen(self.device))

    def _choose(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in TAKEN)
        paths, _ = QFileDialog.getOpenFileNames(self, self.tr("Choose files…"), "", kinds)
        if paths:
            self.take([*self.files, *paths])

    def _welcome(self, path: Path) -> tuple[str, str]:
        if path.suffix.lower() in TAKEN:
            return self.tr("Drop {0} to try the model on it").format(path.name), ""
        return "", self.tr("{0} is no image, .wav, .npy or .csv file").format(path.name)

    def done(self, result: int) -> None:
        """Nobody waits for the lists any more."""
        self.at_hand.cancel()
        self.releases.cancel()
        super().done(result)
