"""The dialog that looks closer at one variant: quality on a board, where it lost, robustness, pipeline."""

from collections.abc import Callable, MutableMapping, Sequence

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QSpinBox, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.at_hand import AtHand
from ...viewmodels.findings import Findings
from ...viewmodels.steps import Document, Step, Steps, step
from ...viewmodels.studies import NEEDS_DATA, Asked, Study, as_cli, likely_data, study_sentence, study_title
from ...viewmodels.study_readers import read_findings
from ...viewmodels.variants import VariantRow
from ...widgets.choices import choose_from, chosen
from ...widgets.layout import button
from ...widgets.task import TaskDialog
from ...widgets.text import Text

DATA = ("fashion-mnist", "digits")
SAMPLES = 1000
NUMBER_PIXELS = 72


class StudyDialog(TaskDialog):
    """Shows the studies of one variant, one at a time.

    Args:
        steps_of: the work of a study on this variant.
        data: by network, what a person chose last.
    """

    def __init__(
        self,
        steps_of: Callable[[Study], Steps],
        at_hand: AtHand,
        style: Style,
        parent: QWidget,
        variant: VariantRow,
        data: MutableMapping[str, str],
    ) -> None:
        title = self.tr("A closer look at {0}").format(variant.label)
        super().__init__(steps_of(Study.QUALITY), style, title, "", parent)
        self.at_hand, self.variant, self._steps_of, self._data = at_hand, variant, steps_of, data
        at_hand.setParent(self)
        self.empty.setText(self.tr("Choose what to find out; the answer is shown here."))
        self.what, self.device = QComboBox(), QComboBox()
        for study in Study:
            self.what.addItem(study_title(study), study.value)
        self.about = Text("caption", wrap=True)
        self.data = QComboBox()
        self.data.setEditable(True)
        self.data.addItems(DATA)
        self.data.setCurrentText(data.get(variant.model, likely_data(variant)))
        self.choose_button = button(self._choose)
        self.choose_button.setText(self.tr("Folder…"))
        self.samples, self.stages = QLineEdit(str(SAMPLES)), QSpinBox()
        self.stages.setRange(2, 16)
        self.stages.lineEdit().setTextMargins(Space.S, 0, 0, 0)
        for field in (self.samples, self.stages):
            field.setFixedWidth(NUMBER_PIXELS)
        self.add(self.tr("Find out"), self.what)
        self.put(self.about)
        self.add(self.tr("Data"), self.data)
        self.add("", self.choose_button, narrow=True)
        self.add(self.tr("Answered by"), self.device)
        self.add(self.tr("Samples"), self.samples, narrow=True)
        self.add(self.tr("Stages"), self.stages, narrow=True)
        self.lay_out()
        self.what.currentIndexChanged.connect(lambda _: self.take_up(steps_of(self.study)))
        self.data.editTextChanged.connect(lambda _: self.render_state())
        at_hand.changed.connect(self._fill)
        self._fill()

    @property
    def study(self) -> Study:
        """The study that is shown."""
        return Study(chosen(self.what))

    @property
    def asked(self) -> Asked:
        """What is filled in."""
        samples = self.samples.text().strip()
        return Asked(
            self.data.currentText().strip(),
            chosen(self.device),
            int(samples) if samples.isdecimal() and int(samples) else None,
            self.stages.value(),
        )

    @property
    def lacking(self) -> str:
        """Why it cannot begin."""
        return self.asked.lacks(self.study)

    @property
    def command(self) -> str:
        """The same for a terminal."""
        return as_cli(self.study, self.asked.arguments(self.study, self.variant))

    def work(self) -> Sequence[Step]:
        """One question."""
        if self.asked.data:
            self._data[self.variant.model] = self.asked.data
        return [step(self.study.value, **self.asked.arguments(self.study, self.variant))]

    def findings(self, document: Document) -> Findings:
        """What the study found."""
        return read_findings(self.study, document)

    def render_state(self) -> None:
        """Show the fields this study has."""
        study = self.study
        self.about.setText(study_sentence(study))
        for field in (self.data, self.choose_button):
            self.show_field(field, study in NEEDS_DATA)
        self.show_field(self.device, study is Study.QUALITY)
        self.show_field(self.samples, study in (Study.QUALITY, Study.ROBUSTNESS))
        self.show_field(self.stages, study is Study.PIPELINE)
        super().render_state()
        self.start_button.setText(self.tr("Start") if self.steps.document is None else self.tr("Start again"))

    def _choose(self) -> None:
        if path := QFileDialog.getExistingDirectory(self, self.tr("A folder of data")):
            self.data.setCurrentText(path)

    def _fill(self) -> None:
        devices = [(item.name, item.name) for item in self.at_hand.devices]
        choose_from(self.device, [("", self.tr("this computer")), *devices])
        self.render_state()

    def done(self, result: int) -> None:
        """Nobody waits for the devices any more; studies go on."""
        self.at_hand.cancel()
        super().done(result)
