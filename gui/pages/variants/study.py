"""The dialog that looks closer at one variant: quality on a board, where it lost, robustness, pipeline."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit, QSpinBox, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.devices import read_devices
from ...viewmodels.query import Query
from ...viewmodels.saying import with_remedy
from ...viewmodels.session import Session
from ...viewmodels.studies import (
    NEEDS_DATA,
    Asked,
    StudiesModel,
    Study,
    as_cli,
    likely_data,
    study_sentence,
    study_title,
)
from ...viewmodels.study_readers import read_findings
from ...viewmodels.variants import VariantRow
from ...widgets.facts import Facts
from ...widgets.layout import Card, button, column, row
from ...widgets.run_view import PILLS
from ...widgets.sheets import Sheets
from ...widgets.tabs import Tabs
from ...widgets.text import Pill, ShrinkingText, Text

SIZE = (1160, 720)
DATA = ("fashion-mnist", "digits")
DATA_PIXELS = 250
SAMPLES = 1000
MARGINS = (Space.L, Space.M, Space.L, Space.M)


class StudyDialog(QDialog):
    """Shows the studies of one variant; those that run go on when the dialog is closed."""

    def __init__(
        self, model: StudiesModel, session: Session, style: Style, variant: VariantRow, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.model, self.variant = model, variant
        self.resize(*SIZE)
        self.setWindowTitle(self.tr("A closer look"))
        self._title = ShrinkingText("card-title")
        self._title.show_text(variant.label)
        self.tabs = Tabs([QWidget() for _ in Study])
        self.tabs.stack.hide()
        self.tabs.name(*map(study_title, Study))
        self.tabs.bar.setAccessibleName(self.tr("What to find out"))
        self.tabs.changed.connect(lambda _: self.render_state())
        self._sentence = Text("muted", wrap=True)
        self.data = QComboBox()
        self.data.setEditable(True)
        self.data.setMinimumWidth(DATA_PIXELS)
        self.data.addItems(DATA)
        self.data.setCurrentText(model.data.get(variant.model, likely_data(variant)))
        self.data.editTextChanged.connect(lambda _: self.render_state())
        self.choose_button = button(self._choose)
        self.choose_button.setText(self.tr("Folder…"))
        self.device = QComboBox()
        self.device.addItem(self.tr("this computer"), "")
        self.samples, self.stages = QLineEdit(str(SAMPLES)), QSpinBox()
        self.samples.setFixedWidth(72)
        self.stages.setRange(2, 16)
        self.stages.lineEdit().setTextMargins(Space.S, 0, 0, 0)
        self.stages.setFixedWidth(56)
        self._fields = {
            "data": self._named(self.tr("Data"), self.data, self.choose_button),
            "device": self._named(self.tr("Answered by"), self.device),
            "samples": self._named(self.tr("Samples"), self.samples),
            "stages": self._named(self.tr("Stages"), self.stages),
        }
        self.start_button, self.stop_button = button(self._start, primary=True), button(self._stop)
        self.stop_button.setText(self.tr("Stop"))
        self.copy_button = button(lambda: QGuiApplication.clipboard().setText(self.command))
        self.copy_button.setText(self.tr("Copy as CLI"))
        self.close_button = button(self.reject)
        self.close_button.setText(self.tr("Close"))
        self.pill, self.words = Pill(), Text("muted", wrap=True)
        self.facts, self.sheets = Facts(), Sheets(style)
        found = Card()
        inside = column(self.facts, self.sheets, gap=Space.M, margins=MARGINS)
        inside.setStretch(1, 1)
        found.setLayout(inside)
        self.found = found
        said_ = row(self.pill, self.words)
        said_.setStretch(1, 1)
        whole = column(
            self._title,
            self.tabs,
            self._sentence,
            row(*self._fields.values(), None, self.stop_button, self.start_button, gap=Space.L),
            said_,
            found,
            row(self.copy_button, None, self.close_button),
            gap=Space.M,
            margins=(Space.XL, Space.L, Space.XL, Space.L),
        )
        whole.setStretch(5, 1)
        self._rest = QWidget()
        whole.insertWidget(6, self._rest, 1)
        self.setLayout(whole)
        self.devices = Query(session, "device_list", self)
        self.devices.answered.connect(self._listed)
        self.devices.load()
        model.changed.connect(self.render_state)
        self.render_state()

    def _named(self, name: str, field: QWidget, *more: QWidget) -> QWidget:
        label = Text("muted")
        label.setText(name)
        label.setBuddy(field)
        field.setAccessibleName(name)
        if isinstance(field, QComboBox) and (line := field.lineEdit()) is not None:
            line.setAccessibleName(name)
        made = QWidget()
        made.setLayout(row(label, field, *more))
        return made

    @property
    def study(self) -> Study:
        """The study that is shown."""
        return list(Study)[self.tabs.bar.currentIndex()]

    @property
    def asked(self) -> Asked:
        """What is filled in."""
        samples = self.samples.text().strip()
        return Asked(
            self.data.currentText().strip(),
            self.device.currentData() or "",
            int(samples) if samples.isdigit() and int(samples) else None,
            self.stages.value(),
        )

    @property
    def command(self) -> str:
        """The same for a terminal."""
        return as_cli(self.study, self.asked.arguments(self.study, self.variant))

    def render_state(self) -> None:
        """Show how far the study is, and what it found."""
        study = self.study
        run = self.model.run(self.variant.id, study)
        busy = run is not None and (run.state.busy or run.waits)
        self._sentence.setText(study_sentence(study))
        self._fields["data"].setVisible(study in NEEDS_DATA)
        self._fields["device"].setVisible(study is Study.QUALITY)
        self._fields["samples"].setVisible(study in (Study.QUALITY, Study.ROBUSTNESS))
        self._fields["stages"].setVisible(study is Study.PIPELINE)
        lacking = self.asked.lacks(study)
        document = self.model.document(self.variant.id, study)
        self.start_button.setText(self.tr("Start") if document is None else self.tr("Start again"))
        self.start_button.setVisible(not busy)
        self.start_button.setEnabled(not lacking)
        self.stop_button.setVisible(busy)
        self.copy_button.setEnabled(not lacking)
        self.pill.setVisible(run is not None)
        words = lacking
        if run is not None:
            self.pill.show_state(PILLS.get(run.state, "idle"), wording.state(run.state))
            words = " · ".join(
                filter(
                    None,
                    (
                        wording.stage_line(run.step.name, run.step.detail) if busy and run.step.name else "",
                        wording.rest(run.step.share, run.step.eta_s, run.step_s) if busy else "",
                    ),
                )
            )
            if run.waits:
                words = self.tr("Waits for the job before it")
            elif run.notice is not None:
                words = with_remedy(run.notice.message, run.notice.remedy)
        self.words.setText(words)
        self.words.setVisible(bool(words) or run is not None)
        self.found.setVisible(document is not None)
        self._rest.setVisible(document is None)
        if document is not None:
            findings = read_findings(study, document)
            self.facts.show_facts(findings.facts)
            self.facts.setVisible(bool(self.facts.shown))
            self.sheets.show_sheets(findings.sheets)

    def _start(self) -> None:
        self.model.start(self.variant, self.study, self.asked)
        self.render_state()

    def _stop(self) -> None:
        self.model.stop(self.variant.id, self.study)

    def _choose(self) -> None:
        if path := QFileDialog.getExistingDirectory(self, self.tr("A folder of data")):
            self.data.setCurrentText(path)

    def _listed(self) -> None:
        chosen = self.device.currentData()
        while self.device.count() > 1:
            self.device.removeItem(1)
        for item in read_devices(self.devices.document):
            self.device.addItem(item.name, item.name)
        self.device.setCurrentIndex(max(self.device.findData(chosen), 0))

    def done(self, result: int) -> None:
        """A question that nobody waits for any more is dropped; studies go on."""
        self.devices.cancel()
        super().done(result)
