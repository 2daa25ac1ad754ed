"""A strip of samples: pictures as pictures, everything else as a line over its values."""

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..theme.style import Style, font
from ..theme.tokens import Space, TypeSize
from ..viewmodels.preview import Sample

TILE_PIXELS = 96
CAPTION_PIXELS = 20
LINE_POINTS = 200


class SampleStrip(QWidget):
    """Shows as many samples as there is room for, each with its label below."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._samples: tuple[Sample, ...] = ()
        self._pictures: list[QImage | None] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(TILE_PIXELS + CAPTION_PIXELS)
        style.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for four."""
        return QSize(4 * (TILE_PIXELS + Space.M), TILE_PIXELS + CAPTION_PIXELS)

    def show_samples(self, samples: tuple[Sample, ...]) -> None:
        """Show these."""
        if samples != self._samples:
            self._samples = samples
            self._pictures = [picture(sample) if sample.kind == "image" else None for sample in samples]
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles that fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._style.tokens
        written = font(TypeSize.TABLE)
        painter.setFont(written)
        step = TILE_PIXELS + Space.M
        for place, (sample, image) in enumerate(zip(self._samples, self._pictures, strict=True)):
            tile = QRectF(place * step + 0.5, 0.5, TILE_PIXELS - 1, TILE_PIXELS - 1)
            if tile.right() > self.width():
                break
            painter.setPen(QPen(QColor(tokens.border), 1))
            painter.setBrush(QColor(tokens.page))
            painter.drawRoundedRect(tile, 6, 6)
            inside = tile.adjusted(6, 6, -6, -6)
            if image is None:
                self._line(painter, sample, inside)
            else:
                size = image.size().scaled(inside.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
                corner = inside.center() - QPointF(size.width() / 2, size.height() / 2)
                painter.drawImage(QRectF(corner, size), image)
            painter.setPen(QColor(tokens.muted))
            below = QRectF(tile.left(), TILE_PIXELS, TILE_PIXELS, CAPTION_PIXELS)
            words = QFontMetrics(written).elidedText(sample.label, Qt.TextElideMode.ElideRight, TILE_PIXELS)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, words)
        painter.end()

    def _line(self, painter: QPainter, sample: Sample, box: QRectF) -> None:
        values = sample.values[:: max(1, len(sample.values) // LINE_POINTS)]
        painter.setPen(QPen(QColor(self._style.tokens.accent), 1))
        across = box.width() / max(len(values) - 1, 1)
        spots = [QPointF(box.left() + n * across, box.bottom() - v * box.height()) for n, v in enumerate(values)]
        for first, second in pairwise(spots):
            painter.drawLine(first, second)
        if len(spots) <= LINE_POINTS // 8:
            painter.setBrush(QColor(self._style.tokens.accent))
            for spot in spots:
                painter.drawEllipse(spot, 2, 2)


def picture(sample: Sample) -> QImage:
    """The pixels of a sample; its smallest value is black, its largest white."""
    height, width, channels = sample.shape
    form = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    shown = 3 if channels == 3 else 1
    content = bytes(
        round(255 * sample.values[pixel * channels + part]) for pixel in range(height * width) for part in range(shown)
    )
    return QImage(content, width, height, width * shown, form).copy()
