"""The phases of a run in one row: done, current, waiting."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.style import Style, font
from ..theme.tokens import Space, TypeSize

DOT_PIXELS = 24


class Stepper(QWidget):
    """Numbered dots on a line with their titles below; a tick marks what is done. It is read, not operated."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._titles: Sequence[str] = ()
        self._current = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.update)

    def show_steps(self, titles: Sequence[str], current: int) -> None:
        """Set titles and the current one (-1 before the first, the number of titles when all are done)."""
        if (tuple(titles), current) == (tuple(self._titles), self._current):
            return
        self._titles, self._current = tuple(titles), current
        if 0 <= current < len(titles):
            self.setAccessibleName(f"{current + 1}/{len(titles)} {titles[current]}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One row of dots and one of titles."""
        return QSize(120 * max(len(self._titles), 1), DOT_PIXELS + Space.S + 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / max(len(self._titles), 1)
        for index, title in enumerate(self._titles):
            centre = QPointF((index + 0.5) * width, DOT_PIXELS / 2 + 1)
            if index:
                self._line(painter, centre, width, index <= self._current)
            self._dot(painter, centre, index)
            self._title(painter, QRectF(index * width, DOT_PIXELS + Space.S, width, 20), title, index)
        painter.end()

    def _line(self, painter: QPainter, centre: QPointF, width: float, reached: bool) -> None:
        tokens, gap = self._style.tokens, DOT_PIXELS / 2 + Space.S
        painter.setPen(QPen(QColor(tokens.accent if reached else tokens.track), 2))
        painter.drawLine(QPointF(centre.x() - width + gap, centre.y()), QPointF(centre.x() - gap, centre.y()))

    def _dot(self, painter: QPainter, centre: QPointF, index: int) -> None:
        tokens, radius = self._style.tokens, DOT_PIXELS / 2 - 1
        reached = index <= self._current
        painter.setPen(QPen(QColor(tokens.accent if reached else tokens.faint), 1.5))
        painter.setBrush(
            QColor(tokens.accent if index < self._current else tokens.accent_soft if reached else tokens.surface)
        )
        painter.drawEllipse(centre, radius, radius)
        if index < self._current:
            painter.setPen(QPen(QColor(tokens.on_accent), 2, c=Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(
                [centre + QPointF(-4.5, 0.5), centre + QPointF(-1.2, 3.8), centre + QPointF(4.8, -3.2)]
            )
        else:
            painter.setPen(QColor(tokens.accent if reached else tokens.muted))
            painter.setFont(font(TypeSize.TABLE, QFont.Weight.DemiBold))
            box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(index + 1))

    def _title(self, painter: QPainter, box: QRectF, title: str, index: int) -> None:
        tokens, current = self._style.tokens, index == self._current
        painter.setFont(font(TypeSize.TABLE, QFont.Weight.DemiBold if current else QFont.Weight.Normal))
        painter.setPen(QColor(tokens.text if index <= self._current else tokens.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, title)
