"""The dialog that writes one file for a board that nobody can reach."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from ...theme.style import Style
from ...viewmodels.at_hand import AtHand
from ...viewmodels.findings import Findings
from ...viewmodels.offline import ARCHITECTURES, PYTHONS, CarryAsked, architecture_words, read_carried
from ...viewmodels.steps import Document, Step, Steps
from ...widgets.choices import choose_from, chosen
from ...widgets.task import TaskDialog


class OfflineDialog(TaskDialog):
    """Asks where the file goes when everything else is chosen."""

    def __init__(self, steps: Steps, at_hand: AtHand, style: Style, parent: QWidget, variant: str = "") -> None:
        super().__init__(
            steps,
            style,
            self.tr("A file for a board without network"),
            self.tr(
                "One file holds the agent, the runtime and the release. Carry it there on a USB stick and run it with "
                "python3: signature, hashes and golden samples are checked there as over the network."
            ),
            parent,
        )
        self.at_hand, self._variant, self._out = at_hand, variant, ""
        at_hand.setParent(self)
        self.resize(self.width(), 460)
        self.empty.setText(self.tr("Choose the variant and the kind of board, then save the file."))
        self.variant, self.arch, self.python = QComboBox(), QComboBox(), QComboBox()
        self.slot, self.data = QLineEdit("main"), QLineEdit()
        for name in ARCHITECTURES:
            self.arch.addItem(architecture_words(name), name)
        for name in PYTHONS:
            self.python.addItem(name or self.tr("has a runtime"), name)
        self.data.setPlaceholderText(self.tr("seeded random inputs"))
        self.add(self.tr("Variant"), self.variant)
        self.add(
            self.tr("Kind of board"),
            self.arch,
            tip=self.tr("uname -m on the board tells it: aarch64, x86_64 or armv7l"),
        )
        self.add(
            self.tr("Its Python"),
            self.python,
            tip=self.tr("The file brings the runtime for this version: python3 --version on the board tells it"),
        )
        self.add(self.tr("Slot"), self.slot, tip=self.tr("A board runs several models; each has a slot of its own."))
        self.add(
            self.tr("Golden samples from"),
            self.data,
            tip=self.tr("The data set whose samples prove on the board that the outputs are right."),
        )
        self.lay_out()
        for box in (self.variant, self.arch, self.python):
            box.currentIndexChanged.connect(lambda _: self.render_state())
        for field in (self.slot, self.data):
            field.textChanged.connect(lambda _: self.render_state())
        at_hand.changed.connect(self._fill)
        self._fill()

    @property
    def asked(self) -> CarryAsked:
        """What is filled in."""
        slot, data = self.slot.text().strip(), self.data.text().strip()
        return CarryAsked(chosen(self.variant), self._out, slot, chosen(self.arch), chosen(self.python), data)

    @property
    def lacking(self) -> str:
        """Why it cannot begin."""
        if self.at_hand.loading and not self.variant.count():
            return self.tr("Loading…")
        return self.at_hand.trouble or self.asked.lacking

    @property
    def command(self) -> str:
        """The same for a terminal."""
        return self.asked.command(self.at_hand.names)

    def work(self) -> Sequence[Step]:
        """Pack, then write."""
        return self.asked.work(self.at_hand.packed)

    def findings(self, document: Document) -> Findings:
        """The file."""
        return read_carried(document)

    def render_state(self) -> None:
        """Show what can be done."""
        asked = self.asked
        self.show_field(self.data, bool(asked.variant) and asked.variant not in self.at_hand.packed)
        super().render_state()
        self.start_button.setText(self.tr("Save the file…"))

    def save(self, path: str) -> None:
        """Write the file there."""
        self._out = path
        super()._start()

    def _start(self) -> None:
        name = self.at_hand.names.get(self.asked.variant, "release")
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the file…"), f"{name}.pyz", "*.pyz")
        if path:
            self.save(path)

    def _fill(self) -> None:
        choose_from(self.variant, [(row.id, row.label) for row in self.at_hand.variants], self._variant)
        self.render_state()

    def done(self, result: int) -> None:
        """Nobody waits for the list any more."""
        self.at_hand.cancel()
        super().done(result)
