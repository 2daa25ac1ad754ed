"""A heat map that is painted at once and reached by the keyboard: a cell is told in words when it is pointed at or walked to."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..theme.style import Style, font
from ..theme.tokens import Space, TypeSize, ink, shade
from ..viewmodels import wording
from ..viewmodels.heat import Heat, marked

ROW_PIXELS = 14
"""Least height of a row."""
LEAST_WIDTH = 240
GAP = 1.0
RADIUS = 2.0
MARKS_PIXELS = 16
MARK_AIR = 6.0
SCALE = QSize(64, 8)
SCALE_STEPS = 16
Place = tuple[int, int]
"""Column and row of a cell."""


class HeatMap(QWidget):
    """Shows a :class:`Heat`. A click or the arrow keys pick a column; ``told`` says what the cell under hand is, or nothing.

    Args:
        words: a column and a row in words.
    """

    picked = Signal(str)
    told = Signal(str)

    def __init__(self, style: Style, words: Callable[[int, int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style, self._words = style, words
        self.heat = Heat()
        self._chosen: int | None = None
        self._row = 0
        self._over: Place | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        style.changed.connect(self.update)

    def show_heat(self, heat: Heat, chosen: str | None) -> None:
        """Show this one, with the column that is chosen elsewhere."""
        self._chosen = heat.position(chosen)
        if heat != self.heat:
            self.heat, self._over, self._row = heat, None, 0
            self.updateGeometry()
        self._tell()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """All rows with what stands below them."""
        return QSize(LEAST_WIDTH, len(self.heat.rows) * ROW_PIXELS + MARKS_PIXELS)

    def sizeHint(self) -> QSize:
        """The least; it takes what is left."""
        return self.minimumSizeHint()

    @property
    def _face(self) -> QFont:
        return font(TypeSize.CAPTION)

    @property
    def _field(self) -> QRectF:
        """Where the cells are."""
        metrics = QFontMetricsF(self._face)
        left = max((metrics.horizontalAdvance(row) for row in self.heat.rows), default=0.0) + Space.S
        return QRectF(left, 2.0, self.width() - left - 2.0, self.height() - MARKS_PIXELS - 2.0)

    def cell(self, column: int, row: int) -> QRectF:
        """Where one of them is."""
        field = self._field
        width, height = field.width() / len(self.heat.columns), field.height() / len(self.heat.rows)
        return QRectF(field.left() + column * width, field.top() + row * height, width, height)

    def _at(self, point: QPointF) -> Place | None:
        field = self._field
        if not self.heat.columns or not field.contains(point):
            return None
        column = int((point.x() - field.left()) / field.width() * len(self.heat.columns))
        row = int((point.y() - field.top()) / field.height() * len(self.heat.rows))
        return min(column, len(self.heat.columns) - 1), min(row, len(self.heat.rows) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names of the rows, cells with their figures where there is room, marks, and what is chosen."""
        if not self.heat.columns:
            return
        painter, tokens = QPainter(self), self._style.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._face)
        metrics, air = QFontMetricsF(self._face), QRectF(0, 0, 0, 0)
        first = self.cell(0, 0)
        shown = [
            "" if value is None else wording.number(value, 1) for column in self.heat.columns for value in column.values
        ]
        widest = max(map(metrics.horizontalAdvance, shown), default=0.0)
        figures = widest + MARK_AIR <= first.width() and metrics.height() <= first.height()
        painter.setPen(QColor(tokens.muted))
        for number, name in enumerate(self.heat.rows):
            air = self.cell(0, number)
            box = QRectF(0, air.top(), air.left() - Space.S, air.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        below = self._field.bottom()
        for number in marked(
            [metrics.horizontalAdvance(column.mark) + MARK_AIR for column in self.heat.columns], first.width()
        ):
            middle = self.cell(number, 0).center().x()
            box = QRectF(middle - 50, below, 100, MARKS_PIXELS)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.heat.columns[number].mark)
        for number, column in enumerate(self.heat.columns):
            for row, value in enumerate(column.values):
                self._paint_cell(painter, self.cell(number, row), value, figures)
        self._mark(painter)

    def _paint_cell(self, painter: QPainter, place: QRectF, value: float | None, figures: bool) -> None:
        box = place.adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)
        if value is None:
            painter.setPen(QColor(self._style.tokens.border))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
            return
        colour = shade(self._style.tokens, self.heat.share(value))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        if figures:
            painter.setPen(QColor(ink(colour)))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, wording.number(value, 1))

    def _mark(self, painter: QPainter) -> None:
        """The chosen column in a frame, and the cell under hand in one of its own; what has the keyboard has the accent."""
        tokens, keyboard = self._style.tokens, bool(self.property("ring"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = QColor(tokens.accent if keyboard else tokens.text)
        if self._chosen is not None:
            last = self.cell(self._chosen, len(self.heat.rows) - 1)
            painter.setPen(QPen(colour, 2.0))
            painter.drawRoundedRect(self.cell(self._chosen, 0).united(last), RADIUS + 1, RADIUS + 1)
        if (place := self._under) is not None:
            painter.setPen(QPen(QColor(tokens.surface), 4.0))
            painter.drawRoundedRect(self.cell(*place), RADIUS + 1, RADIUS + 1)
            painter.setPen(QPen(colour, 2.0))
            painter.drawRoundedRect(self.cell(*place), RADIUS + 1, RADIUS + 1)
        elif keyboard:  # nothing is chosen yet
            painter.setPen(QPen(colour, 2.0))
            painter.drawRoundedRect(self._field.adjusted(-1, -1, 1, 1), RADIUS + 1, RADIUS + 1)

    @property
    def _under(self) -> Place | None:
        """The cell that is pointed at, else the one the keyboard is at."""
        if self._over is not None:
            return self._over
        return (self._chosen, self._row) if self._chosen is not None and self.hasFocus() else None

    def _tell(self) -> None:
        words = "" if self._under is None else self._words(*self._under)
        self.setAccessibleDescription(words)
        self.told.emit(words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the cell below the pointer."""
        over = self._at(event.position())
        if over != self._over:
            self._over = over
            self._tell()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self._over = None
        self._tell()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the column."""
        if (place := self._at(event.position())) is not None and event.button() == Qt.MouseButton.LeftButton:
            self._go(*place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk from cell to cell; Home and End go to the first and the last column."""
        columns, rows = len(self.heat.columns), len(self.heat.rows)
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
            Qt.Key.Key_Home: (-columns, 0),
            Qt.Key.Key_End: (columns, 0),
        }
        way = ways.get(Qt.Key(event.key()))
        if way is None or not columns or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
            return
        self._over = None
        column = 0 if self._chosen is None else min(max(self._chosen + way[0], 0), columns - 1)
        self._go(column, self._row if self._chosen is None else min(max(self._row + way[1], 0), rows - 1))

    def _go(self, column: int, row: int) -> None:
        changed = column != self._chosen
        self._chosen, self._row = column, row
        self._tell()
        self.update()
        if changed:
            self.picked.emit(self.heat.columns[column].id)

    def event(self, event: QEvent) -> bool:
        """Tell a cell as a tool tip, and follow the focus."""
        if event.type() is QEvent.Type.ToolTip:
            here: QPoint = self.mapFromGlobal(self.cursor().pos())
            place = self._at(QPointF(here))
            QToolTip.showText(self.cursor().pos(), "" if place is None else self._words(*place), self)
            return True
        done = super().event(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._tell()
            self.update()
        return done


class HeatScale(QWidget):
    """The colours of a heat map from nothing to all, with what both ends stand for."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._ends = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.update)

    def show_ends(self, low: str, high: str) -> None:
        """What the ends stand for."""
        self._ends = (low, high)
        self.setAccessibleName(f"{low} – {high}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The colours between their words."""
        metrics = QFontMetricsF(font(TypeSize.CAPTION))
        words = sum(metrics.horizontalAdvance(words) for words in self._ends)
        return QSize(round(words) + 2 * Space.XS + 2 + SCALE.width(), round(metrics.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """One word, the colours, the other word."""
        painter, tokens, face = QPainter(self), self._style.tokens, font(TypeSize.CAPTION)
        painter.setFont(face)
        painter.setPen(QColor(tokens.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | middle, self._ends[0])
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | middle, self._ends[1])
        left = QFontMetricsF(face).horizontalAdvance(self._ends[0]) + Space.XS
        step = SCALE.width() / SCALE_STEPS
        top = (self.height() - SCALE.height()) / 2
        for number in range(SCALE_STEPS):
            place = QRectF(left + number * step, top, step + 0.5, SCALE.height())
            painter.fillRect(place, QColor(shade(tokens, number / (SCALE_STEPS - 1))))
