"""The dialog that foretells latency and memory of variants on a device they were not measured on."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QSpinBox, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.at_hand import AtHand
from ...viewmodels.findings import Findings
from ...viewmodels.foresight import (
    Foreseen,
    Source,
    anchors_of,
    listed,
    read_foreseen,
    source_sentence,
    source_title,
)
from ...viewmodels.steps import Document, Step, Steps
from ...widgets.choices import choose_from, chosen
from ...widgets.layout import column
from ...widgets.sieve import Sieve
from ...widgets.task import TaskDialog
from ...widgets.text import Text
from ...widgets.ticks import fill, ticked

THREADS_PIXELS = 64


class ForesightDialog(TaskDialog):
    """Predictions are shown here and are kept nowhere.

    Args:
        known: boards and devices the profiles know, besides the inventory.
    """

    def __init__(self, steps: Steps, at_hand: AtHand, style: Style, parent: QWidget, known: Sequence[str] = ()) -> None:
        super().__init__(
            steps,
            style,
            self.tr("Predict without measuring"),
            self.tr(
                "What a variant would take on a device, with the interval in which it lies nine times out of ten. "
                "A prediction is no reading: measure before you decide."
            ),
            parent,
        )
        self.at_hand, self._known = at_hand, tuple(known)
        at_hand.setParent(self)
        self.empty.setText(self.tr("Choose a device and tick variants: the predictions are shown here."))
        self.device, self.source = QComboBox(), QComboBox()
        for source in Source:
            self.source.addItem(source_title(source), source.value)
        self.about = Text("caption", wrap=True)
        self.threads = QSpinBox()
        self.threads.setRange(1, 256)
        self.threads.lineEdit().setTextMargins(Space.S, 0, 0, 0)
        self.threads.setFixedWidth(THREADS_PIXELS)
        self.names, self.anchors = QLineEdit(), QLineEdit()
        self.names.setPlaceholderText("mobilenet_v2, resnet18")
        self.anchors.setPlaceholderText("squeezenet=41.2, resnet18=120")
        self.probe = QCheckBox()
        self.probe.setText(self.tr("First time every kind of operator (10 s)"))
        self.variants = QListWidget()
        self.add(self.tr("Device"), self.device)
        self.add(self.tr("Learn from"), self.source)
        self.put(self.about)
        self.add(self.tr("Threads"), self.threads, narrow=True)
        self.add(self.tr("Models"), self.names, tip=self.tr("Names of the table, with commas between"))
        self.add(
            self.tr("Known here"), self.anchors, tip=self.tr("What models of the table take on this device, in ms")
        )
        self.put(self.probe)
        self.name_field(self.variants, self.tr("Variants"))
        room = QWidget()  # keeps its place when the list is hidden
        self.sieve = Sieve(self.variants)
        room.setLayout(column(self.sieve))
        self.put(room, 1)
        self.lay_out(fills=True)
        for box in (self.device, self.source):
            box.currentIndexChanged.connect(lambda _: self.render_state())
        for field in (self.names, self.anchors):
            field.textChanged.connect(lambda _: self.render_state())
        self.threads.valueChanged.connect(lambda _: self.render_state())
        self.probe.toggled.connect(lambda _: self.render_state())
        self.variants.itemChanged.connect(lambda _: self.render_state())
        at_hand.changed.connect(self._fill)
        self._fill()

    @property
    def asked(self) -> Foreseen:
        """What is filled in."""
        return Foreseen(
            chosen(self.device),
            tuple(ticked(self.variants)),
            self.threads.value(),
            Source(chosen(self.source)),
            self.probe.isChecked(),
            listed(self.names.text()),
            anchors_of(self.anchors.text()),
        )

    @property
    def lacking(self) -> str:
        """Why it cannot begin."""
        if self.at_hand.loading and not self.device.count():
            return self.tr("Loading…")
        return self.at_hand.trouble or self.asked.lacking

    @property
    def command(self) -> str:
        """The same for a terminal."""
        return self.asked.command(self.at_hand.names)

    def work(self) -> Sequence[Step]:
        """One question."""
        return self.asked.work()

    def findings(self, document: Document) -> Findings:
        """The predictions."""
        return read_foreseen(document, {row.id: row.label for row in self.at_hand.variants})

    def render_state(self) -> None:
        """Show the fields this way of learning has."""
        source = Source(chosen(self.source))
        self.about.setText(source_sentence(source))
        self.show_field(self.names, source.published)
        self.show_field(self.anchors, source.published)
        self.probe.setVisible(source is Source.READINGS)
        self.sieve.setVisible(not source.published)
        super().render_state()
        self.start_button.setText(self.tr("Predict"))

    def _fill(self) -> None:
        names = dict.fromkeys([*(row.name for row in self.at_hand.devices), *self._known])
        if self.at_hand.devices:
            choose_from(self.device, [(name, name) for name in names])
        fill(self.variants, [(row.id, row.label) for row in self.at_hand.variants])
        self.render_state()

    def done(self, result: int) -> None:
        """Nobody waits for the lists any more."""
        self.at_hand.cancel()
        super().done(result)
