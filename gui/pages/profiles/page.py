"""Boards and the latencies of the selected one beside each other, its data sheet below."""

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.profiles import ProfilesModel, when
from ...viewmodels.saying import said, trouble
from ...viewmodels.session import Session
from ...widgets.layout import Card, button, column, row
from ...widgets.page import Page
from ...widgets.plots import IntervalPlot
from ...widgets.search import SearchField
from ...widgets.table import Table
from ...widgets.text import Text

MARGINS = (Space.L, Space.M, Space.L, Space.M)
TOP_PIXELS = 300


class ProfilesPage(Page):
    """Shows a :class:`ProfilesModel`."""

    def __init__(
        self, session: Session, style: Style, go: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(style, parent)
        self.model = ProfilesModel(session, self)
        self._go = go
        self.refresh_button, self.export_button = button(self.model.refresh), button(self._export, primary=True)
        self.boards = Table(self.model.boards, style, self.model.selection)
        self._boards_title = Text("card-title")
        boards = Card()
        boards.setLayout(column(self._boards_title, self.boards, margins=MARGINS))
        self.plot = IntervalPlot(style, lambda id_: self.model.reading.select([id_]))
        self._plot_title, self._plot_words = Text("card-title"), Text("caption")
        self.plot_card = Card()
        inside = column(row(self._plot_title, self._plot_words, None), self.plot, margins=MARGINS)
        inside.setStretch(1, 1)
        self.plot_card.setLayout(inside)
        for card in (boards, self.plot_card):
            card.setMaximumHeight(TOP_PIXELS)
        top = row(boards, self.plot_card, gap=Space.M)
        top.setStretch(0, 4)
        top.setStretch(1, 5)
        self.name, self.facts = Text("card-title"), Text("caption", wrap=True)
        self.search = SearchField(self.model.readings.filter)
        self.readings = Table(self.model.readings, style, self.model.reading)
        self.how = Text("caption", wrap=True)
        sheet = Card()
        inside = column(
            row(self.name, None, self.search), self.facts, self.readings, self.how, gap=Space.M, margins=MARGINS
        )
        inside.setStretch(2, 1)
        sheet.setLayout(inside)
        whole = column(top, sheet, gap=Space.M)
        whole.setStretch(0, 2)
        whole.setStretch(1, 3)
        self.content.setLayout(whole)
        self.frame(self.refresh_button, self.export_button)
        self.model.changed.connect(self.render_state)

    def activate(self) -> None:
        """Ask for the boards."""
        self.model.refresh()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Profiles"))
        self.refresh_button.setText(self.tr("Refresh"))
        self.export_button.setText(self.tr("Export…"))
        self._boards_title.setText(self.tr("Boards"))
        self.boards.setAccessibleName(self.tr("Boards"))
        self._plot_title.setText(self.tr("Latency"))
        self.plot.setAccessibleName(self.tr("Latency of each variant with its interval"))
        self.readings.setAccessibleName(self.tr("Readings"))
        self.search.setPlaceholderText(self.tr("Filter"))
        self.search.setAccessibleName(self.tr("Filter the readings"))
        self.model.boards.retranslate()
        self.model.readings.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        self.export_button.setVisible(bool(model.boards.total))
        self.sentence.setText(self.tr("What each of your boards really does, and how it was measured."))
        if self.show_query(model.list, model.refresh):
            return
        if not model.boards.total:
            self.show_message(
                "profiles",
                self.tr("Nothing measured yet"),
                self.tr("Deploy a variant and measure it, or run the sample project."),
                self.tr("Go to Start"),
                lambda: self._go("start"),
                drop=False,
            )
            return
        self.show_content()
        self.name.setText(model.board or "")
        failure = model.sheet.failure if not model.sheet.loading else None
        facts = "   ·   ".join(said(" ".join(line.split())) for line in model.facts)
        if not facts and model.sheet.loading:
            facts = self.tr("Loading…")
        self.facts.setText(facts if failure is None else trouble(failure))
        self.how.setText(self._how())
        self._show_plot()

    def _show_plot(self) -> None:
        model = self.model
        self.plot_card.setVisible(bool(model.points))
        words = self.tr("median and 95 % interval")
        more = model.readings.total - len(model.points)
        if more:
            words += self.tr(", the fastest {0} of {1}").format(len(model.points), model.readings.total)
        self._plot_words.setText(words)
        self.plot.show_values(model.points, model.reading.first, self.tr("Latency p50 (ms)  ← better"))

    def _how(self) -> str:
        exporting = self.model.exporting
        if exporting.failure is not None and not exporting.loading:
            return trouble(exporting.failure)
        chosen = self.model.chosen
        if chosen is None:
            if exporting.document is not None:
                return self.tr("Exported: {0}").format(exporting.document.get("path"))
            return self.tr("Select a row to see how it was measured.")
        words = [self.tr("measured {0}").format(when(chosen.measured_at)), *map(said, chosen.reasons)]
        return " · ".join(words)

    def _export(self) -> None:
        kinds = "CSV (*.csv);;JSON (*.json);;Markdown (*.md)"
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export…"), f"{self.model.board}.csv", kinds)
        if path:
            self.model.export(path)
