"""What goes into the report, how it will look, the buttons that write it, and where it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from ...i18n import Language
from ...settings import state_dir
from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.query import Query
from ...viewmodels.session import Session
from ...viewmodels.variants import read_variants, targets
from ...widgets.layout import Card, button, column, row
from ...widgets.page import Page
from ...widgets.paper import Paper, write_pdf
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
        self._written = ""
        self.project = Query(session, "project_show", self)
        self.report = Query(session, "report", self)
        self.draft = Query(session, "report", self)
        self.draft.answered.connect(self._read_draft)
        for query in (self.project, self.report, self.draft):
            query.changed.connect(self.render_state)
        self.project.answered.connect(self.preview)
        self.write_button = button(self.write, primary=True)
        self.open_button = button(self._open)
        self.choose_button, self.pdf_button = button(self._choose), button(self._choose_pdf)
        self.paper = Paper()
        self._paper_title = Text("card-title")
        self._choices_title, self._language_name, self._model_name = Text("card-title"), Text("muted"), Text("muted")
        self._target_name, self._out_name, self._words = Text("muted"), Text("muted"), Text("muted", wrap=True)
        self.language, self.network, self.device = QComboBox(), QComboBox(), QComboBox()
        for language in Language:
            self.language.addItem(language.own_name, language.value)
        self.out = QLineEdit()
        self.pill, self.where = Pill(), Text(wrap=True)
        for label in (self._language_name, self._model_name, self._target_name, self._out_name):
            label.setFixedWidth(NAME_PIXELS)
        for box in (self.language, self.network, self.device):
            box.setMinimumWidth(130)
        place = row(self._out_name, self.out)
        place.setStretch(1, 1)
        card = Card()
        card.setLayout(
            column(
                self._choices_title,
                self._words,
                row(self._language_name, self.language, None),
                row(self._model_name, self.network, None),
                row(self._target_name, self.device, None),
                place,
                row(None, self.choose_button),
                gap=Space.M,
                margins=(Space.L, Space.M, Space.L, Space.L),
            )
        )
        self.done = Card()
        line = row(self.pill, self.where, self.open_button, margins=(Space.L, Space.S, Space.L, Space.S))
        line.setStretch(1, 1)
        self.done.setLayout(line)
        sheet = Card()
        inside = column(self._paper_title, self.paper, gap=Space.M, margins=(Space.L, Space.M, Space.L, Space.L))
        inside.setStretch(1, 1)
        sheet.setLayout(inside)
        left = column(card, self.done, None, gap=Space.M)
        whole = row(left, sheet, gap=Space.M)
        whole.setStretch(0, 1)
        whole.setStretch(1, 3)
        self.content.setLayout(whole)
        self.frame(self.pdf_button, self.write_button)
        for box in (self.language, self.network, self.device):
            box.activated.connect(lambda _: self.preview())

    def activate(self) -> None:
        """Ask what there is to report."""
        self.project.load()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Report"))
        self.sentence.setText(self.tr("One page with every variant, every interval and how it was measured."))
        self.write_button.setText(self.tr("Write the report"))
        self.open_button.setText(self.tr("Open"))
        self.pdf_button.setText(self.tr("Save as PDF…"))
        self._paper_title.setText(self.tr("Preview"))
        self.paper.setAccessibleName(self.tr("Preview"))
        self.choose_button.setText(self.tr("Choose…"))
        self._choices_title.setText(self.tr("What goes in"))
        self._words.setText(
            self.tr("HTML opens in any browser without a network; .md and .csv are for other programs.")
        )
        self._language_name.setText(self.tr("Language"))
        self._model_name.setText(self.tr("Network"))
        self._target_name.setText(self.tr("Device"))
        self._out_name.setText(self.tr("File"))
        self.out.setPlaceholderText("report.html")
        self.out.setToolTip(self.tr("report.html in the project"))
        for widget, name in (
            (self.language, self._language_name),
            (self.network, self._model_name),
            (self.device, self._target_name),
            (self.out, self._out_name),
        ):
            widget.setAccessibleName(name.text())
        self.render_state()

    def render_state(self) -> None:
        """Show what is known."""
        if self.show_query(self.project, self.activate):
            self.write_button.setEnabled(False)
            self.pdf_button.setEnabled(False)
            return
        document = self.project.document or {}
        variants = read_variants(document)
        self.write_button.setEnabled(bool(variants) and not self.report.loading)
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
        self.pdf_button.setEnabled(bool(self.paper.markdown))
        _fill(self.network, self.tr("All networks"), list(dict.fromkeys(row.model for row in variants)))
        _fill(self.device, self.tr("All devices"), targets(document))
        report = self.report
        asked = report.loading or report.document is not None or report.failure is not None
        self.done.setVisible(asked or bool(self._written))
        self.open_button.setVisible(not report.loading and (report.document is not None or bool(self._written)))
        if report.loading:
            self.pill.show_state("info", self.tr("Writing…"))
            self.where.setText("")
        elif report.failure is not None:
            self.pill.show_state("bad", self.tr("Failed"))
            self.where.setText(f"{report.failure.message} {report.failure.remedy}")
        elif report.document is not None:
            self.pill.show_state("ok", self.tr("Written"))
            self._written = self._written or str(report.document.get("path", ""))
            self.where.setText(self._written)

    def write(self) -> None:
        """Write the report."""
        self._written = ""
        self.report.load(**self._asked(), out=self.out.text().strip() or None)

    def preview(self) -> None:
        """Let the engine write a draft and show it."""
        if read_variants(self.project.document or {}):
            self.draft.load(**self._asked(), out=str(state_dir() / "report-preview.md"))

    def save_pdf(self, path: Path) -> None:
        """Write what the preview shows as PDF."""
        try:
            write_pdf(self.paper.markdown, path, self.title.text(), self.paper.folder)
        except OSError as error:
            self.done.show()
            self.open_button.hide()
            self.pill.show_state("bad", self.tr("Failed"))
            self.where.setText(f"{path}: {error.strerror}")
            return
        self._written = str(path)
        self.done.show()
        self.open_button.show()
        self.pill.show_state("ok", self.tr("Written"))
        self.where.setText(self._written)

    def _asked(self) -> dict[str, Any]:
        return {
            "language": self.language.currentData(),
            "model": self.network.currentData(),
            "target": self.device.currentData(),
        }

    def _read_draft(self) -> None:
        path = Path(str((self.draft.document or {}).get("path", "")))
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            text = self.tr("The preview cannot be read: {0}").format(error.strerror)
        self.paper.show_markdown(text, path.parent)

    def _choose_pdf(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save as PDF…"), "report.pdf", "*.pdf")
        if path:
            self.save_pdf(Path(path))

    def _open(self) -> None:
        path = self._written
        if not self._opener(path):
            self.where.setText(self.tr("No program opened the report. It is here: {0}").format(path))

    def _choose(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, self.tr("File"), "report.html", "*.html *.md *.csv")
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
