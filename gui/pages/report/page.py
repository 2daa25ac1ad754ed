"""What goes into the report, the button that writes it, and where it is."""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from ...i18n import Language
from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.query import Query
from ...viewmodels.session import Session
from ...viewmodels.variants import read_variants, targets
from ...widgets.layout import Card, button, column, row
from ...widgets.page import Page
from ...widgets.text import Pill, Text


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
        self.project = Query(session, "project_show", self)
        self.report = Query(session, "report", self)
        for query in (self.project, self.report):
            query.changed.connect(self.render_state)
        self.write_button = button(self.write, primary=True)
        self.open_button = button(self._open)
        self.choose_button = button(self._choose)
        self._choices_title, self._language_name, self._model_name = Text("card-title"), Text("muted"), Text("muted")
        self._target_name, self._out_name, self._words = Text("muted"), Text("muted"), Text("muted", wrap=True)
        self.language, self.network, self.device = QComboBox(), QComboBox(), QComboBox()
        for language in Language:
            self.language.addItem(language.own_name, language.value)
        self.out = QLineEdit()
        self.pill, self.where = Pill(), Text(wrap=True)
        for label in (self._language_name, self._model_name, self._target_name, self._out_name):
            label.setFixedWidth(120)
        for box in (self.language, self.network, self.device):
            box.setMinimumWidth(220)
        place = row(self._out_name, self.out, self.choose_button)
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
                gap=Space.M,
                margins=(Space.L, Space.M, Space.L, Space.L),
            )
        )
        self.done = Card()
        line = row(self.pill, self.where, self.open_button, margins=(Space.L, Space.S, Space.L, Space.S))
        line.setStretch(1, 1)
        self.done.setLayout(line)
        self.content.setLayout(column(card, self.done, None, gap=Space.M))
        self.frame(self.write_button)

    def activate(self) -> None:
        """Ask what there is to report."""
        self.project.load()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Report"))
        self.sentence.setText(self.tr("One page with every variant, every interval and how it was measured."))
        self.write_button.setText(self.tr("Write the report"))
        self.open_button.setText(self.tr("Open"))
        self.choose_button.setText(self.tr("Choose…"))
        self._choices_title.setText(self.tr("What goes in"))
        self._words.setText(
            self.tr("HTML opens in any browser without a network; .md and .csv are for other programs.")
        )
        self._language_name.setText(self.tr("Language"))
        self._model_name.setText(self.tr("Network"))
        self._target_name.setText(self.tr("Device"))
        self._out_name.setText(self.tr("File"))
        self.out.setPlaceholderText(self.tr("report.html in the project"))
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
        _fill(self.network, self.tr("All networks"), list(dict.fromkeys(row.model for row in variants)))
        _fill(self.device, self.tr("All devices"), targets(document))
        report = self.report
        self.done.setVisible(report.loading or report.document is not None or report.failure is not None)
        self.open_button.setVisible(report.document is not None and not report.loading)
        if report.loading:
            self.pill.show_state("info", self.tr("Writing…"))
            self.where.setText("")
        elif report.failure is not None:
            self.pill.show_state("bad", self.tr("Failed"))
            self.where.setText(f"{report.failure.message} {report.failure.remedy}")
        elif report.document is not None:
            self.pill.show_state("ok", self.tr("Written"))
            self.where.setText(str(report.document.get("path", "")))

    def write(self) -> None:
        """Write the report."""
        self.report.load(
            language=self.language.currentData(),
            model=self.network.currentData(),
            target=self.device.currentData(),
            out=self.out.text().strip() or None,
        )

    def _open(self) -> None:
        path = str((self.report.document or {}).get("path", ""))
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
