"""Data sheets of the boards; the fleet at a glance; two boards beside each other; which variants suffice."""

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.campaign import CampaignModel
from ...viewmodels.dates import when_iso
from ...viewmodels.profiles import ProfilesModel
from ...viewmodels.query import Query
from ...viewmodels.saying import said, trouble
from ...viewmodels.session import Session
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.more import More, Rare
from ...widgets.page import Page
from ...widgets.plots import IntervalPlot
from ...widgets.search import SearchField
from ...widgets.spread import SpreadView
from ...widgets.table import Table
from ...widgets.tabs import Tabs
from ...widgets.text import Text, unbroken
from ..tools import Tools
from .campaign import CampaignDialog
from .cover import CoverPanel
from .drift import DriftPanel
from .effects import EffectsPanel
from .fleet import FleetPanel
from .versus import VersusPanel

MARGINS = (Space.L, Space.M, Space.L, Space.M)
TOP_PIXELS = 190
LEAST_TOP, LEAST_ROWS, LEAST_SPREAD = TOP_PIXELS, 130, 160
HOW_PIXELS = 360


class ProfilesPage(Page):
    """Shows a :class:`ProfilesModel`."""

    def __init__(
        self,
        session: Session,
        style: Style,
        go: Callable[[str], object],
        tools: Tools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(style, parent)
        self.model = ProfilesModel(session, self)
        self._go, self._tools = go, tools
        self.more = More(self._rare, self)
        self.campaign = CampaignModel(session, self)
        self.dialog: CampaignDialog | None = None
        self.refresh_button, self.export_button = button(self.activate), button(self._export)
        self.measure_button = button(self.profile_fleet, primary=True)
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
        self.spread, self._how_title, self.how = SpreadView(style), Text("strong"), Text("caption", wrap=True)
        self.told = QWidget()
        self.told.setFixedWidth(HOW_PIXELS)
        self.told.setLayout(column(self._how_title, self.how, None, gap=Space.XS))
        self.note = Text("caption", wrap=True)
        sheet = Card()
        reading = row(self.spread, self.told, gap=Space.XL)
        reading.setStretch(0, 1)
        inside = column(
            row(self.name, None, self.search),
            self.facts,
            self.readings,
            reading,
            self.note,
            gap=Space.M,
            margins=MARGINS,
        )
        inside.setStretch(2, 1)
        sheet.setLayout(inside)
        for part, least in ((boards, LEAST_TOP), (self.readings, LEAST_ROWS), (self.spread, LEAST_SPREAD)):
            part.setMinimumHeight(least)  # of a small window; what has no room then is scrolled to
        whole = column(top, sheet, gap=Space.M)
        whole.setStretch(0, 2)
        whole.setStretch(1, 3)
        sheets = Scrolled(whole)
        self.fleet = FleetPanel(Query(session, "profile_fleet", self), style, self._open_board)
        self.versus = VersusPanel(Query(session, "profile_compare", self), style)
        self.cover = CoverPanel(Query(session, "profile_cover", self), style)
        self.effects = EffectsPanel(Query(session, "effects", self), style)
        self.drift = DriftPanel(Query(session, "profile_drift", self), style)
        panels = (self.fleet, self.versus, self.cover, self.effects, self.drift)
        self.tabs = Tabs([sheets, *map(_carded, panels)])
        self.content.setLayout(column(self.tabs))
        self.frame(self.refresh_button, self.export_button, self.more.button, self.measure_button)
        self.model.changed.connect(self.render_state)

    def activate(self) -> None:
        """Ask for the boards, and for the fleet where it is seen."""
        self.model.refresh()
        if self.fleet.isVisible():
            self.fleet.ask()

    def profile_fleet(self) -> None:
        """Measure variants on boards."""
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = CampaignDialog(self.campaign, self.style_, self)
        self.dialog.open()

    def _rare(self) -> tuple[Rare, ...]:
        return (
            Rare(self.tr("Predict without measuring…"), lambda: self._tools.foresee(self.model.names)),
            Rare(self.tr("Packs and store…"), self._tools.packs),
        )

    def _open_board(self, board: str) -> None:
        """Show the data sheet of a board."""
        if self.model.boards.position(board) is not None:
            self.model.selection.select([board])
            self.tabs.bar.setCurrentIndex(0)

    def retranslate(self) -> None:
        """Set the texts."""
        self.measure_button.setText(self.tr("Profile the fleet…"))
        self.measure_button.setToolTip(self.tr("Measure variants on many boards in one campaign"))
        self.tabs.name(
            self.tr("Data sheets"),
            self.tr("Fleet"),
            self.tr("Compare boards"),
            self.tr("Which variant where"),
            self.tr("Effects"),
            self.tr("Drift"),
        )
        self.tabs.bar.setAccessibleName(self.tr("What to see of the profiles"))
        for panel in (self.fleet, self.versus, self.cover, self.effects, self.drift):
            panel.retranslate()
        self.title.setText(self.tr("Profiles"))
        self.refresh_button.setText(self.tr("Refresh"))
        self.export_button.setText(self.tr("Export…"))
        self.more.button.setText(self.tr("More"))
        self.more.button.setToolTip(self.tr("Predict, import a pack, check the store"))
        self._boards_title.setText(self.tr("Boards"))
        self.boards.setAccessibleName(self.tr("Boards"))
        self._plot_title.setText(self.tr("Latency"))
        self._how_title.setText(self.tr("How it was measured"))
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
        self.versus.show_names(model.names)
        self.name.setText(model.board or "")
        failure = model.sheet.failure if not model.sheet.loading else None
        facts = unbroken(" · ".join(said(" ".join(line.split())) for line in model.facts))
        if not facts and model.sheet.loading:
            facts = self.tr("Loading…")
        self.facts.setText(facts if failure is None else trouble(failure))
        self._show_reading()
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

    def _show_reading(self) -> None:
        chosen, exporting = self.model.chosen, self.model.exporting
        for part in (self.spread, self.told):
            part.setVisible(chosen is not None)
        note = "" if chosen is not None else self.tr("Select a row to see how it was measured.")
        if exporting.failure is not None and not exporting.loading:
            note = trouble(exporting.failure)
        elif exporting.document is not None:
            note = self.tr("Exported: {0}").format(exporting.document.get("path"))
        self.note.setText(note)
        self.note.setVisible(bool(note))
        if chosen is not None:
            self.spread.show_spread(chosen.spread, chosen.name)
            when = self.tr("Measured {0}").format(when_iso(chosen.measured_at))
            kept_in = self.tr("Isolation: {0}").format(chosen.isolation) if chosen.isolation else ""
            self.how.setText("\n".join(filter(None, [when, kept_in, *map(said, chosen.reasons)])))

    def _export(self) -> None:
        kinds = "CSV (*.csv);;JSON (*.json);;Markdown (*.md);;SVG (*.svg);;PNG (*.png)"
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Export…"), f"{self.model.board}.csv", kinds)
        if path:
            self.save(path)

    def save(self, path: str) -> None:
        """Write the readings, or the plot where the name is that of a picture."""
        if path.endswith((".svg", ".png")):
            self.plot.save_picture(path)
        else:
            self.model.export(path)


def _carded(panel: QWidget) -> Card:
    made = Card()
    made.setLayout(column(panel, margins=MARGINS))
    return made
