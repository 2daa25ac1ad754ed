"""How the latencies of one reading are spread: a histogram with its percentiles, and the same in words below it."""

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from ..theme.style import Style, font
from ..theme.tokens import Space, TypeSize
from ..viewmodels.spread import Spread
from .layout import column
from .plots import Plot
from .text import Text, unbroken

PLOT_PIXELS = 148
HEADROOM = 1.42
"""Height of the plot in that of its highest bar: the names of the percentiles stand above it, below each other."""
NAME_STEP = 0.13
TURNED = 0.85
"""Share of the width from which on the name of a percentile stands to its left."""
FIRST_TURNED = 0.08
"""That of the first one, which else lies on the line of the second where both are near."""
BAR_AIR = 0.06
EDGE_AIR = 0.04
LEAST_BAR = 0.02
"""Of the highest bar: one run of thousands is still seen."""


class HistogramPlot(Plot):
    """Bars of runs over their latency; what was much slower stands apart in one bar."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._spread: Spread | None = None
        self.setFixedHeight(PLOT_PIXELS)

    def show_spread(self, spread: Spread | None) -> None:
        """Show this one."""
        self._spread = spread
        if self._parts is not None and self.isVisible():
            self._draw()

    def _draw(self) -> None:
        assert self._parts is not None
        pg, item, tokens = self._parts.pg, self._parts.widget.getPlotItem(), self.style_.tokens
        item.clear()
        spread = self._spread
        if spread is None:
            return
        item.showGrid(x=False, y=False)
        self._label("bottom", self.tr("Latency (ms)"), tokens)
        self._label("left", self.tr("Runs"), tokens)
        item.getAxis("bottom").setTicks([spread.ticks()])
        item.getAxis("left").setTicks([spread.run_ticks()])
        bars, highest = spread.bars(), max(spread.counts)
        top, least = HEADROOM * highest, LEAST_BAR * highest
        for number, (left, right, runs) in enumerate(bars):
            if runs:
                colour = tokens.faint if spread.has_tail and number == spread.body else tokens.accent
                air = BAR_AIR * min(right - left, 1.0)
                item.addItem(
                    pg.BarGraphItem(
                        x0=[left + air],
                        x1=[right - air],
                        height=[max(runs, least)],
                        pen=pg.mkPen(None),
                        brush=pg.mkBrush(QColor(colour)),
                    )
                )
        for number, (name, value) in enumerate(spread.percentiles_ms.items()):
            place = spread.place(value)
            height = top * (1.0 - NAME_STEP * number)
            item.addItem(pg.PlotCurveItem([place, place], [0.0, height], pen=self.pen(tokens.text, 1)))
            turned = place > (TURNED if number else FIRST_TURNED) * spread.width
            text = pg.TextItem(name, color=tokens.text, anchor=(1.0 if turned else 0.0, 0.0))
            text.setFont(font(TypeSize.CAPTION))
            text.setPos(place, height)
            text.setZValue(12)
            item.addItem(text)
        air = EDGE_AIR * spread.width  # or the last latency below the axis would be cut
        item.vb.setRange(xRange=(-air, spread.width + air), yRange=(0.0, top), padding=0.0)


class SpreadView(QWidget):
    """Shows the :class:`Spread` of a reading, or says that its runs were not kept."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.words = Text("strong"), Text("caption", wrap=True)
        self.plot = HistogramPlot(style)
        self._shown: tuple[Spread | None, str, str] | None = None
        self.setLayout(column(self.title, self.plot, self.words, gap=Space.XS))
        self.show_spread(None)

    def show_spread(self, spread: Spread | None, name: str = "") -> None:
        """Show this one; ``name`` is that of what was measured."""
        told = self.tr("Latency of every run")
        if self._shown == (wanted := (spread, name, told)):
            return
        self._shown = wanted
        self.title.setText(f"{told} · {name}" if name else told)
        kept = self.tr("Its histogram was not kept. Measure it again to see how its runs are spread.")
        self.words.setText(kept if spread is None else unbroken(spread.words))
        self.plot.setAccessibleName(told)
        self.plot.setAccessibleDescription("" if spread is None else spread.words)
        self.plot.setVisible(spread is not None)
        self.plot.show_spread(spread)
