"""The one place that knows pyqtgraph; it is loaded behind the first window or with the first plot, not with the window.

Its traps are shut here: lines of width two are drawn in segments, ranges are set and not searched, a curve has at most
as many points as :mod:`gui.viewmodels.curves` keeps, and nothing is drawn while the plot is hidden.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..theme.style import Style, font
from ..theme.tokens import Tokens, TypeSize
from ..viewmodels.curves import Curves
from ..viewmodels.live import Line
from ..viewmodels.scatter import Point, label_places, staircase, view_range

LINE_COLOURS = {
    "light": ("#2F5FDE", "#B4530A", "#14703E", "#7A3FB8"),
    "dark": ("#7AA2FF", "#F0A04B", "#5CCB93", "#C79BFF"),
}
EDGE = 0.3
"""Share of the width in which the name of a point must turn inwards."""
TOP_EDGE = 0.12
"""Share of the height in which the name of a point must stand below it."""
MANY_POINTS = 300
BEATEN_SHARE = 0.55
"""Of the tint below the front, so that what lies in it stays easy to read."""
POINT_PIXELS = 11
CLEAR = "\N{EN SPACE}"
LIVE_PIXELS = 84
FEW_STEPS = 12
FEW_POINTS = 24  # are drawn as dots, too: a curve of one point is none


@dataclass(frozen=True)
class _Parts:
    """What is made when the plot is shown for the first time."""

    pg: Any
    widget: Any


class Plot(QWidget):
    """Base: an empty plot in the colours of the theme."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.style_ = style
        self._parts: _Parts | None = None
        self._names_drawn: list[Any] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.setMinimumHeight(120)
        style.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Its least height; it takes what is left."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, make the plot in turns of its own; then draw what came while it was hidden."""
        super().showEvent(event)
        if self._parts is None:  # not in the turn that lays out and paints the page
            QTimer.singleShot(0, self, lambda: QTimer.singleShot(0, self, self._begin))
        else:
            self._restyle()

    def _begin(self) -> None:
        if self._parts is not None:
            return
        import pyqtgraph as pg

        pg.setConfigOptions(antialias=True)
        box = pg.ViewBox(enableMenu=False)
        axes = {side: pg.AxisItem(side) for side in ("left", "bottom")}
        QTimer.singleShot(0, self, lambda: self._build(pg, box, axes))

    def _build(self, pg: Any, box: Any, axes: dict[str, Any]) -> None:
        if self._parts is not None:
            return
        widget = pg.PlotWidget(parent=self, viewBox=box, axisItems=axes, enableMenu=False)
        widget.setAccessibleName(self.accessibleName())
        widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widget.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widget.hideButtons()
        item = widget.getPlotItem()
        item.vb.disableAutoRange()
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
            item.getAxis(side).setStyle(tickFont=font(TypeSize.CAPTION), tickLength=-4)
        self._layout.addWidget(widget)
        self._parts = _Parts(pg, widget)
        QTimer.singleShot(0, self, self._restyle)

    def pen(self, colour: str, width: float) -> Any:
        """A pen as wide as on a plain screen: pyqtgraph counts in pixels of the device, of which a fine screen has more."""
        assert self._parts is not None
        return self._parts.pg.mkPen(colour, width=width * self.devicePixelRatioF())

    def _restyle(self) -> None:
        if self._parts is None:
            return
        pg, widget, tokens = self._parts.pg, self._parts.widget, self.style_.tokens
        widget.setBackground(QColor(tokens.surface))
        item = widget.getPlotItem()
        item.showGrid(x=True, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(self.pen(tokens.border, 1))
            axis.setTextPen(pg.mkPen(tokens.muted))
        self._draw()

    def _label(self, side: str, words: str, tokens: Tokens) -> None:
        assert self._parts is not None
        axis = self._parts.widget.getPlotItem().getAxis(side)
        axis.setLabel(words, color=tokens.muted, **{"font-size": f"{TypeSize.TABLE}px"})

    def _draw(self) -> None:
        """Draw the data; called when there are parts."""

    def _name_lines(self, lines: Sequence[Line], x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """The names of several lines at their beginnings, those that would cover another one left out."""
        assert self._parts is not None
        pg, item = self._parts.pg, self._parts.widget.getPlotItem()
        for old in self._names_drawn:
            item.removeItem(old)
        self._names_drawn.clear()
        starts = [(line, place) for line in lines for place in _first(line)] if len(lines) > 1 else []
        points = [Point(line.name, line.name, x, y) for line, (x, y) in starts]
        for point in label_places(points, x_range, y_range):
            top, late = point.y > sum(y_range) / 2, point.x > x_range[0] + 0.5 * (x_range[1] - x_range[0])
            anchor = (1.0 if late else 0.0, -0.1 if top else 1.1)  # inwards, or it would be cut
            text = pg.TextItem(point.name, color=self.style_.tokens.muted, anchor=anchor)
            text.setFont(font(TypeSize.CAPTION))
            text.setPos(point.x, point.y)
            item.addItem(text)
            self._names_drawn.append(text)

    def save_picture(self, path: str) -> None:
        """Write the plot as a picture: SVG, else PNG."""
        if path.endswith(".svg"):
            self.save_svg(path)
        else:
            self.grab().save(path)

    def save_svg(self, path: str) -> None:
        """Write the plot as an SVG file."""
        from PySide6.QtSvg import QSvgGenerator

        generator = QSvgGenerator()
        generator.setFileName(path)
        generator.setSize(self.size())
        generator.setViewBox(self.rect())
        painter = QPainter(generator)
        if self._parts is not None:
            self._parts.widget.render(painter)
        painter.end()


class LinePlot(Plot):
    """Curves of one run; which of them is a choice of the page."""

    def __init__(self, style: Style, parent: QWidget | None = None, *, named: bool = False) -> None:
        super().__init__(style, parent)
        self._named = named
        self._curves = Curves()
        self._names: tuple[str, ...] = ()
        self._x_title = ""
        self._lines: dict[str, Any] = {}

    def show_curves(self, curves: Curves, names: Sequence[str], x_title: str) -> None:
        """Show these metrics."""
        self._curves, self._names, self._x_title = curves, tuple(names), x_title
        if self._parts is not None and self.isVisible():
            self._draw()

    def _draw(self) -> None:
        assert self._parts is not None
        pg, item = self._parts.pg, self._parts.widget.getPlotItem()
        for name in [name for name in self._lines if name not in self._names]:
            item.removeItem(self._lines.pop(name))
        colours = LINE_COLOURS[self.style_.theme]
        spans_x: list[float] = []
        spans_y: list[float] = []
        for number, name in enumerate(self._names):
            x, y = self._curves.points(name)
            colour = colours[number % len(colours)]
            if name not in self._lines:
                self._lines[name] = pg.PlotDataItem(symbolSize=6)
                self._lines[name].curve.setSegmentedLineMode("on")
                item.addItem(self._lines[name])
            dots = (
                {"symbol": "o", "symbolBrush": colour, "symbolPen": None} if len(x) <= FEW_POINTS else {"symbol": None}
            )
            self._lines[name].setData(x, y, pen=self.pen(colour, 2), **dots)
            spans_x += x[:1] + x[-1:]
            spans_y += [min(y), max(y)] if y else []
        self._label("bottom", self._x_title, self.style_.tokens)
        if spans_x:
            low, high = view_range(spans_y)
            first, last = min(spans_x), max(spans_x)
            x_range = (first, last) if last > first else (first - 1, first + 1)
            few = x_range[1] - x_range[0] <= FEW_STEPS  # there is no step between two steps
            item.getAxis("bottom").setTickSpacing(*((1, 1) if few else ()))
            item.vb.setRange(xRange=x_range, yRange=(low, high), padding=0.02)
            if self._named:
                self._name_lines([Line(name, *self._curves.points(name)) for name in self._names], x_range, (low, high))


class LivePlot(Plot):
    """Lines that move to the left: now is at the right edge, gaps stay gaps. Each line is named where it begins."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._lines: tuple[Line, ...] = ()
        self._span_s = 60.0
        self._limits: tuple[float | None, float | None] = (None, None)
        self._drawn: list[Any] = []
        self.setMinimumHeight(LIVE_PIXELS)

    def show_lines(self, lines: Sequence[Line], span_s: float, low: float | None, high: float | None) -> None:
        """Show these lines over the last ``span_s`` seconds, between limits where they are known."""
        self._lines, self._span_s, self._limits = tuple(lines), span_s, (low, high)
        if self._parts is not None and self.isVisible():
            self._draw()

    def _draw(self) -> None:
        assert self._parts is not None
        pg, item = self._parts.pg, self._parts.widget.getPlotItem()
        colours = LINE_COLOURS[self.style_.theme]
        while len(self._drawn) > len(self._lines):
            item.removeItem(self._drawn.pop())
        for number, line in enumerate(self._lines):
            if number == len(self._drawn):
                made = pg.PlotCurveItem(connect="finite")
                made.setSegmentedLineMode("on")
                item.addItem(made)
                self._drawn.append(made)
            self._drawn[number].setData(line.x, line.y, pen=self.pen(colours[number], 2))
        told = [value for line in self._lines for value in line.y if value == value]
        found = view_range(told)
        low, high = (found[n] if limit is None else limit for n, limit in enumerate(self._limits))
        if self._limits == (None, None) and high - low < 1.0:  # a sensor's last digit is no mountain
            middle = (low + high) / 2
            low, high = middle - 0.5, middle + 0.5
        bottom = item.getAxis("bottom")
        bottom.setTicks([[(-self._span_s * part, f"{-self._span_s * part:.0f} s") for part in (0.75, 0.5, 0.25)]])
        item.vb.setRange(xRange=(-self._span_s, 0.0), yRange=(low, high), padding=0.0)
        self._name_lines(self._lines, (-self._span_s, 0.0), (low, high))


def _first(line: Line) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(line.x, line.y, strict=True) if y == y][:1]


class ScatterPlot(Plot):
    """Points with a staircase along the front; one click selects. It has a table as its twin."""

    def __init__(self, style: Style, picked: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._picked = picked
        self._points: tuple[Point, ...] = ()
        self._selected: tuple[str, ...] = ()
        self._titles = ("", "")
        self._high_is_better = (False, True)
        self._marks: list[Any] = []
        self._left: list[Callable[[], None]] = []  # steps of a drawing that goes on

    def show_points(
        self,
        points: Sequence[Point],
        selected: Sequence[str],
        titles: tuple[str, str],
        high_is_better: tuple[bool, bool],
    ) -> None:
        """Show these points; ``titles`` and directions are of the x and the y axis."""
        wanted = (tuple(points), titles, high_is_better)
        same = wanted == (self._points, self._titles, self._high_is_better)
        if same and tuple(selected) == self._selected:
            return
        self._points, self._titles, self._high_is_better = wanted
        self._selected = tuple(selected)
        if self._parts is not None and self.isVisible():
            if not same:
                self._draw()
            elif not self._left:
                self._mark()

    def _draw(self) -> None:
        """Few points at once; many with each step in a turn of its own."""
        steps = (self._draw_front, self._draw_points, self._mark)
        if len(self._points) <= MANY_POINTS:
            self._left.clear()
            for step in steps:
                step()
            return
        if not self._left:
            QTimer.singleShot(0, self, self._go_on)
        self._left[:] = steps

    def _go_on(self) -> None:
        if self._left:
            self._left.pop(0)()
        if self._left:
            QTimer.singleShot(0, self, self._go_on)

    def _draw_front(self) -> None:
        assert self._parts is not None
        pg, widget, tokens = self._parts.pg, self._parts.widget, self.style_.tokens
        item = widget.getPlotItem()
        item.clear()
        self._marks.clear()
        for side, title in (("bottom", self._titles[0]), ("left", self._titles[1])):
            self._label(side, title, tokens)
        if not self._points:
            return
        x_range = view_range([end for p in self._points for end in (p.x, *(p.x_interval or ()))])
        y_range = view_range([end for p in self._points for end in (p.y, *(p.y_interval or ()))])
        item.vb.setRange(xRange=x_range, yRange=y_range, padding=0)
        steps = staircase(self._points, self._high_is_better, x_range, y_range)
        if steps:
            x, y = [x for x, _ in steps], [y for _, y in steps]
            worst = y_range[0] if self._high_is_better[1] else y_range[1]
            beaten = QColor(tokens.accent_soft)
            beaten.setAlphaF(BEATEN_SHARE)
            item.addItem(pg.PlotCurveItem(x, y, pen=None, fillLevel=worst, brush=pg.mkBrush(beaten)))
        self._whiskers(pg, item, tokens)
        if steps:
            curve = pg.PlotCurveItem(x, y, pen=self.pen(tokens.accent, 2))
            curve.setSegmentedLineMode("on")
            item.addItem(curve)

    def _draw_points(self) -> None:
        assert self._parts is not None
        item = self._parts.widget.getPlotItem()
        item.addItem(self._dots(self._parts.pg, self.style_.tokens, self._points, chosen=False))

    def _mark(self) -> None:
        """Draw the selected points over the others, and the names."""
        assert self._parts is not None
        pg, tokens, item = self._parts.pg, self.style_.tokens, self._parts.widget.getPlotItem()
        for old in self._marks:
            item.removeItem(old)
        self._marks.clear()
        chosen = [p for p in self._points if p.id in self._selected]
        if chosen:
            self._marks.append(self._dots(pg, tokens, chosen, chosen=True))
        self._marks += self._names(pg, tokens, *item.vb.viewRange())
        for made in self._marks:
            item.addItem(made)

    def _whiskers(self, pg: Any, item: Any, tokens: Tokens) -> None:
        x: list[float] = []
        y: list[float] = []
        for p in self._points:
            if p.x_interval is not None:
                x += p.x_interval
                y += (p.y, p.y)
            if p.y_interval is not None:
                x += (p.x, p.x)
                y += p.y_interval
        if x:  # one item for all: thousands of items are slow
            item.addItem(pg.PlotCurveItem(x, y, connect="pairs", pen=self.pen(tokens.faint, 1)))

    def _dots(self, pg: Any, tokens: Tokens, points: Sequence[Point], *, chosen: bool) -> Any:
        edges = [(tokens.text if chosen else tokens.surface if p.front else tokens.faint) for p in points]
        pens = {
            (edge, front): self.pen(edge, 2 if front or chosen else 1.5)
            for edge in set(edges)
            for front in (True, False)
        }
        brushes = {front: pg.mkBrush(tokens.accent if front else tokens.surface) for front in (True, False)}
        dots = pg.ScatterPlotItem(
            x=[p.x for p in points],
            y=[p.y for p in points],
            size=POINT_PIXELS + (4 if chosen else 0),
            brush=[brushes[p.front] for p in points],
            pen=[pens[edge, p.front] for p, edge in zip(points, edges, strict=True)],
            data=[p.id for p in points],
            hoverable=True,
            tip=lambda x, y, data: self._tip(data),
        )
        dots.sigClicked.connect(lambda plot, hit, event: self._picked(hit[0].data()) if len(hit) else None)
        dots.setZValue(11 if chosen else 10)
        return dots

    def _tip(self, id_: str) -> str:
        return next((p.name for p in self._points if p.id == id_), "")

    def _names(self, pg: Any, tokens: Tokens, x_range: Sequence[float], y_range: Sequence[float]) -> list[Any]:
        wanted = [p for p in self._points if p.front or p.id in self._selected]
        right = self._high_is_better[0]
        left, width = x_range[0], x_range[1] - x_range[0]
        made = []
        for p in label_places(wanted, (left, x_range[1]), (y_range[0], y_range[1])):
            share = (p.x - left) / width if width > 0 else 0.5
            after = share < EDGE or (right and share <= 1 - EDGE)  # a name at the edge would be cut
            below = p.y > y_range[1] - TOP_EDGE * (y_range[1] - y_range[0])
            shown = f"{CLEAR}{p.name}" if after else f"{p.name}{CLEAR}"  # clear of its dot
            text = pg.TextItem(shown, color=tokens.text, anchor=(0.0 if after else 1.0, 0.0 if below else 1.0))
            text.setFont(font(TypeSize.CAPTION))
            text.setPos(p.x, p.y)
            text.setZValue(12)
            made.append(text)
        return made


class IntervalPlot(Plot):
    """Values below each other, the first on top, each a dot with its interval. It has a table as its twin."""

    def __init__(self, style: Style, picked: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self._picked = picked
        self._points: tuple[Point, ...] = ()
        self._selected: str | None = None
        self._title = ""

    def show_values(self, points: Sequence[Point], selected: str | None, title: str) -> None:
        """Show the ``x`` of these points and their intervals; their ``y`` means nothing."""
        self._points, self._selected, self._title = tuple(points), selected, title
        if self._parts is not None and self.isVisible():
            self._draw()

    def _draw(self) -> None:
        assert self._parts is not None
        pg, item, tokens = self._parts.pg, self._parts.widget.getPlotItem(), self.style_.tokens
        item.clear()
        item.showGrid(x=True, y=False, alpha=0.12)
        self._label("bottom", self._title, tokens)
        item.getAxis("left").setTicks([[(-place, point.name) for place, point in enumerate(self._points)]])
        if not self._points:
            return
        ends = [end for p in self._points for end in (p.x, *(p.x_interval or ()))]
        item.vb.setRange(xRange=view_range(ends), yRange=(0.5 - len(self._points), 0.5), padding=0)
        spots = []
        for place, point in enumerate(self._points):
            colour = tokens.accent if point.id == self._selected else tokens.muted
            if point.x_interval is not None:
                pen = self.pen(colour, 2)
                item.addItem(pg.PlotCurveItem(list(point.x_interval), [-place, -place], pen=pen))
            brush, edge = pg.mkBrush(colour), self.pen(tokens.surface, 1.5)
            spots.append(
                {"pos": (point.x, -place), "size": POINT_PIXELS, "brush": brush, "pen": edge, "data": point.id}
            )
        dots = pg.ScatterPlotItem(spots=spots)
        dots.sigClicked.connect(lambda plot, hit, event: self._picked(hit[0].data()) if len(hit) else None)
        dots.setZValue(10)
        item.addItem(dots)
