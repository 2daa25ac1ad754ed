"""The live charts of a board: temperature, clock, load, memory, power; and how its latencies went over time."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QStackedWidget, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.history import read_latencies
from ...viewmodels.live import KINDS, PACES_S, SPANS_S, Chart, LiveModel, kind_title
from ...viewmodels.query import Query
from ...viewmodels.saying import said
from ...widgets.choices import choice_box
from ...widgets.layout import Card, button, column, row
from ...widgets.plots import LinePlot, LivePlot
from ...widgets.text import Pill, ShrinkingText, Text

CARD_MARGINS = (Space.M, Space.S, Space.M, Space.S)
CHART_PIXELS = 138


class _ChartCard(Card):
    """Title, the value now, and the plot, or a sentence in its place."""

    def __init__(self, plot: LivePlot | LinePlot, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.plot = plot
        self.title, self.now, self.detail = Text("caption"), Text("strong"), ShrinkingText("caption")
        self.words = Text("muted", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        middle = QWidget()
        middle.setLayout(column(None, self.words, None))
        for part in (middle, plot):
            self._stack.addWidget(part)
        inside = column(row(self.title, None, self.now, self.detail), self._stack, gap=Space.XS, margins=CARD_MARGINS)
        inside.setStretch(1, 1)
        self.setLayout(inside)
        self.setMinimumHeight(CHART_PIXELS)

    def say(self, title: str, now: str, detail: str, words: str) -> None:
        """Set the texts; with ``words`` there is no plot."""
        self.title.setText(title)
        self.now.setText(now)
        self.detail.show_text(detail)
        self.detail.setVisible(bool(detail))
        self.words.setText(words)
        self.plot.setAccessibleName(title)
        self._stack.setCurrentIndex(0 if words else 1)


class LivePanel(QWidget):
    """Shows a :class:`LiveModel`; it is told when it is seen, and only then anything runs."""

    def __init__(self, model: LiveModel, latencies: Query, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self.latencies = model, latencies
        self.start_button = button(self._toggle)
        self.pace, self.span = choice_box(), choice_box()
        for box, values in ((self.pace, PACES_S), (self.span, SPANS_S)):
            box.addItems([""] * len(values))
        self.pace.currentIndexChanged.connect(lambda n: model.set_pace(PACES_S[n]))
        self.span.currentIndexChanged.connect(lambda n: model.set_span(SPANS_S[n]))
        self.pill, self.hint = Pill(), Text("muted", wrap=True)
        self.cards = {kind: _ChartCard(LivePlot(style)) for kind in KINDS}
        self.latency_plot = LinePlot(style, named=True)
        self.latency_plot.setMinimumHeight(84)
        self.latency = _ChartCard(self.latency_plot)
        inside = QWidget()
        inside.setObjectName("inside")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.M)
        for place, card in enumerate([*self.cards.values(), self.latency]):
            grid.addWidget(card, place // 2, place % 2)
        for side in (0, 1):
            grid.setColumnStretch(side, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        head = row(self.start_button, self.pace, self.span, None, self.pill)
        whole = column(head, self.hint, area, gap=Space.M)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        model.changed.connect(self.render_state)
        latencies.changed.connect(self.render_state)

    def _toggle(self) -> None:
        if self.model.running:
            self.model.stop()
        else:
            self.model.start()

    def retranslate(self) -> None:
        """Set the texts."""
        for n, seconds in enumerate(PACES_S):
            self.pace.setItemText(n, self.tr("every {0} s").format(f"{seconds:g}"))
        for n, span in enumerate(SPANS_S):
            self.span.setItemText(n, self.tr("last {0} min").format(span // 60))
        self.pace.setAccessibleName(self.tr("Pace"))
        self.span.setAccessibleName(self.tr("How far back"))
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on with a watch that was begun; read the latencies."""
        super().showEvent(event)
        self.model.set_visible(True)
        if self.model.device:
            self.latencies.load(name=self.model.device)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs for a page that nobody sees."""
        super().hideEvent(event)
        self.model.set_visible(False)

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        self.start_button.setText(self.tr("Stop") if model.running else self.tr("Watch"))
        self.start_button.setToolTip(self.tr("Look at the sensors again and again; nothing is deployed"))
        kind, words = model.throttling_line
        self.pill.show_state(kind, words)
        self.pill.setVisible(bool(words))
        hint = model.failure
        if not hint and not model.seen:
            hint = self.tr("Connecting…") if model.running else self.tr("Nothing has to run on the board for this.")
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        if not self.isVisible():
            return
        for chart in model.charts():
            self._show(self.cards[chart.kind], chart)
        self._show_latencies()

    def _show(self, card: _ChartCard, chart: Chart) -> None:
        waiting = self.tr("not watched yet")
        card.say(kind_title(chart.kind), chart.now, chart.detail, chart.missing or ("" if chart.lines else waiting))
        if chart.lines and isinstance(card.plot, LivePlot):
            card.plot.show_lines(chart.lines, self.model.span_s, chart.low, chart.high)

    def _show_latencies(self) -> None:
        found = read_latencies(self.latencies.document)
        failure = self.latencies.failure
        words = "" if found.count else self.tr("nothing was measured here yet")
        if failure is not None:
            words = said(failure.message)
        self.latency.say(self.tr("Latency (p50)"), found.now, found.newest, words)
        self.latency_plot.show_curves(found.curves, found.names, self.tr("readings, oldest to newest"))
