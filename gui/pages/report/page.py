"""What goes into the report, how it will look, the buttons that write it, and where it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from ...i18n import Language
from ...settings import state_dir
from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.damage import damaged_records
from ...viewmodels.query import Query
from ...viewmodels.report_parts import FORMS, PARTS, form_words, part_words
from ...viewmodels.saying import trouble
from ...viewmodels.session import Session
from ...viewmodels.variants import read_variants, targets
from ...widgets.choices import choice_box
from ...widgets.layout import Card, button, column, row
from ...widgets.page import Page
from ...widgets.paper import Paper
from ...widgets.text import Pill, Text

NAME_PIXELS = 64


class ReportPage(Page):
    """Writes a report through the worker and opens it with the desktop's own program."""

    def __init__(
        self,
        session: Session,
        style: Style,
        opener: Callable[[str], bool],
        go: Callable[[str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(style, parent)
        self._opener, self._go = opener, go
        self._language_chosen = False
        self.project = Query(session, "project_show", self)
        self.report = Query(session, "report", self)
        self.draft = Query(session, "report", self)
        self.draft.answered.connect(self._read_draft)
        for query in (self.project, self.report, self.draft):
            query.changed.connect(self.render_state)
        self.project.answered.connect(self.preview)
        self.write_button = button(self.write, primary=True)
        self.open_button = button(self._open)
        self.choose_button = button(self._choose)
        self.paper = Paper()
        self._paper_title, self._paper_words = Text("card-title"), Text("muted", wrap=True)
        self._choices_title, self._language_name, self._model_name = Text("card-title"), Text("muted"), Text("muted")
        self._target_name, self._out_name, self._words = Text("muted"), Text("muted"), Text("muted", wrap=True)
        self._form_name, self._parts_name = Text("muted"), Text("card-title")
        self.language, self.network, self.device, self.form = choice_box(), choice_box(), choice_box(), choice_box()
        self.parts = QListWidget()
        for part in PARTS:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, part)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.parts.addItem(item)
        for form in FORMS:
            self.form.addItem("", form)
        for language in Language:
            self.language.addItem(language.own_name, language.value)
        self.out = QLineEdit()
        self.pill, self.where = Pill(), Text(wrap=True)
        for label in (self._language_name, self._model_name, self._target_name, self._form_name, self._out_name):
            label.setFixedWidth(NAME_PIXELS)
        for box in (self.language, self.network, self.device, self.form):
            box.setMinimumWidth(130)
        place = row(self._out_name, self.out)
        place.setStretch(1, 1)
        card = Card()
        choices = column(
            self._choices_title,
            row(self._language_name, self.language, None),
            row(self._model_name, self.network, None),
            row(self._target_name, self.device, None),
            Space.XS,
            self._parts_name,
            self.parts,
            Space.XS,
            row(self._form_name, self.form, None, self.choose_button),
            place,
            self._words,
            gap=Space.S,
            margins=(Space.L, Space.M, Space.L, Space.L),
        )
        choices.setStretch(6, 1)
        card.setLayout(choices)
        self.done = Card()
        line = row(self.pill, self.where, self.open_button, margins=(Space.L, Space.S, Space.L, Space.S))
        line.setStretch(1, 1)
        self.done.setLayout(line)
        sheet = Card()
        inside = column(
            self._paper_title, self._paper_words, self.paper, gap=Space.M, margins=(Space.L, Space.M, Space.L, Space.L)
        )
        inside.setStretch(2, 1)
        sheet.setLayout(inside)
        left = column(card, self.done, gap=Space.M)
        left.setStretch(0, 1)
        whole = row(left, sheet, gap=Space.M)
        whole.setStretch(0, 1)
        whole.setStretch(1, 3)
        self.content.setLayout(whole)
        self.frame(self.write_button)
        for box in (self.language, self.network, self.device):
            box.activated.connect(lambda _: self.preview())
        self.language.activated.connect(lambda _: self._keep_language())
        self.parts.itemChanged.connect(lambda _: self._chose_parts())
        self.form.activated.connect(lambda _: self.render_state())

    def activate(self) -> None:
        """Ask what there is to report."""
        self.project.load()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Report"))
        self.sentence.setText(self.tr("One page with every variant, every interval and how it was measured."))
        self.write_button.setText(self.tr("Write the report"))
        self.open_button.setText(self.tr("Open"))
        self._paper_title.setText(self.tr("Preview"))
        self.paper.setAccessibleName(self.tr("Preview"))
        self.choose_button.setText(self.tr("Choose…"))
        self._choices_title.setText(self.tr("What goes in"))
        self._parts_name.setText(self.tr("Sections"))
        self._form_name.setText(self.tr("Format"))
        self._name_choices()
        spoken = max(self.language.findData(QLocale().name()), 0)
        if not self._language_chosen and spoken != self.language.currentIndex():
            self.language.setCurrentIndex(spoken)
            self.preview()
        self._language_name.setText(self.tr("Language"))
        self._model_name.setText(self.tr("Network"))
        self._target_name.setText(self.tr("Device"))
        self._out_name.setText(self.tr("File"))
        self.out.setToolTip(self.tr("Without a name: the file “report” in the project"))
        for widget, name in (
            (self.language, self._language_name),
            (self.network, self._model_name),
            (self.device, self._target_name),
            (self.form, self._form_name),
            (self.out, self._out_name),
            (self.parts, self._parts_name),
        ):
            widget.setAccessibleName(name.text())
        self.render_state()

    def _name_choices(self) -> None:
        """Names of sections and formats; nothing was chosen by it."""
        self.parts.blockSignals(True)
        for number in range(self.parts.count()):
            item = self.parts.item(number)
            item.setText(part_words(item.data(Qt.ItemDataRole.UserRole)))
        self.parts.blockSignals(False)
        for number in range(self.form.count()):
            self.form.setItemText(number, form_words(self.form.itemData(number))[0])

    def render_state(self) -> None:
        """Show what is known."""
        if self.show_query(self.project, self.activate):
            self.write_button.setEnabled(False)
            return
        document = self.project.document or {}
        variants = read_variants(document)
        chosen = self.chosen_parts
        self.write_button.setEnabled(bool(variants) and chosen != [] and not self.report.loading)
        self.write_button.setToolTip(self.tr("Tick at least one section.") if chosen == [] else "")
        if not variants and (damaged := damaged_records(document)):
            self.show_unreadable(damaged, self.activate)
            return
        if not variants:
            self.show_message(
                "report",
                self.tr("Nothing to report yet"),
                self.tr("Compress a model first: the report compares its variants."),
                self.tr("Compress a model"),
                lambda: self._go("compress"),
                drop=False,
            )
            return
        self.show_content()
        words, ending = form_words(self.form.currentData())[1:]
        self._words.setText(words)
        self.out.setPlaceholderText(f"report{ending}")
        _fill(self.network, self.tr("All networks"), list(dict.fromkeys(row.model for row in variants)))
        _fill(self.device, self.tr("All devices"), targets(document))
        draft = self.draft
        trouble_of_draft = "" if draft.failure is None or draft.loading else trouble(draft.failure)
        self._paper_words.setText(trouble_of_draft or (self.tr("Loading…") if draft.document is None else ""))
        self._paper_words.setVisible(bool(self._paper_words.text()))
        self.paper.setVisible(not trouble_of_draft)
        report = self.report
        asked = report.loading or report.document is not None or report.failure is not None
        self.done.setVisible(asked)
        self.open_button.setVisible(not report.loading and report.failure is None and report.document is not None)
        if report.loading:
            self.pill.show_state("info", self.tr("Writing…"))
            self.where.setText("")
        elif report.failure is not None:
            self.pill.show_state("bad", self.tr("Failed"))
            self.where.setText(trouble(report.failure))
        elif report.document is not None:
            self.pill.show_state("ok", self.tr("Written"))
            self.where.setText(self.written)

    @property
    def written(self) -> str:
        """Where the last report is."""
        return str((self.report.document or {}).get("path", ""))

    @property
    def chosen_parts(self) -> list[str] | None:
        """Names of the ticked sections, in their order; None when all are."""
        items = [self.parts.item(number) for number in range(self.parts.count())]
        ticked = [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked]
        return None if len(ticked) == len(items) else ticked

    def write(self) -> None:
        """Write the report."""
        out = self.out.text().strip()
        self.report.load(**self._asked(), form=self.form.currentData(), out=out or None)

    def preview(self) -> None:
        """Let the engine write a draft and show it."""
        if read_variants(self.project.document or {}) and self.chosen_parts != []:
            self.draft.load(**self._asked(), out=str(state_dir() / "report-preview.md"))

    def _keep_language(self) -> None:
        """The report speaks the language of the window until a person wants another one."""
        self._language_chosen = True

    def _chose_parts(self) -> None:
        self.render_state()
        self.preview()

    def _asked(self) -> dict[str, Any]:
        return {
            "language": self.language.currentData(),
            "model": self.network.currentData(),
            "target": self.device.currentData(),
            "sections": self.chosen_parts,
        }

    def _read_draft(self) -> None:
        path = Path(str((self.draft.document or {}).get("path", "")))
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            text = self.tr("The preview cannot be read: {0}").format(error.strerror)
        self.paper.show_markdown(text, path.parent)

    def _open(self) -> None:
        if not self._opener(self.written):
            self.where.setText(self.tr("No program opened the report. It is here: {0}").format(self.written))

    def _choose(self) -> None:
        form = self.form.currentData()
        ending = form_words(form)[2]
        path, _ = QFileDialog.getSaveFileName(self, self.tr("File"), f"report{ending}", f"*{ending}")
        if path:
            self.out.setText(path)


def _fill(box: QComboBox, all_of_them: str, names: list[str]) -> None:
    wanted = [all_of_them, *names]
    if [box.itemText(n) for n in range(box.count())] != wanted:
        chosen = box.currentData()
        box.clear()
        box.addItem(all_of_them, None)
        for name in names:
            box.addItem(name, name)
        box.setCurrentIndex(max(box.findData(chosen), 0) if chosen else 0)
