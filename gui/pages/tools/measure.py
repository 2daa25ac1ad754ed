"""The dialog that measures one variant on boards: how queries come, with how many threads, beside what."""

from collections.abc import Collection, Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QWidget

from ...theme.style import Style
from ...viewmodels.at_hand import AtHand
from ...viewmodels.findings import Findings
from ...viewmodels.measured import read_measured
from ...viewmodels.measuring import How, MeasureAsked, amount, counts_of, how_sentence, how_title
from ...viewmodels.steps import Document, Step, Steps
from ...widgets.choices import choose_from, chosen
from ...widgets.run_on import RunOnForm
from ...widgets.sieve import Sieve
from ...widgets.task import TaskDialog
from ...widgets.text import Text
from ...widgets.ticks import fill, tick, ticked
from .around import AroundForm

DEVICES_PIXELS = 84


class MeasureDialog(TaskDialog):
    """Measures; variant and devices are those a person came with, and can be changed."""

    def __init__(
        self,
        steps: Steps,
        at_hand: AtHand,
        style: Style,
        parent: QWidget,
        variant: str = "",
        targets: Collection[str] = (),
    ) -> None:
        super().__init__(
            steps,
            style,
            self.tr("Measure on devices"),
            self.tr(
                "What is not packed yet is packed, sent and verified first; what runs in the slots of a device stays. "
                "The readings go into the profile of its board."
            ),
            parent,
        )
        self.at_hand, self._variant, self._targets = at_hand, variant, tuple(targets)
        at_hand.setParent(self)
        self.empty.setText(self.tr("Choose how to measure; what was measured is shown here."))
        self.variant, self.how, self.against = QComboBox(), QComboBox(), QComboBox()
        self.targets = QListWidget()
        self.targets.setFixedHeight(DEVICES_PIXELS)
        for how in How:
            self.how.addItem(how_title(how), how.value)
        self.about = Text("caption", wrap=True)
        self.threads, self.beside = QLineEdit("1"), QLineEdit()
        self.rate, self.seconds, self.deadline, self.minutes = (QLineEdit(text) for text in ("30", "10", "", "5"))
        self.burst, self.rest = QLineEdit("8"), QLineEdit("5")
        self.energy, self.layers = QCheckBox(), QCheckBox()
        self.energy.setText(self.tr("Energy, too, where there is a sensor"))
        self.layers.setText(self.tr("Time of every layer, too"))
        self.beside.setPlaceholderText(self.tr("nothing"))
        self.deadline.setPlaceholderText(self.tr("none"))
        self.run_on, self.around = RunOnForm(), AroundForm()
        self.run_on.retranslate()
        self.around.retranslate()
        self.add(self.tr("Variant"), self.variant)
        self.add(self.tr("Devices"), Sieve(self.targets))
        self.name_field(self.targets, self.tr("Devices"))
        self.add(self.tr("Queries come"), self.how)
        self.put(self.about)
        self.add(self.tr("Rate (1/s)"), self.rate, tip=self.tr("Queries or frames a second"))
        self.add(self.tr("Seconds"), self.seconds)
        self.add(
            self.tr("Deadline (ms)"),
            self.deadline,
            tip=self.tr("Of an answer; of a camera it is one frame, if left open"),
        )
        self.add(self.tr("Answers per burst"), self.burst)
        self.add(self.tr("Rest (s)"), self.rest, tip=self.tr("Before each burst"))
        self.add(self.tr("Minutes"), self.minutes)
        self.add(self.tr("Threads"), self.threads, tip=self.tr("One count, or several with commas between: 1, 2, 4"))
        self.add(
            self.tr("Compare with"),
            self.against,
            tip=self.tr("Both run in the same blocks, in random order: the speed-up has an interval"),
        )
        self.add(
            self.tr("Beside it run"),
            self.beside,
            tip=self.tr("Slots of the device whose models run all the while, with commas between"),
        )
        self.put(self.energy)
        self.put(self.layers)
        self.put(self.run_on)
        self.put(self.around)
        self.lay_out()
        for box in (self.variant, self.how, self.against):
            box.currentIndexChanged.connect(lambda _: self.render_state())
        for field in (
            self.threads,
            self.rate,
            self.seconds,
            self.deadline,
            self.minutes,
            self.burst,
            self.rest,
            self.beside,
        ):
            field.textChanged.connect(lambda _: self.render_state())
        self.targets.itemChanged.connect(lambda _: self.render_state())
        for form in (self.run_on, self.around):
            form.changed.connect(self.render_state)
        for box_ in (self.energy, self.layers):
            box_.toggled.connect(lambda _: self.render_state())
        at_hand.changed.connect(self._fill)
        self._fill()

    @property
    def asked(self) -> MeasureAsked:
        """What is filled in."""
        return MeasureAsked(
            chosen(self.variant),
            tuple(ticked(self.targets)),
            How(chosen(self.how)),
            counts_of(self.threads.text()),
            chosen(self.against),
            tuple(part.strip() for part in self.beside.text().split(",") if part.strip()),
            self.energy.isChecked(),
            self.layers.isChecked(),
            amount(self.rate.text()),
            amount(self.seconds.text()),
            amount(self.deadline.text()),
            amount(self.minutes.text()),
            amount(self.burst.text()),
            amount(self.rest.text()),
            self.run_on.asked,
            self.around.asked,
        )

    @property
    def lacking(self) -> str:
        """Why it cannot begin."""
        if self.at_hand.loading and not self.variant.count():
            return self.tr("Loading…")
        return self.at_hand.trouble or self.asked.lacking

    @property
    def command(self) -> str:
        """The same for a terminal."""
        asked = self.asked
        return asked.command(self.at_hand.names) if not asked.lacking else "flyweight measure"

    def work(self) -> Sequence[Step]:
        """Pack what is not packed, then measure."""
        return self.asked.work(self.at_hand.packed)

    def findings(self, document: Document) -> Findings:
        """The readings."""
        return read_measured(document)

    def render_state(self) -> None:
        """Show the fields this way of measuring has."""
        how = How(chosen(self.how))
        self.about.setText(how_sentence(how))
        self.show_field(self.rate, how.rated)
        self.show_field(self.deadline, how.rated)
        self.show_field(self.seconds, how.service)
        self.show_field(self.burst, how is How.BURST)
        self.show_field(self.rest, how is How.BURST)
        self.show_field(self.minutes, how is How.SUSTAINED)
        self.show_field(self.against, how is How.SINGLE)
        self.show_field(self.beside, not how.service)
        self.energy.setVisible(how is How.SINGLE)
        self.layers.setVisible(how is How.SINGLE)
        super().render_state()
        self.start_button.setText(self.tr("Measure"))

    def _fill(self) -> None:
        rows = [(row.id, row.label) for row in self.at_hand.variants]
        choose_from(self.variant, rows, self._variant)
        choose_from(self.against, [("", self.tr("nothing")), *rows])
        names = [(row.name, row.name) for row in self.at_hand.devices]
        if names and not self.targets.count():
            fill(self.targets, names)
            tick(self.targets, self._targets or [names[0][0]])
        self.render_state()

    def done(self, result: int) -> None:
        """Nobody waits for the lists any more; what is measured goes on."""
        self.at_hand.cancel()
        super().done(result)
